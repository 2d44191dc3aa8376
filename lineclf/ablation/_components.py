"""What an ablation varies, as declarations: components, their levels, and cells of them. Pure Python."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

WHERE = ("estimator", "data", "track")


@dataclass(frozen=True)
class Range:
    """Numbers between which a search may choose.

    Parameters
    ----------
    low, high : int or float
        Both ends belong to the range; two integers mean integers.
    log : bool, default=False
        Whether to search evenly in the logarithm.
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self):
        if not self.low < self.high or (self.log and self.low <= 0):
            raise ValueError(f"range needs low < high, and low > 0 if it is logarithmic; got {self}")


@dataclass(frozen=True)
class Component:
    """What an ablation varies: an argument of the estimator, of the data, or of the split.

    Parameters
    ----------
    name : str
        The argument; ``step__argument`` reaches into a pipeline.
    baseline : object
        Its level in the baseline, JSON-able as all levels.
    others : tuple
        The levels compared with it, at least one. Designs of two levels take the first.
    off : object, optional
        The level, one of these, that is the net without the component. A design that leaves components out takes those
        that have one, and has them on at their baseline, or, where that is off, at the first of the others.
    where : {"estimator", "data", "track"}, default="estimator"
        Whose argument: the estimator's, :func:`lineclf.datasets.make_lines`'s, or that of the track's class.
    between : Range, optional
        Numbers that a search chooses from, instead of the levels.

    Raises
    ------
    ValueError
        If there are not two different levels, one is not JSON-able, `off` is none of them, or `where` is unknown.
    """

    name: str
    baseline: Any
    others: tuple
    off: Any = ...
    where: str = "estimator"
    between: Range | None = None

    def __post_init__(self):
        try:
            levels = [json.dumps(level) for level in self.levels]  # 1 and True are two levels
            off = json.dumps(self.off) if self.has_off else None
        except TypeError:
            raise ValueError(
                f"component {self.name!r}: levels must be JSON-able, numbers, texts, lists and the like; "
                f"got {list(self.levels)}" + (f" and off={self.off!r}" if self.has_off else "")
            ) from None
        if not self.others or len(set(levels)) < len(levels):
            raise ValueError(f"component {self.name!r} needs at least two different levels; got {list(self.levels)}")
        if len(set(map(str, self.levels))) < len(levels):  # cells and tables call them by it
            raise ValueError(f"component {self.name!r} needs levels that differ as text; got {list(self.levels)}")
        if self.has_off and off not in levels:
            raise ValueError(f"component {self.name!r}: off must be one of {list(self.levels)}; got {self.off!r}")
        if self.where not in WHERE:
            raise ValueError(f"component {self.name!r}: where must be one of {', '.join(WHERE)}; got {self.where!r}")

    @property
    def key(self):
        """Name in storage and tables: that of the argument, with "data:" or "track:" before it if it is theirs."""
        return self.name if self.where == "estimator" else f"{self.where}:{self.name}"

    @property
    def levels(self):
        """All levels, that of the baseline first."""
        return (self.baseline, *self.others)

    @property
    def has_off(self):
        """Whether there is a net without the component."""
        return self.off is not ...

    @property
    def on(self):
        """Level with the component, where it has an `off`."""
        return self.others[0] if same(self.baseline, self.off) else self.baseline

    def two_levels(self):
        """Return the component with its baseline and the first of the others alone."""
        return replace(self, others=self.others[:1], off=...)


def same(one, other):
    """Whether two levels are the same one: 1 and True, and 1 and 1.0, are not."""
    return json.dumps(one) == json.dumps(other)


@dataclass(frozen=True)
class Cell:
    """One combination of components.

    Parameters
    ----------
    settings : dict
        Levels by the components' keys; a component that is not there has its level of the baseline.
    name : str, default="baseline"
        For people, unique within the design.
    component : str, optional
        Key of the one component that tells the cell from the design's first, where that is how the design is made.
    level : object
        Its level here.
    """

    settings: dict = field(default_factory=dict)
    name: str = "baseline"
    component: str | None = None
    level: Any = None


def trial_key(cell, seed):
    """Identity of a trial within its study: a JSON string of what the cell changes, and the seed."""
    return json.dumps({"settings": cell.settings, "seed": seed}, sort_keys=True)
