"""The parts of SciKeras 0.13 in use, and every repair for today's scikit-learn and Keras, in one place.

SciKeras' flow stays. A fit goes through these methods, in this order:

1. ``_validate_data`` makes rows of the images and checks the labels; from scratch it also notes what they are like.
2. ``target_encoder`` makes an encoder for the heads, which SciKeras fits and keeps as ``target_encoder_``.
3. ``_build_keras_model`` makes an untrained net; a warm start has one already.
4. ``_fit_keras_model`` trains it on the encoded labels and notes its history.

Predictions go through ``_predict_raw``. Each override names what it repairs.
"""

import logging
from typing import Any

import numpy as np
from scikeras.wrappers import BaseWrapper
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from lineclf._scale import check_scale, scale_of
from lineclf.estimators import _twins
from lineclf.estimators._batches import ordered_batches
from lineclf.estimators._inputs import check_targets, find_image_shape, flatten_images
from lineclf.estimators._names import history_name, output_names
from lineclf.estimators._training import choose_data, train

__all__ = ["ImageWrapper"]

# Every fit traces anew, as every fit has a net of its own: no news to its user.
logging.getLogger("tensorflow").addFilter(lambda record: "tf.function retracing" not in record.getMessage())

# What scikit-learn keeps beside the parameters, and its clones too.
_CONFIGURATION = {"_metadata_request", "_sklearn_output_config"}


class ImageWrapper(BaseWrapper):
    """SciKeras' wrapper, for images and for targets of one or more heads; :class:`ImageClassifier` completes it."""

    _predict_batch_size = 512

    # SciKeras keeps constructor arguments of its own; ours are explicit, so these are constants.
    model = None
    build_fn = None

    _encoder: Any  # class of the encoder of labels

    # What a fit from scratch notes of its data, in `_validate_data` alone.
    image_shape_: tuple[int, int, int]
    _scale: str  # of the pixels, as `scale_of` tells it
    _largest: float  # of the pixels
    _heads: list[str]  # names

    # SciKeras lists whatever the instance holds, formats it its own way, and accepts routed names unchecked.
    _get_param_names: Any = classmethod(BaseEstimator._get_param_names.__func__)
    set_params = BaseEstimator.set_params
    __repr__ = BaseEstimator.__repr__

    def __sklearn_is_fitted__(self):
        return hasattr(self, "n_epochs_")

    def __sklearn_clone__(self):
        # Callbacks are the user's own objects, to be read after the fit; many hold what cannot be copied.
        bare = type(self)(**{**self.get_params(deep=False), "callbacks": None})
        for name in _CONFIGURATION & vars(self).keys():
            setattr(bare, name, getattr(self, name))
        other = super(ImageWrapper, bare).__sklearn_clone__()
        other.callbacks = self.callbacks
        return other

    # --- validation: SciKeras takes n_features from the second axis, casts little and accepts sparse input ---

    def _validate_data(self, X=None, y=None, reset=False, y_numeric=False):
        if X is not None:
            X = self._learn_images(X) if reset else self._check_images(X)
        if y is not None:
            y, heads = check_targets(y, None if reset else self._heads)
            if reset:
                self._heads = heads
        elif reset:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None")
        if X is not None and y is not None:
            check_consistent_length(X, y)
        return X, y

    def _learn_images(self, X):
        """Rows of pixels, uint8 or float32, of a fit from scratch; note their shape and scale."""
        X, shape = flatten_images(X)
        X = validate_data(self, X, reset=True, dtype=(np.float32, np.uint8))
        self.image_shape_ = find_image_shape(X.shape[1], shape, self.image_shape)
        self._scale, self._largest = scale_of(X), float(X.max())
        return X

    def _check_images(self, X):
        """Rows of pixels, uint8 or float32; ValueError unless they are of the shape and scale of the fit."""
        X, shape = flatten_images(X)
        X = validate_data(self, X, reset=False, dtype=(np.float32, np.uint8))
        check_scale(X, self._scale, self._largest)
        if shape not in (None, self.image_shape_):
            raise ValueError(f"X holds images of shape {shape}, but {self.image_shape_} were seen in fit")
        return X

    # --- encoding and building ---

    @property
    def target_encoder(self):
        """Encoder of the labels, not yet fitted; SciKeras' own knows a single output only."""
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
        names = output_names(self._heads) if len(units) == len(self._heads) else ["class"]
        return self._build_network(self.image_shape_, dict(zip(names, units, strict=True)), seed)

    # --- training and predicting, batch by batch: SciKeras hands Keras whole arrays ---

    def _fit_keras_model(
        self, X, y, sample_weight, warm_start, epochs, initial_epoch, *, validation_data=None, lr_schedule=None
    ):
        trained_on, held_out = choose_data(self, X, y, sample_weight, validation_data)
        history = train(self, trained_on, held_out, epochs=epochs, initial_epoch=initial_epoch, lr_schedule=lr_schedule)
        before: dict[str, list[float]] = self.history_ if initial_epoch else {}
        new = {history_name(key, self._heads, self.target_encoder_.ndim_): values for key, values in history.items()}
        self.history_: dict[str, list[float]] = {
            **before,
            **{name: before.get(name, []) + values for name, values in new.items()},
        }
        self.n_epochs_ += len(history["loss"])

    def _plan_steps(self, epochs, steps):
        """Epochs to train, and steps in each; `steps` are those of a pass over the training data."""
        return epochs, steps

    def _predict_raw(self, X):
        """Values of each output of the net, a list of float32 arrays of shape (n, units)."""
        check_is_fitted(self)
        X = self._check_images(X)
        batches = ordered_batches(X, image_shape=self.image_shape_, batch_size=self._predict_batch_size)
        with _twins.predictor(self.model_, self.loss) as net:
            outputs = net.predict(batches, verbose=0)
        return outputs if isinstance(outputs, list) else [outputs]
