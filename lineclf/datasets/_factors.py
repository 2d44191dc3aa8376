"""The four factors, and the two views of a target: four level indices, or one class index."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lineclf._checks import check_count, check_sequence
from lineclf._labels import FACTORS
from lineclf._words import fail

__all__ = ["DEFAULT_SHAPE", "check_levels", "check_shape", "class_index", "factors_of"]

#: Levels a factor in the default world: 2 lengths, 2 widths, 12 angles and 2 colours.
DEFAULT_SHAPE = (2, 2, 12, 2)


def class_index(y: Any, shape: Sequence[int] = DEFAULT_SHAPE) -> np.ndarray:
    """Turn level indices into class indices (C order: the colour varies fastest).

    Parameters
    ----------
    y : array-like of int, shape (n, 4)
        Level indices of length, width, angle and colour.
    shape : sequence of 4 ints, default=(2, 2, 12, 2)
        Number of levels of each factor.

    Returns
    -------
    ndarray of int64, shape (n,)
        Class indices, 0 to ``prod(shape) - 1``.

    Raises
    ------
    ValueError
        If `y` is not an (n, 4) integer array, or a level lies outside its factor.

    See Also
    --------
    factors_of : The inverse.

    Examples
    --------
    >>> class_index([[0, 0, 0, 0], [0, 0, 0, 1], [1, 1, 11, 1]])
    array([ 0,  1, 95])
    """
    shape = check_shape(shape)
    levels = check_levels(y, shape)
    return np.ravel_multi_index(tuple(levels.T), shape).astype(np.int64, copy=False)


def factors_of(index: Any, shape: Sequence[int] = DEFAULT_SHAPE) -> np.ndarray:
    """Turn class indices into level indices.

    Parameters
    ----------
    index : array-like of int, shape (n,)
        Class indices, 0 to ``prod(shape) - 1``.
    shape : sequence of 4 ints, default=(2, 2, 12, 2)
        Number of levels of each factor.

    Returns
    -------
    ndarray of int64, shape (n, 4)
        Level indices of length, width, angle and colour.

    Raises
    ------
    ValueError
        If `index` is not a one-dimensional integer array, or an index lies outside the classes.

    See Also
    --------
    class_index : The inverse.

    Examples
    --------
    >>> factors_of([0, 1, 95])
    array([[ 0,  0,  0,  0],
           [ 0,  0,  0,  1],
           [ 1,  1, 11,  1]])
    """
    shape = check_shape(shape)
    index = np.asarray(index)
    if index.ndim != 1 or index.dtype.kind not in "iu":
        raise ValueError(f"index must be an integer array of shape (n,); got {_describe(index)}")
    _check_range("index", index, math.prod(shape))
    return np.stack(np.unravel_index(index.astype(np.intp, copy=False), shape), axis=1).astype(np.int64, copy=False)


def check_shape(shape: Any) -> tuple[int, ...]:
    """Return `shape` as a tuple of four ints ≥ 1, or raise ValueError."""
    values = check_sequence("shape", shape, "four integers, the number of levels of each factor")
    if len(values) != len(FACTORS):
        raise fail("shape", "four integers, the number of levels of each factor", shape)
    return tuple(check_count("shape", value) for value in values)


def check_levels(y: Any, shape: tuple[int, ...]) -> np.ndarray:
    """Return `y` as an (n, 4) array of level indices inside `shape`, or raise ValueError."""
    y = np.asarray(y)
    if y.ndim != 2 or y.shape[1] != len(FACTORS) or y.dtype.kind not in "iu":
        raise ValueError(f"y must be an integer array of shape (n, 4), {', '.join(FACTORS)}; got {_describe(y)}")
    for factor, levels, count in zip(FACTORS, y.T, shape, strict=True):
        _check_range(f"y's {factor}", levels, count)
    return y


def _check_range(name: str, values: np.ndarray, count: int) -> None:
    if values.size and not 0 <= values.min() <= values.max() < count:
        wrong = values[(values < 0) | (values >= count)][0]
        raise ValueError(f"{name} must be from 0 to {count - 1}; got {wrong}")


def _describe(array: np.ndarray) -> str:
    return f"shape {array.shape} and dtype {array.dtype}"
