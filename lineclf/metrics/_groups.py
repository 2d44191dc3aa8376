"""Accuracy in the worst group: groups of images that a shortcut helps or misleads."""

import numpy as np

from lineclf._checks import check_count
from lineclf.metrics._heads import paired_columns

__all__ = ["worst_group_accuracy"]


def worst_group_accuracy(y_true, y_pred, groups, *, column=None):
    """Accuracy in the group of images in which it is lowest.

    A model that follows a cue beside the cause may be right on average, but wrong whenever the two disagree [1]_.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,) or (n, n_heads)
        True and predicted labels.
    groups : array-like of shape (n,), or callable
        Group of each image, or a function of `y_true` that gives it, such as
        :func:`lineclf.datasets.shortcut_groups`: with it, :func:`sklearn.metrics.make_scorer` makes a scorer.
    column : int, default=None
        The head that counts. By default all heads: an answer is right if every label is right.

    Returns
    -------
    float
        Between 0 and 1. In a group of few images it varies by chance.

    Raises
    ------
    ValueError
        If the targets do not fit each other, an image has no group, or there is no such column.

    References
    ----------
    .. [1] S. Sagawa, P. W. Koh, T. B. Hashimoto and P. Liang, "Distributionally robust neural networks for group
       shifts", International Conference on Learning Representations 2020.

    Examples
    --------
    >>> from lineclf.metrics import worst_group_accuracy
    >>> worst_group_accuracy([0, 1, 0, 1], [0, 1, 0, 0], groups=["a", "a", "b", "b"])
    0.5

    As a score of the angle in the world of a shortcut:

    >>> from sklearn.metrics import make_scorer
    >>> from lineclf.datasets import shortcut_groups
    >>> scorer = make_scorer(worst_group_accuracy, groups=shortcut_groups, column=2)
    """
    pairs = list(paired_columns(y_true, y_pred).values())
    if column is not None:
        pairs = [pairs[check_count("column", column, 0, len(pairs) - 1)]]
    hits = np.all([true == pred for true, pred in pairs], axis=0)
    groups = np.asarray(groups(y_true) if callable(groups) else groups)
    if groups.shape != hits.shape:
        raise ValueError(f"groups must have one entry for each of the {len(hits)} images; got shape {groups.shape}")
    return float(min(hits[groups == group].mean() for group in np.unique(groups)))
