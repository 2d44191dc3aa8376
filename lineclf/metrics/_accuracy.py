"""Accuracy of all heads together and of each, and scorers made of them."""

import numpy as np
from sklearn.metrics import make_scorer

from lineclf.datasets import FACTORS
from lineclf.metrics._heads import check_heads, check_weight, paired_columns


def _hits(y_true, y_pred):
    return np.column_stack([true == pred for true, pred in paired_columns(y_true, y_pred)])


def joint_accuracy_score(y_true, y_pred, *, sample_weight=None):
    """Fraction of images with every head right.

    This is the score of a model with several heads. It is never the product of the heads' accuracies, which would
    take their errors for independent.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,) or (n, n_heads)
        True and predicted labels, numbers or strings.
    sample_weight : array-like of shape (n,), default=None
        Weight of each image.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        If shapes or kinds of labels do not fit each other, or the weights are not legal.

    Examples
    --------
    >>> from lineclf.metrics import joint_accuracy_score
    >>> joint_accuracy_score([[0, 1, 5, 1], [1, 1, 0, 0]], [[0, 1, 5, 1], [1, 0, 0, 0]])
    0.5
    """
    hits = _hits(y_true, y_pred).all(axis=1)
    return float(np.average(hits, weights=check_weight(sample_weight, len(hits))))


def head_accuracy_scores(y_true, y_pred, *, heads=FACTORS, sample_weight=None):
    """Accuracy of each head.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,) or (n, n_heads)
        True and predicted labels, numbers or strings.
    heads : sequence of str, default=("length", "width", "angle", "color")
        Name of each column.
    sample_weight : array-like of shape (n,), default=None
        Weight of each image.

    Returns
    -------
    dict of str to float
        Head → accuracy, in the order of `heads`.

    Raises
    ------
    ValueError
        If shapes or kinds of labels do not fit each other, `heads` does not name every column once, or the weights
        are not legal.

    Examples
    --------
    >>> from lineclf.metrics import head_accuracy_scores
    >>> head_accuracy_scores([["long", "red"], ["short", "red"]], [["long", "red"], ["long", "red"]],
    ...                      heads=("length", "color"))
    {'length': 0.5, 'color': 1.0}
    """
    hits = _hits(y_true, y_pred)
    accuracies = np.average(hits, axis=0, weights=check_weight(sample_weight, len(hits)))
    return dict(zip(check_heads(heads, hits.shape[1]), accuracies.tolist(), strict=True))


def _one_head_accuracy(y_true, y_pred, *, head, heads, sample_weight=None):
    return head_accuracy_scores(y_true, y_pred, heads=heads, sample_weight=sample_weight)[head]


def head_scorers(heads=FACTORS):
    """Scorers of the joint accuracy and of every head, ready for ``cross_validate(scoring=...)``.

    Parameters
    ----------
    heads : sequence of str, default=("length", "width", "angle", "color")
        Name of each column of the target.

    Returns
    -------
    dict of str to callable
        "joint" first, then each head. One prediction serves them all.

    Raises
    ------
    ValueError
        If a name comes twice or is "joint".

    Examples
    --------
    >>> from lineclf.metrics import head_scorers
    >>> list(head_scorers())
    ['joint', 'length', 'width', 'angle', 'color']
    """
    names = (heads,) if isinstance(heads, str) else tuple(heads)
    if "joint" in names or len(set(names)) != len(names):
        raise ValueError(f"heads must be different names other than 'joint'; got {names!r}")
    scorers = {head: make_scorer(_one_head_accuracy, head=head, heads=names) for head in names}
    return {"joint": make_scorer(joint_accuracy_score), **scorers}
