"""Scores that rank tracks or have goals, and how they are shown. Nothing heavy."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

from lineclf._words import fail

__all__ = ["SCORES", "Score"]


@dataclass(frozen=True)
class Score:
    """A score that ranks a track or has a goal: how it is shown, which end is good, and the scorer of your own score.

    Parameters
    ----------
    title : str
    unit : str
    factor : float
        Factor of the values in tables, 100 for percent.
    digits : int
        Decimals of the values in tables.
    smaller_is_better : bool
    name : str
        Name of the metric; for ``SCORES``, its key.
    perfect : float, optional
        Value that no model can exceed on any data, if there is one.
    scorer : callable, optional
        ``scorer(estimator, X, y)`` → float on a track's test side, as made by :func:`sklearn.metrics.make_scorer`;
        greater is better, unless `smaller_is_better`.
    """

    title: str
    unit: str = ""
    factor: float = 1.0
    digits: int = 3
    smaller_is_better: bool = False
    name: str = ""
    scorer: Callable | None = None
    perfect: float | None = None

    def __post_init__(self):
        if self.scorer is not None and not self.name:
            raise ValueError(f"name must be given with a scorer; the score {self.title!r} has none")
        if self.scorer is not None and not callable(self.scorer):
            raise fail("scorer", "callable as scorer(estimator, X, y), see sklearn.metrics.make_scorer", self.scorer)
        if not isinstance(self.factor, Real):
            raise fail("factor", "a number", self.factor)
        if not isinstance(self.digits, int) or self.digits < 0:
            raise fail("digits", "a whole number, at least 0", self.digits)

    @property
    def is_common(self):
        """Whether tables may leave out its name: a share of right answers, and the package's own."""
        return self.unit == "%" and not self.name

    @property
    def sign(self):
        """1 if large is good, else −1."""
        return -1 if self.smaller_is_better else 1

    def text(self, value, digits=None):
        """A value as the tables show it."""
        return "–" if math.isnan(value) else f"{self.factor * value:.{self.digits if digits is None else digits}f}"


SCORES = {
    "test_joint_accuracy": Score("joint accuracy", "%", 100, 2, perfect=1.0),
    "test_accuracy": Score("accuracy", "%", 100, 2, perfect=1.0),
    "test_joint_accuracy_seen": Score("labels whose levels were trained, all right", "%", 100, 2, perfect=1.0),
    "test_mae_angle": Score("mean angular error", "°", 1, 2, smaller_is_better=True, perfect=0.0),
    "mce": Score("mCE", "× reference", 1, 3, smaller_is_better=True),
    "accuracy": Score("length, width and angle right", "%", 100, 2),
    "area": Score("area under the curve", "%", 100, 2),
    "regret": Score("regret", "points", 100, 2, smaller_is_better=True),
    "nll_regret": Score("NLL regret", "nats", 1, 3, smaller_is_better=True),
    "scaled_ece_joint": Score("ECE at the fitted temperature", "%", 100, 2, smaller_is_better=True),
    "parameters": Score("parameters", "", 1, 0, smaller_is_better=True),
    "seconds": Score("time to fit", "s", 1, 0, smaller_is_better=True),
}
