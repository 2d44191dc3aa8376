"""Bayes' rule over all clean images of a world of lines: the ceiling under Gaussian noise, as a classifier."""

from abc import abstractmethod

import numpy as np
from sklearn.utils.validation import check_is_fitted

from lineclf._labels import read_target
from lineclf.baselines._base import HeadsClassifier
from lineclf.datasets._worlds import checked_world
from lineclf.metrics import bayes_log_ratios
from lineclf.metrics._templates import marginals, normalise

__all__ = ["BayesClassifier", "ExactRule"]


class ExactRule(HeadsClassifier):
    """Base of rules that know the world and learn nothing. A subclass gives the posterior."""

    def fit(self, X, y):
        """Check the labels, and note only the shape.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
        y : array-like of shape (n, n_heads), or (n,) for a single head

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `y` does not have a column for each head, or an option of the world is not legal.
        """
        self._world = self._read_world()
        levels = [np.arange(n) for shape in self._shapes() for n in shape]
        n_columns = len(read_target(y).columns)
        if n_columns != len(levels):
            raise ValueError(f"y must have a column for each of the {len(levels)} heads; got {n_columns}")
        self.n_features_in_ = int(np.prod(np.shape(X)[1:]))
        self.classes_ = levels if len(levels) > 1 else levels[0]
        return self

    def predict(self, X):
        """Most probable combination of levels: (n, n_heads), or (n,) for a single head.

        Parameters
        ----------
        X : array-like of float, shape (n, height, width, channels) or (n, height·width·channels)
            Images with unclipped noise; ValueError for others, as in :func:`lineclf.metrics.bayes_posterior`.
        """
        check_is_fitted(self)
        best = [
            np.unravel_index(posterior.argmax(axis=1), shape)
            for posterior, shape in zip(self._posteriors(X), self._shapes(), strict=True)
        ]
        return self._joined([column for columns in best for column in columns])

    def predict_proba(self, X):
        """Exact probabilities of the levels: a list of (n, n_levels), one per head, or an array for a single head.

        Parameters
        ----------
        X : array-like of float, shape (n, height, width, channels) or (n, height·width·channels)
        """
        check_is_fitted(self)
        parts = zip(self._posteriors(X), self._shapes(), strict=True)
        proba = [each for posterior, shape in parts for each in marginals(posterior, shape)]
        return proba if len(proba) > 1 else proba[0]

    @abstractmethod
    def _posteriors(self, X):
        """Posterior of each part of the answer, independent of the other parts: list of (n, prod(shape))."""

    def _read_world(self):
        """Check the options of the world; a World."""
        return checked_world(self.world)

    def _shapes(self):
        """Number of levels of each head, for each part."""
        return [self._world.shape]

    def _log_ratios(self, X, beta=0.0):
        """Log-likelihood ratio of every class of line to the empty image: (n, n_classes)."""
        return bayes_log_ratios(X, self.noise, beta=beta, **(self.world or {}))

    def _joined(self, columns):
        return np.column_stack(columns) if len(columns) > 1 else columns[0]


class BayesClassifier(ExactRule):
    """The ceiling under Gaussian noise: Bayes' rule over all clean images of the world.

    Its answer is the best one for the joint accuracy. Its probabilities are exact for test images that are drawn
    independently of training, with all classes equally probable. `fit` learns nothing.

    Parameters
    ----------
    noise : float, default=0.5
        Standard deviation of the noise at each pixel as a share of full scale, as in
        :func:`lineclf.metrics.bayes_posterior`.
    beta : float, default=0.0
        Exponent of the noise's spectrum, from 0 (white) to 4, as in :func:`lineclf.datasets.make_background_lines`.
    world : dict, default=None
        Options image_size, lengths, widths, angles, colors, background and antialias of the world, if they are not the
        defaults of :func:`lineclf.datasets.make_lines`.

    Examples
    --------
    >>> from lineclf.baselines import BayesClassifier
    >>> from lineclf.datasets import make_background_lines, make_lines
    >>> X, y = make_lines(n_per_class=1, noise=0.5, dtype="float32", random_state=0)
    >>> round(BayesClassifier(0.5).fit(X, y).score(X, y), 2)
    0.97

    Noise that is not white hides less if its spectrum is known:

    >>> world = {"lengths": [7], "angles": [0, 45, 90, 135]}
    >>> X, y = make_background_lines(100, noise=0.5, beta=2, random_state=0, **world)
    >>> BayesClassifier(0.5, world=world).fit(X, y).score(X, y)
    0.29
    >>> BayesClassifier(0.5, beta=2, world=world).fit(X, y).score(X, y)
    1.0
    """

    def __init__(self, noise=0.5, *, beta=0.0, world=None):
        self.noise, self.beta, self.world = noise, beta, world

    def _posteriors(self, X):
        return [normalise(self._log_ratios(X, self.beta))]
