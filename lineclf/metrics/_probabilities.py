"""Predicted probabilities head by head: the checks that all their scores share."""

import numpy as np

from lineclf.metrics._heads import check_weight, known_labels, named_columns

__all__ = ["check_probabilities", "score_heads"]


def score_heads(score, y_true, y_proba, heads, labels, sample_weight):
    """Apply ``score(proba, index, weight)`` to each head: dict of head → result; ValueError if they do not fit."""
    checked, weight = check_probabilities(y_true, y_proba, heads, labels, sample_weight)
    return {head: score(proba, index, weight) for head, proba, index in checked}


def check_probabilities(y_true, y_proba, heads, labels, sample_weight):
    """Check the arguments of a score of probabilities, which are :func:`head_log_loss`'s.

    Returns
    -------
    checked : list of (str, ndarray of shape (n, n_levels), ndarray of int of shape (n,))
        Name, probabilities and column of the true label of each head.
    weight : ndarray of shape (n,) or None
        The weights.

    Raises
    ------
    ValueError
        If shapes do not fit each other, rows are not probabilities, or a true label has no column.
    """
    names, columns = named_columns(y_true, heads)
    weight = check_weight(sample_weight, len(columns[0]))
    probas = [y_proba] if len(names) == 1 and np.ndim(y_proba) == 2 else list(y_proba)
    if len(probas) != len(names):
        raise ValueError(f"y_proba must hold one array for each of the {len(names)} heads; got {len(probas)}")
    known = known_labels(labels, dict(zip(names, columns, strict=True)))
    checked = []
    for head, column, proba in zip(names, columns, probas, strict=True):
        proba = _check_proba(proba, len(column), head)
        checked.append((head, proba, _column_index(column, proba.shape[1], known[head], head)))
    return checked, weight


def _check_proba(proba, n, head):
    proba = np.asarray(proba)
    if proba.dtype.kind != "f":
        proba = proba.astype(np.float64)
    if proba.ndim != 2 or len(proba) != n:
        raise ValueError(f"y_proba of head {head!r} must have shape ({n}, n_levels); got {proba.shape}")
    # float32 rows are off by about 1e-7 a level; scores or logits are off by far more
    if not ((proba >= 0).all() and np.allclose(proba.sum(axis=1, dtype=np.float64), 1, rtol=0, atol=1e-3)):
        raise ValueError(f"y_proba of head {head!r} must hold probabilities: none negative, each row of sum 1")
    return proba


def _column_index(column, n_levels, known, head):
    """Column of each true label; unless labels are given, a head's columns are those of the sorted true labels."""
    if known is None:
        known = np.unique(column)
        if len(known) != n_levels:  # which level has no image here, nobody can tell
            raise ValueError(
                f"labels must be given, such as labels=estimator.classes_: head {head!r} has {n_levels} columns of "
                f"probabilities, and the number of different labels in y_true is {len(known)}"
            )
    if len(known) != n_levels:
        raise ValueError(f"labels of head {head!r} must be {n_levels} different ones, one per column; got {known!r}")
    order = np.argsort(known)
    place = np.searchsorted(known, column, sorter=order).clip(max=n_levels - 1)
    index = order[place]
    if len(unknown := np.unique(column[known[index] != column])):
        raise ValueError(f"labels of head {head!r} must hold every true label; {unknown.tolist()} are missing")
    return index
