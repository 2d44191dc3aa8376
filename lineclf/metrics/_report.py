"""Precision, recall, F1 and confusion matrices, head by head."""

import numpy as np
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from lineclf.metrics._heads import check_weight, known_labels, paired_columns

__all__ = ["confusion_matrices", "head_report"]


def head_report(y_true, y_pred, *, heads=None, sample_weight=None):
    """Accuracy and macro-averaged precision, recall and F1 of each head.

    The average is over the levels that occur in `y_true` or `y_pred`, each with the same weight. A level that is never
    predicted has precision 0; a level that never occurs has recall 0.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,) or (n, n_heads)
        True and predicted labels, numbers or strings.
    heads : sequence of str, default=None
        Name of each column. By default those of a DataFrame; else length, width, angle, color for four columns,
        "class" for one, or head_0, head_1, …
    sample_weight : array-like of shape (n,), default=None
        Weight of each image.

    Returns
    -------
    dict of str to dict of str to float
        Head → {"accuracy", "precision", "recall", "f1"}.

    Raises
    ------
    ValueError
        As in :func:`head_accuracy_scores`.

    Examples
    --------
    >>> from lineclf.metrics import head_report
    >>> head_report(["red", "red", "blue", "blue"], ["red", "red", "red", "blue"], heads=["color"])
    {'color': {'accuracy': 0.75, 'precision': 0.833..., 'recall': 0.75, 'f1': 0.733...}}
    """
    columns = paired_columns(y_true, y_pred, heads)
    weight = check_weight(sample_weight, len(next(iter(columns.values()))[0]))
    report = {}
    for head, (true, pred) in columns.items():
        precision, recall, f1, _ = precision_recall_fscore_support(
            true, pred, average="macro", zero_division=0, sample_weight=weight
        )
        accuracy = np.average(true == pred, weights=weight)
        scores = {"accuracy": accuracy, "precision": precision, "recall": recall, "f1": f1}
        report[head] = {name: float(score) for name, score in scores.items()}
    return report


def confusion_matrices(y_true, y_pred, *, heads=None, labels=None, normalize=None, sample_weight=None):
    """Confusion matrix of each head.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,) or (n, n_heads)
        True and predicted labels, numbers or strings.
    heads : sequence of str, default=None
        Name of each column. By default those of a DataFrame; else length, width, angle, color for four columns,
        "class" for one, or head_0, head_1, …
    labels : sequence of array-like, default=None
        The labels of each head in the order of its matrix (an estimator's ``classes_``); by default those that occur
        in either target, sorted.
    normalize : {"true", "pred", "all"}, default=None
        Divide by the sum of each row, of each column, or of the matrix; None gives counts.
    sample_weight : array-like of shape (n,), default=None
        Weight of each image.

    Returns
    -------
    dict of str to ndarray of shape (n_levels, n_levels)
        Head → matrix; rows are true labels and columns predicted ones.

    Raises
    ------
    ValueError
        As in :func:`head_accuracy_scores`, or if `labels` lacks a head or a label that occurs.

    Examples
    --------
    >>> from lineclf.metrics import confusion_matrices
    >>> confusion_matrices([0, 0, 1], [0, 1, 1], heads=["width"], labels=[[0, 1, 2]])["width"]
    array([[1, 1, 0],
           [0, 1, 0],
           [0, 0, 0]])
    """
    columns = paired_columns(y_true, y_pred, heads)
    weight = check_weight(sample_weight, len(next(iter(columns.values()))[0]))
    if normalize not in (None, "true", "pred", "all"):
        raise ValueError(f"normalize must be None, 'true', 'pred' or 'all'; got {normalize!r}")
    given = known_labels(labels, {head: true for head, (true, _) in columns.items()})
    matrices = {}
    for head, (true, pred) in columns.items():
        occurring = np.union1d(true, pred)
        known = occurring if given[head] is None else given[head]
        if missing := sorted(set(occurring.tolist()) - set(known.tolist())):
            raise ValueError(f"labels of head {head!r} must hold every label that occurs; {missing} are missing")
        matrices[head] = confusion_matrix(true, pred, labels=known, normalize=normalize, sample_weight=weight)
    return matrices
