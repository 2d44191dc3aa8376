"""What the pixels alone tell: which images are the same, and where a line's centre lies."""

from hashlib import blake2b
from math import isqrt

import numpy as np

from lineclf._pixels import as_pixels

_ROWS = 2048  # rows worked on at a time, which bounds the memory for intermediate results


def as_images(X):
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
    X = _as_numbers(X, "X")
    if X.ndim == 2:
        channels = 1 if isqrt(X.shape[1]) ** 2 == X.shape[1] else 3
        size = isqrt(X.shape[1] // channels)
        if channels * size**2 != X.shape[1]:
            raise ValueError(
                f"X has {X.shape[1]} features, which make no square grey or RGB image: give it as "
                f"(n, height, width, channels)"
            )
        return X.reshape(len(X), size, size, channels)
    if X.ndim not in (3, 4):
        raise ValueError(
            f"X must have shape (n, height, width, channels), (n, height, width) or (n, n_features); got {X.shape}"
        )
    return X.reshape(*X.shape[:3], -1)


def _as_numbers(X, name):
    X = as_pixels(X)
    if X.ndim < 2 or X.size == 0 or X.dtype.kind not in "biuf":
        raise ValueError(f"{name} must be a non-empty array of images of numbers; got {X.dtype} of shape {X.shape}")
    return X


def image_ids(*arrays, names=("X",)):
    """Number images so that two have the same number exactly if all their pixels are equal.

    Pixels are compared through 128-bit BLAKE2b digests: that two different images among a million share one has a
    chance of about 1e-27.

    Parameters
    ----------
    *arrays : array-like of shape (n_i, ...)
        Image arrays of one dtype and one number of pixels; flattened or not makes no difference.
    names : sequence of str, default=("X",)
        What error messages call them.

    Returns
    -------
    list of ndarray of shape (n_i,), int64
        Numbers in the order of first appearance, starting with 0 in the first array.

    Raises
    ------
    ValueError
        If an array is empty or not of numbers, or the dtypes or numbers of pixels differ.
    """
    checked = [_as_numbers(X, name) for X, name in zip(arrays, names, strict=True)]
    kinds = [(X.dtype, X[0].size) for X in checked]
    if len(set(kinds)) > 1:
        found = " and ".join(f"{size} of {dtype}" for dtype, size in kinds)
        raise ValueError(f"{' and '.join(names)} must have the same dtype and number of values an image; got {found}")
    number: dict[bytes, int] = {}
    return [np.fromiter((number.setdefault(d, len(number)) for d in _digests(X)), np.int64, len(X)) for X in checked]


def _digests(X):
    for start in range(0, len(X), _ROWS):
        rows = X[start : start + _ROWS].reshape(len(X[start : start + _ROWS]), -1)
        if X.dtype.kind == "f":
            rows = rows + rows.dtype.type(0)  # -0.0 becomes 0.0, which it equals but for its bits
        for row in np.ascontiguousarray(rows).view(np.uint8):
            yield blake2b(row, digest_size=16).digest()


def read_positions(X):
    """Read the centre of each line off the pixels.

    The centre is the mean place of the pixels, each weighted by how far it differs from the background. On clean lines
    it is within half a pixel of the centre drawn, and off by the same amount in all images of a class. The background
    is the median of the image's border, which a line covers too little of to matter.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels), (n, height, width) or (n, n_features)
        Clean images; flattened ones are square, grey or RGB.

    Returns
    -------
    ndarray of shape (n, 2), float64
        Centre row and column in pixels, to a thousandth; the first pixel has its centre at 0.

    Raises
    ------
    ValueError
        If `X` holds no images, or in one of them no pixel or more than half of them differ from the background (as
        under noise): then there is no centre to be read.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import read_positions
    >>> image = np.zeros((1, 9, 9, 3), np.uint8)
    >>> image[0, 4, 1:6, 0] = 255
    >>> read_positions(image)
    array([[4., 3.]])
    """
    images = as_images(X)
    n, height, width, _ = images.shape
    rows, columns = np.mgrid[:height, :width].reshape(2, -1).astype(np.float32)
    moments = np.column_stack([np.ones_like(rows), rows, columns])
    positions = np.empty((n, 2))
    for start in range(0, n, _ROWS):
        weight = _difference(images[start : start + _ROWS])
        lit = np.count_nonzero(weight, axis=1)
        if len(wrong := np.flatnonzero((lit == 0) | (2 * lit > height * width) | ~np.isfinite(weight).all(axis=1))):
            raise ValueError(
                f"X must show one line on a plain background, but {lit[wrong[0]]} of the {height * width} pixels of "
                f"image {start + wrong[0]} differ from it: give the centres as groups"
            )
        mass, *centre = (weight @ moments).T
        positions[start : start + _ROWS] = np.column_stack(centre) / mass[:, None]
    return positions.round(3)  # past this lies noise of rounding, which must not part images with the same centre


def _difference(images):
    n, height, width, _ = images.shape
    border = np.ones((height, width), dtype=bool)
    border[1:-1, 1:-1] = False
    middle = border.sum() // 2
    difference = np.zeros((n, height * width), np.float32)
    for channel in np.moveaxis(images, 3, 0):
        plane = channel.reshape(n, -1).astype(np.float32)
        background = np.partition(plane[:, border.ravel()], middle, axis=1)[:, middle, None]
        difference += np.abs(plane - background)
    return difference
