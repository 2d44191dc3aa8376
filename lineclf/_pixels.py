"""Read images of any container in one way."""

from math import isqrt

import numpy as np

__all__ = ["as_pixels", "is_frame_of_bytes", "numbers_of", "reshape_images"]


def as_pixels(X):
    """`X` as an array of the dtype of its numbers."""
    return np.asarray(X, dtype=_frame_dtype(X))


def numbers_of(X, name):
    """`X` as a non-empty array of images of numbers, or ValueError, in which it is called `name`."""
    X = as_pixels(X)
    if X.ndim < 2 or X.size == 0 or X.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be a non-empty array of images of numbers; got {X.dtype} of shape {X.shape}")
    return X


def reshape_images(X):
    """View `X` as images.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels), (n, height, width) or (n, n_features)
        Images of numbers. Flattened ones must be square, grey (height²) or RGB (3·height²).

    Returns
    -------
    ndarray of shape (n, height, width, channels)
        Of the dtype of `X`.

    Raises
    ------
    ValueError
        If `X` is empty, not of numbers, or not of such a shape.
    """
    X = numbers_of(X, "X")
    if X.ndim == 2:
        channels = 1 if isqrt(X.shape[1]) ** 2 == X.shape[1] else 3
        size = isqrt(X.shape[1] // channels)
        if channels * size**2 != X.shape[1]:
            raise ValueError(
                f"X has {X.shape[1]} features, which do not make a square grey or RGB image: give it as "
                f"(n, height, width, channels)"
            )
        return X.reshape(len(X), size, size, channels)
    if X.ndim not in (3, 4):
        raise ValueError(
            f"X must have shape (n, height, width, channels), (n, height, width) or (n, n_features); got {X.shape}"
        )
    return X.reshape(*X.shape[:3], -1)


def is_frame_of_bytes(X):
    """Whether `X` is a DataFrame of uint8 alone, NumPy's or pandas' own."""
    return _frame_dtype(X) == np.uint8


def _frame_dtype(X):
    """NumPy's dtype of a DataFrame's values, if its columns share one; in an array pandas' own become objects."""
    if not hasattr(X, "iloc") or X.ndim != 2 or X.isna().any(axis=None):
        return None
    dtypes = {getattr(each, "numpy_dtype", each) for each in X.dtypes}
    return dtypes.pop() if len(dtypes) == 1 and all(isinstance(each, np.dtype) for each in dtypes) else None
