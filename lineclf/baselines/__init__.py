"""Classifiers without a net, to compare with the nets on every track, and wrappers for any classifier."""

from lineclf.baselines._bayes import BayesClassifier
from lineclf.baselines._boosting import gradient_boosting
from lineclf.baselines._fourier import fft_magnitudes, fft_neighbor
from lineclf.baselines._linear import logistic_regression
from lineclf.baselines._moments import MomentsRuleClassifier, measure_lines
from lineclf.baselines._nearest import NearestClassifier, pixel_neighbor
from lineclf.baselines._powerset import LabelPowersetClassifier
from lineclf.baselines._world_bayes import CountBayesClassifier, CrossingBayesClassifier, ShortcutBayesClassifier

__all__ = [
    "BayesClassifier",
    "CountBayesClassifier",
    "CrossingBayesClassifier",
    "LabelPowersetClassifier",
    "MomentsRuleClassifier",
    "NearestClassifier",
    "ShortcutBayesClassifier",
    "fft_magnitudes",
    "fft_neighbor",
    "gradient_boosting",
    "logistic_regression",
    "measure_lines",
    "pixel_neighbor",
]
