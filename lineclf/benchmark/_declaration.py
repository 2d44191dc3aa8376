"""A benchmark as a declaration: tracks, and the classifiers that run on them. Nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any

from lineclf.benchmark._entries import Arena, Contestant, Further, Goal
from lineclf.runs._study import profile_folder, select

ENTRY_POINTS = "lineclf.models"


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
    profiles: Mapping
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
        from lineclf.benchmark._plan import BenchmarkPlan

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
