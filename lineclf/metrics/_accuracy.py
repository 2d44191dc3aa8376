"""Accuracy of all heads together and of each head, and scorers made from these and the proper scores."""

from collections.abc import Mapping
from functools import partial

import numpy as np
from sklearn import get_config
from sklearn.metrics import check_scoring, make_scorer
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping

from lineclf._labels import head_names, read_target
from lineclf.datasets import FACTORS
from lineclf.metrics._heads import check_weight, known_labels, named_columns, paired_columns
from lineclf.metrics._proper import head_brier, head_log_loss

__all__ = ["HeadScorers", "head_accuracy_scores", "head_proba_scorer", "head_scorers", "joint_accuracy_score"]


def joint_accuracy_score(y_true, y_pred, *, sample_weight=None):
    """Fraction of images with every head right.

    This is the score of a model with several heads. It is not the product of the heads' accuracies: that would assume
    that their errors are independent.

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
    pairs = paired_columns(y_true, y_pred).values()
    hits = np.all([true == pred for true, pred in pairs], axis=0)
    return float(np.average(hits, weights=check_weight(sample_weight, len(hits))))


def head_accuracy_scores(y_true, y_pred, *, heads=None, sample_weight=None):
    """Accuracy of each head.

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
    hits = {head: true == pred for head, (true, pred) in paired_columns(y_true, y_pred, heads).items()}
    weight = check_weight(sample_weight, len(next(iter(hits.values()))))
    return {head: float(np.average(hit, weights=weight)) for head, hit in hits.items()}


def _one_head_accuracy(y_true, y_pred, *, head, heads, sample_weight=None):
    return head_accuracy_scores(y_true, y_pred, heads=heads, sample_weight=sample_weight)[head]


def head_scorers(heads=None, *, log_loss=False):
    """Scorers of the joint accuracy and of every head, ready for ``cross_validate(scoring=...)``.

    Parameters
    ----------
    heads : sequence of str, default=None
        Name of each column of the target. By default the names come from the scored estimator or data: the estimator's
        ``heads_``, else a DataFrame's columns, else length, width, angle, color for four columns, "class" for one, or
        head_0, head_1, …
    log_loss : bool, default=False
        Whether to add "neg_log_loss", a proper score: minus the log loss of all heads together, in nats, as if they
        were independent; that is, minus the sum of :func:`head_log_loss`. NaN if training lacked a label. With metadata
        routing it takes no weights.

    Returns
    -------
    HeadScorers
        "joint" first, then each head. All share one prediction of labels and one of probabilities.

    Raises
    ------
    ValueError
        If a name comes twice, or is "joint" or "neg_log_loss".

    Examples
    --------
    >>> from lineclf.metrics import head_scorers
    >>> list(head_scorers())
    ['joint', 'length', 'width', 'angle', 'color']

    Other heads need not be named:

    >>> import pandas as pd
    >>> from sklearn.model_selection import cross_validate
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> X = [[0, 0], [0, 1], [1, 0], [1, 1]] * 10
    >>> y = pd.DataFrame(X, columns=["shape", "size"])
    >>> result = cross_validate(DecisionTreeClassifier(), X, y, scoring=head_scorers())
    >>> [name for name in result if name.startswith("test_")]
    ['test_joint', 'test_shape', 'test_size']
    """
    return HeadScorers(heads, log_loss)


class HeadScorers(Mapping):
    """Scorers by name, and one scorer of all of them.

    As a mapping it is name → scorer of one number: "joint", then the given heads, by default those of the lines, and
    "neg_log_loss" if asked for. Called as ``scorers(estimator, X, y)``, as scikit-learn does, it gives all scores by
    name; if no names were given, under those of the estimator's or the target's heads.
    """

    def __init__(self, heads=None, log_loss=False):
        self._heads, self._log_loss = None if heads is None else _as_names(heads), log_loss
        self._names = tuple(FACTORS) if heads is None else self._heads
        self._scorers = self._scorers_of(self._names)

    def __getitem__(self, name):
        return self._scorers[name]

    def __iter__(self):
        return iter(self._scorers)

    def __len__(self):
        return len(self._scorers)

    def __repr__(self):
        heads = [] if self._heads is None else [str(list(self._heads))]
        return f"head_scorers({', '.join([*heads, *['log_loss=True'] * self._log_loss])})"

    def __call__(self, estimator, X, y, **params):
        """All scores of an estimator, a dict of str to float."""
        heads = _heads_of(estimator, y, self._heads)
        scorers = dict(self._scorers if heads == self._names else self._scorers_of(heads))
        log_loss = scorers.pop("neg_log_loss", None)
        scores = check_scoring(estimator, scoring=scorers)(estimator, X, y, **params)
        if log_loss:  # scikit-learn hands weights to scorers of a single output's probabilities only
            weight = None if get_config()["enable_metadata_routing"] else params.get("sample_weight")
            scores["neg_log_loss"] = log_loss(estimator, X, y, weight)
        return scores

    def get_metadata_routing(self):
        """Metadata that the scorers ask for, for scikit-learn's routing."""
        calls = MethodMapping().add(caller="score", callee="score")
        return MetadataRouter(owner=self).add(**self._scorers, method_mapping=calls)

    def _scorers_of(self, heads):
        if not {"joint", "neg_log_loss"}.isdisjoint(heads) or len(set(heads)) != len(heads):
            raise ValueError(f"heads must be different names other than 'joint' and 'neg_log_loss'; got {heads!r}")
        scorers = {"joint": make_scorer(joint_accuracy_score)}
        scorers |= {head: make_scorer(_one_head_accuracy, head=head, heads=heads) for head in heads}
        return scorers | ({"neg_log_loss": partial(_neg_log_loss, heads=heads)} if self._log_loss else {})


def _as_names(heads):
    return (heads,) if isinstance(heads, str) else tuple(heads)


def _neg_log_loss(estimator, X, y, sample_weight=None, *, heads):
    labels = getattr(estimator, "classes_", None)
    columns = dict(zip(*named_columns(y, heads), strict=True))
    for head, known in known_labels(labels, columns).items():
        if known is not None and not np.isin(columns[head], known).all():
            return np.nan
    y_proba = estimator.predict_proba(X)
    return -sum(head_log_loss(y, y_proba, heads=heads, labels=labels, sample_weight=sample_weight).values())


def _heads_of(estimator, y, heads):
    """Names of the heads: from the caller, else from the fitted estimator, else from the target."""
    return head_names(read_target(y), getattr(estimator, "heads_", None) if heads is None else heads)


def head_proba_scorer(heads=None):
    """One scorer of every head's probabilities, ready for ``cross_validate(scoring=...)``.

    It calls `predict_proba` once and takes the columns' labels from ``classes_``. scikit-learn's own scorers of
    probabilities know only a single output. One callable for all heads predicts once; each scorer of a dict would
    predict again.

    Parameters
    ----------
    heads : sequence of str, default=None
        Name of each column of the target, by default as in :func:`head_scorers`.

    Returns
    -------
    callable
        ``scorer(estimator, X, y, sample_weight=None)`` gives a dict, head by head: "<head>_neg_log_loss" and
        "<head>_neg_brier", both negative, so that greater is better. It raises ValueError if `y` has a label that the
        estimator has not seen, or other heads.

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
    if heads is not None:
        heads = _as_names(heads)
        if len(set(heads)) != len(heads):
            raise ValueError(f"heads must be different names; got {heads!r}")
    return partial(_proba_scores, heads=heads)


def _proba_scores(estimator, X, y, sample_weight=None, *, heads):
    heads = _heads_of(estimator, y, heads)
    options = {"heads": heads, "labels": getattr(estimator, "classes_", None), "sample_weight": sample_weight}
    y_proba = estimator.predict_proba(X)
    losses, briers = head_log_loss(y, y_proba, **options), head_brier(y, y_proba, **options)
    scores = {}
    for head in heads:
        scores[f"{head}_neg_log_loss"], scores[f"{head}_neg_brier"] = -losses[head], -briers[head]
    return scores
