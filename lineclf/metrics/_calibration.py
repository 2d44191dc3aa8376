"""Calibration and selective risk of predicted probabilities, head by head and for all heads together."""

from functools import partial

import numpy as np

from lineclf._checks import check_count
from lineclf.metrics._probabilities import check_probabilities, score_heads

__all__ = ["head_augrc", "head_ece", "joint_augrc", "joint_ece"]


def head_ece(y_true, y_proba, *, heads=None, n_bins=15, labels=None, sample_weight=None):
    """Expected calibration error of each head: ``Σ_b n_b/N · |acc_b − conf_b|`` over bins of the confidence.

    The confidence is the largest probability, the prediction is its level (the first of equals), and the bins are
    equally wide and closed on the right: ((b − 1)/n_bins, b/n_bins], as in [1]_. The error is not a proper score,
    because a constant prediction of the levels' frequencies has error 0, and it depends on the bins; read it beside
    :func:`head_log_loss`.

    Parameters
    ----------
    y_true, y_proba, heads, labels, sample_weight
        As in :func:`head_log_loss`.
    n_bins : int, default=15
        Number of bins between 0 and 1.

    Returns
    -------
    dict of str to float
        Head → error, between 0 and 1.

    Raises
    ------
    ValueError
        As in :func:`head_log_loss`, or if `n_bins` is not an integer ≥ 1.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017,
       equation 3.

    Examples
    --------
    >>> from lineclf.metrics import head_ece
    >>> head_ece(["blue", "red"], [[0.9, 0.1], [0.75, 0.25]], heads=["color"])
    {'color': 0.425}
    """
    check_count("n_bins", n_bins)

    def error(proba, index, weight):
        confidence, hit = _confidence(proba, index)
        return _ece(confidence, hit, n_bins, weight)

    return score_heads(error, y_true, y_proba, heads, labels, sample_weight)


def joint_ece(y_true, y_proba, *, heads=None, n_bins=15, labels=None, sample_weight=None):
    """Expected calibration error of all heads together.

    An image is right if every head is right. Its confidence is the product of the heads' largest probabilities, as for
    heads that are independent given the image. Heads that are calibrated one by one are not calibrated together if they
    err on the same images. For a model of the joint distribution, give its probabilities of the classes to
    :func:`head_ece` as a single head.

    Parameters
    ----------
    y_true, y_proba, heads, n_bins, labels, sample_weight
        As in :func:`head_ece`.

    Returns
    -------
    float
        Between 0 and 1.

    Raises
    ------
    ValueError
        As in :func:`head_ece`.

    Examples
    --------
    Two heads, each 80 % sure and right on the same 80 % of the images:

    >>> from lineclf.metrics import head_ece, joint_ece
    >>> y_true, y_proba = [[0, 0]] * 4 + [[1, 1]], [[[0.8, 0.2]] * 5] * 2
    >>> calibrated = head_ece(y_true, y_proba, heads=["length", "width"])
    >>> round(calibrated["width"], 3), round(joint_ece(y_true, y_proba, heads=["length", "width"]), 3)
    (0.0, 0.16)
    """
    check_count("n_bins", n_bins)
    return _joint(partial(_ece, n_bins=n_bins), y_true, y_proba, heads, labels, sample_weight)


def head_augrc(y_true, y_proba, *, heads=None, labels=None, sample_weight=None):
    """Area under the generalised risk–coverage curve of each head: smaller is better.

    A classifier that may abstain answers where its confidence, the largest probability, reaches a threshold. Coverage
    is the share of images that it answers, generalised risk is the share of *all* images that it answers wrongly, and
    the area under risk over coverage is the mean risk of an undetected error [1]_. With error rate e, and AUROC of the
    confidence for telling right from wrong, the area is e·(1 − e)·(1 − AUROC) + e²/2. It is between e²/2, if every
    error is less sure than every right answer, and e − e²/2; a confidence that says nothing gives e/2. Images of equal
    confidence enter together, which is the mean over their orders.

    Parameters
    ----------
    y_true, y_proba, heads, labels, sample_weight
        As in :func:`head_log_loss`.

    Returns
    -------
    dict of str to float
        Head → area, between 0 and 0.5.

    Raises
    ------
    ValueError
        As in :func:`head_log_loss`.

    References
    ----------
    .. [1] J. Traub, T. J. Bungert, C. T. Lüth, M. Baumgartner, K. H. Maier-Hein, L. Maier-Hein and P. F. Jäger,
       "Overcoming common flaws in the evaluation of selective classification systems", NeurIPS 2024.

    Examples
    --------
    One error in two answers: first the less sure one, then the surer one:

    >>> from lineclf.metrics import head_augrc
    >>> head_augrc([0, 1], [[0.9, 0.1], [0.6, 0.4]], heads=["color"])
    {'color': 0.125}
    >>> head_augrc([1, 0], [[0.9, 0.1], [0.6, 0.4]], heads=["color"])
    {'color': 0.375}
    """

    def area(proba, index, weight):
        confidence, hit = _confidence(proba, index)
        return _augrc(confidence, hit, weight)

    return score_heads(area, y_true, y_proba, heads, labels, sample_weight)


def joint_augrc(y_true, y_proba, *, heads=None, labels=None, sample_weight=None):
    """Area under the generalised risk–coverage curve of all heads together: smaller is better.

    An image is right if every head is right; its confidence is the product of the heads' largest probabilities, as in
    :func:`joint_ece`.

    Parameters
    ----------
    y_true, y_proba, heads, labels, sample_weight
        As in :func:`head_augrc`.

    Returns
    -------
    float
        Between 0 and 0.5.

    Raises
    ------
    ValueError
        As in :func:`head_augrc`.

    Examples
    --------
    >>> from lineclf.metrics import joint_augrc
    >>> y_proba = [[[0.9, 0.1], [0.6, 0.4]], [[0.8, 0.2], [0.9, 0.1]]]
    >>> joint_augrc([[0, 0], [1, 0]], y_proba, heads=["length", "width"], labels=[[0, 1], [0, 1]])
    0.125
    """
    return _joint(_augrc, y_true, y_proba, heads, labels, sample_weight)


def _confidence(proba, index):
    """Largest probability and whether its column is the true one, both (n,)."""
    said = proba.argmax(axis=1)
    return np.take_along_axis(proba, said[:, None], axis=1)[:, 0].astype(np.float64), said == index


def _joint(score, y_true, y_proba, heads, labels, sample_weight):
    checked, weight = check_probabilities(y_true, y_proba, heads, labels, sample_weight)
    confidences, hits = zip(*(_confidence(proba, index) for _, proba, index in checked), strict=True)
    return score(np.prod(confidences, axis=0), np.all(hits, axis=0), weight=weight)


def _ece(confidence, hit, n_bins, weight):
    weight = np.ones(len(hit)) if weight is None else weight
    edges = np.linspace(0, 1, n_bins + 1)[1:-1]
    # In a bin n_b · (acc_b − conf_b) is the sum of hit − confidence: empty bins need no care.
    gap = np.bincount(np.searchsorted(edges, confidence), weights=weight * (hit - confidence))
    return float(np.abs(gap).sum() / weight.sum())


def _augrc(confidence, hit, weight):
    weight = np.ones(len(hit)) if weight is None else weight
    order = np.argsort(-confidence, kind="stable")
    last = np.flatnonzero(np.diff(confidence[order], append=-1))  # of each run of equal confidence
    share = weight[order] / weight.sum()
    coverage = np.concatenate([[0], np.cumsum(share)[last]])
    risk = np.concatenate([[0], np.cumsum(share * ~hit[order])[last]])
    return float(np.trapezoid(risk, coverage))
