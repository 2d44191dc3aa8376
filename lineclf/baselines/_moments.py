"""A rule by the line's moments."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from lineclf._labels import stack_columns
from lineclf._pixels import reshape_images
from lineclf._scale import as_shares
from lineclf.baselines._base import HeadsClassifier, four_columns

__all__ = ["MomentsRuleClassifier", "measure_lines"]


class MomentsRuleClassifier(HeadsClassifier):
    """Measure the line by its moments and take the nearest level.

    Each pixel is weighted by its difference from the background. A filled rectangle of length l and width w has second
    moments l²/12 along itself and w²/12 across; the axis of the larger one gives the angle, the mean of the differing
    pixels the colour. Fitting only notes the median measure of each level: nothing is learned about places or
    combinations, so the rule recombines and generalises over positions by construction, and fails on noisy images.

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
        columns = four_columns(y)
        measured = measure_lines(X)
        if len(measured[0]) != len(columns[0]):
            raise ValueError(f"y must label each of the {len(measured[0])} images; got {len(columns[0])}")
        self.n_features_in_ = int(np.prod(np.shape(X)[1:]))
        self.classes_ = [np.unique(column) for column in columns]
        self.measures_ = [
            np.array([np.median(values[column == level], axis=0) for level in levels])
            for values, column, levels in zip(measured, columns, self.classes_, strict=True)
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
        return stack_columns(columns)


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
    images = as_shares(reshape_images(X)).astype(np.float32, copy=False)
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
