"""scikit-learn classifiers over the package's Keras networks."""

from lineclf.estimators._compact import CompactCNNClassifier
from lineclf.estimators._matched_filter import MatchedFilterClassifier
from lineclf.estimators._multi_head import MultiHeadLineClassifier
from lineclf.estimators._one_layer import OneLayerCNNClassifier

__all__ = ["CompactCNNClassifier", "MatchedFilterClassifier", "MultiHeadLineClassifier", "OneLayerCNNClassifier"]
