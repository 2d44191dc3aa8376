"""Types that the engine needs from a study: its options, its plan of trials, a trial's result, and the report."""

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
    """Size of a study's run.

    Parameters
    ----------
    n_per_class : int or None
        Images drawn per class, before they are split; None for a data set's own size.
    seeds : int or tuple of int
        Largest number of paired seeds, 0 … seeds − 1; for an ablation also (low, high).
    settings : mapping
        Constructor arguments of every cell, beside the estimator's defaults.
    components : tuple of str
        Names of the only components that a one-at-a-time design varies by default; all if not given.
    tracks : tuple of str
        Names of the only tracks that a benchmark runs by default, without the variants of its models; all if not given.
    n_more : int
        For an ablation: further images per class for the test side alone.
    max_time : float, optional
        For an ablation: seconds after which no new trial begins, unless the options say otherwise.
    """

    n_per_class: int | None
    seeds: int | tuple[int, int]
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    components: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()
    n_more: int = 0
    max_time: float | None = None


class TrialResult(TypedDict):
    """Result of a trial, as JSON; :func:`lineclf.runs.evaluate` gives all but the first four.

    The engine needs `name`, `seed`, `tags`, `metrics`, `started` and `finished`; a study adds fields for its report.
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
    """Course of the training: a value per epoch."""
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
        Text for a terminal.
    files : list of pathlib.Path
        Files that were written, the page first.
    note : str
        Markdown for the first page of the study's run in a tracker; `text` by default.
    cells : mapping of str to mapping
        Findings on each cell, by the cell's name, for its run in a tracker: numbers, such as an effect and its
        interval, and words, such as a verdict, by their names.
    """

    text: str
    files: list[Path]
    note: str = ""
    cells: Mapping[str, Mapping[str, float | str]] = MappingProxyType({})


class Plan:
    """A study's work for the engine: trials, how one is run, and the report of their results.

    A plan is sent to other processes, so it must be picklable.

    Attributes
    ----------
    identity : str
        Identity that tells the study's stored trials from others; the name of its Optuna study.
    title : str
        The study's name for people.
    params : dict
        Parameters that all trials have in common, for the tracker.
    trials : dict of str to dict
        Level of every parameter in each trial, by the trial's key, in the order to run them; with a "seed" if there are
        seeds. A key holds everything that gives the result its meaning.
    names : dict of str to str
        Name of each trial for people, by key.
    cell_of : dict of str to str
        Name of the cell that a trial belongs to, by key; a trial without a cell is left out.
    sequential : bool
        Whether `run` takes the results of earlier trials, as ``earlier``.
    about : dict, optional
        Parts of the study's question, JSON-able: a storage that has a study of this identity with another question
        refuses this one.
    max_time : float, optional
        Seconds after which no new trial begins, if the options do not say.
    tries : int
        Number of tries for a trial that raises; a trial whose worker dies is always tried three times.
    brings : sequence of dict
        Trials finished elsewhere that a run stores before it begins, each a dict of key, value, result and levels.
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
        """Identity of the study's run in a tracker; another one per size if one identity has several sizes."""
        return self.identity

    def to_run(self, results: Mapping[str, TrialResult], failed: Collection[str]) -> Iterator[str]:
        """Yield the keys of the trials to run, each when it can begin.

        Parameters
        ----------
        results : mapping of str to TrialResult
            Of the finished trials, by key; it grows while the trials run.
        failed : collection of str
            Keys of the trials that this run has given up; it grows as well.

        Yields
        ------
        str
            Here the keys of all trials that are not finished. A plan may leave out trials that its results have made
            needless. It must end when no trial is left, whatever the running trials will give.
        """
        yield from [key for key in self.trials if key not in results]

    def progress(self, results: Mapping[str, TrialResult]) -> str:
        """Return the progress of a plan whose trials depend on results, as a short text; "" for other plans."""
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
            Here only the cells of the plan's own trials.
        """
        return {key: name for key, name in self.cell_of.items() if key in results}

    def overlap(self, result: TrialResult) -> float:
        """Return n_test / n_train of a trial's split, which corrects intervals over seeds.

        It is 0 if seeds are independent, or share one training and one test set.
        """
        split = result.get("split", {})
        return split["n_test"] / split["n_train"] if {"n_test", "n_train"} <= split.keys() else 0.0

    def check(self) -> None:
        """Raise ValueError for errors that would otherwise come after hours: called once, before trials are run."""

    def run(self, key: str, on_fitted=None) -> tuple[float, TrialResult]:
        """Run one trial.

        Parameters
        ----------
        key : str
        on_fitted : callable (estimator, split), optional
            To be called once, with the fitted estimator.

        Returns
        -------
        value : float
            Value that ranks the trial, finite. Optuna takes larger values for better.
        result : TrialResult
        """
        raise NotImplementedError

    def report(self, folder: Path, results: dict[str, TrialResult], failures: dict[str, str], command: str) -> Report:
        """Write the report.

        Parameters
        ----------
        folder : pathlib.Path
            Created if it does not exist.
        results : dict of str to TrialResult
            Of every stored trial of this identity, by key.
        failures : dict of str to str
            Error of each trial of this plan that was given up, by name.
        command : str
            Command that writes the report anew.

        Returns
        -------
        Report
        """
        raise NotImplementedError


class Study(Protocol):
    """Declaration of a question that trials answer. :func:`lineclf.testing.check_study` checks it.

    Attributes
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        One sentence.
    profiles : mapping of str to Profile
        Sizes of a run; the first is the default.
    Options : type
        :class:`Options`, or a subclass with further options.

    Notes
    -----
    A study may have ``defaults``, a mapping of options to their default values.
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
        """Return the trials under these options; OptionError if a value is not legal."""
        ...

    def output(self, options) -> Path:
        """Return the folder of the report if the options name none."""
        ...
