"""Turn a user's arguments into components and cells, and check them before anything is trained."""

from collections.abc import Mapping
from itertools import combinations

from sklearn.base import clone

from lineclf._words import first_line
from lineclf.ablation._components import Component
from lineclf.trials._levels import label, same
from lineclf.trials._owner import ABSENT

__all__ = ["check_cells", "make_components", "params_of", "set_cell", "settings_of"]

_SEEDED = "random_state"


def make_components(components, owners):
    """Return the components that `components` names, as :class:`Component`.

    Parameters
    ----------
    components : mapping of str to list, or iterable of Component
        Parameter → alternatives to its present value, with ``draw:`` or ``cv:`` before those of `draw` and of the
        splitter. If the name is not a parameter, each alternative is a mapping of several parameters.
    owners : dict of str to Owner
        By ``where``.

    Returns
    -------
    tuple of Component

    Raises
    ------
    ValueError
        If a parameter is unknown, an alternative equals the present value, or a declared baseline is not that value.
    """
    if isinstance(components, Mapping):
        found = tuple(_short(str(name), alternatives, owners) for name, alternatives in components.items())
    else:
        found = _listed(components)
    if not found:
        raise ValueError("components must name at least one parameter and its alternatives; got none")
    names = [each.key for each in found]
    if len(set(names)) < len(names):
        raise ValueError(f"components must have different names; got {names}")
    for each in found:
        _check(each, owners)
    return found


def _listed(components):
    try:
        found = tuple(components)
    except TypeError:
        found = (components,)
    for each in found:
        if not isinstance(each, Component):
            raise ValueError(
                "components must be a mapping such as {'svc__C': [0.1, 10]}, or a list of Component; "
                f"got {each!r} in it"
            )
    return found


def _short(key, alternatives, owners):
    where, _, name = key.rpartition(":")
    where = where or "estimator"
    owner = _owner(where, key, owners)
    if isinstance(alternatives, str | Mapping) or not hasattr(alternatives, "__iter__"):
        raise ValueError(f"components[{key!r}] must be a list of alternatives; got {alternatives!r}")
    others = tuple(alternatives)
    if not others:
        raise ValueError(f"components[{key!r}] has no alternatives; give at least one")
    kind: type[Component] = Component
    if name in owner.params:
        baseline = owner.params[name]
    elif all(isinstance(level, Mapping) and level and set(level) <= set(owner.params) for level in others):
        kind, baseline = _Group, {each: owner.params[each] for level in others for each in level}
    else:
        owner.fail(f"components[{key!r}]", *_strangers(name, others, owner))
    for level in others:
        if same(level, baseline):
            raise ValueError(
                f"components[{key!r}]: {label(level)!r} is the value in {owner.name} already; alternatives must differ"
            )
    return kind(name, baseline, others, where=where)


def _strangers(name, others, owner):
    """Names that are not parameters of the owner: those in the mappings, if all levels are mappings, else the name."""
    if all(isinstance(level, Mapping) for level in others):
        return [each for level in others for each in level if each not in owner.params] or [name]
    return [name]


class _Group(Component):
    """A name for several parameters; each level is a mapping that sets them."""


def _owner(where, key, owners):
    if where not in owners:
        legal = {"draw": "draw=", "cv": "a splitter as cv="}
        if where in legal:
            raise ValueError(f"components: {key!r} needs {legal[where]}, which is not given")
        raise ValueError(
            f"components: {key!r} is not a parameter of the estimator and does not begin with {' or '.join(legal)}:"
        )
    return owners[where]


def _check(component, owners):
    owner = _owner(component.where, component.key, owners)
    names = {name for level in component.levels for name in settings_of(component, level)}
    unknown = [name for name in names if name not in owner.params and not owner.is_open]
    if unknown:
        owner.fail(f"component {component.key!r}", *unknown)
    seeded = [name for name in names if name.split("__")[-1] == _SEEDED]
    if seeded:
        raise ValueError(f"component {component.key!r}: {seeded[0]!r} is set by each seed, so no component can vary it")
    for name, level in settings_of(component, component.baseline).items():
        known = owner.params.get(name, ABSENT)
        if known is not ABSENT and not same(known, level):
            raise ValueError(
                f"component {component.key!r}: its baseline {label(level)!r} is not the value in {owner.name} for "
                f"{name!r}, {label(known)!r}"
            )


def settings_of(component, level):
    """Return what a level sets: several parameters if it is a group's, or a mapping that names its own parameter."""
    several = isinstance(component, _Group) or (isinstance(level, Mapping) and component.name in level)
    return dict(level) if several else {component.name: level}


def check_cells(estimator, cells, components):
    """Return the estimator of each cell, by name; raise ValueError naming two components that exclude each other."""
    found = {}
    try:
        clone(estimator)
    except Exception as error:
        raise ValueError(f"estimator cannot be cloned, which every trial needs: {first_line(error)}") from error
    for cell in cells:
        try:
            found[cell.name] = set_cell(estimator, cell.settings, components)
            continue
        except Exception as error:
            wrong = error
        for (one, level), (other, its) in combinations(cell.settings.items(), 2):
            alone = [_error_of(estimator, each, components) for each in ({one: level}, {other: its})]
            if not any(alone) and _error_of(estimator, {one: level, other: its}, components):
                raise ValueError(
                    f"components {one!r} and {other!r} exclude each other: {one}={label(level)} with "
                    f"{other}={label(its)} cannot be set: {first_line(wrong).rstrip('.')}. Take a design that changes "
                    "one component at a time, or a level that is a mapping of both."
                )
        raise ValueError(f"cell {cell.name!r} cannot be set: {first_line(wrong)}")
    return found


def _error_of(estimator, settings, components):
    try:
        set_cell(estimator, settings, components)
    except Exception as error:
        return error
    return None


def set_cell(estimator, settings, components):
    """Return a clone of the estimator with the levels of a cell; levels that are estimators are cloned, too."""
    params = params_of(settings, components, "estimator")
    return clone(estimator).set_params(**{name: clone(level, safe=False) for name, level in params.items()})


def params_of(settings, components, where):
    """Return the parameters that a cell sets of the estimator, of `draw`, or of the splitter.

    Raises
    ------
    ValueError
        If two components set the same parameter.
    """
    known = {each.key: each for each in components}
    found: dict = {}
    for key, level in settings.items():
        if known[key].where == where and not same(level, known[key].baseline):
            for name, value in settings_of(known[key], level).items():
                if name in found and not same(found[name], value):
                    raise ValueError(f"two components set {name!r}: {label(found[name])} and {label(value)}")
                found[name] = value
    return found
