"""Nearest images by Euclidean distance in the pixels: exact, at the speed of a matrix product."""

import numpy as np

__all__ = ["nearest"]

_ROWS = 2048  # rows worked on at a time, which bounds the memory for intermediate results
_ROUNDING = 2.0**-24  # of one operation in float32, relative


def nearest(images, others):
    """Nearest of `others` to each of `images`.

    ‖a − b‖² = ‖a‖² + ‖b‖² − 2a·b is taken in float32, blockwise, and bounded on both sides; every pair that may be the
    nearest by these bounds is then measured in float64 by its difference. Integers of 16 bits and less come out exact
    to the rounding of the square root.

    Parameters
    ----------
    images, others : ndarray of shape (n_images, n_values), (n_others, n_values)
        Finite numbers, of one dtype.

    Returns
    -------
    distances : ndarray of shape (n_images,), float64
        In units of the values.
    rows : ndarray of shape (n_images,), int64
        The first of `others` that is as near.

    Raises
    ------
    ValueError
        If a value is not finite or too large for its square to be summed up in float32.
    """
    # Centred values are smaller, and so is what rounding does to them.
    with np.errstate(over="ignore", invalid="ignore"):
        centre = others.mean(axis=0, dtype=np.float64).astype(np.result_type(others.dtype, np.float32))
    squares, rows = np.full(len(images), np.inf), np.zeros(len(images), np.int64)
    for first in range(0, len(images), _ROWS):
        block = slice(first, first + _ROWS)
        a, a_norms = _centred(images[block], centre)
        for start in range(0, len(others), _ROWS):
            b, b_norms = _centred(others[start : start + _ROWS], centre)
            # Sums of n products are off by n + 1 roundings of the norms at worst, rounded factors by 2 more each, and
            # the three terms by 2; what is too small for float32 counts as 0.
            margin = 2 * (a.shape[1] + 8) * _ROUNDING * (np.sqrt(a_norms) + np.sqrt(b_norms.max())) ** 2
            margin += a.shape[1] * np.finfo(np.float32).tiny
            approximate = a @ b.T
            approximate *= -2
            approximate += a_norms.astype(np.float32)[:, None]
            approximate += b_norms.astype(np.float32)
            limit = np.minimum(squares[block], approximate.min(axis=1) + margin) + margin
            pairs = np.nonzero(approximate <= np.nextafter(limit.astype(np.float32), np.float32(np.inf))[:, None])
            _measure(images[block], others[start : start + _ROWS], pairs, squares[block], rows[block], start)
    return np.sqrt(squares), rows


def _centred(values, centre):
    """Return values less `centre`, in float32, and their squared norms, in float64."""
    with np.errstate(over="ignore", invalid="ignore"):
        centred = np.subtract(values, centre, dtype=centre.dtype).astype(np.float32, copy=False)
        norms = np.einsum("ij,ij->i", centred, centred)
    # the margin around the sum of two such norms must be finite too
    if not (norms < np.finfo(np.float32).max / 16).all():
        raise ValueError(
            "X_train and X_test must hold finite numbers for distances, the squares of each image summing up to less "
            "than about 1e37"
        )
    return centred, norms.astype(np.float64)


def _measure(images, others, pairs, squares, rows, start):
    """Measure pairs (indices into `images` and `others`); if one is nearer than all before, note it."""
    for first in range(0, len(pairs[0]), _ROWS):
        i, j = pairs[0][first : first + _ROWS], pairs[1][first : first + _ROWS]
        difference = images[i].astype(np.float64) - others[j]
        square = np.einsum("ij,ij->i", difference, difference)
        order = np.lexsort((j, square, i))
        i, j, square = i[order], j[order], square[order]
        nearest_of_each = np.flatnonzero(np.diff(i, prepend=-1))
        i, j, square = i[nearest_of_each], j[nearest_of_each], square[nearest_of_each]
        nearer = square < squares[i]
        squares[i[nearer]], rows[i[nearer]] = square[nearer], start + j[nearer]
