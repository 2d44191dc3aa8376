"""A benchmark as a declaration: tracks, and the classifiers that run on them. Nothing heavy."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from lineclf._words import check_choice, fail
from lineclf.benchmark._entries import FOLDS, Arena, Contestant, Further, Goal
from lineclf.benchmark._scores import SCORES, Score
from lineclf.runs._options import OptionError, Options, names, option
from lineclf.runs._study import profile_folder, select

__all__ = ["Benchmark", "BenchmarkOptions"]


@dataclass(frozen=True, kw_only=True)
class BenchmarkOptions(Options):
    """Options of a benchmark, beside those of every study.

    Parameters
    ----------
    tracks, models : tuple of str
        Names of the only tracks and models to run; by default the profile's tracks, and all models.
    estimator : tuple of str
        Import paths ``package.module:Class`` of further scikit-learn classifiers that take part.
    submit : path-like
        Folder for the run's trials, for others to add: with what made them, and one trial that is run again.
    add : path-like
        Folder of such a submission; it is checked and joins the stored trials, and nothing else is run.
    """

    tracks: tuple[str, ...] = option(
        lambda study: f"only these; the profile's by default: {', '.join(each.name for each in study.tables)}",
        names,
        default=(),
        metavar="A,B,…",
    )
    models: tuple[str, ...] = option(
        lambda study: f"only these models; all by default: {', '.join(each.name for each in study.contestants)}",
        names,
        default=(),
        metavar="A,B,…",
    )
    estimator: tuple[str, ...] = option(
        "further scikit-learn classifiers that take part", names, default=(), metavar="PACKAGE.MODULE:CLASS"
    )
    submit: Path | None = option("write the trials for others to add, and run one of them again", Path, metavar="DIR")
    add: Path | None = option("check and add a submission of others; run nothing", Path, metavar="DIR")


@dataclass(frozen=True)
class Benchmark:
    """Classifiers on tracks, paired by seed.

    Parameters
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        What the study asks, one sentence.
    arenas : tuple of Arena
        The study's own tracks; the entry points ``lineclf.tracks`` of installed packages join them.
    contestants : tuple of Contestant
        The study's own models; ``--estimator`` and the entry points ``lineclf.models`` join them.
    profiles : mapping of str to Profile
        The first is the default; one without ``n_per_class`` draws every distinct image.
    further : tuple of Further
        Tables beside those of the tracks.
    reference : str, optional
        Model whose errors under corruption are the unit.
    floor : str, optional
        Model that knows nothing, such as a constant answer: the zero of the comparison over all tracks. Without it
        there is no such comparison.
    goals : tuple of Goal
    least : int, default=5
        Number of seeds that a model needs to be ranked; others are shown and marked.
    notes : tuple of str
        Sentences for the report: what a reader must know about the models.
    """

    name: str
    question: str
    arenas: tuple[Arena, ...]
    contestants: tuple[Contestant, ...]
    profiles: Mapping
    further: tuple[Further, ...] = ()
    reference: str | None = None
    floor: str | None = None
    goals: tuple[Goal, ...] = ()
    least: int = 5
    notes: tuple[str, ...] = ()
    Options: ClassVar[type[Options]] = BenchmarkOptions

    def __post_init__(self):
        for what in ("arenas", "contestants", "profiles"):
            if not getattr(self, what):
                raise ValueError(f"{what} must not be empty")
        for name, profile in self.profiles.items():
            if not isinstance(profile.seeds, int) or profile.seeds < 1:
                raise fail(f"seeds of the profile {name!r}", "a whole number, at least 1", profile.seeds)
        if not isinstance(self.least, int) or self.least < 2:
            raise fail("least", "a whole number of seeds, at least 2", self.least)
        for what, declared in (("arenas and further", self.tables), ("contestants", self.contestants)):
            twice = [name for name, n in Counter(one.name for one in declared).items() if n > 1]
            if twice:
                raise ValueError(f"{what} must have different names; got {twice[0]!r} more than once")
        known = [each.name for each in self.contestants if each.variant_of is None]
        for each in self.contestants:
            if each.variant_of not in (None, *known):
                raise ValueError(f"variant_of must be among {', '.join(known)}; got {each.variant_of!r}")

        self._check_names()

    def _check_names(self):
        """Raise ValueError for names that do not exist or values that do not fit: before the training, not after."""
        scored = {f"score of {each.name!r}": each for each in self.tables}
        scored |= {f"score of the goal of {each.model!r}": each for each in self.goals}
        own = {each.metric: each.shown for each in self.tables if isinstance(each.score, Score)}
        for what, each in scored.items():
            if isinstance(each.score, str):
                check_choice(what, each.score, SCORES)
            elif not isinstance(each.score, Score) or not each.score.name or each.score.name in SCORES:
                raise ValueError(
                    f"{what} must be a key of SCORES, or a Score with a name of its own; got {each.score!r}"
                )
            elif own.get(each.metric) != each.score:
                raise ValueError(f"{what} is not the score that a track or further test has under {each.metric!r}")
        for arena in self.arenas:
            _check_own(arena)
            if isinstance(arena.tests, str):
                raise ValueError(f"tests of {arena.name!r} must be a tuple of names; got {arena.tests!r}")
        for each in self.further:
            if each.test is not None and not callable(each.test):
                raise ValueError(f"test of {each.name!r} must be callable as test(estimator, split, seed)")
        tests = [each.name for each in self.further]
        for arena in self.arenas:
            for name in (*arena.tests, *([arena.curve] if arena.curve else [])):
                check_choice(f"tests and curve of {arena.name!r}", name, tests or ["none, as further has none"])
        models = [each.name for each in self.contestants]
        for goal in self.goals:
            check_choice("model of a goal", goal.model, models)
            if goal.track is not None:
                check_choice(f"track of the goal of {goal.model!r}", goal.track, [each.name for each in self.tables])
        for what, named in (("reference", self.reference), ("floor", self.floor)):
            if named is not None:
                check_choice(what, named, models)
        for each in self.contestants:
            for name in each.cannot:
                check_choice(f"cannot of {each.name!r}", name, [arena.name for arena in self.arenas])

    @property
    def scores(self) -> dict[str, Score]:
        """All scores, by the name of their metric."""
        return SCORES | {each.metric: each.shown for each in self.tables}

    @property
    def tables(self) -> tuple[Any, ...]:
        """Tracks, and the tables beside them."""
        return (*self.arenas, *self.further)

    def plan(self, options):
        """Trials under these options, a :class:`BenchmarkPlan`; OptionError if one is not legal."""
        from lineclf.benchmark._installed import with_installed
        from lineclf.benchmark._plan import BenchmarkPlan

        installed, tracks, models = with_installed(self), options.tracks, options.models
        if options.add:
            return self._addition(installed, options)
        installed.check("tracks", tracks)
        installed.check("models", models)
        study = installed.study
        arenas, contestants = study.unasked(options.profile)
        known = (*self.contestants, *installed.models)
        arenas = study.arenas_of(tracks, options.profile) if tracks else arenas
        contestants = select("models", models, known) if models else (*contestants, *installed.models)
        for path in options.estimator:
            if not all(path.partition(":")):
                raise OptionError("estimator", f"must be PACKAGE.MODULE:CLASS; got {path!r}")
        guests = tuple(Contestant(path.rpartition(":")[2], path) for path in options.estimator)
        what = study, arenas, (*contestants, *guests), options.profile, options.seeds
        if options.submit:
            from lineclf.benchmark._submission import SubmissionPlan

            return SubmissionPlan(*what, known=(*known, *guests), submit=options.submit)
        return BenchmarkPlan(*what, known=(*known, *guests))

    def _addition(self, installed, options):
        """The trials of a submission."""
        from lineclf.benchmark._addition import AdditionPlan

        for name in ("submit", "tracks", "models", "estimator", "seeds"):
            if getattr(options, name):
                raise OptionError("add", f"must come without {name}: the submission says what it adds")
        known = (*self.contestants, *installed.models)
        return AdditionPlan(installed.study, options.profile, options.add, known=known)

    def unasked(self, profile):
        """Tracks and the study's own models that a profile runs if the command line names none."""
        tracks = self.profiles[profile].tracks
        contestants = tuple(each for each in self.contestants if not (tracks and each.variant_of))
        return self.arenas_of(tracks, profile), contestants

    def arenas_of(self, chosen, profile):
        """Tracks to train on for the tables of the given names, all without names; OptionError for a bad name."""
        wanted = {each.name for each in select("tracks", chosen, self.tables)}
        arenas = tuple(arena for arena in self.arenas if wanted.intersection((arena.name, arena.curve, *arena.tests)))
        n = self.profiles[profile].n_per_class
        fitting = tuple(arena for arena in arenas if n is None or n >= arena.at_least)
        if chosen and not fitting:
            least = min(arena.at_least for arena in arenas)
            text = (
                f"must have enough images: {', '.join(chosen)} needs {least} per class, and profile {profile} has {n}"
            )
            raise OptionError("tracks", text)
        return fitting

    def output(self, options):
        """Folder of the report: smaller profiles never overwrite the full one's."""
        return profile_folder(self, options.profile)


def _check_own(arena):
    """Raise ValueError if parts of a track do not fit each other, or have no identity."""
    what = f"of track {arena.name!r}"
    if not isinstance(arena.score, str) and arena.shown.scorer is None:
        raise ValueError(f"score {what} must have a scorer, as {arena.metric!r} is not in SCORES")
    if isinstance(arena.split, str) and arena.draw is not None:
        raise ValueError(f"split {what} must be a splitter, a number of folds or None beside draw; got {arena.split!r}")
    if not isinstance(arena.split, str) and arena.draw is None and not hasattr(arena.split, "split"):
        raise ValueError(f"split {what} must be the name of a track, or a splitter; got {arena.split!r}")
    if not isinstance(arena.split, str) and (arena.options or arena.curve):
        raise ValueError(f"options and curve {what} go with the name of a track; its split is {arena.split!r}")
    if arena.draw is not None and not callable(arena.draw):
        raise fail(f"draw {what}", "a function draw(random_state, …) that returns (X, y)", arena.draw)
    if arena.draw is not None and (arena.world or arena.units):
        raise ValueError(f"world and units {what} are for the world of lines; the track has a draw")
    check_choice(f"folds {what}", arena.folds, FOLDS)
    if not isinstance(arena.hold_out, int | float) or not 0 <= arena.hold_out < 1:
        raise fail(f"hold_out {what}", "a share from 0 to 1, 1 left out", arena.hold_out)
    try:
        _ = arena.ceiling
        if any(not isinstance(each, str) for each in (arena.split, arena.score)):  # of names it takes imports
            _ = arena.identity
    except TypeError as error:
        raise ValueError(f"track {arena.name!r} cannot be told from another one later: {error}") from error
