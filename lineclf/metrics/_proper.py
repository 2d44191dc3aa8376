"""Proper scores of predicted probabilities, head by head: smaller is better."""

import numpy as np

from lineclf.metrics._probabilities import score_heads

__all__ = ["head_brier", "head_log_loss"]


def head_log_loss(y_true, y_proba, *, heads=None, labels=None, sample_weight=None):
    """Mean negative log-likelihood of the true label of each head, in nats.

    Probabilities are clipped from below at the resolution of their dtype, so that the cost of one confident error is
    large but finite.

    Parameters
    ----------
    y_true : array-like of shape (n,) or (n, n_heads)
        True labels, numbers or strings.
    y_proba : list of ndarray of shape (n, n_levels), or one such array for a single head
        Probabilities of the levels of each head, as `predict_proba` gives them.
    heads : sequence of str, default=None
        Name of each column. By default those of a DataFrame; else length, width, angle, color for four columns,
        "class" for one, or head_0, head_1, …
    labels : sequence of array-like, default=None
        Labels of the columns of each array: an estimator's ``classes_``. By default the sorted labels of `y_true`;
        their number must then be that of the columns, as a fold that lacks a label cannot tell which one it lacks.
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

    return _mean_scores(loss, y_true, y_proba, heads, labels, sample_weight)


def head_brier(y_true, y_proba, *, heads=None, labels=None, sample_weight=None):
    """Brier score of each head: mean of Σ_k (p_k − [true label is k])² over its levels.

    This is the original definition [1]_, between 0 and 2 for any number of levels; for two levels it is twice the score
    that looks at one of them.

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

    return _mean_scores(score, y_true, y_proba, heads, labels, sample_weight)


def _mean_scores(score, y_true, y_proba, heads, labels, sample_weight):
    def mean(proba, index, weight):
        return float(np.average(score(proba, index), weights=weight))

    return score_heads(mean, y_true, y_proba, heads, labels, sample_weight)
