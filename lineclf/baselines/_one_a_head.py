"""Several heads for classifiers of one target."""

import numpy as np
from sklearn.multioutput import MultiOutputClassifier

__all__ = ["OneAHead"]


class OneAHead(MultiOutputClassifier):
    """A separate classifier for each head; for a single target only one."""

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
