"""What SciKeras 0.13 gives, and every repair that it needs with today's scikit-learn and Keras, in one place.

SciKeras' flow stays: fit → validate → encode → build → train → history. Each override names what it repairs.
"""

import logging
import math
import re
from contextlib import nullcontext
from numbers import Integral, Real
from typing import Any, ClassVar

import keras
import numpy as np
from scikeras.wrappers import BaseWrapper
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from lineclf import nets
from lineclf._scale import as_shares, check_scale, scale_of
from lineclf.estimators import _saving, _twins
from lineclf.estimators._batches import ordered_batches, sample_images, shuffled_batches
from lineclf.estimators._encoders import HeadsEncoder
from lineclf.estimators._undo import undone_if_it_fails
from lineclf.estimators._validation import (
    check_classes,
    check_targets,
    check_weights,
    find_image_shape,
    flatten_images,
    read_heads,
)
from lineclf.metrics import head_accuracy_scores, joint_accuracy_score
from lineclf.nets import Recalibration, recalibrate

# Every fit traces anew, as every fit has a net of its own: no news to its user.
logging.getLogger("tensorflow").addFilter(lambda record: "tf.function retracing" not in record.getMessage())

# What scikit-learn keeps beside the parameters, and its clones too.
_CONFIGURATION = {"_metadata_request", "_sklearn_output_config"}


class ImageClassifier(ClassifierMixin, BaseWrapper):
    """Base of the package's classifiers: images in, labels of one or more heads out.

    Not on SciKeras' KerasClassifier: its base classes stand in the wrong order, which scikit-learn ≥ 1.6 takes for
    "no classifier"; its encoder and scorer know one output only; its ``fit`` loses ``classes_`` on a warm start.

    A subclass has an explicit ``__init__`` that only stores, and ``_build_network(image_shape, heads, seed)``.
    """

    _encoder = HeadsEncoder
    _predict_batch_size = 512

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

    # SciKeras keeps constructor arguments of its own; ours are explicit, so these are constants.
    model = None
    build_fn = None

    _heads: list[str]  # names of the heads of `fit`

    combines_heads = False  # whether an output stands for a combination of labels, one that was seen in fit

    max_shift = 0  # of an estimator that does not have it as an argument

    # Part of the identity of every stored result: to be raised by hand with each change that gives the same settings
    # and seed another fitted net.
    revision = 1

    # SciKeras lists whatever the instance holds, formats it its own way, and accepts routed names unchecked.
    _get_param_names: Any = classmethod(BaseEstimator._get_param_names.__func__)
    set_params = BaseEstimator.set_params
    __repr__ = BaseEstimator.__repr__

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def __sklearn_is_fitted__(self):
        return hasattr(self, "n_epochs_")

    def fit(self, X, y, sample_weight=None, *, validation_data=None):
        """Train from scratch, or with ``warm_start`` from the present weights.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
            Images; uint8 is read as 0–255, anything else as it is (0–1 expected). Rows that are no square image of
            1 or 3 channels are taken as one line of pixels, unless ``image_shape`` says otherwise.
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
            For an illegal parameter, NaN or infinity, a wrong shape, or a head with a single class.
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
            All labels, where the first call's `y` does not show them.

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
            Labels as they went into :meth:`fit`.
        """
        outputs = self._predict_raw(X)
        return self.target_encoder_.inverse_transform(outputs)

    def predict_with_proba(self, X):
        """What :meth:`predict` and :meth:`predict_proba` return, from one pass through the net.

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
        """Joint accuracy: the share of samples with every head right (scikit-learn's own refuses several heads).

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
        """Write the fitted estimator to one ``.keras`` file, which Keras alone can open too.

        Parameters
        ----------
        path : str or path-like
            Target file, ending in ``.keras``; it is replaced only when everything has been written.

        Raises
        ------
        ValueError
            If the name has another ending, or a parameter has no JSON form (``callbacks``, a ``RandomState``).
        """
        _saving.save(self, path)

    @classmethod
    def load(cls, path):
        """Read an estimator that :meth:`save` wrote; nothing is unpickled, and no code of the file's is run.

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
            If the file is not one that :meth:`save` of this class wrote.
        """
        return _saving.load(cls, path)

    def as_images(self, X):
        """Images as the net sees them.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

        Returns
        -------
        ndarray of shape (n, height, width, channels), float32
            uint8 is divided by 255.
        """
        check_is_fitted(self)
        images = self._check_images(X, reset=False).reshape(-1, *self.image_shape_)
        return as_shares(images)

    # --- validation: SciKeras takes n_features from the second axis, casts little and accepts sparse input ---

    def _validate_data(self, X=None, y=None, reset=False, y_numeric=False):
        if X is not None:
            X = self._check_images(X, reset)
        if y is not None:
            y, heads = check_targets(y, None if reset else self._heads)
            if reset:
                self._heads = heads
        elif reset:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        if X is not None and y is not None:
            check_consistent_length(X, y)
        return X, y

    def _as_in_fit(self, y):
        """Labels of the heads of `fit`, of shape (n,) or (n, n_heads)."""
        check_is_fitted(self)
        return read_heads(y, self._heads)[0].table()

    def _check_images(self, X, reset):
        X, shape = flatten_images(X)
        X = validate_data(self, X, reset=reset, dtype=(np.float32, np.uint8))
        if reset:
            self.image_shape_ = find_image_shape(X.shape[1], shape, self.image_shape)
            self._scale, self._largest = scale_of(X), float(X.max())
            return X
        check_scale(X, self._scale, self._largest)
        if shape not in (None, self.image_shape_):
            raise ValueError(f"X holds images of shape {shape}, but {self.image_shape_} were seen in fit")
        return X

    def __sklearn_clone__(self):
        # Callbacks are the user's own objects, to be read after the fit; many hold what cannot be copied.
        bare = type(self)(**{**self.get_params(deep=False), "callbacks": None})
        for name in _CONFIGURATION & vars(self).keys():
            setattr(bare, name, getattr(self, name))
        other = super(ImageClassifier, bare).__sklearn_clone__()
        other.callbacks = self.callbacks
        return other

    def _check_settings(self):
        self._validate_params()
        nets.check_floatx()
        for each in self.callbacks or []:
            if not isinstance(each, keras.callbacks.Callback):
                raise ValueError(f"callbacks must be a list of keras.callbacks.Callback; got {each!r} in it")

    # --- encoding, building, training ---

    @property
    def target_encoder(self):
        """Encoder of the labels; SciKeras' own knows a single output only."""
        return self._encoder(self._heads, self._classes)

    def _check_model_compatibility(self, y):
        """Nothing to check: the net is built from the encoded targets. SciKeras compares losses by their names."""

    def _ensure_compiled_model(self):
        """Nothing yet: the learning-rate schedule needs the number of steps, so training compiles."""

    def _build_keras_model(self):
        # SciKeras would seed everything global and force deterministic ops on the whole process meanwhile;
        # here every layer and every epoch's order has a seed of its own.
        self._seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        self._compiled_for = None
        self.n_epochs_ = 0
        return self._new_network(self._seed)

    def _new_network(self, seed):
        """An untrained net for the data of `fit`."""
        units = self.target_encoder_.n_units_
        names = self._output_names() if len(units) == len(self._heads) else ["class"]
        return self._build_network(self.image_shape_, dict(zip(names, units, strict=True)), seed)

    def _output_names(self):
        """Heads under names that TensorFlow allows for a layer."""
        names = [re.sub(r"\W", "_", head, flags=re.ASCII) for head in self._heads]
        if len(set(names)) < len(names) or not all(re.match("[A-Za-z0-9]", name) for name in names):
            names = [f"head_{i}" for i in range(len(names))]
        return names

    def _compile(self, model, lr_schedule, total_steps):
        optimizer = nets.make_optimizer(
            self.optimizer,
            self.learning_rate,
            lr_schedule=lr_schedule,
            lr_decay=self.lr_decay,
            total_steps=total_steps,
        )
        nets.compile_model(model, self.loss, optimizer)

    def _twin(self, total_steps):
        """What does the steps of a fit in place of ``model_``, in a context."""
        meaning = {**self.get_params(), "random_state": None, "steps": total_steps}
        return _twins.trainer(
            self.model_,
            (type(self), repr(sorted(meaning.items()))),
            lambda twin: self._compile(twin, self.lr_schedule, total_steps),
        )

    def _split_off_validation(self, X, y, sample_weight):
        order = np.random.default_rng([self._seed, len(X)]).permutation(len(X))
        n_held_out = math.ceil(self.validation_split * len(X))
        if n_held_out >= len(X):
            raise ValueError(f"validation_split={self.validation_split} leaves none of {len(X)} samples to train on")
        parts = [
            tuple(None if array is None else array[rows] for array in (X, y, sample_weight))
            for rows in (np.sort(order[n_held_out:]), np.sort(order[:n_held_out]))
        ]
        return parts[0], parts[1]

    def _fit_keras_model(
        self, X, y, sample_weight, warm_start, epochs, initial_epoch, *, validation_data=None, lr_schedule=None
    ):
        trained_on = (X, y, sample_weight)
        held_out = None
        if validation_data is not None:
            if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
                raise ValueError(f"validation_data must be a pair (X, y); got {type(validation_data).__name__}")
            held_out = self._validate_data(*validation_data)
            held_out = held_out[0], self.target_encoder_.transform(held_out[1])
        elif self.validation_split:
            trained_on, held_out = self._split_off_validation(*trained_on)
        callbacks = list(self.callbacks or [])
        if self.patience is not None:
            if held_out is None:
                raise ValueError(
                    f"patience={self.patience} needs data to watch: validation_split > 0, or validation_data in fit"
                )
            callbacks.append(keras.callbacks.EarlyStopping(patience=self.patience, restore_best_weights=True))

        n = len(trained_on[0])
        shape = {"image_shape": self.image_shape_, "batch_size": self.batch_size}
        steps = math.ceil(n / self.batch_size)
        statistics = {
            "images": sample_images(*trained_on[:2], seed=self._seed, max_shift=self.max_shift, **shape),
            # A step of partial_fit on less than a batch counts for its share of one, lest a few images decide.
            "share": 1.0 if lr_schedule is None or not self.n_epochs_ else min(1.0, n / self.batch_size),
        }
        # Each evaluation recalibrates; without one, each epoch's end does ahead of the user's callbacks,
        # or else the end of the training.
        each_epoch = held_out is None and bool(self.callbacks)
        callbacks.insert(0, Recalibration(**statistics, each_epoch=each_epoch))
        if lr_schedule is None:  # not a step of partial_fit
            epochs, steps = self._plan_steps(epochs, steps)
        if lr_schedule is None or self._compiled_for != lr_schedule:
            self._compile(self.model_, lr_schedule or self.lr_schedule, epochs * steps)
            self._compiled_for = lr_schedule
        nets.reseed_dropout(self.model_, self._seed, self.n_epochs_)
        # Steps of partial_fit go on with this net's own optimizer; callbacks may look at this net, too.
        alone = lr_schedule is not None or self.callbacks
        with nullcontext(self.model_) if alone else self._twin(epochs * steps) as model:
            history = model.fit(
                shuffled_batches(
                    *trained_on,
                    seed=self._seed,
                    first_epoch=self.n_epochs_,
                    epochs=epochs,
                    max_shift=self.max_shift,
                    **shape,
                ),
                steps_per_epoch=steps,
                epochs=initial_epoch + epochs,
                initial_epoch=initial_epoch,
                validation_data=None if held_out is None else ordered_batches(*held_out, **shape),
                callbacks=callbacks,
                shuffle=False,  # the batches are
                verbose=int(self.verbose),
            ).history
        if held_out is None and not each_epoch:
            recalibrate(self.model_, **statistics)
        before: dict[str, list[float]] = self.history_ if initial_epoch else {}
        new = {self._history_name(key): [float(value) for value in values] for key, values in history.items()}
        self.history_: dict[str, list[float]] = {
            **before,
            **{name: before.get(name, []) + values for name, values in new.items()},
        }
        self.n_epochs_ += len(history["loss"])

    def _plan_steps(self, epochs, steps):
        """Epochs to train, and steps in each; `steps` are those of a pass over the training data."""
        return epochs, steps

    def _history_name(self, key):
        """`val_angle_output_accuracy` → `val_angle_accuracy`; a net with one output scores the joint of many heads."""
        prefix, name = ("val_", key[4:]) if key.startswith("val_") else ("", key)
        if name == "accuracy" and self.target_encoder_.ndim_ == 2:
            name = "joint_accuracy"
        for output, head in zip(self._output_names(), self._heads, strict=True):
            if name.startswith(f"{output}_output_"):
                name = name.replace(f"{output}_output", head, 1)
                break
        return prefix + name

    def _predict_raw(self, X):
        check_is_fitted(self)
        X = self._check_images(X, reset=False)
        batches = ordered_batches(X, image_shape=self.image_shape_, batch_size=self._predict_batch_size)
        outputs = self.model_.predict(batches, verbose=0)
        return outputs if isinstance(outputs, list) else [outputs]
