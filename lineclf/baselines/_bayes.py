"""Bayes' rule in the default world: the ceiling under Gaussian noise, as a classifier."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from lineclf.baselines._base import HeadsClassifier, four_columns
from lineclf.datasets import TARGET_NAMES
from lineclf.metrics import bayes_predict


class BayesClassifier(HeadsClassifier):
    """What no classifier exceeds under Gaussian noise, in the default world: Bayes' rule over all its clean images.

    Its answer is the best one for the joint accuracy; its probabilities are exact. Nothing is learned in `fit`.

    Parameters
    ----------
    noise : float
        Standard deviation of the noise as a share of full scale, as in :func:`lineclf.metrics.bayes_posterior`.

    Examples
    --------
    >>> from lineclf.baselines import BayesClassifier
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=1, noise=0.5, dtype="float32", random_state=0)
    >>> round(BayesClassifier(0.5).fit(X, y).score(X, y), 2)
    0.97
    """

    def __init__(self, noise):
        self.noise = noise

    def fit(self, X, y):
        """Check the labels and note the shape alone.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
        y : array-like of shape (n, 4)

        Returns
        -------
        self
        """
        four_columns(y)
        self.n_features_in_ = int(np.prod(np.shape(X)[1:]))
        self.classes_ = [np.arange(len(names)) for names in TARGET_NAMES]
        return self

    def predict(self, X):
        """Most probable combination of levels: (n, 4); ValueError as in :func:`lineclf.metrics.bayes_predict`.

        Parameters
        ----------
        X : array-like of float, shape (n, height, width, channels) or (n, height·width·channels)
        """
        check_is_fitted(self)
        return bayes_predict(X, self.noise)

    def predict_proba(self, X):
        """Exact probabilities of the levels: a list of four (n, n_levels).

        Parameters
        ----------
        X : array-like of float, shape (n, height, width, channels) or (n, height·width·channels)
        """
        check_is_fitted(self)
        return bayes_predict(X, self.noise, return_proba=True)[1]
