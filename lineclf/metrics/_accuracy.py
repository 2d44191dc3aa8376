"""Accuracy of all heads together and of each, and scorers made of them and of the proper scores."""

from functools import partial

import numpy as np
from sklearn.metrics import make_scorer

from lineclf.datasets import FACTORS
from lineclf.metrics._heads import check_heads, check_weight, paired_columns
from lineclf.metrics._proper import head_brier, head_log_loss


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


def head_proba_scorer(heads=FACTORS):
    """One scorer of every head's probabilities, ready for ``cross_validate(scoring=...)``.

    It calls `predict_proba` once and takes the columns' labels from ``classes_``. scikit-learn's own scorers of
    probabilities know a single output only, hence one callable for all and not a dict of them, each of which would
    predict again.

    Parameters
    ----------
    heads : sequence of str, default=("length", "width", "angle", "color")
        Name of each column of the target.

    Returns
    -------
    callable
        ``scorer(estimator, X, y, sample_weight=None)`` gives a dict, head by head: "<head>_neg_log_loss" and
        "<head>_neg_brier", both negative, so that greater is better. It raises ValueError where `y` has a label that
        the estimator has not seen, or other heads.

    Raises
    ------
    ValueError
        If a name comes twice.

    See Also
    --------
    head_scorers : Scorers of the predictions themselves.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> from lineclf.metrics import head_proba_scorer
    >>> X = np.repeat(np.eye(4), 30, axis=0)
    >>> y = np.column_stack([X @ [0, 0, 1, 1], X @ [0, 1, 0, 1]]).astype(int)
    >>> result = cross_validate(KNeighborsClassifier(), X, y, scoring=head_proba_scorer(["length", "width"]))
    >>> [name for name in result if name.startswith("test_")]
    ['test_length_neg_log_loss', 'test_length_neg_brier', 'test_width_neg_log_loss', 'test_width_neg_brier']
    """
    names = (heads,) if isinstance(heads, str) else tuple(heads)
    return partial(_proba_scores, heads=check_heads(names, len(names)))


def _proba_scores(estimator, X, y, sample_weight=None, *, heads):
    labels = getattr(estimator, "classes_", None)
    if labels is not None and len(heads) == 1 and np.ndim(labels[0]) == 0:  # a single output's are no list of arrays
        labels = [labels]
    options = {"heads": heads, "labels": labels, "sample_weight": sample_weight}
    y_proba = estimator.predict_proba(X)
    losses, briers = head_log_loss(y, y_proba, **options), head_brier(y, y_proba, **options)
    scores = {}
    for head in heads:
        scores[f"{head}_neg_log_loss"], scores[f"{head}_neg_brier"] = -losses[head], -briers[head]
    return scores
