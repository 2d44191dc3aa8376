"""Boosted trees on principal components of the pixels."""

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import PCA
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline

from lineclf._pixels import as_pixels
from lineclf._scale import as_shares
from lineclf.baselines._one_a_head import OneAHead

__all__ = ["Components", "gradient_boosting"]


class Components(TransformerMixin, BaseEstimator):
    """Principal components of pixels: `n_components`, or as many as there are."""

    def __init__(self, n_components=50):
        self.n_components = n_components

    def fit(self, X, y=None):
        """Fit; X of shape (n, ...)."""
        rows = self._rows(X)
        self.pca_ = PCA(min(self.n_components, *rows.shape), svd_solver="covariance_eigh").fit(rows)
        return self

    def transform(self, X):
        """Components (n, n_components)."""
        return self.pca_.transform(self._rows(X))

    def _rows(self, X):
        return as_shares(as_pixels(X)).reshape(len(X), -1)


def gradient_boosting(n_components=50, **settings):
    """Histogram gradient boosting on principal components of the pixels, one classifier per head.

    Parameters
    ----------
    n_components : int, default=50
        Principal components, or as many as there are.
    **settings
        Parameters of :class:`sklearn.ensemble.HistGradientBoostingClassifier`.

    Returns
    -------
    sklearn.pipeline.Pipeline
    """
    return make_pipeline(Components(n_components), OneAHead(HistGradientBoostingClassifier(**settings)))
