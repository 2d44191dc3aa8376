"""Checks of the images and targets that the estimators accept."""

import math

import numpy as np
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import column_or_1d

from lineclf._checks import as_numbers
from lineclf._labels import head_names, read_column, read_target
from lineclf._pixels import is_frame_of_bytes

__all__ = ["check_classes", "check_targets", "check_weights", "find_image_shape", "flatten_images", "read_heads"]


def flatten_images(X):
    """Images (n, height, width, channels) as rows, and the shape of one; tables stay as they are, with shape None."""
    if is_frame_of_bytes(X):
        X = X.astype(np.uint8)  # and stays a frame, for the names of its columns
    elif not hasattr(X, "ndim") or (hasattr(X, "__array__") and not hasattr(X, "iloc")):
        X = np.asarray(X)
    if X.ndim == 4:
        if X.shape[1] in (1, 3) and X.shape[3] > 4 and X.shape[2] > 4:
            raise ValueError(
                f"X must hold images of shape (n, height, width, channels), but has shape {X.shape}, as with channels "
                "first; np.moveaxis(X, 1, -1) puts them last"
            )
        return X.reshape(len(X), math.prod(X.shape[1:])), X.shape[1:]
    if X.ndim > 2:
        raise ValueError(
            f"Found array with dim {X.ndim}. X must hold images of shape (n, height, width, channels) or flattened "
            f"rows (n, height·width·channels), but has shape {X.shape}; grey images need a last axis of length 1."
        )
    return X, None


def find_image_shape(n_features, shape, wanted):
    """Height, width, channels: as `wanted`, else of the images given, else a square of 3 or 1 channels, else a line."""
    if wanted is not None:
        given = tuple(int(side) for side in wanted)
        if len(given) != 3 or math.prod(given) != n_features or shape not in (None, given):
            raise ValueError(
                f"image_shape={wanted!r} does not fit X: legal is (height, width, channels) with a product of "
                f"{n_features}" + (f", here {shape}" if shape else "")
            )
        return given
    if shape is not None:
        return shape
    for channels in (3, 1):
        side = math.isqrt(n_features // channels)
        if side * side * channels == n_features:
            return side, side, channels
    return 1, n_features, 1


def read_heads(y, heads=None):
    """A target and a list of the names of its heads; those of `heads` in their order if given, else ValueError."""
    target = read_target(y)
    if heads is not None and len(heads) != len(target.columns):
        raise ValueError(f"y has {len(target.columns)} columns, but the heads {heads} were seen in fit")
    return target, list(head_names(target, heads))


def check_targets(y, heads=None):
    """Validated labels, of shape (n,) or (n, n_heads), and the names of the heads, which `heads` may prescribe."""
    target, names = read_heads(y, heads)
    for column in target.columns:
        check_classification_targets(column)
    y = target.table()
    if len(target.columns) == 1:
        y = column_or_1d(y, warn=target.names is None)
    return y, names


def check_weights(sample_weight):
    """Sample weights as given; ValueError for text or a negative weight, which would train away from its label."""
    if sample_weight is None:
        return None
    numbers = as_numbers("sample_weight", sample_weight)
    if (numbers < 0).any():
        raise ValueError(f"sample_weight must not be negative; got {numbers.min():g}")
    if not numbers.any():
        raise ValueError("sample_weight must have a weight above 0; got only zeros")
    return sample_weight


def check_classes(classes, y):
    """Labels of each head for `partial_fit`, or None; ValueError unless there is a list for each column of `y`."""
    if classes is None:
        return None
    n_heads = len(read_target(y).columns)
    given = list(classes)
    if n_heads == 1 and all(np.ndim(label) == 0 for label in given):
        given = [given]
    if len(given) != n_heads or any(np.ndim(labels) != 1 for labels in given):
        raise ValueError(f"classes must list the labels of each of the {n_heads} heads; got {classes!r}")
    return [read_column(labels, f"classes of head {i}") for i, labels in enumerate(given)]
