"""Scores of all heads together and of each, proper scores, and statistics of paired results."""

from lineclf.metrics._accuracy import head_accuracy_scores, head_scorers, joint_accuracy_score
from lineclf.metrics._proper import head_brier, head_log_loss
from lineclf.metrics._report import confusion_matrices, head_report
from lineclf.metrics._statistics import Interval, StuartMaxwell, corrected_interval, holm, stuart_maxwell

__all__ = [
    "Interval",
    "StuartMaxwell",
    "confusion_matrices",
    "corrected_interval",
    "head_accuracy_scores",
    "head_brier",
    "head_log_loss",
    "head_report",
    "head_scorers",
    "holm",
    "joint_accuracy_score",
    "stuart_maxwell",
]
