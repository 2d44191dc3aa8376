"""A benchmark as a declaration: tracks, and the classifiers that run on them. Nothing heavy."""

from dataclasses import dataclass, field
from importlib.metadata import entry_points
from types import MappingProxyType

from lineclf.experiments._design import profile_folder, select

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
        Options of ``make_lines`` beside size and seed.
    options : mapping
        Parameters of the split.
    distinct : bool
        Whether every distinct image is drawn once, rather than so many a class.
    score : str
        The metric that ranks.
    target : float, optional
        What the suite's own net is to reach.
    """

    name: str
    split: str
    asks: str
    world: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))
    options: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))
    distinct: bool = True
    score: str = "test_joint_accuracy"
    target: float | None = None


@dataclass(frozen=True)
class Contestant:
    """A scikit-learn classifier of four target columns.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study.
    estimator : str
        Import path ``package.module:Class``, or a function that returns an estimator.
    settings : mapping
        Its arguments.
    """

    name: str
    estimator: str
    settings: MappingProxyType = field(default_factory=lambda: MappingProxyType({}))


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
    """

    name: str
    question: str
    arenas: tuple[Arena, ...]
    contestants: tuple[Contestant, ...]
    profiles: MappingProxyType

    def add_options(self, add):
        """Declare the command line's options that a benchmark has beside those of every study."""
        tracks = ", ".join(arena.name for arena in self.arenas)
        models = ", ".join(contestant.name for contestant in self.contestants)
        add("--tracks", default="", metavar="A,B,…", help=f"only these tracks; all by default: {tracks}")
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

        arenas = select("--tracks", _names(args.tracks), self.arenas)
        known = (*self.contestants, *_installed())
        guests = tuple(Contestant(path.rpartition(":")[2], path) for path in args.estimator)
        contestants = select("--models", _names(args.models), known)
        if guests and not args.models:
            contestants = known
        return BenchmarkPlan(self, arenas, (*contestants, *guests), args.profile, args.seeds)

    def output(self, args):
        """Folder of the report: smaller profiles never overwrite the full one's."""
        return profile_folder(self, args.profile)


def _names(text):
    return [name.strip() for name in text.split(",") if name.strip()]


def _installed():
    """Classifiers that installed packages announce."""
    return tuple(Contestant(each.name, each.value) for each in entry_points(group=ENTRY_POINTS))
