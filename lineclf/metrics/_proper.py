"""Proper scores of predicted probabilities, head by head: smaller is better."""

import numpy as np

from lineclf.datasets import FACTORS
from lineclf.metrics._heads import as_columns, check_heads, check_weight


def head_log_loss(y_true, y_proba, *, heads=FACTORS, labels=None, sample_weight=None):
    """Mean negative log-likelihood of the true label of each head, in nats.

    Probabilities are clipped from below at the resolution of their dtype, so that one confident error costs much but
    not infinitely much.

    Parameters
    ----------
    y_true : array-like of shape (n,) or (n, n_heads)
        True labels, numbers or strings.
    y_proba : list of ndarray of shape (n, n_levels), or one such array for a single head
        Probabilities of the levels of each head, as `predict_proba` gives them.
    heads : sequence of str, default=("length", "width", "angle", "color")
        Name of each column.
    labels : sequence of array-like, default=None
        Labels of the columns of each array (an estimator's ``classes_``). By default level indices 0, 1, …, or else
        the sorted labels of `y_true` if they are as many as the columns.
    sample_weight : array-like of shape (n,), default=None
        Weight of each image.

    Returns
    -------
    dict of str to float
        Head → loss.

    Raises
    ------
    ValueError
        If shapes do not fit each other, rows are not probabilities, or a true label has no column.

    Examples
    --------
    >>> from lineclf.metrics import head_log_loss
    >>> head_log_loss([0, 1], [[0.5, 0.5], [0.5, 0.5]], heads=["color"])
    {'color': 0.693...}
    """

    def loss(proba, index):
        likelihood = np.take_along_axis(proba, index[:, None], axis=1)[:, 0]
        return -np.log(np.maximum(likelihood, np.finfo(proba.dtype).eps).astype(np.float64))

    return _scores(loss, y_true, y_proba, heads, labels, sample_weight)


def head_brier(y_true, y_proba, *, heads=FACTORS, labels=None, sample_weight=None):
    """Brier score of each head: mean of Σ_k (p_k − [true label is k])² over its levels.

    This is the original definition [1]_, between 0 and 2 whatever the number of levels; for two levels it is twice
    the score that looks at one of them.

    Parameters
    ----------
    y_true, y_proba, heads, labels, sample_weight
        As in :func:`head_log_loss`.

    Returns
    -------
    dict of str to float
        Head → score.

    Raises
    ------
    ValueError
        As in :func:`head_log_loss`.

    References
    ----------
    .. [1] G. W. Brier, "Verification of forecasts expressed in terms of probability", Monthly Weather Review 78
       (1950), 1–3.

    Examples
    --------
    >>> from lineclf.metrics import head_brier
    >>> head_brier(["blue", "red"], [[1.0, 0.0], [0.5, 0.5]], heads=["color"])
    {'color': 0.25}
    """

    def score(proba, index):
        proba = proba.astype(np.float64)
        likelihood = np.take_along_axis(proba, index[:, None], axis=1)[:, 0]
        return (proba**2).sum(axis=1) - likelihood**2 + (1 - likelihood) ** 2

    return _scores(score, y_true, y_proba, heads, labels, sample_weight)


def _scores(score, y_true, y_proba, heads, labels, sample_weight):
    columns = as_columns(y_true, "y_true")
    names = check_heads(heads, len(columns))
    weight = check_weight(sample_weight, len(columns[0]))
    single = len(names) == 1 and np.ndim(y_proba[0]) == 1
    probas = [y_proba] if single else list(y_proba)
    labels = [None] * len(names) if labels is None else list(labels)
    for what, given in (("y_proba", probas), ("labels", labels)):
        if len(given) != len(names):
            raise ValueError(f"{what} must hold one array for each of the {len(names)} heads; got {len(given)}")
    scores = {}
    for head, column, proba, known in zip(names, columns, probas, labels, strict=True):
        proba = _check_proba(proba, len(column), head)
        each = score(proba, _column_index(column, proba.shape[1], known, head))
        scores[head] = float(np.average(each, weights=weight))
    return scores


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
    if known is None:
        found = np.unique(column)
        counted = column.dtype.kind in "biuf" and found[0] >= 0 and found[-1] < n_levels
        if not counted and len(found) != n_levels:
            raise ValueError(
                f"labels must be given: head {head!r} has {n_levels} columns of probabilities but {len(found)} "
                f"different labels in y_true"
            )
        known = np.arange(n_levels) if counted else found
    known = np.asarray(known)
    if known.shape != (n_levels,) or len(np.unique(known)) != n_levels:
        raise ValueError(f"labels of head {head!r} must be {n_levels} different ones, one a column; got {known!r}")
    order = np.argsort(known)
    place = np.searchsorted(known, column, sorter=order).clip(max=n_levels - 1)
    index = order[place]
    if len(unknown := np.unique(column[known[index] != column])):
        raise ValueError(f"labels of head {head!r} must hold every true label; {unknown.tolist()} are missing")
    return index
