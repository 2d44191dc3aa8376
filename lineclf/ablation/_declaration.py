"""Ablations as declarations: a question, a classifier, its components, and the designs that a command line offers."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from lineclf.ablation._components import DATA, LINES, Component
from lineclf.ablation._designs import DESIGNS
from lineclf.ablation._factorial import RESOLUTIONS
from lineclf.runs import OptionError, Options, adaptive_seeds_option, names, option, scratch_folder, select, text, whole

__all__ = ["SAMPLERS", "Ablation", "AblationOptions", "Ablations", "AblationsOptions"]

SAMPLERS = ("tpe", "gp")
_UNASKED = {"resolution": 4, "trials": 20, "folds": 5, "sampler": "tpe"}  # of the fraction and the search


def _components_text(study):
    ablations = study.ablations
    known = dict.fromkeys(c.name for each in ablations for c in (*each.components, *each.crossed))
    return f"only these; the design's own by default: {', '.join(known)}"


def _data(study):
    return list(dict.fromkeys(data for each in study.ablations for data in each.data))


@dataclass(frozen=True, kw_only=True)
class AblationOptions(Options):
    """Options of an ablation, beside those of every study.

    Parameters
    ----------
    seeds : int or tuple of int
        Number of paired seeds, or (low, high); the profile's by default.
    design : str
        Which combinations to run, "one-at-a-time" by default.
    components : tuple of str
        Names of the only components to vary; the design's own by default.
    data : {"lines", "mnist"}
        The data to train the nets on.
    track : str
        Split protocol of the lines.
    n_per_class, epochs : int
        Images drawn per class, and passes over the training data; the profile's by default.
    resolution : {3, 4}
        For a fractional design: 3 takes fewer cells, but cannot tell components from pairs.
    trials, folds : int
        For a search: number of settings to try, and the most folds for a setting.
    sampler : {"tpe", "gp"}
        How a search chooses settings.
    """

    seeds: list[int] | tuple[int, int] | None = adaptive_seeds_option()
    design: str = option("which combinations to run", text, default=DESIGNS[0], choices=DESIGNS)
    components: tuple[str, ...] = option(_components_text, names, default=(), metavar="A,B,…")
    data: str = option("data to train on", text, default=LINES, choices=_data)
    track: str = option("split protocol of the lines", text, default=lambda study: study.ablations[0].track)
    n_per_class: int | None = option("images drawn per class", whole, metavar="N")
    epochs: int | None = option("passes over the training data", whole, metavar="N")
    resolution: int = option(
        "for a fractional design: 3 takes fewer cells, but cannot tell components from pairs",
        whole,
        default=_UNASKED["resolution"],
        choices=RESOLUTIONS,
    )
    trials: int = option("for a search: number of settings to try", whole, default=_UNASKED["trials"], metavar="N")
    folds: int = option("for a search: most folds for a setting", whole, default=_UNASKED["folds"], metavar="N")
    sampler: str = option("how a search chooses settings", text, default=_UNASKED["sampler"], choices=SAMPLERS)


@dataclass(frozen=True, kw_only=True)
class AblationsOptions(AblationOptions):
    """Options of ablations of several nets.

    Parameters
    ----------
    net : str
        The net to take apart, the first by default.
    """

    net: str = option(
        "net to take apart", text, default=lambda study: next(iter(study.nets)), choices=lambda study: study.nets
    )


@dataclass(frozen=True)
class Ablation:
    """Declaration of an ablation: how much the parts of a classifier are worth.

    Parameters
    ----------
    name : str
        Short name, for storage, runs and files.
    question : str
        What the study asks, one sentence.
    estimator : str
        Import path ``package.module:Class`` of a scikit-learn classifier, or of a function that returns one.
    components : tuple of Component
        The components to vary one at a time, to leave out, to screen by a fraction, or to search.
    track : str
        Key of ``lineclf.model_selection.TRACKS``.
    profiles : mapping of str to Profile
        The first is the default.
    crossed : tuple of Component, optional
        The components that the full factorial crosses, all levels with all; `components` by default.
    data : tuple of str, default=("lines",)
        The data that it can run on: "lines", "mnist".

    Raises
    ------
    ValueError
        If there is no component, or two have the same name.
    """

    name: str
    question: str
    estimator: str
    components: tuple[Component, ...]
    track: str
    profiles: Mapping
    crossed: tuple[Component, ...] = ()
    data: tuple[str, ...] = (LINES,)
    Options: ClassVar[type[Options]] = AblationOptions

    def __post_init__(self):
        if unknown := set(self.data) - set(DATA):
            raise ValueError(f"data must be some of {', '.join(DATA)}; got {', '.join(sorted(unknown))}")
        if not self.components:
            raise ValueError("components must have at least one Component; got none")
        for components in (self.components, self.crossed):
            known = [component.name for component in components]
            if len(set(known)) < len(known):
                raise ValueError(f"components must have different names; got {known}")
            for each in components:
                self._check(each)

    @staticmethod
    def _check(component):
        """Raise ValueError for levels that only an AblationCV takes: a declaration has levels that are JSON."""
        try:
            json.dumps(component.levels)
        except TypeError:
            raise ValueError(
                f"component {component.name!r}: levels must be JSON-able, numbers, texts, lists and the like, or take "
                f"AblationCV, whose levels may be objects; got {list(component.levels)}"
            ) from None

    @property
    def ablations(self):
        """This ablation alone; :class:`Ablations` have several."""
        return (self,)

    def plan(self, options):
        """Trials under these options, a :class:`Plan`; OptionError for a value that is not legal."""
        if options.design == "search":
            from lineclf.ablation._search import SearchPlan

            if options.data != LINES:
                raise OptionError("data", f"must be {LINES} in a search; got {options.data!r}")
            return SearchPlan(self, options)
        from lineclf.ablation._declared import make_declared_plan

        return make_declared_plan(self, options)

    def output(self, options):
        """Folder of the report: each track, design and profile has its own, and so has what no profile declares."""
        default = [self.track, DESIGNS[0], next(iter(self.profiles))]
        chosen = [self.place(options), options.design, options.profile]
        return _folder(self.name, chosen, default, self.is_declared(options))

    @staticmethod
    def place(options):
        """Name of the data: a track of lines, or another data set."""
        return options.track if options.data == LINES else options.data

    def facts(self, options, settings, n_per_class):
        """Facts about this report, for a list of reports."""
        more = [f"{name}={value}" for name, value in settings.items()]
        return {
            "net": self.estimator.rpartition(":")[2],
            "data": self.place(options),
            "design": options.design,
            "size": ", ".join([f"{n_per_class} images a class", *more]),
        }

    def is_declared(self, options):
        """Whether the profile and the design declare this run, so that its report stands beside theirs."""
        profile = self.profiles[options.profile]
        if options.components or any(getattr(options, name) != value for name, value in _UNASKED.items()):
            return False
        declared = {"n_per_class": profile.n_per_class, "epochs": profile.settings.get("epochs")}
        if not all(getattr(options, name) in (None, value) for name, value in declared.items()):
            return False
        n = 1 if options.design == "search" else profile.seeds
        if isinstance(n, tuple) and isinstance(options.seeds, tuple):  # more seeds go on with the same report
            return options.seeds[0] == n[0] and options.seeds[1] >= n[1]
        return options.seeds in (None, n if isinstance(n, tuple) else list(range(n)))

    def select(self, chosen, design=DESIGNS[0], profile=None):
        """Components of the chosen names; without names those of the design and profile.

        Raises
        ------
        OptionError
            For an unknown name.
        """
        if design == "factorial":
            crossed = self.crossed or self.components
            others = [each for each in self.components if each.name not in {c.name for c in crossed}]
            return select("components", chosen, (*crossed, *others)) if chosen else crossed
        if not chosen and profile is not None and design == DESIGNS[0]:
            chosen = self.profiles[profile].components
        return select("components", chosen, self.components)


@dataclass(frozen=True)
class Ablations:
    """The same question asked of several nets; ``--net`` on the command line chooses one.

    Parameters
    ----------
    name : str
        Short name, for files.
    question : str
        What the study asks, one sentence.
    nets : mapping of str to Ablation
        The first is the default. All have profiles of the same names.
    workers : int, optional
        Number of processes by default, if there are as many cores; without it the study's own number.

    Raises
    ------
    ValueError
        If the profiles' names differ.
    """

    name: str
    question: str
    nets: Mapping
    workers: int | None = None
    Options: ClassVar[type[Options]] = AblationsOptions

    def __post_init__(self):
        known = {name: list(net.profiles) for name, net in self.nets.items()}
        if any(each != next(iter(known.values())) for each in known.values()):
            raise ValueError(f"nets must have profiles of the same names; got {known}")

    @property
    def defaults(self):
        """Options of its own."""
        n_cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        return {"workers": self.workers} if self.workers and n_cores >= self.workers else {}

    @property
    def _default(self):
        return next(iter(self.nets))

    @property
    def profiles(self):
        """Profiles of the first net; the others' have the same names."""
        return self.nets[self._default].profiles

    @property
    def ablations(self):
        """Those of all nets, the default first."""
        return tuple(self.nets.values())

    def plan(self, options):
        """Trials under these options, a :class:`Plan`; OptionError for a value that is not legal."""
        return self.nets[options.net].plan(options)

    def output(self, options):
        """Folder of the report: each net, track, design and profile has its own; so has what no profile declares."""
        default = [self._default, self.nets[self._default].track, DESIGNS[0], next(iter(self.profiles))]
        chosen = [options.net, Ablation.place(options), options.design, options.profile]
        return _folder(self.name, chosen, default, self.nets[options.net].is_declared(options))


def _folder(name, chosen, default, declared):
    if not declared:
        return scratch_folder(name) / "-".join(chosen)
    folder = Path("reports") / name
    return folder if chosen == default else folder / "-".join(chosen)
