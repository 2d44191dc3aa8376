"""What a benchmark is declared of: tracks, further test sets, classifiers, goals. Nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

CEILING = "ceiling"  # the model that no classifier beats, where it is known


@dataclass(frozen=True, eq=False)
class Arena:
    """A track with its data: what is drawn, how it is split, and what is scored.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study.
    split : str
        Key of ``lineclf.model_selection.TRACKS``.
    asks : str
        The question, a few words.
    world : mapping
        Options of ``make_lines`` beside size and seed; with ``noise`` the exact ceiling takes part.
    options : mapping
        Parameters of the split.
    distinct : bool
        Whether images are drawn without repeats.
    n_per_class : int, optional
        Images drawn a class at full size; by default every distinct one. A smaller profile draws its own number, and
        of a world of more classes equally many images in all.
    at_least : int
        Images a class without which the track makes no sense; smaller profiles leave it out.
    score : str
        The metric that ranks, a key of ``lineclf.benchmark.SCORES``.
    tests : tuple of str
        Further test sets for what was trained here: names of the study's ``further``, of those that
        ``lineclf.benchmark._further`` has.
    curve : str, optional
        Name of the learning curve that this track is a point of, among the study's ``further``.
    min_steps : int
        Estimators with ``epochs`` and ``batch_size`` take at least so many steps: so many epochs more where the images
        are few.
    hold_out : float
        Share of the training side that nobody trains on, kept to fit a temperature to the probabilities.
    units : bool
        Whether errors are measured in degrees and pixels as well; the world must name its levels.
    """

    name: str
    split: str
    asks: str
    world: Mapping = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping = field(default_factory=lambda: MappingProxyType({}))
    distinct: bool = True
    n_per_class: int | None = None
    at_least: int = 1
    score: str = "test_joint_accuracy"
    tests: tuple[str, ...] = ()
    curve: str | None = None
    min_steps: int = 0
    hold_out: float = 0.0
    units: bool = False

    @property
    def identity(self):
        """Everything that gives a result its meaning: a list, so that a new option orphans no stored result."""
        names = ("name", "split", "world", "options", "distinct", "n_per_class")
        return {name: getattr(self, name) for name in (*names, "tests", "min_steps", "hold_out", "units")}


@dataclass(frozen=True)
class Further:
    """A table of the leaderboard without a training of its own: a further test set, or a curve over tracks.

    Parameters
    ----------
    name : str
        As tables show it, and as tracks refer to it.
    asks : str
        The question, a few words.
    score : str
        The metric that ranks.
    """

    name: str
    asks: str
    score: str


@dataclass(frozen=True)
class Contestant:
    """A scikit-learn classifier of four target columns, or of one with a class for each combination of labels.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study, and without a comma.
    estimator : str, class or estimator
        Import path ``package.module:Class``, or a function that returns an estimator; or the class, or an estimator,
        whose arguments that are not its defaults are JSON-able. Kept as the path.
    settings : mapping
        Its arguments.
    variant_of : str, optional
        Contestant that this one is without one of its parts: compared with it, and left out of the rankings.

    Raises
    ------
    ValueError
        If the name has a comma, which parts the names of ``--models``, or the estimator has no import path.
    """

    name: str
    estimator: Any
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    variant_of: str | None = None

    def __post_init__(self):
        if "," in self.name:
            raise ValueError(f"name must have no comma; got {self.name!r}")
        if not isinstance(self.estimator, str):
            path, settings = _path_of(self.estimator)
            object.__setattr__(self, "estimator", path)
            object.__setattr__(self, "settings", {**settings, **self.settings})

    @property
    def identity(self):
        """Everything that gives a result its meaning and needs no import."""
        return {name: getattr(self, name) for name in ("name", "estimator", "settings")}


def _path_of(estimator):
    """Import path of a class or of an estimator's, and the arguments that are not its defaults."""
    kind = estimator if isinstance(estimator, type) else type(estimator)
    path = f"{kind.__module__}:{kind.__qualname__}"
    if kind.__module__ in ("__main__", "builtins") or "<" in path or not hasattr(kind, "fit"):
        legal = "the import path package.module:Class of a classifier, or one whose class stands in a module"
        raise ValueError(f"estimator must be {legal}; got {estimator!r}")
    if estimator is kind:
        return path, {}
    defaults = kind().get_params()
    return path, {name: value for name, value in estimator.get_params(deep=False).items() if defaults[name] != value}


@dataclass(frozen=True)
class Goal:
    """A figure that a model is to reach, in the mean over the seeds.

    Parameters
    ----------
    model : str
        Name of a contestant.
    track : str or None
        Name of a track or of one of the study's ``further``; None for the worst of all tracks.
    metric : str
        Key of ``lineclf.benchmark.SCORES``.
    bound : float
        To be reached from below or, where small values of the metric are good, from above.
    """

    model: str
    track: str | None
    metric: str
    bound: float
