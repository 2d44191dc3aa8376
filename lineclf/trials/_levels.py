"""Levels of a component: their names in tables, and their identities in a store. Nothing heavy."""

import ast
import hashlib
import inspect
import json
from collections.abc import Mapping
from functools import partial
from numbers import Number
from typing import Any

__all__ = ["identity", "key", "label", "plain", "same"]

_LONGEST = 60  # characters of a label
_IDLE = (
    "n_jobs",
    "verbose",
    "memory",
    "random_state",
)  # arguments of an estimator that change no result, or are seeded


def label(level: Any) -> str:
    """Return the name of a level in tables and pictures.

    Examples
    --------
    >>> from lineclf.trials._levels import label
    >>> label(0.1), label("passthrough"), label(len), label({"C": 1, "kernel": "rbf"})
    ('0.1', 'passthrough', 'len', 'C=1, kernel=rbf')
    """
    if isinstance(level, Mapping) and all(isinstance(name, str) for name in level):
        text = ", ".join(f"{name}={label(value)}" for name, value in level.items()) or "{}"
    elif isinstance(level, partial):
        parts = [*map(label, level.args), *(f"{name}={label(value)}" for name, value in level.keywords.items())]
        text = f"{label(level.func)}({', '.join(parts)})"
    elif isinstance(level, type) or (callable(level) and hasattr(level, "__qualname__")):
        text = level.__name__
    else:
        text = " ".join(str(level).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def identity(level: Any) -> Any:
    """Return the identity of a level, the same on every machine: JSON; for plain values the value itself.

    Raises
    ------
    TypeError
        If the content of an object cannot be identified, as of a lambda.

    Examples
    --------
    >>> from lineclf.trials._levels import identity
    >>> identity(0.1), identity((1, None)), identity(len)
    (0.1, [1, None], {'object': 'builtins:len'})
    """
    if hasattr(level, "item") and hasattr(level, "dtype") and getattr(level, "ndim", 1) == 0:
        level = level.item()
    if level is None or isinstance(level, str | bool | int | float):
        return level
    if isinstance(level, list | tuple):
        return [identity(each) for each in level]
    if isinstance(level, set | frozenset):
        return {"set": sorted(json.dumps(identity(each)) for each in level)}
    if isinstance(level, range | slice | Number):
        return {type(level).__name__: repr(level)}
    if isinstance(level, Mapping):
        if all(isinstance(name, str) for name in level):
            return {name: identity(value) for name, value in level.items()}
        return {"mapping": [[identity(name), identity(value)] for name, value in level.items()]}
    if hasattr(level, "dtype") and hasattr(level, "tobytes") and level.dtype != object:
        digest = hashlib.sha256(level.tobytes()).hexdigest()[:16]
        return {"array": [str(level.dtype), list(level.shape), digest]}
    if isinstance(level, partial):
        return {"partial": identity(level.func), "args": identity(level.args), "keywords": identity(level.keywords)}
    if isinstance(level, type) or hasattr(level, "__qualname__"):
        return _named(level)
    if hasattr(level, "_score_func"):  # of scikit-learn's make_scorer
        how = [level._sign, getattr(level, "_response_method", None), level._kwargs]
        return {"scorer": identity(level._score_func), "how": identity(how)}
    if hasattr(level, "get_params"):
        known = level.get_params(deep=False).items()
        found = {**_named(type(level)), "params": {name: identity(each) for name, each in known if name not in _IDLE}}
        revision = getattr(level, "revision", 1)
        return found if revision == 1 else found | {"revision": revision}
    raise TypeError(f"{label(level)!r} is a {type(level).__name__}, which nothing tells from another one later")


def _named(kind):
    """Identity of a class or a function: the name that finds it, and its source if a script defines it."""
    name, module = kind.__qualname__, getattr(kind, "__module__", None)
    if "<" in name:  # <lambda>, or of a function's <locals>
        raise TypeError(f"{name!r} has no name that finds it later; define it at the top of a module")
    found = {"object": f"{module}:{name}"}
    if module == "__main__":  # edited and run again under the same name
        try:
            found["source"] = hashlib.sha256(_source(kind).encode()).hexdigest()[:16]
        except (OSError, TypeError):
            raise TypeError(f"{name!r} has no source that tells it from a later one; put it into a module") from None
    return found


def _source(kind):
    """Source of a class or a function, also of a class in a notebook's cell; OSError or TypeError if there is none."""
    try:
        source = inspect.getsource(kind)
        # From Python 3.13 on these are the lines of its number in the main script, wherever the class was defined.
        if not isinstance(kind, type) or f"class {kind.__name__}" in source:
            return source
    except (OSError, TypeError):  # of such a class Python knows no file, but its methods have one
        if not isinstance(kind, type):
            raise
    for method in filter(inspect.isfunction, vars(kind).values()):
        cell = "".join(inspect.findsource(method)[0])
        for node in ast.walk(ast.parse(cell)):
            if isinstance(node, ast.ClassDef) and node.name == kind.__name__:
                return ast.get_source_segment(cell, node)
    raise OSError(f"no source of {kind.__name__}")


def key(level: Any) -> str:
    """Return a text that is the same for the same level: its identity or, without one, that of the object."""
    try:
        return json.dumps(identity(level), sort_keys=True)
    except TypeError:
        return json.dumps({"label": label(level), "id": id(level)})


def same(one: Any, other: Any) -> bool:
    """Whether two levels are the same one: 1 and True, and 1 and 1.0, are not."""
    return one is other or key(one) == key(other)


def plain(level: Any) -> Any:
    """Return the form of a level in a store and in a table's JSON: the level if it is plain, else its label."""
    try:
        return json.loads(json.dumps(level))
    except (TypeError, ValueError):
        return label(level)
