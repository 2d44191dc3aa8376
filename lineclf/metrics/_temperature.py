"""Temperature scaling: one number per head, fitted on held-out data, corrects over- and under-confidence."""

from collections.abc import Mapping

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from lineclf._checks import is_number
from lineclf._words import fail
from lineclf.metrics._probabilities import score_heads

__all__ = ["apply_temperature", "fit_temperature"]

_HOTTEST = 20.0  # held-out predictions that are all right, or all wrong, would else have no best temperature
_LEAST_GAIN = 1e-12  # nats: less is rounding


def fit_temperature(y_true, y_proba, *, heads=None, labels=None, sample_weight=None):
    """Temperature of each head that makes held-out probabilities most likely.

    Logits are divided by T before the softmax [1]_. The logarithm of a probability is a logit, so p_k becomes p_k^(1/T)
    / Σ_j p_j^(1/T), and no net is needed. T, between 1/20 and 20, minimises the mean negative log-likelihood; it stays
    1 if no other T is better. It changes confidences, but never which level of a head is the most probable. Fit it on
    images that the classifier is neither trained nor tested on.

    Parameters
    ----------
    y_true, y_proba, heads, labels, sample_weight
        As in :func:`head_log_loss`.

    Returns
    -------
    dict of str to float
        Head → temperature: above 1 if the head was too sure.

    Raises
    ------
    ValueError
        As in :func:`head_log_loss`.

    References
    ----------
    .. [1] C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, "On calibration of modern neural networks", ICML 2017,
       section 4.2.

    Examples
    --------
    99 % sure, but right on three of four images:

    >>> from lineclf.metrics import apply_temperature, fit_temperature
    >>> y_true, y_proba = [0, 0, 0, 1], [[0.99, 0.01]] * 4
    >>> temperature = fit_temperature(y_true, y_proba, heads=["color"])
    >>> round(temperature["color"], 2)
    4.18
    >>> apply_temperature([y_proba], temperature)[0][0].round(2)
    array([0.75, 0.25])
    """

    def best(proba, index, weight):
        logits = _logits(proba)

        def loss(log_temperature):
            likelihood = log_softmax(logits / np.exp(log_temperature), axis=1)[np.arange(len(index)), index]
            return -np.average(likelihood, weights=weight)

        bound = np.log(_HOTTEST)
        found = minimize_scalar(loss, bounds=(-bound, bound), method="bounded", options={"xatol": 1e-6})
        return float(np.exp(found.x)) if found.fun < loss(0.0) - _LEAST_GAIN else 1.0

    return score_heads(best, y_true, y_proba, heads, labels, sample_weight)


def apply_temperature(y_proba, temperature):
    """Probabilities of each head after scaling.

    Parameters
    ----------
    y_proba : list of array-like of shape (n, n_levels)
        Probabilities of the levels of each head.
    temperature : dict of str to float
        Head → temperature > 0, from :func:`fit_temperature`; the heads in the order of `y_proba`.

    Returns
    -------
    list of ndarray of float64, shape (n, n_levels)

    Raises
    ------
    ValueError
        If there is not one temperature per head, or one is not a finite number > 0.
    """
    if not isinstance(temperature, Mapping) or len(temperature) != len(y_proba):
        raise fail("temperature", f"a dict of one number for each of the {len(y_proba)} heads", temperature)
    for head, value in temperature.items():
        if not (is_number(value) and value > 0):
            raise ValueError(f"temperature of head {head!r} must be a finite number > 0; got {value!r}")
    return [
        softmax(_logits(np.asarray(proba)) / value, axis=1)
        for proba, value in zip(y_proba, temperature.values(), strict=True)
    ]


def _logits(proba):
    """Logarithms of probabilities; zeros are replaced by the resolution of their dtype."""
    proba = proba if proba.dtype.kind == "f" else proba.astype(np.float64)
    return np.log(np.maximum(proba, np.finfo(proba.dtype).eps).astype(np.float64))
