"""What the engine asks of a study, typed: its options, its plan of trials, a trial's result, and the report."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NotRequired, Protocol, TypedDict

from lineclf.runs._options import Options

__all__ = ["TRIES", "Plan", "Profile", "Report", "Study", "TrialResult"]

TRIES = 3  # of a trial that fails


@dataclass(frozen=True)
class Profile:
    """Size of a run of a study.

    Parameters
    ----------
    n_per_class : int or None
        Images drawn a class, before they are split; None for a data set's own size.
    seeds : int or tuple of int
        Number of paired seeds, 0 … seeds − 1, at most; for an ablation also the least and the most.
    settings : mapping
        Constructor arguments of every cell, beside the estimator's defaults.
    components : tuple of str
        Names of the only components that a design of one at a time varies unasked; all by default.
    tracks : tuple of str
        Names of the only tracks that a benchmark runs unasked, without the variants of its models; all by default.
    n_more : int
        Of an ablation: further images a class for the test side alone.
    max_time : float, optional
        Of an ablation: seconds after which no trial begins, unless told otherwise.
    """

    n_per_class: int | None
    seeds: int | tuple[int, int]
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    components: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    n_more: int = 0
    max_time: float | None = None


class TrialResult(TypedDict):
    """What a trial leaves, as JSON; :func:`lineclf.runs.evaluate` gives all but the first four.

    The engine needs `name`, `seed`, `tags`, `metrics`, `started` and `finished`; a study adds what its report needs.
    """

    name: str
    """Name of the cell, for people."""
    seed: int
    tags: dict[str, str]
    """What a tracker shows and filters by."""
    metrics: dict[str, float]
    """Scores, seconds, sizes; accuracies are fractions."""
    started: float
    """Seconds since 1970, as is `finished`."""
    finished: float
    params: NotRequired[dict[str, Any]]
    """The estimator's parameters."""
    split: NotRequired[dict[str, Any]]
    """Facts of the split: n_train, n_test, leak, fold."""
    history: NotRequired[dict[str, list[float]]]
    """Training's course: a value an epoch."""
    confusion: NotRequired[dict[str, list[list[int]]]]
    """Head → counts; rows are true levels."""
    labels: NotRequired[dict[str, list[str]]]
    """Head → names of its levels."""
    datasets: NotRequired[dict[str, dict[str, Any]]]
    """Side → name, digest, source and profile of its data."""
    versions: NotRequired[dict[str, str]]
    processor: NotRequired[str]
    revision: NotRequired[int]


class Report(NamedTuple):
    """A study's report.

    Attributes
    ----------
    text : str
        For a terminal.
    files : list of pathlib.Path
        What was written, the page first.
    note : str
        Markdown for the first page of the study's run in a tracker; `text` by default.
    cells : mapping of str to mapping
        What the report says of a cell, by its name, for its run in a tracker: numbers, such as an effect and its
        interval, and words, such as a verdict, by their names.
    """

    text: str
    files: list[Path]
    note: str = ""
    cells: Mapping[str, Mapping[str, float | str]] = MappingProxyType({})


class Plan:
    """What a study asks of the engine: trials, how one is run, and the report of their results.

    A plan travels to other processes, so it can be pickled.

    Attributes
    ----------
    identity : str
        Tells the study's stored trials from others'; the name of its Optuna study.
    title : str
        Its name for people.
    params : dict
        What all trials have in common, for the tracker.
    trials : dict of str to dict
        Level of every parameter in each trial, by the trial's key, in the order to run them; with a "seed" where there
        are seeds. A key has all that gives the result its meaning.
    names : dict of str to str
        Name of each trial for people, by key.
    cell_of : dict of str to str
        Name of the cell that a trial repeats, by key; a trial that repeats none is left out.
    sequential : bool
        Whether `run` takes the results of the trials before, as ``earlier``.
    about : dict, optional
        What the study is about, part by part, JSON-able: a storage that has one of this identity about something else
        refuses it.
    max_time : float, optional
        Seconds after which no trial begins, where the options do not say.
    tries : int
        How often a trial that raises is tried; one whose worker dies is tried three times in any case.
    brings : sequence of dict
        Finished trials of elsewhere that a run stores before it begins, each a dict of key, value, result and levels.
    """

    sequential = False
    about: Mapping[str, Any] | None = None
    tries = TRIES
    brings: Sequence[dict[str, Any]] = ()
    max_time: float | None = None
    identity: str
    title: str
    params: dict[str, Any]
    trials: dict[str, dict[str, Any]]
    names: dict[str, str]
    cell_of: Mapping[str, str] = MappingProxyType({})

    @property
    def tracked_as(self) -> str:
        """Identity of the study's run in a tracker; other where studies of one identity are of several sizes."""
        return self.identity

    def to_run(self, results: Mapping[str, TrialResult], failed: Collection[str]) -> Iterator[str]:
        """Yield the keys of the trials that are left to run, each when it can begin.

        Parameters
        ----------
        results : mapping of str to TrialResult
            Of the finished trials, by key; it grows while the trials run.
        failed : collection of str
            Keys of those that this run has given up; it grows, too.

        Yields
        ------
        str
            Here of all trials that are not finished. A plan may leave out what its results have made needless, and has
            to end where nothing is left whatever comes of the trials at work.
        """
        yield from [key for key in self.trials if key not in results]

    def progress(self, results: Mapping[str, TrialResult]) -> str:
        """Return how far a plan is whose trials hang on results, in a few words; "" for one that runs them all."""
        return ""

    def cells_of(self, results: dict[str, TrialResult]) -> dict[str, str]:
        """Return the cell of every stored trial that the report is about, by key.

        Parameters
        ----------
        results : dict of str to TrialResult
            Of every stored trial of this identity, by key.

        Returns
        -------
        dict of str to str
            Here of the plan's own trials alone.
        """
        return {key: name for key, name in self.cell_of.items() if key in results}

    def overlap(self, result: TrialResult) -> float:
        """Return n_test / n_train of a trial's split, by which intervals over seeds are corrected.

        It is 0 where seeds are independent, or share one training and one test set.
        """
        split = result.get("split", {})
        return split["n_test"] / split["n_train"] if {"n_test", "n_train"} <= split.keys() else 0.0

    def check(self) -> None:
        """Raise ValueError for what would else fail after hours: called once, before trials are run."""

    def run(self, key: str, on_fitted=None) -> tuple[float, TrialResult]:
        """Run one trial.

        Parameters
        ----------
        key : str
        on_fitted : callable (estimator, split), optional
            To be called with what was fitted, once.

        Returns
        -------
        value : float
            What the trial is ranked by, finite. Optuna takes larger ones for better.
        result : TrialResult
        """
        raise NotImplementedError

    def report(self, folder: Path, results: dict[str, TrialResult], failures: dict[str, str], command: str) -> Report:
        """Write the report.

        Parameters
        ----------
        folder : pathlib.Path
            Made where it is not there.
        results : dict of str to TrialResult
            Of every stored trial of this identity, by key.
        failures : dict of str to str
            Error of each trial of this plan that was given up, by name.
        command : str
            What writes the report anew.

        Returns
        -------
        Report
        """
        raise NotImplementedError


class Study(Protocol):
    """A question that trials answer, as a declaration. :func:`lineclf.testing.check_study` checks one.

    Attributes
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        One sentence.
    profiles : mapping of str to Profile
        Sizes of a run; the first is the default.
    Options : type
        :class:`Options`, or a subclass with more of them.

    Notes
    -----
    A study may have ``defaults``, a mapping of option to the value that it has where none is given.
    """

    @property
    def name(self) -> str: ...
    @property
    def question(self) -> str: ...
    @property
    def profiles(self) -> Mapping[str, Profile]: ...
    @property
    def Options(self) -> type[Options]: ...

    def plan(self, options) -> Plan:
        """Return the trials under these options; OptionError for a value that is not legal."""
        ...

    def output(self, options) -> Path:
        """Return the folder of the report where the options name none."""
        ...
