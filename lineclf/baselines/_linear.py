"""Linear classifiers on pixels."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler


class OneAHead(MultiOutputClassifier):
    """A classifier of its own for each head, and for a single target that one alone."""

    def fit(self, X, y, sample_weight=None, **fit_params):
        """Fit; y of shape (n,) or (n, n_heads)."""
        y = np.asarray(y)
        super().fit(X, y.reshape(len(y), -1), sample_weight, **fit_params)
        self._single = y.ndim == 1
        if self._single:
            self.classes_ = self.estimators_[0].classes_
        return self

    def predict(self, X):
        """Labels as in fit."""
        found = super().predict(X)
        return found[:, 0] if self._single else found

    def predict_proba(self, X):
        """Probabilities (n, n_classes), of several heads a list of them."""
        found = super().predict_proba(X)
        return found[0] if self._single else found


def logistic_regression():
    """Logistic regression on pixels, one a head."""
    return make_pipeline(MaxAbsScaler(), OneAHead(LogisticRegression(max_iter=200)))
