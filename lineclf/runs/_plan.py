"""What the engine runs: a plan of trials, and the size of a run. Pure Python, nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


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
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
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
