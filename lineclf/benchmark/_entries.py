"""The parts of a benchmark's declaration: tracks, further test sets, models, goals. Nothing heavy."""

import inspect
from collections.abc import Mapping
from dataclasses import dataclass, field
from numbers import Real
from types import MappingProxyType
from typing import Any

from lineclf._words import check_choice, fail
from lineclf.benchmark._scores import SCORES, Score
from lineclf.trials._levels import identity

__all__ = ["CEILING", "FOLDS", "TOLD", "Arena", "Contestant", "Further", "Goal"]

CEILING = "ceiling"  # the model that no classifier beats, where it is known
FOLDS = ("all", "one")
TOLD = ("nothing", "symmetry", "the world")


class _Scored:
    """A table of the leaderboard, ranked by its `score`."""

    score: Any

    @property
    def metric(self):
        """Name of the metric that ranks."""
        return self.score if isinstance(self.score, str) else self.score.name

    @property
    def shown(self):
        """How the score is shown, a :class:`Score`."""
        return SCORES[self.score] if isinstance(self.score, str) else self.score


@dataclass(frozen=True, eq=False)
class Arena(_Scored):
    """A track with its data: which images are drawn, how they are split, and how models are scored.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study.
    split : str, splitter, int or None
        Key of ``lineclf.model_selection.TRACKS``; or a splitter: seeds shuffle its folds if it takes a
        ``random_state``. With `draw` also a number of folds; or None, to test on a quarter of the data or on the draw's
        own test side.
    asks : str
        The question, a few words.
    world : mapping
        Options of ``make_lines`` beside size and seed.
    draw : callable, optional
        Other data: ``draw(random_state=…)`` → (X, y) or another form that :class:`~lineclf.AblationCV` takes. Each seed
        draws anew, as much as the function gives, whatever the profile. Models, scorers and tests get X as an array of
        numbers, and labels as whole numbers: each column's sorted labels, counted from 0.
    bound : estimator, str or mapping, optional
        Classifier that no other exceeds except by chance, if it is known, such as Bayes' rule if the test images are
        drawn independently of the training images: an estimator or its import path; or ``estimator`` and ``settings``,
        as in a :class:`Contestant`. It takes part as the ceiling.
    folds : {"all", "one"}
        Folds of the split that a seed trains on: all, for the mean over them; or one, the seed modulo their number. One
        is enough if each seed deals the folds anew.
    group : str, optional
        Tracks of one group count as one, by their mean, when models are compared over all tracks.
    ranks : bool
        Whether the track counts in that comparison at all.
    options : mapping
        Parameters of the split.
    distinct : bool
        Whether images are drawn without repeats.
    n_per_class : int, optional
        Images drawn per class at full size; by default every distinct one. A smaller profile draws its own number; a
        world of more classes gets as many images in all.
    at_least : int
        Least number of images per class for which the track makes sense; smaller profiles leave the track out.
    score : str or Score
        Score that ranks: a key of ``lineclf.benchmark.SCORES``, or a score with a scorer of its own.
    tests : tuple of str
        Further test sets for models trained on this track: names of the study's ``further``.
    curve : str, optional
        Name of the learning curve that this track is a point of, among the study's ``further``.
    min_steps : int
        Least number of steps for estimators with ``epochs`` and ``batch_size``: with few images they train for more
        epochs.
    hold_out : float
        Share of the training side that no model trains on, kept to fit a temperature to the probabilities; from 0 to 1.
    units : bool
        Whether errors are measured in degrees and pixels as well; the world must name its levels.
    """

    name: str
    split: Any
    asks: str
    world: Mapping = field(default_factory=lambda: MappingProxyType({}))
    options: Mapping = field(default_factory=lambda: MappingProxyType({}))
    draw: Any = None
    bound: Any = None
    folds: str = "all"
    group: str | None = None
    ranks: bool = True
    distinct: bool = True
    n_per_class: int | None = None
    at_least: int = 1
    score: str | Score = "test_joint_accuracy"
    tests: tuple[str, ...] = ()
    curve: str | None = None
    min_steps: int = 0
    hold_out: float = 0.0
    units: bool = False

    @property
    def identity(self):
        """Everything that gives a result its meaning: a list, so that stored results survive a new option."""
        names = ("name", "split", "world", "options", "distinct", "n_per_class")
        known = {name: getattr(self, name) for name in (*names, "tests", "min_steps", "hold_out", "units")}
        if self.split is not None and not isinstance(self.split, str):
            from lineclf.trials._data import splitter_identity  # scikit-learn comes with it

            known["split"] = splitter_identity(self.split)
        own = {"draw": self.draw, "scorer": None if isinstance(self.score, str) else self.score.scorer}
        own["folds"] = self.folds if self.folds == "all" and self._may_have_folds() else None
        return known | {name: identity(each) for name, each in own.items() if each is not None}

    def _may_have_folds(self):
        """Whether the split may have more than one fold."""
        if isinstance(self.split, str):
            from lineclf.model_selection import get_track

            return get_track(self.split, **self.options).get_n_splits() > 1
        return self.split is not None

    @property
    def ceiling(self):
        """The bound as a :class:`Contestant`; None if it is not known."""
        if self.bound is None:
            return None
        parts = self.bound if isinstance(self.bound, Mapping) else {"estimator": self.bound}
        return Contestant(CEILING, **parts)


@dataclass(frozen=True)
class Further(_Scored):
    """A table of the leaderboard without a training of its own: a further test set, or a curve over tracks.

    Parameters
    ----------
    name : str
        As tables show it, and as tracks refer to it.
    asks : str
        The question, a few words.
    score : str or Score
        Score that ranks: a key of ``lineclf.benchmark.SCORES``, or a score whose name `test` returns.
    test : callable, optional
        ``test(estimator, split, seed)`` → dict of str to float: scores a fitted estimator on other test data; `split`
        has ``X_train``, ``y_train``, ``X_test`` and ``y_test``. By default the package's own test of this `name`.
    """

    name: str
    asks: str
    score: str | Score
    test: Any = None


@dataclass(frozen=True)
class Contestant:
    """A model: a scikit-learn classifier of four target columns, or of one with a class for each combination of labels.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study, and without a comma.
    estimator : str, class, estimator or function
        A class, a function that returns an estimator, or the import path ``package.module:name`` of either; or an
        estimator whose arguments, unless they are its defaults, are JSON-able. Stored as the path. A pipeline needs a
        function.
    settings : mapping
        Its arguments.
    told : {"nothing", "symmetry", "the world"}
        What the model is told beside pixels and labels: nothing; that facts about a line in one place, colour or
        direction hold in any other; or what lines and noise look like. Boards rank by it as well.
    cannot : tuple of str
        Tracks that the model has no answer to, because it is made for another number of labels.
    variant_of : str, optional
        Name of the model of which this one is a variant, without one of its parts. The two are compared; the variant is
        not ranked.

    Raises
    ------
    ValueError
        If the name has a comma, which separates the names of ``--models``, or the estimator has no import path.
    """

    name: str
    estimator: Any
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    variant_of: str | None = None
    told: str = "nothing"
    cannot: tuple[str, ...] = ()

    def __post_init__(self):
        if "," in self.name:
            raise ValueError(f"name must have no comma; got {self.name!r}")
        check_choice(f"told of {self.name!r}", self.told, TOLD)
        if isinstance(self.cannot, str):
            raise ValueError(f"cannot of {self.name!r} must be a tuple of names; got {self.cannot!r}")
        if not isinstance(self.estimator, str):
            path, settings = _path_of(self.estimator)
            object.__setattr__(self, "estimator", path)
            object.__setattr__(self, "settings", {**settings, **self.settings})

    @property
    def identity(self):
        """Everything that gives a result its meaning and needs no import."""
        return {name: getattr(self, name) for name in ("name", "estimator", "settings")}


def _path_of(estimator):
    """Import path of a class or of an estimator's class, and the arguments that are not its defaults."""
    is_function = inspect.isfunction(estimator)
    kind = estimator if isinstance(estimator, type) or is_function else type(estimator)
    path = f"{kind.__module__}:{kind.__qualname__}"
    if kind.__module__ in ("__main__", "builtins") or "<" in path or not (is_function or hasattr(kind, "fit")):
        legal = "the import path package.module:Class of a classifier, or one whose class stands in a module"
        raise ValueError(f"estimator must be {legal}; got {estimator!r}")
    if estimator is kind:
        return path, {}
    try:
        defaults = kind().get_params()
    except TypeError:
        made = "a function in a module that returns it"
        raise ValueError(
            f"estimator of a kind that cannot be made without arguments must be {made}; got {estimator!r}"
        ) from None
    return path, {name: value for name, value in estimator.get_params(deep=False).items() if defaults[name] != value}


@dataclass(frozen=True)
class Goal(_Scored):
    """A value that a model is to reach, as the mean over the seeds.

    Parameters
    ----------
    model : str
        Name of a model.
    track : str or None
        Name of a track or of one of the study's ``further``; None for the worst of all tracks.
    score : str or Score
        Key of ``lineclf.benchmark.SCORES``, or a score that the track has.
    bound : float
        Value to reach: from below or, if small values of the metric are good, from above.
    """

    model: str
    track: str | None
    score: str | Score
    bound: float

    def __post_init__(self):
        if not isinstance(self.bound, Real):
            raise fail("bound", "a number", self.bound)
