"""Metrics that may rank a track or have a goal, and how they are shown. Nothing heavy."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Score:
    """How a metric that ranks or has a goal is shown: title and unit, factor and digits, and which end is good."""

    title: str
    unit: str
    factor: float
    digits: int
    smaller_is_better: bool = False

    @property
    def sign(self):
        """1 where large is good, else −1."""
        return -1 if self.smaller_is_better else 1

    def text(self, value, digits=None):
        """A value as the tables show it."""
        return "–" if math.isnan(value) else f"{self.factor * value:.{self.digits if digits is None else digits}f}"


SCORES = {
    "test_joint_accuracy": Score("joint accuracy", "%", 100, 2),
    "test_joint_accuracy_seen": Score("labels whose levels were trained, all right", "%", 100, 2),
    "test_mae_angle": Score("mean angular error", "°", 1, 2, smaller_is_better=True),
    "mce": Score("mCE", "× reference", 1, 3, smaller_is_better=True),
    "accuracy": Score("length, width and angle right", "%", 100, 2),
    "area": Score("area under the curve", "%", 100, 2),
    "regret": Score("regret", "points", 100, 2, smaller_is_better=True),
    "scaled_ece_joint": Score("ECE at the fitted temperature", "%", 100, 2, smaller_is_better=True),
    "parameters": Score("parameters", "", 1, 0, smaller_is_better=True),
    "seconds": Score("time to fit", "s", 1, 0, smaller_is_better=True),
}
