"""Designs as declarations: components, their levels, and the cells that they span. Pure Python, nothing heavy."""

import hashlib
import json
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

WHERE = ("estimator", "data", "track")


@dataclass(frozen=True)
class Range:
    """Numbers between which a search may choose.

    Parameters
    ----------
    low, high : int or float
        Both ends belong to the range; two integers mean integers.
    log : bool, default=False
        Whether to search evenly in the logarithm.
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self):
        if not self.low < self.high or (self.log and self.low <= 0):
            raise ValueError(f"range needs low < high, and low > 0 if it is logarithmic; got {self}")


@dataclass(frozen=True)
class Component:
    """What an ablation varies: an argument of the estimator, of the data, or of the split.

    Parameters
    ----------
    name : str
        The argument; ``step__argument`` reaches into a pipeline.
    baseline : object
        Its level in the baseline, JSON-able as all levels.
    others : tuple
        The levels compared with it, at least one. Designs of two levels take the first.
    off : object, optional
        The level, one of these, that is the net without the component. A design that leaves components out takes those
        that have one, and has them on at their baseline, or, where that is off, at the first of the others.
    where : {"estimator", "data", "track"}, default="estimator"
        Whose argument: the estimator's, :func:`lineclf.datasets.make_lines`'s, or that of the track's class.
    between : Range, optional
        Numbers that a search chooses from, instead of the levels.

    Raises
    ------
    ValueError
        If there are not two different levels, one is not JSON-able, `off` is none of them, or `where` is unknown.
    """

    name: str
    baseline: Any
    others: tuple
    off: Any = ...
    where: str = "estimator"
    between: Range | None = None

    def __post_init__(self):
        try:
            levels = [json.dumps(level) for level in self.levels]  # 1 and True are two levels
            off = json.dumps(self.off) if self.has_off else None
        except TypeError:
            raise ValueError(
                f"component {self.name!r}: levels must be JSON-able, numbers, texts, lists and the like; "
                f"got {list(self.levels)}" + (f" and off={self.off!r}" if self.has_off else "")
            ) from None
        if not self.others or len(set(levels)) < len(levels):
            raise ValueError(f"component {self.name!r} needs at least two different levels; got {list(self.levels)}")
        if self.has_off and off not in levels:
            raise ValueError(f"component {self.name!r}: off must be one of {list(self.levels)}; got {self.off!r}")
        if self.where not in WHERE:
            raise ValueError(f"component {self.name!r}: where must be one of {', '.join(WHERE)}; got {self.where!r}")

    @property
    def key(self):
        """Name in storage and tables: that of the argument, with "data:" or "track:" before it if it is theirs."""
        return self.name if self.where == "estimator" else f"{self.where}:{self.name}"

    @property
    def levels(self):
        """All levels, that of the baseline first."""
        return (self.baseline, *self.others)

    @property
    def has_off(self):
        """Whether there is a net without the component."""
        return self.off is not ...

    @property
    def on(self):
        """Level with the component, where it has an `off`."""
        return self.others[0] if same(self.baseline, self.off) else self.baseline

    def two_levels(self):
        """Return the component with its baseline and the first of the others alone."""
        return replace(self, others=self.others[:1], off=...)


def same(one, other):
    """Whether two levels are the same one: 1 and True, and 1 and 1.0, are not."""
    return json.dumps(one) == json.dumps(other)


@dataclass(frozen=True)
class Cell:
    """One combination of components.

    Parameters
    ----------
    settings : dict
        Levels by the components' keys; a component that is not there has its level of the baseline.
    name : str, default="baseline"
        For people, unique within the design.
    component : str, optional
        Key of the one component that tells the cell from the design's first, where that is how the design is made.
    level : object
        Its level here.
    """

    settings: dict = field(default_factory=dict)
    name: str = "baseline"
    component: str | None = None
    level: Any = None


@dataclass(frozen=True)
class Profile:
    """Size of a run of a study.

    Parameters
    ----------
    n_per_class : int or None
        Images drawn a class, before they are split; None for a data set's own size.
    seeds : int
        Number of paired seeds, 0 … seeds − 1, at most.
    settings : mapping
        Constructor arguments of every cell, beside the estimator's defaults.
    components : tuple of str
        Names of the only components that a design of one at a time varies unasked; all by default.
    tracks : tuple of str
        Names of the only tracks that a benchmark runs unasked, without the variants of its models; all by default.
    """

    n_per_class: int | None
    seeds: int
    settings: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))
    components: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()


class Plan:
    """What a study asks of the engine: trials, how one is run, and the report of their results.

    Attributes
    ----------
    queue_name : str
        Identity of the study in storage.
    title : str
        Its name for people.
    params : dict
        What all trials have in common, for the tracker.
    trials : dict of str to dict
        Parameters of each trial, by key, in the order to run them.
    names : dict of str to str
        Name of each trial for people, by key.
    sequential : bool
        Whether `run` takes the results of the trials before, as ``earlier``.
    """

    sequential = False
    queue_name: str
    title: str
    params: dict
    trials: dict[str, dict]
    names: dict[str, str]

    def run(self, key, on_fitted=None):
        """Run one trial: its value, a finite float, and its JSON-able result; `on_fitted` as in :func:`evaluate`."""
        raise NotImplementedError

    def report(self, folder, results, failures, command):
        """Write the report from the results (by key) and errors (by name): what to print, and the files."""
        raise NotImplementedError


def profile_folder(study, profile, *, whole=True):
    """Folder of a study's report: the sizes that are not full have one each below the full one's.

    A part of the full run, not `whole`, never overwrites the report of all of it.
    """
    folder = Path("reports") / study.name
    if study.profiles[profile].n_per_class is not None:
        return folder / profile
    return folder if whole else scratch_folder(study.name)


def scratch_folder(name):
    """Folder, which git ignores, for the reports of a study's runs that no profile declares."""
    return Path("reports") / name / "scratch"


def select(what, names, declared):
    """Those of the declared things that have the given names, all where there is no name; ValueError for an unknown."""
    known = {each.name: each for each in declared}
    for name in names:
        if name not in known:
            folded = {each.lower(): each for each in known}
            close = get_close_matches(name.lower(), folded, n=1)
            hint = f" Did you mean {folded[close[0]]!r}?" if close else ""
            raise ValueError(f"{what} must be among {', '.join(known)}; got {name!r}.{hint}")
    return tuple(known[name] for name in names) if names else tuple(declared)


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
    return [
        Cell(),
        *(
            Cell({component.key: level}, f"{component.key}={level}", component.key, level)
            for component in components
            for level in component.others
        ),
    ]


def leave_one_out(components):
    """Cells of a design that leaves one component out at a time: all of them first, then all but one, for each.

    Parameters
    ----------
    components : iterable of Component
        Those without an `off` stay at their baseline and are not in the design.

    Returns
    -------
    list of Cell

    Raises
    ------
    ValueError
        If fewer than two components can be left out.

    Examples
    --------
    >>> from lineclf.experiments import Component, leave_one_out
    >>> parts = [Component("dropout", 0.1, (0.0,), off=0.0), Component("l2", 0.0, (1e-4,), off=0.0)]
    >>> [(cell.name, cell.settings) for cell in leave_one_out(parts)]  # doctest: +NORMALIZE_WHITESPACE
    [('full', {'dropout': 0.1, 'l2': 0.0001}),
     ('without dropout', {'dropout': 0.0, 'l2': 0.0001}),
     ('without l2', {'dropout': 0.1, 'l2': 0.0})]
    """
    parts = [component for component in components if component.has_off]
    if len(parts) < 2:
        names = [part.key for part in parts]
        raise ValueError(f"leaving one out takes two components or more with a level `off`; got {names}")
    full = {part.key: part.on for part in parts}
    return [
        Cell(full, "full"),
        *(Cell({**full, part.key: part.off}, f"without {part.key}", part.key, part.off) for part in parts),
    ]


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
