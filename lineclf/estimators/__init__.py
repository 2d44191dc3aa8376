"""scikit-learn classifiers over the package's Keras nets.

They can be pickled, and so sent to other processes. But TensorFlow does not survive a fork: in a child that was forked
after a net has run, ``fit`` and ``predict`` hang. Start fresh processes, as joblib's default backend (loky) and
``multiprocessing.get_context("spawn")`` do.
"""

from lineclf.estimators._compact import CompactCNNClassifier
from lineclf.estimators._find_symmetries import Symmetry
from lineclf.estimators._matched_filter import MatchedFilterClassifier
from lineclf.estimators._multi_head import MultiHeadLineClassifier
from lineclf.estimators._one_layer import OneLayerCNNClassifier
from lineclf.estimators._symmetry import SymmetryClassifier, symmetry_cnn

__all__ = [
    "CompactCNNClassifier",
    "MatchedFilterClassifier",
    "MultiHeadLineClassifier",
    "OneLayerCNNClassifier",
    "Symmetry",
    "SymmetryClassifier",
    "symmetry_cnn",
]
