"""An AblationCV as a study: a command line runs it, a folder holds its report, MLflow its cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from sklearn.base import clone

from lineclf.ablation._designs import DESIGNS
from lineclf.ablation._make_plan import make_plan
from lineclf.runs import (
    OptionError,
    Options,
    Profile,
    adaptive_seeds_option,
    names,
    option,
    scratch_folder,
    select,
    text,
)

__all__ = ["AblationStudy", "AblationStudyOptions"]


@dataclass(frozen=True, kw_only=True)
class AblationStudyOptions(Options):
    """Options of an :class:`AblationStudy`, beside those of every study.

    Parameters
    ----------
    seeds : int or tuple of int
        Number of paired seeds, or (low, high).
    design : str
        Which combinations to run.
    components : tuple of str
        Names of the only components to vary; all by default.
    """

    seeds: list[int] | tuple[int, int] | None = adaptive_seeds_option()
    design: str = option("which combinations to run", text, choices=DESIGNS[:4])
    components: tuple[str, ...] = option(
        lambda study: f"only these; all by default: {', '.join(study.known())}", names, default=(), metavar="A,B,…"
    )


class AblationStudy:
    """An :class:`AblationCV` and its data, to be run by :func:`lineclf.runs.run_study` or from a command line.

    Parameters
    ----------
    ablation : AblationCV
        Its own `storage`, `tracking_uri`, `seeds`, `n_jobs`, `cluster`, `max_time` and `design` are the defaults of the
        options.
    data : tuple or mapping, optional
        Arguments of ``fit``: (X, y), or by name. None if the ablation draws its data.
    name : str, default="ablation"
        For the report's folder.
    question : str, optional
        One sentence.
    """

    Options: ClassVar[type[Options]] = AblationStudyOptions

    def __init__(self, ablation, data=(), *, name="ablation", question="which parts matter?"):
        self.ablation, self.name, self.question = ablation, name, question
        self._data = data if isinstance(data, Mapping) else dict(zip(("X", "y"), data, strict=False))
        self.profiles = {"full": Profile(None, ablation.seeds)}

    @property
    def defaults(self):
        """Options of this ablation alone."""
        known = self.ablation
        found = {name: getattr(known, name) for name in ("design", "max_time", "storage", "tracking_uri")}
        return found | {"dask": known.cluster, "workers": known.n_jobs if (known.n_jobs or 0) > 1 else None}

    def known(self):
        """Names of the components."""
        given = self.ablation.components
        return list(given) if isinstance(given, Mapping) else [each.key for each in given]

    def plan(self, options):
        """Trials under these options; OptionError for a value that is not legal."""
        n = self.ablation.seeds if options.seeds is None else options.seeds
        if isinstance(n, list):
            if n != list(range(len(n))):
                raise OptionError("seeds", f"must be a number of seeds, or the least and the most; got {n}")
            n = len(n)
        given = self.ablation.components
        if options.components:
            chosen = [each.name for each in select("components", options.components, map(_Named, self.known()))]
            given = (
                {name: given[name] for name in chosen}
                if isinstance(given, Mapping)
                else [each for each in given if each.key in chosen]
            )
        ablation = clone(self.ablation).set_params(components=given, design=options.design, seeds=n)
        more = dict(self._data)
        X, y, groups = (more.pop(name, None) for name in ("X", "y", "groups"))
        return make_plan(ablation, X, y, groups, more, stored=True, confusion=True)

    def output(self, options):
        """Folder of the report; a run of only a part of the study has another one."""
        part = options.components or options.design != self.ablation.design
        return scratch_folder(self.name) if part else scratch_folder(self.name).parent


@dataclass(frozen=True)
class _Named:
    name: str
