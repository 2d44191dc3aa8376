"""Designs as declarations: components, their levels, and the cells that they span. Pure Python, nothing heavy."""

import hashlib
import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
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
    n_per_class : int or None
        Images drawn a class, before they are split; None for a data set's own size.
    seeds : int
        Number of paired seeds, 0 … seeds − 1, at most.
    settings : mapping
        Constructor arguments of every cell, beside the estimator's defaults.
    """

    n_per_class: int | None
    seeds: int
    settings: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))


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
    """

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


def profile_folder(study, profile):
    """Folder of a study's report: the sizes that are not full have one each below the full one's."""
    folder = Path("reports") / study.name
    return folder if study.profiles[profile].n_per_class is None else folder / profile


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

    def add_options(self, add):
        """Declare the command line's options that an ablation has beside those of every study."""
        names = ", ".join(component.name for component in self.components)
        add("--components", nargs="+", default=[], metavar="NAME", help=f"vary only these; all by default: {names}")
        add("--track", default=self.track, help=f"split protocol (default: {self.track})")
        add("--n-per-class", type=int, metavar="N", help="images drawn a class")
        add("--epochs", type=int, metavar="N", help="passes over the training data")

    def plan(self, args):
        """Trials under the command line's options, an :class:`AblationPlan`; ValueError for a bad option."""
        from lineclf.experiments._ablation import AblationPlan

        return AblationPlan(self, args)

    def output(self, args):
        """Folder of the report."""
        return Path("reports") / self.name

    def select(self, names):
        """Components of the given names, all where `names` is empty; ValueError for an unknown one."""
        return select("--components", names, self.components)


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
