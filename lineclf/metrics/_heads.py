"""Targets taken apart head by head: the checks that every metric shares."""

import numpy as np

from lineclf._checks import as_numbers

_STRINGS = "US"
_NUMBERS = "biuf"


def as_columns(y, name):
    """Take a target apart into its columns.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, n_heads)
        Labels: whole numbers or strings; a pandas DataFrame may hold both.
    name : str
        What error messages call it.

    Returns
    -------
    list of ndarray of shape (n,)
        One array a head, each of the dtype that its own labels have.

    Raises
    ------
    ValueError
        If `y` is empty, has more than two dimensions, lacks a label, or holds scores instead of labels.
    """
    y = np.asarray(y) if hasattr(y, "__array__") else np.asarray(y, dtype=object)
    if y.ndim not in (1, 2) or y.size == 0:
        raise ValueError(f"{name} must have shape (n,) or (n, n_heads) and at least one row; got shape {y.shape}")
    return [_as_labels(column, name, i) for i, column in enumerate(y.reshape(len(y), -1).T)]


def _as_labels(column, name, i):
    if column.dtype == object:  # the column's own dtype, not the one that all columns of a mixed table share
        column = np.asarray(column.tolist())
    if column.ndim != 1 or column.dtype.kind not in _STRINGS + _NUMBERS:
        raise ValueError(
            f"column {i} of {name} must hold labels, all of them numbers or all strings; got {column[:3].tolist()}…"
        )
    if column.dtype.kind == "f" and len(wrong := column[~(np.isfinite(column) & (column == np.rint(column)))]):
        raise ValueError(f"column {i} of {name} must hold labels, not scores or missing values; got {wrong[0]}")
    return column


def check_heads(heads, n_heads):
    """Head names as a tuple, one for each of `n_heads` columns; ValueError otherwise."""
    names = (heads,) if isinstance(heads, str) else tuple(heads)
    if len(names) != n_heads or len(set(names)) != n_heads:
        raise ValueError(f"heads must name each of the {n_heads} columns of y once; got {names!r}")
    return names


def paired_columns(y_true, y_pred):
    """Columns of both targets, a list of (true, predicted) pairs; ValueError where they do not fit each other."""
    true, pred = as_columns(y_true, "y_true"), as_columns(y_pred, "y_pred")
    shapes = [(len(columns[0]), len(columns)) for columns in (true, pred)]
    if shapes[0] != shapes[1]:
        raise ValueError(f"y_true and y_pred must have the same rows and heads; got {shapes[0]} and {shapes[1]}")
    for i, (t, p) in enumerate(zip(true, pred, strict=True)):
        if (t.dtype.kind in _STRINGS) != (p.dtype.kind in _STRINGS):
            raise ValueError(
                f"column {i} holds {'strings' if t.dtype.kind in _STRINGS else 'numbers'} in y_true but "
                f"{'strings' if p.dtype.kind in _STRINGS else 'numbers'} in y_pred; predictions must be labels as given"
            )
    return list(zip(true, pred, strict=True))


def check_weight(sample_weight, n):
    """`sample_weight` as a float64 array of shape (n,), or None where none is given; ValueError otherwise."""
    if sample_weight is None:
        return None
    weight = as_numbers("sample_weight", sample_weight)
    if weight.shape != (n,) or not np.isfinite(weight).all() or (weight < 0).any() or not weight.any():
        raise ValueError(
            f"sample_weight must hold {n} finite weights, none negative and not all zero; "
            f"got shape {weight.shape}, sum {weight.sum()}"
        )
    return weight
