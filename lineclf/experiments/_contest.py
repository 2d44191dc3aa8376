"""A benchmark as a declaration: tracks, and the classifiers that run on them. Nothing heavy."""

from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

from lineclf.runs._study import profile_folder, select

ENTRY_POINTS = "lineclf.models"


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
        The metric that ranks.
    tests : tuple of str
        Further test sets for what was trained here: names of the study's ``further``, of those that
        ``lineclf.experiments._further`` has.
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
    world: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))
    options: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))
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
        """Everything that gives a result its meaning."""
        presentation = ("asks", "score", "curve", "at_least")
        return {name: value for name, value in vars(self).items() if name not in presentation}


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
    estimator : str
        Import path ``package.module:Class``, or a function that returns an estimator.
    settings : mapping
        Its arguments.
    variant_of : str, optional
        Contestant that this one is without one of its parts: compared with it, and left out of the rankings.

    Raises
    ------
    ValueError
        If the name has a comma, which parts the names of ``--models``.
    """

    name: str
    estimator: str
    settings: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))
    variant_of: str | None = None

    def __post_init__(self):
        if "," in self.name:
            raise ValueError(f"name must have no comma; got {self.name!r}")

    @property
    def identity(self):
        """Everything that gives a result its meaning and needs no import."""
        return {name: value for name, value in vars(self).items() if name != "variant_of"}


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
        Key of ``lineclf.experiments._board.SCORES``.
    bound : float
        To be reached from below or, where small values of the metric are good, from above.
    """

    model: str
    track: str | None
    metric: str
    bound: float


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
    contestants : tuple of Contestant
        Those that come with the study; ``--estimator`` and the entry points ``lineclf.models`` of installed packages
        join them.
    profiles : mapping of str to Profile
        The first is the default; one without ``n_per_class`` draws every distinct image.
    further : tuple of Further
        Tables beside those of the arenas.
    reference : str, optional
        Contestant whose errors under corruption are the unit.
    goals : tuple of Goal
    notes : tuple of str
        Sentences for the report, on what a reader must know of the models.
    """

    name: str
    question: str
    arenas: tuple[Arena, ...]
    contestants: tuple[Contestant, ...]
    profiles: MappingProxyType
    further: tuple[Further, ...] = ()
    reference: str | None = None
    goals: tuple[Goal, ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        names = [each.name for each in self.contestants if each.variant_of is None]
        for each in self.contestants:
            if each.variant_of not in (None, *names):
                raise ValueError(f"variant_of must be among {', '.join(names)}; got {each.variant_of!r}")

    @property
    def _tables(self) -> tuple[Any, ...]:
        return (*self.arenas, *self.further)

    def add_options(self, add):
        """Declare the command line's options that a benchmark has beside those of every study."""
        tracks = ", ".join(each.name for each in self._tables)
        models = ", ".join(contestant.name for contestant in self.contestants)
        add("--tracks", default="", metavar="A,B,…", help=f"only these, by default the profile's: {tracks}")
        add("--models", default="", metavar="A,B,…", help=f"only these models; all by default: {models}")
        add(
            "--estimator",
            action="append",
            default=[],
            metavar="PACKAGE.MODULE:CLASS",
            help="a scikit-learn classifier that takes part as well; can be given several times",
        )

    def plan(self, args):
        """Trials under the command line's options, a :class:`BenchmarkPlan`; ValueError for a bad option."""
        from lineclf.experiments._benchmark import BenchmarkPlan

        arenas, contestants = self.unasked(args.profile)
        installed, tracks, models = _installed(), _names(args.tracks), _names(args.models)
        known = (*self.contestants, *installed)
        arenas = self.arenas_of(tracks, args.profile) if tracks else arenas
        contestants = select("--models", models, known) if models else (*contestants, *installed)
        for path in args.estimator:
            if not all(path.partition(":")):
                raise ValueError(f"--estimator must be PACKAGE.MODULE:CLASS; got {path!r}")
        guests = tuple(Contestant(path.rpartition(":")[2], path) for path in args.estimator)
        return BenchmarkPlan(self, arenas, (*contestants, *guests), args.profile, args.seeds, known=(*known, *guests))

    def unasked(self, profile):
        """Tracks and the study's own models that a profile runs where the command line names none."""
        tracks = self.profiles[profile].tracks
        contestants = tuple(each for each in self.contestants if not (tracks and each.variant_of))
        return self.arenas_of(tracks, profile), contestants

    def arenas_of(self, names, profile):
        """Tracks to train on for the tables of the given names, all where there is none; ValueError for a bad name."""
        wanted = {each.name for each in select("--tracks", names, self._tables)}
        arenas = tuple(arena for arena in self.arenas if wanted.intersection((arena.name, arena.curve, *arena.tests)))
        n = self.profiles[profile].n_per_class
        fitting = tuple(arena for arena in arenas if n is None or n >= arena.at_least)
        if names and not fitting:
            raise ValueError(
                f"--tracks must have images enough: {', '.join(names)} takes "
                f"{min(arena.at_least for arena in arenas)} a class, and --profile {profile} has {n}"
            )
        return fitting

    def output(self, args):
        """Folder of the report: smaller profiles never overwrite the full one's."""
        return profile_folder(self, args.profile)


def _names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def _installed():
    """Classifiers that installed packages announce."""
    return tuple(Contestant(each.name, each.value) for each in entry_points(group=ENTRY_POINTS))
