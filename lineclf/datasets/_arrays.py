"""Images and labels as arrays that other libraries take."""

from typing import Any

import numpy as np

from lineclf._checks import check_dtype
from lineclf._labels import Target, read_target
from lineclf._pixels import reshape_images

__all__ = ["check_rows", "images_and_labels", "write_pixels"]


def images_and_labels(X: Any, y: Any, dtype: Any) -> tuple[np.ndarray, np.ndarray, Target | None]:
    """Check images and their labels.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels), (n, height, width) or (n, n_features)
        The images.
    y : array-like of shape (n,) or (n, n_heads), or None
        Their labels.
    dtype : {"float32", "uint8"}
        The type that :func:`write_pixels` will write.

    Returns
    -------
    images : ndarray of shape (n, height, width, channels)
        A view of `X`.
    labels : ndarray of shape (n,) or (n, n_heads)
        int64, or float32 if a column has fractions; empty without `y`.
    target : Target or None
        The labels, taken apart.
    """
    images, dtype = reshape_images(X), check_dtype(dtype)
    if dtype == np.uint8 != images.dtype:
        raise ValueError(f"dtype must be 'float32', as X holds {images.dtype}; got 'uint8'")
    if y is None:
        return images, np.empty((0,)), None
    target = read_target(y)
    check_rows(images, target)
    for number, column in enumerate(target.columns):
        if column.dtype.kind == "U":
            called = target.names[number] if target.names else number
            raise ValueError(
                f"y must hold numbers; column {called!r} holds strings, such as {str(column[0])!r}: number them first, "
                "as scikit-learn's OrdinalEncoder does"
            )
    fractions = any(column.dtype.kind == "f" for column in target.columns)
    return images, target.table().astype(np.float32 if fractions else np.int64), target


def check_rows(images: np.ndarray, target: Target) -> None:
    """Raise ValueError unless there are as many labels as images."""
    n_labels = len(target.columns[0])
    if n_labels != len(images):
        raise ValueError(f"y must have one row per image; got {n_labels} rows for {len(images)} images")


def write_pixels(images: np.ndarray, dtype: Any) -> np.ndarray:
    """Return images as a new array: bytes as float32 become 0 to 1, other numbers stay as they are."""
    new = np.empty(images.shape, dtype)
    if images.dtype == np.uint8 != new.dtype:
        np.divide(images, np.float32(255), out=new)
    else:
        new[...] = images
    return new
