"""Combinations of levels: one number per row of a target, and probabilities of one column from theirs."""

import numpy as np

__all__ = ["combine", "marginal", "members", "rank_columns"]


def rank_columns(columns):
    """Rank of each label among those of its column: int64, a column for each of `columns`."""
    return np.column_stack([np.unique(column, return_inverse=True)[1] for column in columns]).astype(np.int64)


def combine(codes):
    """Number the different rows of `codes`, of shape (n, k), from 0 in their order: an int64 array of shape (n,)."""
    numbers = codes[:, 0]
    for column in codes.T[1:]:  # renumbered at each step, so that no product of level counts can overflow
        numbers = np.unique(numbers * (column.max() + 1) + column, return_inverse=True)[1]
    return np.unique(numbers, return_inverse=True)[1]


def members(levels, n_levels):
    """Tell which combinations have each level of a column.

    Parameters
    ----------
    levels : ndarray of shape (n_combinations,)
        Level index that each combination has in the column.
    n_levels : int

    Returns
    -------
    ndarray of shape (n_levels, n_combinations), bool
    """
    return np.arange(n_levels)[:, None] == levels


def marginal(joint, has_level):
    """Sum probabilities of combinations to those of a column's levels.

    Parameters
    ----------
    joint : ndarray of shape (n, n_combinations)
    has_level : ndarray of shape (n_levels, n_combinations), bool
        From :func:`members`.

    Returns
    -------
    ndarray of shape (n, n_levels)
        Of the dtype of `joint`.
    """
    return joint @ has_level.T.astype(joint.dtype)
