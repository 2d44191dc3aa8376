"""One file holds a fitted estimator: Keras' own ``.keras`` archive, with the estimator's own data as JSON inside."""

import json
import zipfile
from pathlib import Path

import keras
import numpy as np
from sklearn.utils.validation import check_is_fitted

from lineclf import __version__
from lineclf._files import atomic_path
from lineclf._scale import BYTES, OTHER

__all__ = ["load", "save"]

_MEMBER = "lineclf.json"
_STATE = (
    "_scale",
    "_largest",
    "n_features_in_",
    "feature_names_in_",
    "image_shape_",
    "n_epochs_",
    "history_",
    "head_history_",
    "_heads",
    "_seed",
)


def _to_json(value):
    if isinstance(value, np.ndarray):
        return {"array": value.tolist(), "dtype": "object" if value.dtype == object else value.dtype.str}
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _from_json(item):
    if item.keys() == {"array", "dtype"}:
        return np.array(item["array"], dtype=item["dtype"])
    return item


def save(estimator, path):
    """Write a fitted estimator; see :meth:`ImageClassifier.save`."""
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"path={str(path)!r} must end in .keras")
    check_is_fitted(estimator)
    content = {
        "class": type(estimator).__name__,
        "version": __version__,
        "params": estimator.get_params(),
        "state": {name: getattr(estimator, name) for name in _STATE if hasattr(estimator, name)},
        "encoder": estimator.target_encoder_.get_state(),
    }
    try:
        text = json.dumps(content, default=_to_json)
    except TypeError as error:
        raise ValueError(f"{type(estimator).__name__} cannot be saved: {error}") from None
    with atomic_path(path) as temporary:
        estimator.model_.save(temporary)
        with zipfile.ZipFile(temporary, "a") as archive:
            archive.writestr(_MEMBER, text)


def load(cls, path):
    """Read an estimator of class `cls`; see :meth:`ImageClassifier.load`."""
    try:
        with zipfile.ZipFile(path) as archive:
            content = json.loads(archive.read(_MEMBER), object_hook=_from_json)
        params, state, encoder = (content[name] for name in ("params", "state", "encoder"))
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{str(path)!r} was not written by {cls.__name__}.save, or is damaged: {error}") from None
    if content["class"] != cls.__name__:
        raise ValueError(f"{str(path)!r} holds a {content['class']}, not a {cls.__name__}")
    writer = f"lineclf {content.get('version', '0.2 or earlier')}"
    if unknown := sorted(params.keys() - cls._get_param_names()):
        raise ValueError(
            f"{str(path)!r} was written by {writer}, with parameters that {cls.__name__} of lineclf {__version__} does "
            f"not have: {', '.join(unknown)}; load it with that version"
        )
    if params["image_shape"] is not None:
        params["image_shape"] = tuple(params["image_shape"])
    estimator = cls(**params)
    if "_fitted_on_bytes" in state:  # up to 0.2
        state |= {"_scale": BYTES if state.pop("_fitted_on_bytes") else OTHER, "_largest": 1.0}
    vars(estimator).update(state)
    estimator.image_shape_ = tuple(estimator.image_shape_)
    estimator.target_encoder_ = estimator._encoder.from_state(encoder)
    vars(estimator).update(estimator.target_encoder_.get_metadata())
    estimator.feature_encoder_ = estimator.feature_encoder
    estimator._compiled_for = None
    try:
        estimator.model_ = keras.models.load_model(path)
    except (TypeError, ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ValueError(
            f"{str(path)!r} was written by {writer}, and Keras {keras.__version__} cannot read it: {reason}; it is "
            "damaged, or of another Keras"
        ) from error
    return estimator
