"""Targets head by head: the checks that every metric shares."""

import numpy as np

from lineclf._checks import as_numbers
from lineclf._labels import head_names, label_kind, pair_targets, read_column, read_target

__all__ = ["check_weight", "known_labels", "named_columns", "paired_columns"]


def named_columns(y_true, heads):
    """Names of the heads and, in their order, the columns of a target; ValueError unless it holds labels."""
    target = read_target(y_true, "y_true")
    _check_labels(target, "y_true")
    return head_names(target, heads), target.columns


def paired_columns(y_true, y_pred, heads=None):
    """Columns of two targets that fit each other: dict of head → (true, predicted); ValueError if they do not."""
    true, pred = pair = pair_targets(y_true, y_pred, ("y_true", "y_pred"))
    for target, name in zip(pair, ("y_true", "y_pred"), strict=True):
        _check_labels(target, name)
    rows = [len(target.columns[0]) for target in pair]
    if rows[0] != rows[1]:
        raise ValueError(f"y_true and y_pred must have the same number of rows; got {rows[0]} and {rows[1]}")
    names = head_names(true if true.names else pred, heads)
    return dict(zip(names, zip(true.columns, pred.columns, strict=True), strict=True))


def _check_labels(target, name):
    for column, called in zip(target.columns, target.names or range(len(target.columns)), strict=True):
        if column.dtype.kind == "f" and len(wrong := column[column != np.rint(column)]):
            raise ValueError(f"column {called!r} of {name} must hold labels, not scores; got {wrong[0]}")


def known_labels(labels, columns):
    """The argument `labels` head by head.

    Parameters
    ----------
    labels : sequence of array-like, array-like for a single head, or None
    columns : dict of str to ndarray of shape (n,)
        Head → its true labels.

    Returns
    -------
    dict of str to ndarray of shape (n_levels,), or to None
        Head → its labels; None for all heads if no labels are given.

    Raises
    ------
    ValueError
        If there is not one list per head, labels are missing or come twice, or the labels are strings and the true ones
        numbers, or the other way round.
    """
    if labels is None:
        return dict.fromkeys(columns)
    labels = list(labels)
    if len(columns) == 1 and all(np.ndim(each) == 0 for each in labels):  # `classes_` of an estimator of one output
        labels = [labels]
    if len(labels) != len(columns):
        raise ValueError(f"labels must list the labels of each of the {len(columns)} heads; got {len(labels)} lists")
    known = {head: read_column(each, f"labels of head {head!r}") for head, each in zip(columns, labels, strict=True)}
    for head, each in known.items():
        if len(np.unique(each)) != len(each):
            raise ValueError(f"labels of head {head!r} must be different ones; got {each.tolist()}")
        if label_kind(each) != label_kind(columns[head]):
            raise ValueError(
                f"labels of head {head!r} must be {label_kind(columns[head])} as in y_true; got {label_kind(each)}"
            )
    return known


def check_weight(sample_weight, n):
    """`sample_weight` as a float64 array of shape (n,), or None if not given; ValueError if it is neither."""
    if sample_weight is None:
        return None
    weight = as_numbers("sample_weight", sample_weight)
    if weight.shape != (n,) or not np.isfinite(weight).all() or (weight < 0).any() or not weight.any():
        raise ValueError(
            f"sample_weight must hold {n} finite weights, none negative and not all zero; "
            f"got shape {weight.shape}, sum {weight.sum()}"
        )
    return weight
