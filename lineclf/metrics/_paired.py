"""Two models, or two settings of one, compared on the same seeds or splits: the difference and its verdict."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lineclf._checks import check_size
from lineclf.metrics._comparison import probability_better
from lineclf.metrics._statistics import corrected_interval

__all__ = ["VERDICTS", "PairedDifference", "paired_difference", "verdict"]

VERDICTS = ("better", "worse", "equivalent", "open", "floor", "ceiling")


class PairedDifference(NamedTuple):
    """Result of :func:`paired_difference`.

    Attributes
    ----------
    n : int
        Number of pairs.
    delta, low, high : float
        Mean of the differences and its interval.
    pvalue : float
        Two-sided p-value of the hypothesis that the mean difference is zero.
    better : float
        Share of the pairs with a difference above zero; a tie counts half.
    """

    n: int
    delta: float
    low: float
    high: float
    pvalue: float
    better: float


def paired_difference(scores, baseline, *, test_train_ratio=0.0, confidence=0.95):
    """Compare paired scores: mean difference, interval and p-value by Nadeau and Bengio's corrected t.

    Parameters
    ----------
    scores, baseline : array-like of shape (n,)
        Paired by position; or two pandas.Series, paired by index where both have a value.
    test_train_ratio : float, default=0.0
        As in :func:`corrected_interval`; 0 if pairs are independent.
    confidence : float, default=0.95

    Returns
    -------
    PairedDifference
        Without a pair all but `n` are NaN; with one pair, interval and p-value are NaN.

    Examples
    --------
    >>> from lineclf.metrics import paired_difference
    >>> found = paired_difference([0.82, 0.81, 0.83], [0.80, 0.80, 0.80])
    >>> round(found.delta, 3), round(found.low, 3), found.better
    (0.02, -0.005, 1.0)
    """
    if isinstance(scores, pd.Series) and isinstance(baseline, pd.Series):
        scores, baseline = pd.concat([scores, baseline], axis=1, join="inner").dropna().to_numpy(float).T
    scores, baseline = np.asarray(scores, dtype=np.float64), np.asarray(baseline, dtype=np.float64)
    if scores.shape != baseline.shape or scores.ndim != 1:
        raise ValueError(f"scores and baseline must be of one length; got shapes {scores.shape} and {baseline.shape}")
    deltas = (scores - baseline).round(12)  # equal numbers differ by rounding once they are means
    if not len(deltas):
        return PairedDifference(0, *[np.nan] * 5)
    better = probability_better(deltas, np.zeros_like(deltas)).probability
    if len(deltas) == 1:
        return PairedDifference(1, float(deltas[0]), np.nan, np.nan, np.nan, better)
    interval = corrected_interval(deltas, test_train_ratio=test_train_ratio, confidence=confidence)
    return PairedDifference(len(deltas), interval.mean, interval.low, interval.high, interval.pvalue, better)


def verdict(low, high, *, rope=None):
    """Give the verdict on a difference from its interval.

    Parameters
    ----------
    low, high : float
        Ends of the interval; NaN if there is none.
    rope : float, optional
        Differences up to this size, either way, count as none; without it nothing is equivalent.

    Returns
    -------
    {"better", "worse", "equivalent", "open"}
        "equivalent" if the whole interval lies within ±rope, even if it excludes zero.

    Examples
    --------
    >>> from lineclf.metrics import verdict
    >>> verdict(0.01, 0.04), verdict(0.001, 0.004, rope=0.005), verdict(-0.01, 0.04, rope=0.005)
    ('better', 'equivalent', 'open')
    """
    if rope is not None:
        check_size("rope", rope)
        if -rope <= low and high <= rope:
            return "equivalent"
    return "better" if low > 0 else "worse" if high < 0 else "open"
