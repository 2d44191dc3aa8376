"""Which images are the same, pixel for pixel."""

from hashlib import blake2b

import numpy as np

from lineclf._pixels import numbers_of

__all__ = ["image_ids"]

_ROWS = 2048  # rows worked on at a time, which bounds the memory for intermediate results


def image_ids(*arrays, names=("X",)):
    """Number images so that two have the same number exactly if all their pixels are equal.

    Pixels are compared by 128-bit BLAKE2b digests: the chance that two different images among a million share a digest
    is about 1e-27.

    Parameters
    ----------
    *arrays : array-like of shape (n_i, ...)
        Image arrays of one dtype and one number of pixels; flattened or not makes no difference.
    names : sequence of str, default=("X",)
        Names of the arrays in error messages.

    Returns
    -------
    list of ndarray of shape (n_i,), int64
        Numbers in the order of first appearance, starting with 0 in the first array.

    Raises
    ------
    ValueError
        If an array is empty or not of numbers, or the dtypes or numbers of pixels differ.
    """
    checked = [numbers_of(X, name) for X, name in zip(arrays, names, strict=True)]
    kinds = [(X.dtype, X[0].size) for X in checked]
    if len(set(kinds)) > 1:
        found = " and ".join(f"{size} of {dtype}" for dtype, size in kinds)
        raise ValueError(f"{' and '.join(names)} must have the same dtype and number of values per image; got {found}")
    number: dict[bytes, int] = {}
    return [np.fromiter((number.setdefault(d, len(number)) for d in _digests(X)), np.int64, len(X)) for X in checked]


def _digests(X):
    for start in range(0, len(X), _ROWS):
        rows = X[start : start + _ROWS].reshape(len(X[start : start + _ROWS]), -1)
        if X.dtype.kind == "f":
            rows = rows + rows.dtype.type(0)  # -0.0 becomes 0.0, which it equals but for its bits
        for row in np.ascontiguousarray(rows).view(np.uint8):
            yield blake2b(row, digest_size=16).digest()
