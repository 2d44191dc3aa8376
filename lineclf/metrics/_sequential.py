"""Intervals and tests that hold at every look: for runs that go on until the answer is clear."""

import numpy as np

from lineclf._checks import check_fraction, check_size
from lineclf._words import fail
from lineclf.metrics._statistics import Interval, check_differences

__all__ = ["MIXTURE", "sequential_interval", "sequential_reach"]

MIXTURE = 2.0


def sequential_interval(differences, *, confidence=0.95, mixture=MIXTURE):
    """Interval of a mean difference that holds after every further difference, so that you may stop at any time.

    An interval for a fixed n is too narrow if you look after every run and stop when it excludes 0. This interval
    belongs to a confidence sequence: with probability `confidence` the true mean is in all intervals, for n = 2, 3, …
    It comes from the t-test's Bayes factor with effect sizes δ = μ/σ from a normal distribution of variance g, and 1/σ
    for the scale [1]_ [2]_,

        E = (1 + ng)^(−1/2) · [(1 + t²/(n − 1)) / (1 + t²/((n − 1)(1 + ng)))]^(n/2),

    which exceeds 1/α at any time with probability at most α if the mean is 0 [2]_ [3]_: the interval holds the means
    for which it does not.

    Parameters
    ----------
    differences : array-like of shape (n,)
        Independent differences in their order of arrival, n ≥ 2; assumed to be normal.
    confidence : float, default=0.95
        Confidence of all intervals together, between 0 and 1.
    mixture : float, default=2.0
        g, greater than 0: a large g finds large effects earlier, and effects of one standard deviation later. Choose it
        before you look.

    Returns
    -------
    Interval
        Named tuple (mean, low, high, pvalue). The interval is infinite for the first few differences. The p-value is
        the smallest 1/E so far, at most 1, and holds at any time as well.

    Raises
    ------
    ValueError
        If there are fewer than two differences, one is not finite, or an argument is out of range.

    See Also
    --------
    corrected_interval : For a number of runs that is fixed in advance.

    References
    ----------
    .. [1] T. L. Lai, "On confidence sequences", The Annals of Statistics 4 (1976), 265–280.
    .. [2] P. Grünwald, R. de Heide and W. Koolen, "Safe testing", Journal of the Royal Statistical Society B 86 (2024),
       1091–1128.
    .. [3] H. Wang and A. Ramdas, "Anytime-valid t-tests and confidence sequences for Gaussian means with unknown
       variance", Sequential Analysis 44 (2025), 56–110.

    Examples
    --------
    >>> from lineclf.metrics import corrected_interval, sequential_interval
    >>> differences = [0.030, 0.022, 0.034, 0.027, 0.019, 0.031]
    >>> for found in corrected_interval(differences, test_train_ratio=0), sequential_interval(differences):
    ...     print(f"{found.low:.3f} to {found.high:.3f}, p = {found.pvalue:.5f}")
    0.021 to 0.033, p = 0.00008
    0.016 to 0.038, p = 0.00475
    """
    differences = check_differences(differences)
    check_fraction("confidence", confidence)
    check_size("mixture", mixture)
    if mixture == 0:
        raise fail("mixture", "greater than 0", mixture)
    n = np.arange(2, len(differences) + 1)
    mean = (np.cumsum(differences) / np.arange(1, len(differences) + 1))[1:]
    spread = np.array([differences[:k].std(ddof=1) for k in n])
    if np.ptp(differences) == 0:  # then both may be off by rounding
        mean, spread = np.full(len(n), differences[0]), np.zeros(len(n))
    with np.errstate(divide="ignore", invalid="ignore"):
        square = np.where(spread > 0, n * (mean / spread) ** 2, np.where(mean == 0, 0, np.inf)) / (n - 1)
        growth = np.where(np.isinf(square), 1 + n * mixture, (1 + square) / (1 + square / (1 + n * mixture)))
        evidence = growth ** (n / 2) / np.sqrt(1 + n * mixture)
    reach = sequential_reach(int(n[-1]), float(spread[-1]), confidence=confidence, mixture=mixture)
    centre = float(mean[-1])
    return Interval(centre, centre - reach, centre + reach, float(min(1, 1 / evidence.max())))


def sequential_reach(n, spread, *, confidence, mixture=MIXTURE):
    """Half the width of :func:`sequential_interval`.

    Parameters
    ----------
    n : int
        Number of differences.
    spread : float
        Their standard deviation, with n − 1 degrees of freedom.
    confidence, mixture : float
        As in :func:`sequential_interval`.

    Returns
    -------
    float
        Infinite if so few differences exclude nothing.
    """
    variance = 1 + n * mixture
    most = (np.sqrt(variance) / (1 - confidence)) ** (2 / n)  # of what E has in brackets
    if most >= variance:
        return np.inf
    return float(spread * np.sqrt((most - 1) / (1 - most / variance) * (n - 1) / n))
