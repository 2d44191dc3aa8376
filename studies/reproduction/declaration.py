"""A reproduction as a declaration: what a report says, item by item, and the models that answer. Nothing heavy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from lineclf.runs import Options, names, option, profile_folder, select


@dataclass(frozen=True, eq=False)
class Model:
    """An estimator with its settings on one data set; trained once, however many items look at it.

    Parameters
    ----------
    name : str
        As tables show it; unique within a study.
    data : str
        Key of ``reproduction.data.DATA``.
    estimator : str
        Import path ``package.module:Class`` of a scikit-learn classifier.
    settings : mapping
        Constructor arguments that differ from its defaults.
    seeds : int
        Number of seeds, 0 … seeds − 1, at full size.
    """

    name: str
    data: str
    estimator: str
    settings: Mapping = field(default_factory=lambda: MappingProxyType({}))
    seeds: int = 3


@dataclass(frozen=True)
class Target:
    """A figure to reach.

    Parameters
    ----------
    model : Model
    metric : str
        Its mean over the seeds counts.
    at_least, at_most : float, optional
        The bound.
    relative_to : Model, optional
        With this the bound is on the ratio of the two models' means.
    """

    model: Model
    metric: str
    at_least: float | None = None
    at_most: float | None = None
    relative_to: Model | None = None


@dataclass(frozen=True)
class Claim:
    """What a report says in words.

    Parameters
    ----------
    says : str
        The report's words.
    about : str
        Key of ``reproduction.claims.CLAIMS``: what is measured for it.
    models : tuple of Model
        Whose results it is tried by, among those of its item.
    """

    says: str
    about: str
    models: tuple[Model, ...]


@dataclass(frozen=True)
class Architecture:
    """A net whose layers a report lists.

    Parameters
    ----------
    build : str
        Import path ``package.module:function`` of what returns the Keras model.
    arguments : mapping
        Its arguments.
    layers : tuple of (str, tuple of int, int)
        The report's layers: name, output shape without the images' axis, parameters.
    """

    build: str
    arguments: Mapping
    layers: tuple[tuple[str, tuple[int, ...], int], ...]


@dataclass(frozen=True)
class Item:
    """One item of a report.

    Parameters
    ----------
    name : str
        "R4".
    score : str
        The metric that the summary shows.
    title : str
    says : str
        The report's words.
    models : tuple of Model
        The first is the report's own; the others stand beside it.
    figures : mapping of str to float
        The report's figures by metric, as fractions.
    note : str
        What the report leaves out and what is taken instead, or where else to look.
    targets : tuple of Target
    shows : tuple of str
        Keys of ``reproduction.sections.SECTIONS``: what the page shows beside the table.
    confusion : tuple of tuple of int
        The report's confusion matrix; rows are true classes.
    claims : tuple of Claim
    chosen : mapping of str to str
        Metrics that settings were chosen for, and how, in words: that ours is near the report's then says nothing.
    architecture : Architecture, optional
        Of the first model's net.
    """

    name: str
    score: str
    title: str
    says: str
    models: tuple[Model, ...]
    figures: Mapping = field(default_factory=lambda: MappingProxyType({}))
    note: str = ""
    targets: tuple[Target, ...] = ()
    shows: tuple[str, ...] = ()
    confusion: tuple[tuple[int, ...], ...] = ()
    claims: tuple[Claim, ...] = ()
    chosen: Mapping = field(default_factory=lambda: MappingProxyType({}))
    architecture: Architecture | None = None


@dataclass(frozen=True, kw_only=True)
class ReproductionOptions(Options):
    """Options of a reproduction, beside those of every study.

    Parameters
    ----------
    items : tuple of str
        Names of the only items of the report to run; all by default.
    """

    items: tuple[str, ...] = option(
        lambda study: f"only these items of the report; all by default: {', '.join(item.name for item in study.items)}",
        names,
        default=(),
        metavar="A,B,…",
    )


@dataclass(frozen=True)
class Reproduction:
    """A report reproduced, item by item.

    Parameters
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        What the study asks, one sentence.
    items : tuple of Item
    profiles : mapping of str to Profile
        The first is the default; one without ``n_per_class`` has the data sets' own sizes.
    """

    name: str
    question: str
    items: tuple[Item, ...]
    profiles: Mapping
    Options: ClassVar[type[Options]] = ReproductionOptions

    @property
    def models(self):
        """Return every model once, in the order of the items."""
        return select_models(self.items)

    def plan(self, options):
        """Return the trials under these options; OptionError for one that is not legal."""
        from reproduction.plan import ReproductionPlan

        items = select("items", options.items, self.items)
        return ReproductionPlan(self, select_models(items), options.profile, options.seeds)

    def output(self, options):
        """Return the report's folder: smaller profiles, and parts of the full one, never overwrite the full one's."""
        return profile_folder(self, options.profile, whole=not options.items and options.seeds is None)


def select_models(items):
    """Return every model of the items once, in order; ValueError where one name stands for two."""
    known: dict[str, Any] = {}
    for model in (model for item in items for model in item.models):
        if known.setdefault(model.name, model) is not model:
            raise ValueError(f"two different models are called {model.name!r}")
    return tuple(known.values())
