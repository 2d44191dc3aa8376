"""Scores of all heads together and of each head, proper scores, calibration, the Bayes ceiling, paired statistics."""

from lineclf.metrics._accuracy import (
    HeadScorers,
    head_accuracy_scores,
    head_proba_scorer,
    head_scorers,
    joint_accuracy_score,
)
from lineclf.metrics._bayes import Ceiling, bayes_accuracy, bayes_log_ratios, bayes_posterior, bayes_predict
from lineclf.metrics._best import compare_with_best
from lineclf.metrics._calibration import head_augrc, head_ece, joint_augrc, joint_ece
from lineclf.metrics._comparison import (
    CriticalDifferences,
    Equivalence,
    PairedTest,
    Superiority,
    bayesian_correlated_t,
    critical_differences,
    probability_better,
    wilcoxon_holm,
)
from lineclf.metrics._errors import CorruptionError, circular_mae, interpolated_angle, mean_corruption_error
from lineclf.metrics._groups import worst_group_accuracy
from lineclf.metrics._novelty import Novelty, novelty_scores
from lineclf.metrics._paired import VERDICTS, PairedDifference, paired_difference, verdict
from lineclf.metrics._proper import head_brier, head_log_loss
from lineclf.metrics._report import confusion_matrices, head_report
from lineclf.metrics._sequential import sequential_interval, sequential_reach
from lineclf.metrics._statistics import Interval, StuartMaxwell, corrected_interval, holm, stuart_maxwell
from lineclf.metrics._temperature import apply_temperature, fit_temperature

__all__ = [
    "VERDICTS",
    "Ceiling",
    "CorruptionError",
    "CriticalDifferences",
    "Equivalence",
    "HeadScorers",
    "Interval",
    "Novelty",
    "PairedDifference",
    "PairedTest",
    "StuartMaxwell",
    "Superiority",
    "apply_temperature",
    "bayes_accuracy",
    "bayes_log_ratios",
    "bayes_posterior",
    "bayes_predict",
    "bayesian_correlated_t",
    "circular_mae",
    "compare_with_best",
    "confusion_matrices",
    "corrected_interval",
    "critical_differences",
    "fit_temperature",
    "head_accuracy_scores",
    "head_augrc",
    "head_brier",
    "head_ece",
    "head_log_loss",
    "head_proba_scorer",
    "head_report",
    "head_scorers",
    "holm",
    "interpolated_angle",
    "joint_accuracy_score",
    "joint_augrc",
    "joint_ece",
    "mean_corruption_error",
    "novelty_scores",
    "paired_difference",
    "probability_better",
    "sequential_interval",
    "sequential_reach",
    "stuart_maxwell",
    "verdict",
    "wilcoxon_holm",
    "worst_group_accuracy",
]
