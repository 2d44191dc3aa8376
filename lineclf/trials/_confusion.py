"""Confusion matrices of a trial's folds, for a tracker."""

import numpy as np
from sklearn.base import is_classifier
from sklearn.utils.multiclass import type_of_target

from lineclf.metrics import confusion_matrices

__all__ = ["Remembering", "add_folds", "confusion_of"]

_MOST = 50  # classes of a head: what is larger nobody reads
_KINDS = ("binary", "multiclass", "multiclass-multioutput")


class Remembering:
    """A fitted estimator that predicts the same images only once, however often it is asked."""

    def __init__(self, fitted):
        self.fitted, self._X, self._found = fitted, None, {}

    def __getattr__(self, name):
        return getattr(self.fitted, name)

    def predict(self, X):
        """Predict, or return the remembered answer."""
        return self._remember("predict", X)

    def predict_proba(self, X):
        """Predict, or return the remembered answer."""
        return self._remember("predict_proba", X)

    def _remember(self, method, X):
        if self._X is not X:
            self._X, self._found = X, {}
        if method not in self._found:
            if hasattr(self.fitted, "predict_with_proba"):  # one pass through the net
                self._found = dict(zip(("predict", "predict_proba"), self.fitted.predict_with_proba(X), strict=True))
            else:
                self._found[method] = getattr(self.fitted, method)(X)
        return self._found[method]


def confusion_of(fitted, y_train, X, y):
    """Confusion matrices of a fitted classifier.

    Parameters
    ----------
    fitted : estimator
    y_train, y : array-like of shape (n,) or (n, n_heads)
        Labels of both sides.
    X : array-like
        Test side.

    Returns
    -------
    dict of str to tuple (ndarray of shape (n_levels, n_levels), list of str)
        Head → counts, rows are true levels, and the levels' names. Empty without classes, or with too many.
    """
    if not is_classifier(fitted) or type_of_target(y) not in _KINDS:
        return {}
    columns = zip(*(np.asarray(each).reshape(len(each), -1).T for each in (y_train, y)), strict=True)
    labels = [np.unique(np.concatenate(column)) for column in columns]
    if max(map(len, labels)) > _MOST:
        return {}
    heads = getattr(fitted, "heads_", None)
    found = confusion_matrices(y, fitted.predict(X), heads=heads, labels=labels)
    return {head: (matrix, list(map(str, names))) for (head, matrix), names in zip(found.items(), labels, strict=True)}


def add_folds(folds):
    """Sum the matrices of folds that have the same levels; return (confusion, labels) for a result, JSON-able."""
    total: dict = {}
    for found in folds:
        for head, (matrix, names) in found.items():
            known = total.setdefault(head, [np.zeros_like(matrix), names])
            if known[1] == names:
                known[0] = known[0] + matrix
    confusion = {head: matrix.tolist() for head, (matrix, _) in total.items()}
    return confusion, {head: names for head, (_, names) in total.items()}
