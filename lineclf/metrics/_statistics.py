"""Intervals and tests for paired results of few, overlapping runs."""

from typing import NamedTuple

import numpy as np
from scipy import stats


class Interval(NamedTuple):
    """A mean, its confidence interval, and the two-sided p-value of the mean being zero."""

    mean: float
    low: float
    high: float
    pvalue: float


def corrected_interval(differences, *, test_train_ratio, confidence=0.95):
    """Nadeau–Bengio interval of the mean difference between two models over repeated splits.

    Runs whose training sets overlap are not independent, and the ordinary paired t-test claims too much. The corrected
    statistic [1]_ is t = x̄ / √((1/n + n_test/n_train)·s²) with n − 1 degrees of freedom, where s² is the sample
    variance of the n differences.

    Parameters
    ----------
    differences : array-like of shape (n,)
        Score of one model minus score of the other on each split (r repeats of k folds give n = k·r), n ≥ 2.
    test_train_ratio : float
        n_test / n_train of one split, so 1/3 for 75/25. With 0 this is the ordinary paired t-test, right where the
        runs are independent.
    confidence : float, default=0.95
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    Interval
        Named tuple (mean, low, high, pvalue). Where all differences are equal the interval is that one point and the
        p-value 0, or 1 where they are zero.

    Raises
    ------
    ValueError
        If there are fewer than two differences, one is not finite, or an argument is out of range.

    References
    ----------
    .. [1] C. Nadeau and Y. Bengio, "Inference for the generalization error", Machine Learning 52 (2003), 239–281.

    Examples
    --------
    >>> from lineclf.metrics import corrected_interval
    >>> plain = corrected_interval([0.02, 0.01, 0.03], test_train_ratio=0)
    >>> corrected = corrected_interval([0.02, 0.01, 0.03], test_train_ratio=1 / 3)
    >>> round(plain.low, 3), round(corrected.low, 3)
    (-0.005, -0.015)
    """
    differences = np.asarray(differences, dtype=np.float64)
    if differences.ndim != 1 or len(differences) < 2 or not np.isfinite(differences).all():
        raise ValueError(f"differences must be at least two finite numbers; got {differences.tolist()}")
    if not (np.isfinite(test_train_ratio) and test_train_ratio >= 0):
        raise ValueError(f"test_train_ratio must be finite and at least 0; got {test_train_ratio!r}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1; got {confidence!r}")
    n = len(differences)
    equal = np.ptp(differences) == 0  # then mean and variance may still be off by rounding
    mean = float(differences[0] if equal else differences.mean())
    error = float(np.sqrt((1 / n + test_train_ratio) * differences.var(ddof=1)))
    if equal or error == 0:
        return Interval(mean, mean, mean, float(mean == 0))
    reach = float(stats.t.ppf((1 + confidence) / 2, df=n - 1)) * error
    return Interval(mean, mean - reach, mean + reach, float(2 * stats.t.sf(abs(mean) / error, df=n - 1)))


def holm(pvalues):
    """Holm's step-down adjustment of p-values for several comparisons.

    Rejecting where the adjusted value is at most α keeps the chance of any false rejection at α, whatever the
    dependence between the tests [1]_.

    Parameters
    ----------
    pvalues : array-like of shape (n,)
        Between 0 and 1.

    Returns
    -------
    ndarray of shape (n,)
        Adjusted p-values in the order given, at most 1.

    Raises
    ------
    ValueError
        If `pvalues` is not one-dimensional, or a value is missing or outside 0–1.

    References
    ----------
    .. [1] S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
       (1979), 65–70.

    Examples
    --------
    >>> from lineclf.metrics import holm
    >>> holm([0.01, 0.04, 0.03]).tolist()
    [0.03, 0.06, 0.06]
    """
    pvalues = np.asarray(pvalues, dtype=np.float64)
    if pvalues.ndim != 1 or not ((pvalues >= 0) & (pvalues <= 1)).all():
        raise ValueError(f"pvalues must be a list of numbers between 0 and 1; got {pvalues.tolist()}")
    order = np.argsort(pvalues, kind="stable")
    adjusted = np.empty_like(pvalues)
    left = len(pvalues) - np.arange(len(pvalues))
    adjusted[order] = np.minimum(np.maximum.accumulate(left * pvalues[order]), 1)
    return adjusted
