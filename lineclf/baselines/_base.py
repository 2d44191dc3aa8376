"""Shared parts of the classifiers without a net."""

from sklearn.base import BaseEstimator, ClassifierMixin

from lineclf._labels import read_target
from lineclf.datasets import FACTORS
from lineclf.metrics import joint_accuracy_score

__all__ = ["HeadsClassifier", "four_columns"]


class HeadsClassifier(ClassifierMixin, BaseEstimator):
    """Base of classifiers of several heads."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def score(self, X, y):
        """Joint accuracy: the share of images with all labels right."""
        return joint_accuracy_score(y, self.predict(X))


def four_columns(y):
    """Columns of a target of length, width, angle and colour; ValueError for any other number of columns."""
    columns = read_target(y).columns
    if len(columns) != len(FACTORS):
        raise ValueError(f"y must have the four columns {', '.join(FACTORS)}; got {len(columns)}")
    return columns
