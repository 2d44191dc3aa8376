"""A classifier that finds out how labels change when images are turned, mirrored or recoloured, and uses it."""

from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_consistent_length, check_is_fitted, has_fit_parameter

from lineclf._labels import read_target, stack_columns
from lineclf._pixels import reshape_images
from lineclf.estimators._base import ImageClassifier
from lineclf.estimators._compact import CompactCNNClassifier
from lineclf.estimators._find_symmetries import Symmetry, find_symmetries
from lineclf.metrics import joint_accuracy_score

__all__ = ["SymmetryClassifier", "symmetry_cnn"]

_PROBED = 2000  # images that a change is tried on
_ROUGH = 2  # copies to train on while symmetries are searched for
# Images assumed of each combination of labels, beside the real ones and beside those that chance expects. Many keep
# rare combinations from ruling the training; few show answers as if all combinations were equally frequent.
_TRAINING, _PROBING = 10, 1


def _net(**settings):
    return CompactCNNClassifier(**{"combine": False, "residual": True, "pooling": "average", "max_shift": 2} | settings)


def _weights(levels, prior):
    """Weights under which the label of one head tells nothing of another head's; `prior` draws them towards one."""
    expected = np.full(len(levels), float(len(levels)))
    for column in levels.T:
        expected *= (np.bincount(column) / len(levels))[column]
    _, cells, counts = np.unique(levels, axis=0, return_inverse=True, return_counts=True)
    weights = (expected + prior) / (counts[cells.ravel()] + prior)
    return weights / weights.mean()


def _has_probabilities(self):
    return hasattr(getattr(self, "estimator_", self._given()), "predict_proba")


class SymmetryClassifier(MetaEstimatorMixin, ClassifierMixin, BaseEstimator):
    """Find out how labels change when images are turned, mirrored or recoloured, and use it.

    The estimator is trained on the images as they are. Then changes are tried on training images: the seven other ways
    to lay a square, and the other orders of the channels. If the answers show that each level of each head becomes one
    certain level, the change is a symmetry, and the labels of any changed image are known; nobody gives them
    beforehand. With these images the estimator is trained anew, and it answers with the mean over an image and its
    versions under the symmetries. If there is no symmetry, as with handwritten digits, everything stays as it was.

    Parameters
    ----------
    estimator : classifier, optional
        Takes images (n, height, width, channels), or rows of pixels; by default a :class:`CompactCNNClassifier` with an
        output for each head, ``residual=True``, ``pooling="average"`` and ``max_shift=2``.
    copies : int, default=4
        Times that each image is trained on: once as it is, and ``copies - 1`` times changed by symmetries drawn for
        each image.
    agreement : float, default=0.5
        Least agreement of a symmetry, from 0 to 1; see ``tried_``.
    rounds : int, default=3
        Number of searches for symmetries. After each, the estimator is trained with those that were found, and searches
        again; the searches end if no more are found.
    decorrelate : bool, default=True
        Whether images of several heads are weighted such that the label of a head tells nothing of another head's: a
        cue, such as a colour that goes with an angle, would hide symmetries. In training, it asks for an estimator that
        takes ``sample_weight``, and is moderate.
    average : bool, default=True
        Whether answers are means over all symmetries; each image is then predicted once per symmetry.
    random_state : int, RandomState or None, default=None
        Seed of the draws, and of the estimator if it has a ``random_state``.

    Attributes
    ----------
    tried_ : list of Symmetry
        Every change that was tried, with its agreement in the last round.
    symmetries_ : list of Symmetry
        Symmetries in use, and the combinations of two of them; the first one changes nothing.
    estimator_ : classifier
        The estimator of the last training, on levels as whole numbers.
    first_ : classifier
        The estimator that was trained on the images as they are.
    classes_ : list of ndarray, or ndarray for a single target column
        Labels of every head, sorted.
    n_features_in_ : int
        height·width·channels.

    Examples
    --------
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from lineclf import SymmetryClassifier
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=50, image_size=11, lengths=(3, 7), angles=(0, 45, 90, 135), random_state=0)
    >>> clf = SymmetryClassifier(KNeighborsClassifier(1), random_state=0).fit(X, y)
    >>> turned = clf.symmetries_[1]
    >>> turned.name, turned.levels[2].tolist()  # of the angle: 0° becomes 90°, and so on
    ('turned by 90°', [2, 3, 0, 1])
    """

    _parameter_constraints: ClassVar[dict] = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "copies": [Interval(Integral, 1, None, closed="left")],
        "agreement": [Interval(Real, 0, 1, closed="both")],
        "rounds": [Interval(Integral, 1, None, closed="left")],
        "decorrelate": ["boolean"],
        "average": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self, estimator=None, *, copies=4, agreement=0.5, rounds=3, decorrelate=True, average=True, random_state=None
    ):
        self.estimator = estimator
        self.copies = copies
        self.agreement = agreement
        self.rounds = rounds
        self.decorrelate = decorrelate
        self.average = average
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def _given(self):
        return _net() if self.estimator is None else self.estimator

    def fit(self, X, y):
        """Train, find symmetries, and train again with them.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
            Images; flattened ones must be square, grey or RGB.
        y : array-like of shape (n,) or (n, n_heads)
            Labels.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is illegal, or X or y is not as above.
        """
        self._validate_params()
        images, target = reshape_images(X), read_target(y)
        check_consistent_length(images, target.columns[0])
        self._shape = images.shape[1:]
        self.n_features_in_ = int(np.prod(self._shape))
        classes, levels = zip(*(np.unique(column, return_inverse=True) for column in target.columns), strict=True)
        self._single = target.ndim == 1
        self.classes_ = classes[0] if self._single else list(classes)
        levels = np.column_stack(levels)
        rng = check_random_state(self.random_state)
        seed = rng.randint(2**31)
        self.first_ = self.estimator_ = self._fit(images, levels, seed)
        weights = _weights(levels, _PROBING) if self.decorrelate else np.ones(len(levels))
        probed = rng.choice(len(images), _PROBED, p=weights / weights.sum())
        self.symmetries_: list[Symmetry] = []
        copies = self.copies
        for more_rounds in reversed(range(self.rounds)):
            self.tried_, found = find_symmetries(
                self._answers, images[probed], levels[probed], list(map(len, classes)), self.agreement
            )
            if len(found) <= len(self.symmetries_):
                break
            self.symmetries_ = found
            if len(found) == 1:  # what changes nothing
                break
            copies = min(self.copies, _ROUGH) if more_rounds else self.copies
            self.estimator_ = self._fit_changed(images, levels, copies, seed, rng)
        if copies < self.copies:
            self.estimator_ = self._fit_changed(images, levels, self.copies, seed, rng)
        return self

    def _fit(self, images, levels, seed):
        estimator = clone(self._given())
        seeded = [name for name in estimator.get_params() if name.rpartition("__")[2] == "random_state"]
        estimator.set_params(**dict.fromkeys(seeded, seed))
        weighted = self.decorrelate and not self._single and has_fit_parameter(estimator, "sample_weight")
        weights = {"sample_weight": _weights(levels, _TRAINING)} if weighted else {}
        return estimator.fit(self._input(images), levels[:, 0] if self._single else levels, **weights)

    def _input(self, images):
        """Input in the estimator's form: images for this package's nets, rows of pixels for others."""
        return images if isinstance(self._given(), ImageClassifier) else images.reshape(len(images), -1)

    def _answers(self, images):
        """Levels that the estimator answers, a row per head."""
        return np.asarray(self.estimator_.predict(self._input(images))).reshape(len(images), -1).T

    def _fit_changed(self, images, levels, copies, seed, rng):
        """An estimator trained on each image as it is, and changed by some symmetries."""
        others = len(self.symmetries_) - 1
        drawn = np.argsort(rng.random_sample((len(images), others)), axis=1)[:, : copies - 1] + 1
        parts = []
        for i, symmetry in enumerate(self.symmetries_):
            rows = np.flatnonzero((drawn == i).any(axis=1)) if i else np.arange(len(images))
            moved = [become[column] for become, column in zip(symmetry.levels, levels[rows].T, strict=True)]
            parts.append((symmetry.images(images[rows]), np.column_stack(moved)))
        more, theirs = (np.concatenate(each) for each in zip(*parts, strict=True))
        return self._fit(more, theirs, seed)

    def predict(self, X):
        """Most probable label of every head.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        ndarray of shape (n,) or (n, n_heads)
        """
        check_is_fitted(self)
        if _has_probabilities(self):
            return self.predict_with_proba(X)[0]
        return self._labels(np.asarray(self.estimator_.predict(self._input(self._images(X)))).reshape(len(X), -1).T)

    @available_if(_has_probabilities)
    def predict_proba(self, X):
        """Probabilities of every class.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        ndarray of shape (n, n_classes), or list of them for several heads
            Columns follow ``classes_``.
        """
        check_is_fitted(self)
        images = self._images(X)
        tables = [self._seen_as(each, images) for each in self.symmetries_[: None if self.average else 1]]
        means = [np.mean(each, axis=0) for each in zip(*tables, strict=True)]
        return means[0] if self._single else means

    @available_if(_has_probabilities)
    def predict_with_proba(self, X):
        """Return the results of :meth:`predict` and :meth:`predict_proba`, at the cost of one of them.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        labels : ndarray of shape (n,) or (n, n_heads)
        probabilities : ndarray of shape (n, n_classes), or list of them for several heads
        """
        probabilities = self.predict_proba(X)
        tables = [probabilities] if self._single else probabilities
        return self._labels([table.argmax(axis=1) for table in tables]), probabilities

    def score(self, X, y):
        """Joint accuracy: the share of images with all labels right.

        Parameters
        ----------
        X, y : array-like
            As in :meth:`fit`.

        Returns
        -------
        float
        """
        return joint_accuracy_score(y, self.predict(X))

    def _images(self, X):
        images = reshape_images(X)
        if images.shape[1:] != self._shape:
            raise ValueError(f"X must hold images of shape {self._shape}, as in fit; got {images.shape[1:]}")
        return images

    def _seen_as(self, symmetry, images):
        """Probabilities of each head's levels, from images that a symmetry has changed."""
        tables = self.estimator_.predict_proba(self._input(symmetry.images(images)))
        tables = [tables] if self._single else tables
        return [table[:, become] for table, become in zip(tables, symmetry.levels, strict=True)]

    def _labels(self, levels):
        classes = [self.classes_] if self._single else self.classes_
        columns = [each[level] for each, level in zip(classes, levels, strict=True)]
        return columns[0] if self._single else stack_columns(columns)


def symmetry_cnn(*, copies=4, agreement=0.5, rounds=3, decorrelate=True, average=True, **settings):
    """Make a :class:`SymmetryClassifier` of a :class:`CompactCNNClassifier` from plain settings.

    Parameters
    ----------
    copies, agreement, rounds, decorrelate, average
        As in :class:`SymmetryClassifier`.
    **settings
        Parameters of :class:`CompactCNNClassifier`; without them as the default estimator of
        :class:`SymmetryClassifier`.

    Returns
    -------
    SymmetryClassifier

    Examples
    --------
    >>> from lineclf.estimators import symmetry_cnn
    >>> symmetry_cnn(epochs=8, copies=2).get_params()["estimator__epochs"]
    8
    """
    options = {"agreement": agreement, "rounds": rounds, "decorrelate": decorrelate, "average": average}
    return SymmetryClassifier(_net(**settings), copies=copies, **options)
