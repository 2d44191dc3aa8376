"""Intervals and tests for paired results of few, overlapping runs."""

from typing import NamedTuple

import numpy as np
from scipy import stats

from lineclf._checks import check_fraction, check_size
from lineclf._words import fail

__all__ = ["Interval", "StuartMaxwell", "check_differences", "corrected_interval", "holm", "stuart_maxwell"]


class Interval(NamedTuple):
    """A mean, its confidence interval, and the two-sided p-value of the mean being zero.

    Attributes
    ----------
    mean : float
        Mean of the differences, in their unit.
    low, high : float
        Ends of the interval.
    pvalue : float
        Two-sided, of a mean of zero.
    """

    mean: float
    low: float
    high: float
    pvalue: float


def corrected_interval(differences, *, test_train_ratio, confidence=0.95):
    """Nadeau–Bengio interval of the mean difference between two models over repeated splits.

    Runs whose training sets overlap are not independent, so the ordinary paired t-test claims too much. The corrected
    statistic [1]_ is t = x̄ / √((1/n + n_test/n_train)·s²) with n − 1 degrees of freedom, where s² is the sample
    variance of the n differences.

    Parameters
    ----------
    differences : array-like of shape (n,)
        Score of one model minus score of the other on each split (r repeats of k folds give n = k·r), n ≥ 2.
    test_train_ratio : float
        n_test / n_train of one split, so 1/3 for 75/25. With 0 this is the ordinary paired t-test, which is right for
        independent runs.
    confidence : float, default=0.95
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    Interval
        Named tuple (mean, low, high, pvalue). If all differences are equal, the interval is that one point and the
        p-value is 0, or 1 if they are zero.

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
    differences = check_differences(differences)
    check_size("test_train_ratio", test_train_ratio)
    check_fraction("confidence", confidence)
    n = len(differences)
    equal = np.ptp(differences) == 0  # then mean and variance may still be off by rounding
    mean = float(differences[0] if equal else differences.mean())
    error = float(np.sqrt((1 / n + test_train_ratio) * differences.var(ddof=1)))
    if equal or error == 0:
        return Interval(mean, mean, mean, float(mean == 0))
    reach = float(stats.t.ppf((1 + confidence) / 2, df=n - 1)) * error
    return Interval(mean, mean - reach, mean + reach, float(2 * stats.t.sf(abs(mean) / error, df=n - 1)))


def check_differences(differences):
    """Differences as an array of float64; ValueError unless they are at least two finite numbers."""
    try:
        checked = np.asarray(differences, dtype=np.float64)
    except (ValueError, TypeError):
        raise fail("differences", "at least two finite numbers", differences) from None
    if checked.ndim != 1 or len(checked) < 2 or not np.isfinite(checked).all():
        raise fail("differences", "at least two finite numbers", checked.tolist())
    return checked


def holm(pvalues):
    """Holm's step-down adjustment of p-values for several comparisons.

    If you reject where the adjusted value is at most α, the probability of any false rejection is at most α, whatever
    the dependence between the tests [1]_.

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


class StuartMaxwell(NamedTuple):
    """Statistic of the Stuart–Maxwell test, its degrees of freedom and p-value.

    Attributes
    ----------
    statistic : float
        dᵀ S⁻¹ d, at least 0.
    df : int
        Degrees of freedom: classes that are not redundant, less one.
    pvalue : float
        Of equal margins.
    """

    statistic: float
    df: int
    pvalue: float


def stuart_maxwell(matrix):
    """Stuart–Maxwell test: do rows and columns of a square table have the same margins?

    On a confusion matrix: does the classifier predict every class as often as it occurs? With d_i the difference of the
    two margins of class i, the statistic is dᵀ S⁻¹ d with ``S_ii = n_i· + n_·i − 2·n_ii``, ``S_ij = −(n_ij + n_ji)``,
    over all classes but one; it follows χ² with as many degrees of freedom [1]_. For two classes this is McNemar's test
    without its correction. Redundant classes, such as those without any error, are left out.

    Parameters
    ----------
    matrix : array-like of shape (n_classes, n_classes)
        Counts.

    Returns
    -------
    StuartMaxwell
        Named tuple (statistic, df, pvalue); (0, 0, 1) for a matrix without errors.

    Raises
    ------
    ValueError
        If `matrix` is not square, or a count is negative or not finite.

    References
    ----------
    .. [1] A. Stuart, "A test for homogeneity of the marginal distributions in a two-way classification", Biometrika 42
       (1955), 412–416; A. E. Maxwell, "Comparing the classification of subjects by two independent judges", British
       Journal of Psychiatry 116 (1970), 651–655.

    Examples
    --------
    >>> from lineclf.metrics import stuart_maxwell
    >>> test = stuart_maxwell([[40, 12], [3, 45]])
    >>> round(test.statistic, 3), test.df, round(test.pvalue, 3)
    (5.4, 1, 0.02)
    """
    matrix = np.asarray(matrix, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ValueError(f"matrix must be square; got shape {matrix.shape}")
    if not (np.isfinite(matrix) & (matrix >= 0)).all():
        raise ValueError(f"matrix must hold counts, finite and not negative; got {matrix.tolist()}")
    rows, columns, right = matrix.sum(axis=1), matrix.sum(axis=0), np.diag(matrix)
    difference = rows - columns
    covariance = np.diag(rows + columns - 2 * right) - (matrix + matrix.T - 2 * np.diag(right))
    # The differences of classes that only ever mix with each other sum to zero: one of each such group is redundant.
    df = int(np.linalg.matrix_rank(covariance))
    statistic = float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference)
    return StuartMaxwell(statistic, df, float(stats.chi2.sf(statistic, df)) if df else 1.0)
