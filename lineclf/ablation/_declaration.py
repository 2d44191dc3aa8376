"""Ablations as declarations: a question, a classifier, its components, and the designs that a command line offers."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lineclf.ablation._components import Component
from lineclf.ablation._designs import DESIGNS
from lineclf.ablation._factorial import RESOLUTIONS
from lineclf.runs._study import scratch_folder, select

SAMPLERS = ("tpe", "gp")
_UNASKED = {"resolution": 4, "trials": 20, "folds": 5, "sampler": "tpe"}  # of the fraction and the search


@dataclass(frozen=True)
class Ablation:
    """What the parts of a classifier are worth.

    Parameters
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        What the study asks, one sentence.
    estimator : str
        Import path ``package.module:Class`` of a scikit-learn classifier, or of a function that returns one.
    components : tuple of Component
        Varied one at a time, left out, screened by a fraction, searched.
    track : str
        Key of ``lineclf.model_selection.TRACKS``.
    profiles : mapping of str to Profile
        The first is the default.
    crossed : tuple of Component, optional
        Those that the full factorial crosses, all levels with all; `components` by default.

    Raises
    ------
    ValueError
        If there is no component, or two have one name.
    """

    name: str
    question: str
    estimator: str
    components: tuple[Component, ...]
    track: str
    profiles: Mapping
    crossed: tuple[Component, ...] = ()

    def __post_init__(self):
        if not self.components:
            raise ValueError("components must have at least one Component; got none")
        for components in (self.components, self.crossed):
            names = [component.name for component in components]
            if len(set(names)) < len(names):
                raise ValueError(f"components must have different names; got {names}")

    def add_options(self, add):
        """Declare the command line's options that an ablation has beside those of every study."""
        add_ablation_options(add, [self], self.track)

    def plan(self, args):
        """Trials under the command line's options, a :class:`Plan`; ValueError for a bad option."""
        if args.design == "search":
            from lineclf.ablation._search import SearchPlan

            return SearchPlan(self, args)
        from lineclf.ablation._plan import AblationPlan

        return AblationPlan(self, args)

    def output(self, args):
        """Folder of the report: each track, design and profile has its own, as has what no profile declares."""
        default = [self.track, DESIGNS[0], next(iter(self.profiles))]
        return _folder(self.name, [args.track, args.design, args.profile], default, self.is_declared(args))

    def is_declared(self, args):
        """Whether the options leave sizes, seeds and components as the profile and the design declare them."""
        profile = self.profiles[args.profile]
        seeds = [0] if args.design == "search" else list(range(profile.seeds))
        declared = {"n_per_class": profile.n_per_class, "epochs": profile.settings.get("epochs"), "seeds": seeds}
        chosen = self.select(args.components, args.design, args.profile)
        own = self.select([], args.design, args.profile)
        return (
            all(getattr(args, name) in (None, value) for name, value in declared.items())
            and all(getattr(args, name) == value for name, value in _UNASKED.items())
            and {each.name for each in chosen} == {each.name for each in own}
        )

    def select(self, names, design=DESIGNS[0], profile=None):
        """Components of the given names, those of the design and profile where `names` is empty.

        Raises
        ------
        ValueError
            For an unknown name.
        """
        if design == "factorial":
            crossed = self.crossed or self.components
            others = [each for each in self.components if each.name not in {c.name for c in crossed}]
            return select("--components", names, (*crossed, *others)) if names else crossed
        if not names and profile is not None and design == DESIGNS[0]:
            names = self.profiles[profile].components
        return select("--components", names, self.components)


@dataclass(frozen=True)
class Ablations:
    """The same question asked of several nets; the command line's ``--net`` says of which.

    Parameters
    ----------
    name : str
        Short name, for files.
    question : str
        What the study asks, one sentence.
    nets : mapping of str to Ablation
        The first is the default. All have profiles of the same names.

    Raises
    ------
    ValueError
        If the profiles' names differ.
    """

    name: str
    question: str
    nets: Mapping

    def __post_init__(self):
        names = {name: list(net.profiles) for name, net in self.nets.items()}
        if any(each != next(iter(names.values())) for each in names.values()):
            raise ValueError(f"nets must have profiles of the same names; got {names}")

    @property
    def _default(self):
        return next(iter(self.nets))

    @property
    def profiles(self):
        """Profiles of the first net; the others' have the same names."""
        return self.nets[self._default].profiles

    def add_options(self, add):
        """Declare the command line's options that ablations have beside those of every study."""
        add("--net", choices=list(self.nets), default=self._default, help="what to take apart (default: %(default)s)")
        add_ablation_options(add, self.nets.values(), self.nets[self._default].track)

    def plan(self, args):
        """Trials under the command line's options, a :class:`Plan`; ValueError for a bad option."""
        return self.nets[args.net].plan(args)

    def output(self, args):
        """Folder of the report: each net, track, design and profile has its own, as has what no profile declares."""
        default = [self._default, self.nets[self._default].track, DESIGNS[0], next(iter(self.profiles))]
        chosen = [args.net, args.track, args.design, args.profile]
        return _folder(self.name, chosen, default, self.nets[args.net].is_declared(args))


def add_ablation_options(add, ablations, track):
    """Declare the options of one or more ablations on the same command line."""
    names = ", ".join(dict.fromkeys(c.name for study in ablations for c in (*study.components, *study.crossed)))
    add("--design", choices=DESIGNS, default=DESIGNS[0], help="which combinations to run (default: %(default)s)")
    add("--components", nargs="+", default=[], metavar="NAME", help=f"only these; the design's own by default: {names}")
    add("--track", default=track, help=f"split protocol (default: {track})")
    add("--n-per-class", type=int, metavar="N", help="images drawn a class")
    add("--epochs", type=int, metavar="N", help="passes over the training data")
    add(
        "--resolution",
        type=int,
        choices=RESOLUTIONS,
        default=_UNASKED["resolution"],
        help="of a fractional design: 3 takes fewer cells, and mixes components up with pairs (default: %(default)s)",
    )
    texts = {"trials": "settings that a search tries", "folds": "of a search: the most for a setting"}
    for name, text in texts.items():
        add(f"--{name}", type=int, default=_UNASKED[name], metavar="N", help=f"{text} (default: %(default)s)")
    add(
        "--sampler",
        choices=SAMPLERS,
        default=_UNASKED["sampler"],
        help="what a search chooses by (default: %(default)s)",
    )


def _folder(name, chosen, default, declared):
    if not declared:
        return scratch_folder(name) / "-".join(chosen)
    folder = Path("reports") / name
    return folder if chosen == default else folder / "-".join(chosen)
