"""Classifiers without a net, to stand beside the nets on every track."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler
from sklearn.utils.validation import check_is_fitted

from lineclf.metrics import joint_accuracy_score
from lineclf.model_selection._pixels import as_images

_ROWS = 4096  # images worked on at a time


def fft_magnitudes(X):
    """Magnitudes of the two-dimensional Fourier transform, which do not change when an image is shifted in a circle.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

    Returns
    -------
    ndarray of shape (n, height·(width // 2 + 1)·channels), float32
        In units of full scale.
    """
    images = as_images(X)
    scale = 255 if images.dtype == np.uint8 else 1
    parts = [
        np.abs(np.fft.rfft2(images[start : start + _ROWS].astype(np.float32) / scale, axes=(1, 2))).astype(np.float32)
        for start in range(0, len(images), _ROWS)
    ]
    return np.concatenate(parts).reshape(len(images), -1)


def pixel_neighbor():
    """Label of the training image nearest in pixels: what memory alone can do."""
    return make_pipeline(MaxAbsScaler(), KNeighborsClassifier(n_neighbors=1, algorithm="brute"))


def fft_neighbor():
    """Label of the training image nearest in Fourier magnitudes: memory that is blind to position."""
    return make_pipeline(FunctionTransformer(fft_magnitudes), KNeighborsClassifier(n_neighbors=1, algorithm="brute"))


def logistic_regression():
    """Logistic regression on pixels, one a head."""
    return make_pipeline(MaxAbsScaler(), MultiOutputClassifier(LogisticRegression(max_iter=200)))


class MomentsRuleClassifier(ClassifierMixin, BaseEstimator):
    """Measure the line by its moments and take the level that is nearest.

    Pixels weigh by how far they differ from the background. A filled rectangle of length l and width w has second
    moments l²/12 along itself and w²/12 across; the axis of the larger one is the angle, the mean of the differing
    pixels the colour. Fitting only notes the median measure of each level: nothing is learned about places or
    combinations, so it recombines and generalises over positions by construction, and fails where images are noisy.

    Attributes
    ----------
    classes_ : list of ndarray
        Levels of length, width, angle and colour.
    measures_ : list of ndarray of shape (n_levels, k)
        Median measure of each level: length and width in px, cosine and sine of twice the angle, red, green and blue.

    Examples
    --------
    >>> from lineclf.baselines import MomentsRuleClassifier
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=2, random_state=0)
    >>> fresh, truth = make_lines(n_per_class=2, random_state=1)
    >>> float((MomentsRuleClassifier().fit(X, y).predict(fresh) == truth).all(axis=1).mean())
    1.0
    """

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X, y):
        """Note the median measure of each level.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
            Images of one line each on a plain background.
        y : array-like of shape (n, 4)
            Levels of length, width, angle and colour.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If `y` has another shape.
        """
        y = np.asarray(y)
        if y.ndim != 2 or y.shape[1] != 4:
            raise ValueError(f"y must have the four columns length, width, angle, color; got shape {y.shape}")
        measured = measure_lines(X)
        if len(measured[0]) != len(y):
            raise ValueError(f"y must label each of the {len(measured[0])} images; got {len(y)}")
        self.n_features_in_ = int(np.prod(np.shape(X)[1:]))
        self.classes_ = [np.unique(column) for column in y.T]
        self.measures_ = [
            np.array([np.median(values[column == level], axis=0) for level in levels])
            for values, column, levels in zip(measured, y.T, self.classes_, strict=True)
        ]
        return self

    def predict(self, X):
        """Nearest level of every factor.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        ndarray of shape (n, 4)
        """
        check_is_fitted(self)
        columns = []
        for values, measures, levels in zip(measure_lines(X), self.measures_, self.classes_, strict=True):
            distance = ((values[:, None] - measures[None]) ** 2).sum(axis=-1)
            columns.append(levels[distance.argmin(axis=1)])
        return np.column_stack(columns)

    def score(self, X, y):
        """Joint accuracy: the share of images with all four levels right."""
        return joint_accuracy_score(y, self.predict(X))


def measure_lines(X):
    """Length, width, double angle and colour of the line in each image, by its moments.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
        uint8 from 0 to 255, or floats from 0 to 1.

    Returns
    -------
    length, width : ndarray of shape (n, 1)
        px.
    double_angle : ndarray of shape (n, 2)
        Cosine and sine of twice the angle, counter-clockwise against the x-axis.
    color : ndarray of shape (n, channels)
        Mean of the pixels that differ from the background, 0 to 1.
    """
    images = as_images(X)
    images = images / np.float32(255) if images.dtype == np.uint8 else images.astype(np.float32)
    n, height, width, channels = images.shape
    background = np.median(images.reshape(n, -1, channels), axis=1)
    weight = np.abs(images - background[:, None, None]).max(axis=-1).reshape(n, -1)
    mass = np.maximum(weight.sum(axis=1, keepdims=True), 1e-9)
    down, across = np.mgrid[:height, :width].reshape(2, -1).astype(np.float32)
    x = across - (weight @ across[:, None]) / mass
    y = (weight @ down[:, None]) / mass - down  # upwards
    xx, yy, xy = ((weight * product).sum(axis=1) / mass[:, 0] for product in (x * x, y * y, x * y))
    half_sum, half_difference = (xx + yy) / 2, (xx - yy) / 2
    spread = np.hypot(half_difference, xy)
    # A pixel is no point but a square with moments of its own, 1/12.
    length, breadth = (np.sqrt(12 * np.maximum(half_sum + sign * spread, 0) + 1)[:, None] for sign in (1, -1))
    double_angle = np.column_stack([half_difference, xy]) / np.maximum(spread, 1e-9)[:, None]
    color = (weight[..., None] * images.reshape(n, -1, channels)).sum(axis=1) / mass
    return length, breadth, double_angle, color
