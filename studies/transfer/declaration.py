"""A color added to a trained net, as a declaration: how the net is trained, and how it then learns. Nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from lineclf.runs import Options, Profile, names, option, profile_folder, select

STAGES = ("head", "net", "scratch")
MEMORIES = ("none", "as many", "all")


@dataclass(frozen=True)
class Method:
    """How a net learns the new color.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study.
    stages : tuple of {"head", "net", "scratch"}
        Run in this order: "head" trains the color head alone, "net" all layers, "scratch" a fresh net.
    memory : {"none", "as many", "all"}, default="as many"
        Old training images that are trained on beside the new ones; "as many" as those, evenly from all classes.

    Raises
    ------
    ValueError
        If a stage or the memory is none of these, or there is no stage.
    """

    name: str
    stages: tuple[str, ...]
    memory: str = "as many"

    def __post_init__(self):
        if not self.stages or not set(self.stages) <= set(STAGES):
            raise ValueError(f"stages must be among {', '.join(STAGES)}, at least one; got {self.stages}")
        if self.memory not in MEMORIES:
            raise ValueError(f"memory must be one of {', '.join(map(repr, MEMORIES))}; got {self.memory!r}")


@dataclass(frozen=True, eq=False)
class Variant:
    """A net that the new color is added to: its settings, its training images, and a change of its weights.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study.
    settings : mapping, optional
        Constructor arguments that differ from the study's.
    world : mapping, optional
        Options of ``make_lines`` beside ``n_per_class``, ``colors`` and ``random_state``.
    jitter : float, default=0
        Strength of the color jitter of its training images, 0 to 1: at most this share of each channel is added to each
        other one.
    weights : str, optional
        What the first layer's weights of the study's channel are set to after the training, a key of
        ``transfer.nets.WEIGHTS``; by default they stay as trained.
    """

    name: str
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    world: Mapping = field(default_factory=lambda: MappingProxyType({}))
    jitter: float = 0.0
    weights: str | None = None


@dataclass(frozen=True)
class TransferProfile(Profile):
    """Size of a run: a :class:`lineclf.runs.Profile`, and how much the new color is learned from.

    Parameters
    ----------
    shots : tuple of int or None, default=(None,)
        Numbers of new training images a class, ascending; None for all that there are.
    steps : int, default=200
        Optimizer steps of each stage on a trained net, rounded to whole passes, at least one.
    """

    shots: tuple[int | None, ...] = (None,)
    steps: int = 200


@dataclass(frozen=True, kw_only=True)
class TransferOptions(Options):
    """Options of a transfer, beside those of every study.

    Parameters
    ----------
    methods, variants : tuple of str
        Names of the only ones to run; all by default.
    """

    methods: tuple[str, ...] = option(
        lambda study: f"only these methods; all by default: {', '.join(each.name for each in study.methods)}",
        names,
        default=(),
        metavar="A,B,…",
    )
    variants: tuple[str, ...] = option(
        lambda study: f"only these variants; all by default: {', '.join(each.name for each in study.variants)}",
        names,
        default=(),
        metavar="A,B,…",
    )


@dataclass(frozen=True)
class Transfer:
    """Methods of adding a color to a trained multi-head net, and variants of that net.

    On the first variant every method learns from each number of shots; on the others only the first method does, from
    the most shots.

    Parameters
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        What the study asks, one sentence.
    says : str
        The claim on trial: the first method is enough.
    estimator : str
        Import path ``package.module:Class`` of a multi-head classifier with ``fit_head`` and ``add_levels``.
    old : tuple of str
        Colors of the trained net.
    new : str
        The color to add.
    channel : int
        Channel of the images that, on black, only the new color lights.
    methods : tuple of Method
    variants : tuple of Variant
    learning_rates : mapping of str to float
        Of the stages on a trained net, "head" and "net".
    profiles : mapping of str to TransferProfile
        The first is the default; one without ``n_per_class`` draws every distinct image.
    """

    name: str
    question: str
    says: str
    estimator: str
    old: tuple[str, ...]
    new: str
    channel: int
    methods: tuple[Method, ...]
    variants: tuple[Variant, ...]
    learning_rates: Mapping
    profiles: Mapping
    Options: ClassVar[type[Options]] = TransferOptions

    def plan(self, options):
        """Return the trials under these options, a ``TransferPlan``; OptionError for one that is not legal."""
        from transfer.plan import TransferPlan

        methods = select("methods", options.methods, self.methods)
        variants = select("variants", options.variants, self.variants)
        return TransferPlan(self, methods, variants, options.profile, options.seeds)

    def output(self, options):
        """Return the report's folder: smaller profiles, and parts of the full one, never overwrite the full one's."""
        seeds = list(range(self.profiles[options.profile].seeds))
        whole = not options.methods and not options.variants and options.seeds in (None, seeds)
        return profile_folder(self, options.profile, whole=whole)
