"""Base of the package's image classifiers for scikit-learn: their inputs, checks and answers."""

from numbers import Integral, Real
from typing import ClassVar

import keras
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from lineclf import nets
from lineclf._scale import as_shares
from lineclf.estimators import _saving
from lineclf.estimators._encoders import CombinationsEncoder, HeadsEncoder
from lineclf.estimators._inputs import check_classes, check_weights, read_heads
from lineclf.estimators._scikeras import ImageWrapper
from lineclf.estimators._undo import undone_if_it_fails
from lineclf.metrics import head_accuracy_scores, joint_accuracy_score

__all__ = ["ImageClassifier"]


class ImageClassifier(ClassifierMixin, ImageWrapper):
    """Base of the package's classifiers: images in, labels of one or more heads out.

    It is not built on SciKeras' KerasClassifier: there the base classes stand in the wrong order, which scikit-learn ≥
    1.6 takes for "no classifier"; its encoder and scorer know only one output; its ``fit`` loses ``classes_`` on a warm
    start.

    A subclass has an explicit ``__init__`` that only stores, and ``_build_network(image_shape, heads, seed)``.
    """

    _parameter_constraints: ClassVar[dict] = {
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "filters": [Interval(Integral, 1, None, closed="left")],
        "depth": [Interval(Integral, 1, None, closed="left")],
        "pooling": [StrOptions(set(nets.POOLINGS))],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "max_shift": [Interval(Integral, 0, None, closed="left")],
        "l2": [Interval(Real, 0, None, closed="left")],
        "batch_norm": ["boolean"],
        "bn_momentum": [Interval(Real, 0, 1, closed="left")],
        "loss": [StrOptions(set(nets.LOSSES))],
        "optimizer": [StrOptions(set(nets.OPTIMIZERS))],
        "learning_rate": [Interval(Real, 0, None, closed="neither")],
        "lr_schedule": [StrOptions(set(nets.LR_SCHEDULES))],
        "lr_decay": [Interval(Real, 0, None, closed="left")],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "validation_split": [Interval(Real, 0, 1, closed="left")],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "image_shape": ["array-like", None],
        "callbacks": ["array-like", None],
        "warm_start": ["boolean"],
        "verbose": ["verbose"],
        "random_state": ["random_state"],
    }

    # Of an estimator that does not have them as arguments.
    combine = False
    max_shift = 0

    # Part of the identity of every stored result: to be raised by hand with each change that gives the same settings
    # and seed another fitted net.
    revision = 1

    @property
    def combines_heads(self):
        """Whether an output stands for a combination of labels that was seen in fit."""
        return self.combine

    @property
    def _encoder(self):
        return CombinationsEncoder if self.combine else HeadsEncoder

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X, y, sample_weight=None, *, validation_data=None):
        """Train from scratch or, with ``warm_start``, from the present weights.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
            Images; uint8 is read as 0–255, other types as they are (0–1 expected). Rows that are not a square image of
            1 or 3 channels are taken as one line of pixels, unless ``image_shape`` is given.
        y : array-like of shape (n,) or (n, n_heads)
            Labels: integers, strings or a DataFrame; a DataFrame's columns name the heads.
        sample_weight : array-like of shape (n,), optional
            Non-negative weights; rows of weight zero are left out.
        validation_data : tuple (X, y), optional
            Scored after every epoch; with ``patience`` it decides when to stop.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is illegal, a value is NaN or infinite, a shape is wrong, or a head has a single class.
        """
        with undone_if_it_fails(self):
            self._check_settings()
            self._classes = None
            weight = check_weights(sample_weight)
            return super().fit(X, y, sample_weight=weight, validation_data=validation_data)

    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """Train for one epoch at the constant ``learning_rate``, keeping weights, optimizer state and history.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.
        classes : array-like, or list of them for several heads, optional
            All labels, if the first call's `y` does not contain them all.

        Returns
        -------
        self
        """
        with undone_if_it_fails(self):
            self._check_settings()
            if not self.initialized_:
                self._classes = check_classes(classes, y)
            weight = check_weights(sample_weight)
            return super().partial_fit(X, y, sample_weight=weight, lr_schedule="constant")

    def predict_proba(self, X):
        """Probabilities of every class.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        ndarray of shape (n, n_classes), float32, or list of them for several heads
            Columns follow ``classes_``.
        """
        outputs = self._predict_raw(X)
        return self.target_encoder_.inverse_transform(outputs, return_proba=True)

    def predict(self, X):
        """Most probable label of every head.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        ndarray of shape (n,) or (n, n_heads)
            Labels of the kind given to :meth:`fit`.
        """
        outputs = self._predict_raw(X)
        return self.target_encoder_.inverse_transform(outputs)

    def predict_with_proba(self, X):
        """Return the results of :meth:`predict` and :meth:`predict_proba`, from one pass through the net.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        labels : ndarray of shape (n,) or (n, n_heads)
        probabilities : ndarray of shape (n, n_classes), float32, or list of them for several heads
        """
        outputs = self._predict_raw(X)
        encoder = self.target_encoder_
        return encoder.inverse_transform(outputs), encoder.inverse_transform(outputs, return_proba=True)

    def score(self, X, y, sample_weight=None):
        """Joint accuracy: the share of images with every head right (scikit-learn's own score refuses several heads).

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.

        Returns
        -------
        float
        """
        y = self._as_in_fit(y)
        return joint_accuracy_score(y, self.predict(X), sample_weight=sample_weight)

    def head_scores(self, X, y, sample_weight=None):
        """Accuracy of every head.

        Parameters
        ----------
        X, y, sample_weight
            As in :meth:`fit`.

        Returns
        -------
        dict of str to float
        """
        y = self._as_in_fit(y)
        return head_accuracy_scores(y, self.predict(X), heads=self.heads_, sample_weight=sample_weight)

    def save(self, path):
        """Write the fitted estimator to one ``.keras`` file; Keras opens it as well, after ``import lineclf.nets``.

        Parameters
        ----------
        path : str or path-like
            Target file, ending in ``.keras``; an existing one is replaced only when everything has been written.

        Raises
        ------
        ValueError
            If the name ends otherwise, or a parameter has no JSON form (``callbacks``, a ``RandomState``).
        """
        _saving.save(self, path)

    @classmethod
    def load(cls, path):
        """Read an estimator that :meth:`save` wrote; nothing is unpickled, and no code from the file runs.

        Parameters
        ----------
        path : str or path-like

        Returns
        -------
        estimator
            Fitted, of this class.

        Raises
        ------
        ValueError
            If :meth:`save` of this class did not write the file.
        """
        return _saving.load(cls, path)

    def as_images(self, X):
        """Images in the form that the net sees.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        ndarray of shape (n, height, width, channels), float32
            uint8 is divided by 255.
        """
        check_is_fitted(self)
        images = self._check_images(X).reshape(-1, *self.image_shape_)
        return as_shares(images)

    def _as_in_fit(self, y):
        """Labels of the heads of `fit`, of shape (n,) or (n, n_heads)."""
        check_is_fitted(self)
        return read_heads(y, self._heads)[0].table()

    def _check_settings(self):
        self._validate_params()
        nets.check_floatx()
        for each in self.callbacks or []:
            if not isinstance(each, keras.callbacks.Callback):
                raise ValueError(f"callbacks must be a list of keras.callbacks.Callback; got {each!r} in it")
