"""A classifier of one target for several: each combination of labels is a class."""

import numpy as np
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from lineclf._combinations import combine, marginal, members, rank_columns
from lineclf._labels import read_target
from lineclf.baselines._base import HeadsClassifier

__all__ = ["LabelPowersetClassifier"]


class LabelPowersetClassifier(MetaEstimatorMixin, HeadsClassifier):
    """A classifier of one target for several: each combination of labels that occurs in training is a class.

    It can answer only with those combinations. A column's probabilities are sums over them.

    Parameters
    ----------
    estimator : classifier
        Classifier of one target with many classes.

    Attributes
    ----------
    estimator_ : classifier
        Fitted on the combinations' numbers.
    combinations_ : ndarray of shape (n_combinations, n_heads)
        Labels of each class of `estimator_`.
    classes_ : list of ndarray
        Labels of each column.

    Examples
    --------
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from lineclf.baselines import LabelPowersetClassifier
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=4, random_state=0)
    >>> X = X.reshape(len(X), -1)
    >>> LabelPowersetClassifier(GaussianNB()).fit(X, y).predict(X[:2]).shape
    (2, 4)
    """

    def __init__(self, estimator):
        self.estimator = estimator

    def fit(self, X, y):
        """Fit the classifier on the combinations of `y`.

        Parameters
        ----------
        X : array-like of shape (n, n_features)
        y : array-like of shape (n, n_heads)

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `y` does not have several columns.
        """
        target = read_target(y)
        y = target.table()
        if y.ndim != 2:
            raise ValueError(f"y must have a column for each head; got shape {y.shape}")
        index = combine(rank_columns(target.columns))
        self.combinations_ = y[np.unique(index, return_index=True)[1]]
        self.classes_ = [np.unique(column) for column in target.columns]
        self.estimator_ = clone(self.estimator).fit(X, index)
        return self

    def predict(self, X):
        """Labels of the most probable combination: (n, n_heads).

        Parameters
        ----------
        X : array-like of shape (n, n_features)
        """
        check_is_fitted(self)
        return self.combinations_[self.estimator_.predict(X)]

    @available_if(lambda self: hasattr(getattr(self, "estimator_", self.estimator), "predict_proba"))
    def predict_proba(self, X):
        """Probabilities of the labels of each column: list of (n, n_labels).

        Parameters
        ----------
        X : array-like of shape (n, n_features)
        """
        check_is_fitted(self)
        joint = self.estimator_.predict_proba(X)
        columns = zip(rank_columns(self.combinations_.T).T, self.classes_, strict=True)
        # In this order of memory the sums over a single row's combinations are rounded as they always were.
        return [marginal(joint, np.asfortranarray(members(levels, len(labels)))) for levels, labels in columns]
