"""Declarations of what an ablation varies: components and their levels. Pure Python."""

from dataclasses import dataclass, replace
from typing import Any

from lineclf.trials._levels import key, label, same

__all__ = ["DATA", "LINES", "MNIST", "WHERE", "Component", "Range"]

LINES, MNIST = DATA = ("lines", "mnist")  # what a declared ablation can be asked of
WHERE = ("estimator", "draw", "cv")


@dataclass(frozen=True)
class Range:
    """Range of numbers that a search may choose from.

    Parameters
    ----------
    low, high : int or float
        Both ends belong to the range; between two integers only integers are chosen.
    log : bool, default=False
        Whether to search evenly on a logarithmic scale.
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
        Its level in the baseline: a number, a text, an estimator, a function, …
    others : tuple
        The levels compared with it, at least one. Designs of two levels take the first. In an :class:`AblationCV` a
        mapping that names the argument sets several arguments.
    off : object, optional
        The level, one of the above, at which the estimator is without the component. A design that leaves components
        out takes the components with an `off`. They are on at their baseline or, if that is `off`, at the first of the
        others.
    where : {"estimator", "draw", "cv"}, default="estimator"
        Whose argument it is: the estimator's, that of `draw` (in an :class:`Ablation` a
        :class:`lineclf.model_selection.TrackDraw`), or that of the splitter `cv`.
    between : Range, optional
        Numbers that a search chooses from, instead of the levels.

    Raises
    ------
    ValueError
        If there are no two different levels, two levels look the same in a table, `off` is not one of them, or `where`
        is unknown.
    """

    name: str
    baseline: Any
    others: tuple
    off: Any = ...
    where: str = "estimator"
    between: Range | None = None

    def __post_init__(self):
        shown = [label(level) for level in self.levels]
        if not self.others or len({key(level) for level in self.levels}) < len(shown):
            raise ValueError(f"component {self.name!r} needs at least two different levels; got {list(self.levels)}")
        if len(set(shown)) < len(shown):  # cells and tables call them by it
            raise ValueError(
                f"component {self.name!r} needs levels that differ as text, functions by their names; "
                f"got {list(self.levels)}"
            )
        if self.has_off and not any(same(self.off, level) for level in self.levels):
            raise ValueError(f"component {self.name!r}: off must be one of {list(self.levels)}; got {self.off!r}")
        if self.where not in WHERE:
            raise ValueError(f"component {self.name!r}: where must be one of {', '.join(WHERE)}; got {self.where!r}")

    @property
    def key(self):
        """Name in storage and tables: the argument's; `where` stands before it unless it is the estimator's."""
        return self.name if self.where == "estimator" else f"{self.where}:{self.name}"

    @property
    def levels(self):
        """All levels, the baseline's first."""
        return (self.baseline, *self.others)

    @property
    def has_off(self):
        """Whether there is a net without the component."""
        return self.off is not ...

    @property
    def on(self):
        """Level with the component, if it has an `off`."""
        return self.others[0] if same(self.baseline, self.off) else self.baseline

    def two_levels(self):
        """Return the component with its baseline and the first of the others alone."""
        return replace(self, others=self.others[:1], off=...)
