"""Designs as declarations: components, their levels, and the cells that they span. Pure Python, nothing heavy."""

import hashlib
import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Component:
    """What an ablation varies: one constructor argument of the estimator.

    Parameters
    ----------
    name : str
        The argument.
    baseline : object
        Its level in the baseline.
    others : tuple
        The levels compared with it, at least one.
    """

    name: str
    baseline: Any
    others: tuple

    def __post_init__(self):
        levels = [self.baseline, *self.others]
        if not self.others or len({json.dumps(level) for level in levels}) < len(levels):
            raise ValueError(f"component {self.name!r} needs at least two different levels; got {levels}")


@dataclass(frozen=True)
class Cell:
    """One combination of components, by what it changes in the baseline.

    Parameters
    ----------
    component : str or None
        The component changed; None for the baseline.
    level : object
        Its level.
    """

    component: str | None = None
    level: Any = None

    @property
    def name(self):
        """For people: "baseline", or "dropout=0.5"."""
        return "baseline" if self.component is None else f"{self.component}={self.level}"

    @property
    def settings(self):
        """Constructor arguments that differ from the baseline's."""
        return {} if self.component is None else {self.component: self.level}


@dataclass(frozen=True)
class Profile:
    """Size of a run of a study.

    Parameters
    ----------
    n_per_class : int
        Images drawn a class, before the track splits them.
    seeds : int
        Number of paired seeds, 0 … seeds − 1.
    settings : mapping
        Constructor arguments of every cell, beside the estimator's defaults.
    """

    n_per_class: int
    seeds: int
    settings: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Ablation:
    """One component at a time around a baseline.

    Parameters
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        What the study asks, one sentence.
    estimator : str
        Import path ``package.module:Class`` of a scikit-learn classifier.
    components : tuple of Component
    track : str
        Key of ``lineclf.model_selection.TRACKS``.
    profiles : mapping of str to Profile
        The first is the default.
    """

    name: str
    question: str
    estimator: str
    components: tuple[Component, ...]
    track: str
    profiles: MappingProxyType

    def select(self, names):
        """Components of the given names, all where `names` is empty; ValueError for an unknown one."""
        known = {component.name: component for component in self.components}
        for name in names:
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f" Did you mean {close[0]!r}?" if close else ""
                raise ValueError(f"components must be among {', '.join(known)}; got {name!r}.{hint}")
        return tuple(known[name] for name in names) if names else self.components


def one_at_a_time(components):
    """Cells of a one-component-at-a-time design: the baseline first, then each other level of each component.

    Parameters
    ----------
    components : iterable of Component

    Returns
    -------
    list of Cell

    Examples
    --------
    >>> from lineclf.experiments import Component, one_at_a_time
    >>> [cell.name for cell in one_at_a_time([Component("dropout", 0.1, (0.0, 0.5)), Component("depth", 1, (2,))])]
    ['baseline', 'dropout=0.0', 'dropout=0.5', 'depth=2']
    """
    return [Cell(), *(Cell(component.name, level) for component in components for level in component.others)]


def child_seed(seed, name):
    """Seed for one purpose, derived by name: another purpose never shifts it.

    Parameters
    ----------
    seed : int
        Seed of the trial.
    name : str
        The purpose: "data", "split", "model".

    Returns
    -------
    int
        In [0, 2³¹).

    Examples
    --------
    >>> from lineclf.experiments import child_seed
    >>> child_seed(0, "data") == child_seed(0, "data"), child_seed(0, "data") == child_seed(0, "split")
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:4]) >> 1


def trial_key(cell, seed):
    """Identity of a trial within its study: a JSON string of what the cell changes, and the seed."""
    return json.dumps({"settings": cell.settings, "seed": seed}, sort_keys=True)


def trial_of_key(key):
    """Cell and seed of a :func:`trial_key`."""
    known = json.loads(key)
    return Cell(*(next(iter(known["settings"].items()), (None, None)))), known["seed"]
