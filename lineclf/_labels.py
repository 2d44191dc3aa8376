"""Read targets of any container in one way, for tracks, metrics, the audit, baselines and estimators."""

from numbers import Real
from typing import NamedTuple

import numpy as np

#: The factors of lines, in the order of the columns of a target: what four columns without names are called.
FACTORS = ("length", "width", "angle", "color")

__all__ = [
    "FACTORS",
    "Target",
    "default_heads",
    "head_names",
    "label_kind",
    "pair_targets",
    "read_column",
    "read_target",
    "stack_columns",
]

_KINDS = {"biuf": "numbers", "U": "strings"}


class Target(NamedTuple):
    """A target taken apart.

    Attributes
    ----------
    columns : list of ndarray of shape (n,)
        Labels of each head, each array with the dtype of its own labels: numbers or strings, none missing.
    names : tuple of str, or None
        Names of a DataFrame's columns.
    ndim : int
        1 if the target was given as (n,), else 2.
    """

    columns: list[np.ndarray]
    names: tuple[str, ...] | None
    ndim: int

    def table(self):
        """One array of shape (n,) or (n, n_heads)."""
        return self.columns[0] if self.ndim == 1 else stack_columns(self.columns)


def read_target(y, name="y"):
    """Take a target apart into its columns.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, n_heads)
        Labels, numbers or strings, in anything that NumPy can read: lists of rows, arrays, tensors, pandas objects of
        any dtype. A table may hold columns of both.
    name : str, default="y"
        Name of the target in error messages.

    Returns
    -------
    Target

    Raises
    ------
    ValueError
        If `y` is empty or has another shape, or a column lacks a label or holds anything but finite numbers alone or
        strings alone.
    """
    names = tuple(map(str, y.columns)) if hasattr(y, "columns") else None
    if isinstance(y, np.ma.MaskedArray):
        mask, y = np.ma.getmaskarray(y), y.data.astype(object)
        y[mask] = None
    # Without a dtype NumPy turns rows of numbers and strings into strings, and nan among strings into "nan".
    plain = hasattr(y, "__array__") and names is None
    y = np.asarray(y) if plain else np.asarray(y, dtype=object)
    if y.ndim not in (1, 2) or y.size == 0:
        raise ValueError(
            f"{name} must have one or two dimensions, shape (n,) or (n, n_heads), and at least one row; "
            f"got shape {y.shape}"
        )
    columns = y.reshape(len(y), -1).T
    called = names or range(len(columns))
    return Target(
        [_read_column(column, f"column {each!r} of {name}") for column, each in zip(columns, called, strict=True)],
        names,
        y.ndim,
    )


def read_column(y, name="y"):
    """Labels of a target of one column, (n,) or (n, 1), as an array of shape (n,); ValueError for any other."""
    target = read_target(y, name)
    if len(target.columns) != 1:
        raise ValueError(f"{name} must have a single column; got {len(target.columns)}")
    return target.columns[0]


def stack_columns(columns):
    """Label columns as one array; those of both numbers and strings share an array of objects."""
    one_kind = len({label_kind(column) for column in columns}) == 1
    return np.column_stack(columns if one_kind else [column.astype(object) for column in columns])


def label_kind(column):
    """ "numbers" or "strings"."""
    return next(word for kinds, word in _KINDS.items() if column.dtype.kind in kinds)


def _read_column(column, name):
    if column.dtype.kind in "biuU" or (column.dtype.kind == "f" and np.isfinite(column).all()):
        return column
    values = [value.decode(errors="surrogateescape") if isinstance(value, bytes) else value for value in column]
    for row, value in enumerate(values):
        if _is_missing(value):
            found = "NaN" if isinstance(value, float | np.floating) else repr(value)
            raise ValueError(f"{name} must hold a label in every row, none missing; row {row} has {found}")
    typed = _typed(values, name)
    if typed.dtype.kind == "f" and len(rows := np.flatnonzero(np.isinf(typed))):
        raise ValueError(f"{name} must hold finite labels; row {rows[0]} has {typed[rows[0]]}")
    return typed


def _is_missing(value):
    if value is None:
        return True
    try:
        return bool(value != value)  # NaN and NaT
    except TypeError:  # pandas.NA says neither yes nor no
        return True
    except ValueError:  # an array where a label should be
        return False


def _typed(values, name):
    """Objects as an array of numbers or of strings; ValueError if they are not all numbers or all strings."""
    is_text = [isinstance(value, str) for value in values]
    other = next((value for value, text in zip(values, is_text, strict=True) if text != is_text[0]), None)
    odd = next((value for value in values if not isinstance(value, str | Real | np.bool_)), other)
    if odd is None:
        typed = np.asarray(values)
        if typed.dtype.kind in "biufU" and typed.tolist() == values:  # else NumPy could not hold what it was given
            return typed
        odd = values[0]
    found = repr(odd) if odd is values[0] else f"{values[0]!r} and {odd!r}"
    raise ValueError(f"{name} must hold labels, all of them numbers or all strings; got {found}")


def pair_targets(one, other, names):
    """Read two targets that must have the same heads.

    Parameters
    ----------
    one, other : array-like of shape (n,) or (n, n_heads)
    names : tuple of 2 strs
        Names of the targets in error messages.

    Returns
    -------
    pair : tuple of 2 Targets

    Raises
    ------
    ValueError
        As in :func:`read_target`, or if the numbers of columns differ, a column holds numbers in one target and strings
        in the other, or DataFrames have different columns.
    """
    pair = first, second = read_target(one, names[0]), read_target(other, names[1])
    counts = [len(target.columns) for target in pair]
    if counts[0] != counts[1]:
        raise ValueError(f"{names[0]} and {names[1]} must have the same heads; got {counts[0]} and {counts[1]}")
    if first.names and second.names and first.names != second.names:
        raise ValueError(
            f"{names[0]} and {names[1]} must have the same columns in the same order; "
            f"got {first.names} and {second.names}"
        )
    for i, (a, b) in enumerate(zip(first.columns, second.columns, strict=True)):
        if label_kind(a) != label_kind(b):
            column = repr((first.names or second.names or range(counts[0]))[i])
            raise ValueError(
                f"column {column} holds {label_kind(a)} in {names[0]} but {label_kind(b)} in {names[1]}; "
                f"labels must be of one kind"
            )
    return pair


def head_names(target, heads=None):
    """Names of a target's heads.

    Parameters
    ----------
    target : Target
    heads : str or sequence of str, optional
        Names given by the caller. By default a DataFrame's columns, or length, width, angle, color for four columns,
        "class" for one, else head_0, head_1, …

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        Unless each column has a different name, and the names of a DataFrame's own columns are in its order.
    """
    n_heads = len(target.columns)
    if heads is None:
        names = target.names or default_heads(n_heads)
    else:
        names = (heads,) if isinstance(heads, str) else tuple(heads)
    if len(names) != n_heads or len(set(names)) != n_heads:
        raise ValueError(f"heads must name each of the {n_heads} columns of y once; got {names!r}")
    if target.names and names != target.names and set(names) == set(target.names):
        raise ValueError(f"heads must be in the order of y's columns, {target.names!r}; got {names!r}")
    return names


def default_heads(n_heads):
    """Names of the heads of a target without names."""
    if n_heads == len(FACTORS):
        return FACTORS
    return ("class",) if n_heads == 1 else tuple(f"head_{i}" for i in range(n_heads))
