"""Classifiers without a net, to stand beside the nets on every track, and what lets any classifier join them."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, MaxAbsScaler
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from lineclf._labels import read_target, stack_columns
from lineclf._pixels import as_pixels
from lineclf.datasets import FACTORS, TARGET_NAMES
from lineclf.metrics import bayes_predict, joint_accuracy_score
from lineclf.model_selection._nearest import nearest
from lineclf.model_selection._pixels import as_images
from lineclf.model_selection._track import rank_columns

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
    return NearestClassifier()


def fft_neighbor():
    """Label of the training image nearest in Fourier magnitudes: memory that is blind to position."""
    return make_pipeline(FunctionTransformer(fft_magnitudes), NearestClassifier())


def logistic_regression():
    """Logistic regression on pixels, one a head."""
    return make_pipeline(MaxAbsScaler(), MultiOutputClassifier(LogisticRegression(max_iter=200)))


class _LineBaseline(ClassifierMixin, BaseEstimator):
    """Base of the classifiers of four columns."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def score(self, X, y):
        """Joint accuracy: the share of images with all labels right."""
        return joint_accuracy_score(y, self.predict(X))


class NearestClassifier(_LineBaseline):
    """Labels of the nearest training image, by one matrix product; the first of equals.

    The answers of ``KNeighborsClassifier(n_neighbors=1, algorithm="brute")`` for several target columns, faster, and
    without probabilities: a single neighbour is always sure.
    """

    def fit(self, X, y):
        """Keep the images.

        Parameters
        ----------
        X : array-like of shape (n, ...)
        y : array-like of shape (n, n_heads)

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If there is not one row of labels an image.
        """
        X, target = as_pixels(X), read_target(y)
        y = target.table()
        if y.ndim != 2 or len(y) != len(X):
            raise ValueError(f"y must have a row of labels for each of the {len(X)} images; got shape {y.shape}")
        self.images_, self.labels_ = X.reshape(len(X), -1), y
        self.n_features_in_ = self.images_.shape[1]
        self.classes_ = [np.unique(column) for column in target.columns]
        return self

    def predict(self, X):
        """Labels of the nearest training image: (n, n_heads).

        Parameters
        ----------
        X : array-like of shape (n, ...)

        Raises
        ------
        ValueError
            If X is uint8 and the images of `fit` are not, or the other way round: distances need one scale.
        """
        check_is_fitted(self)
        X = as_pixels(X)
        if (X.dtype == np.uint8) != (self.images_.dtype == np.uint8):
            raise ValueError(f"X must be {self.images_.dtype} as in fit; got {X.dtype}, which may have another scale")
        _, rows = nearest(X.reshape(len(X), -1).astype(self.images_.dtype, copy=False), self.images_)
        return self.labels_[rows]


class BayesClassifier(_LineBaseline):
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
        _four_columns(y)
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


class MomentsRuleClassifier(_LineBaseline):
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
        columns = _four_columns(y)
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


def _four_columns(y):
    columns = read_target(y).columns
    if len(columns) != len(FACTORS):
        raise ValueError(f"y must have the four columns {', '.join(FACTORS)}; got {len(columns)}")
    return columns


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


class LabelPowersetClassifier(MetaEstimatorMixin, _LineBaseline):
    """A classifier of one target for several: each combination of labels that occurs in training is a class.

    It can answer only with those combinations. A column's probabilities are the sums over them.

    Parameters
    ----------
    estimator : classifier
        Of one target with many classes.

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
            If `y` has not several columns.
        """
        target = read_target(y)
        y = target.table()
        if y.ndim != 2:
            raise ValueError(f"y must have a column for each head; got shape {y.shape}")
        codes = rank_columns(target.columns)  # NumPy finds no unique rows among objects
        _, first, index = np.unique(codes, axis=0, return_index=True, return_inverse=True)
        self.combinations_ = y[first]
        self.classes_ = [np.unique(column) for column in target.columns]
        self.estimator_ = clone(self.estimator).fit(X, index.ravel())
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
        columns = zip(self.combinations_.T, self.classes_, strict=True)
        return [joint @ (column[:, None] == labels).astype(joint.dtype) for column, labels in columns]
