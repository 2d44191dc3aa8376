"""Compare models: pairs, with Holm's method or with a posterior, and ranks of many models over data sets."""

import itertools
import math
from typing import NamedTuple

import numpy as np
from scipy import stats

from lineclf._checks import check_fraction, check_size
from lineclf.metrics._statistics import check_differences, holm

__all__ = [
    "CriticalDifferences",
    "Equivalence",
    "PairedTest",
    "Superiority",
    "bayesian_correlated_t",
    "critical_differences",
    "probability_better",
    "wilcoxon_holm",
]


class PairedTest(NamedTuple):
    """Two models, their median difference (first minus second), and the p-value before and after Holm.

    Attributes
    ----------
    first, second : str
        Names of the models.
    median : float
        Median of first minus second, in the unit of the scores.
    pvalue : float
        Of this pair alone.
    adjusted : float
        Of this pair among all, by Holm's method.
    """

    first: str
    second: str
    median: float
    pvalue: float
    adjusted: float


class Equivalence(NamedTuple):
    """Probabilities that a model is worse than another, practically equivalent to it, or better.

    Attributes
    ----------
    worse, equivalent, better : float
        From 0 to 1; they sum to 1.
    """

    worse: float
    equivalent: float
    better: float


class Superiority(NamedTuple):
    """Probability that one model beats another in a run, and its interval.

    Attributes
    ----------
    probability : float
        From 0 to 1; ties count half.
    low, high : float
        Ends of the interval.
    """

    probability: float
    low: float
    high: float


class CriticalDifferences(NamedTuple):
    """Average ranks (best first), Nemenyi's critical difference, cliques, and Friedman's test of no difference.

    Attributes
    ----------
    ranks : dict of str to float
        Model → its average rank, best first.
    difference : float
        Ranks that differ by less are not told apart.
    cliques : list of tuple of str
        Models that are not told apart.
    statistic, pvalue : float
        Of Friedman's test.
    """

    ranks: dict[str, float]
    difference: float
    cliques: list[tuple[str, ...]]
    statistic: float
    pvalue: float


def wilcoxon_holm(scores):
    """Compare every pair of models by Wilcoxon's signed-rank test, and adjust for their number by Holm's method.

    The test is two-sided, leaves out runs without a difference, and is exact for few runs without ties
    (:func:`scipy.stats.wilcoxon`). With n runs it cannot give a p-value below 2^(1 − n): with five runs no pair is ever
    significant at 5 %, and Holm's method over m pairs needs 2^(1 − n) ≤ α/m. It assumes independent runs; for
    overlapping training sets see :func:`corrected_interval`.

    Parameters
    ----------
    scores : dict of str to array-like of shape (n,), or pandas.DataFrame
        Model → its scores, run by run (or track by track) in the same order for each; at least two models.

    Returns
    -------
    list of PairedTest
        Named tuples (first, second, median, pvalue, adjusted) for each pair, in the order of `scores`. `median` is the
        median difference. The p-value is 1 if no run differs.

    Raises
    ------
    ValueError
        If there are fewer than two models, scores are not finite, or models have different numbers of scores.

    References
    ----------
    .. [1] J. Demšar, "Statistical comparisons of classifiers over multiple data sets", Journal of Machine Learning
       Research 7 (2006), 1–30.

    Examples
    --------
    >>> from lineclf.metrics import wilcoxon_holm
    >>> scores = {"a": [91, 92, 94, 95, 97, 99], "b": [90, 90, 91, 91, 92, 93], "c": [91, 90, 95, 93, 99, 96]}
    >>> [(test.first, test.second, round(test.adjusted, 3)) for test in wilcoxon_holm(scores)]
    [('a', 'b', 0.094), ('a', 'c', 0.5), ('b', 'c', 0.125)]
    """
    names, table = _table(scores)
    pairs = list(itertools.combinations(range(len(names)), 2))
    differences = [table[i] - table[j] for i, j in pairs]
    pvalues = [float(stats.wilcoxon(d).pvalue) if d.any() else 1.0 for d in differences]
    return [
        PairedTest(names[i], names[j], float(np.median(d)), p, float(adjusted))
        for (i, j), d, p, adjusted in zip(pairs, differences, pvalues, holm(pvalues), strict=True)
    ]


def bayesian_correlated_t(differences, *, test_train_ratio, rope=0.005):
    """Probabilities that one model is worse than another, practically equivalent, or better, over repeated splits.

    The posterior of the mean difference is Student's t with n − 1 degrees of freedom about the observed mean, of scale
    √((1/n + n_test/n_train)·s²): the Bayesian counterpart of :func:`corrected_interval`, with a flat prior on the mean
    and on the logarithm of the standard deviation [1]_. For n_test/n_train the paper writes ρ/(1 − ρ) with ρ =
    n_test/(n_test + n_train), which is the same.

    Parameters
    ----------
    differences : array-like of shape (n,)
        Score of the model minus score of the other on each split, n ≥ 2.
    test_train_ratio : float
        n_test / n_train of one split, so 1/3 for 75/25; 0 for independent runs.
    rope : float, default=0.005
        Half-width of the region of practical equivalence around 0, in the scores' unit: half a point of accuracy.

    Returns
    -------
    Equivalence
        Named tuple (worse, equivalent, better), with sum 1. If all differences are equal, one of them is 1.

    Raises
    ------
    ValueError
        If there are fewer than two differences, one is not finite, or an argument is negative or not finite.

    References
    ----------
    .. [1] A. Benavoli, G. Corani, J. Demšar and M. Zaffalon, "Time for a change: a tutorial for comparing multiple
       classifiers through Bayesian analysis", Journal of Machine Learning Research 18 (2017), 1–36, section 4.1.

    Examples
    --------
    >>> from lineclf.metrics import bayesian_correlated_t
    >>> posterior = bayesian_correlated_t([0.02, 0.01, 0.03, 0.02, 0.02], test_train_ratio=1 / 3)
    >>> [round(probability, 3) for probability in posterior]
    [0.004, 0.018, 0.978]
    """
    differences = check_differences(differences)
    for name, value in (("test_train_ratio", test_train_ratio), ("rope", rope)):
        check_size(name, value)
    n, mean = len(differences), float(differences.mean())
    scale = math.sqrt((1 / n + test_train_ratio) * differences.var(ddof=1))
    if np.ptp(differences) == 0 or scale == 0:  # the variance of equal numbers may be off 0 by rounding
        mean = float(differences[0])
        return Equivalence(float(mean < -rope), float(-rope <= mean <= rope), float(mean > rope))
    worse = float(stats.t.cdf(-rope, n - 1, mean, scale))
    better = float(stats.t.sf(rope, n - 1, mean, scale))
    return Equivalence(worse, max(0.0, 1 - worse - better), better)


def probability_better(a, b, *, confidence=0.95):
    """Probability that one model beats another in a paired run, P(A > B), with a bootstrap interval.

    This is the share of the pairs that A wins, where a tie counts half, and the percentile interval of this share when
    pairs are drawn again with replacement [1]_. The distribution of the redrawn share is multinomial, so it is
    computed, not sampled. Bouthillier and co-authors call A better if the interval excludes 0.5 from below and reaches
    0.75; 29 pairs give the usual power for that. If A wins every pair, or none, resampling finds no other outcome and
    the interval is one point: with few pairs this proves nothing.

    Parameters
    ----------
    a, b : array-like of shape (n,)
        Scores of the two models, run by run.
    confidence : float, default=0.95
        Coverage of the interval, between 0 and 1.

    Returns
    -------
    Superiority
        Named tuple (probability, low, high).

    Raises
    ------
    ValueError
        If scores are not finite, the two have different numbers of them or none, or `confidence` is out of range.

    References
    ----------
    .. [1] X. Bouthillier and others, "Accounting for variance in machine learning benchmarks", MLSys 2021, section 4
       and appendix C.

    Examples
    --------
    >>> from lineclf.metrics import probability_better
    >>> probability_better([0.9, 0.8, 0.9, 0.7, 0.9], [0.8, 0.8, 0.7, 0.8, 0.6])
    Superiority(probability=0.7, low=0.3, high=1.0)
    """
    _, (a, b) = _table({"a": a, "b": b})
    check_fraction("confidence", confidence)
    n = len(a)
    halves = (np.sign(a - b) + 1).astype(np.int64)  # a loss, a tie, a win: half points
    one = np.bincount(halves, minlength=3) / n
    # Total of n draws, from 0 to 2n half points: the n-fold convolution of the distribution of one.
    total = np.fft.irfft(np.fft.rfft(one, 2 * n + 1) ** n, 2 * n + 1)
    cumulative = np.cumsum(np.maximum(total, 0))
    tail = (1 - confidence) / 2
    low, high = np.searchsorted(
        cumulative / cumulative[-1], np.array([tail, 1 - tail]) - 1e-12
    )  # sums are off by 1e-15
    return Superiority(float(halves.sum() / (2 * n)), float(low / (2 * n)), float(high / (2 * n)))


def critical_differences(scores, *, alpha=0.05):
    """Average ranks of several models over independent data sets, with Friedman's and Nemenyi's tests.

    On each data set the best model has rank 1, and equal models share the mean of their ranks. Two models differ if
    their average ranks over N data sets are at least q_α·√(k(k + 1)/6N) apart, where q_α is the studentised range of k
    models over √2 [1]_. These are the numbers of a critical-difference diagram.

    Data sets must be independent. Tracks, seeds and folds of the same images are not: for them the ranks only describe,
    and neither test holds.

    Parameters
    ----------
    scores : dict of str to array-like of shape (n_datasets,), or pandas.DataFrame
        Model → its score on each data set, larger is better; at least three models and two data sets.
    alpha : float, default=0.05
        Probability of any false difference, between 0 and 1.

    Returns
    -------
    CriticalDifferences
        Named tuple (ranks, difference, cliques, statistic, pvalue): model → average rank, best first; the critical
        difference; the largest groups of two or more models in which no two differ, best first; Friedman's χ²
        (corrected for ties) and its p-value, which are 0 and 1 if all models tie everywhere.

    Raises
    ------
    ValueError
        If there are too few models or data sets, scores are not finite, models have different numbers of scores, or
        `alpha` is out of range.

    References
    ----------
    .. [1] J. Demšar, "Statistical comparisons of classifiers over multiple data sets", Journal of Machine Learning
       Research 7 (2006), 1–30, section 3.2.

    Examples
    --------
    >>> from lineclf.metrics import critical_differences
    >>> scores = {"a": [3, 3, 3, 3, 3, 3], "b": [2, 2, 2, 2, 2, 1], "c": [1, 1, 1, 1, 1, 2]}
    >>> result = critical_differences(scores)
    >>> round(result.difference, 3), result.cliques
    (1.353, [('a', 'b'), ('b', 'c')])
    """
    names, table = _table(scores)
    n_models, n_datasets = table.shape
    if n_models < 3 or n_datasets < 2:
        raise ValueError(f"scores must hold at least three models and two data sets; got {n_models} and {n_datasets}")
    check_fraction("alpha", alpha)
    average = stats.rankdata(-table, axis=0).mean(axis=1)
    order = np.argsort(average, kind="stable")
    # √(k(k + 1)/12N) is √(k(k + 1)/6N) with the √2 of q_α in it.
    spread = math.sqrt(n_models * (n_models + 1) / (12 * n_datasets))
    difference = float(stats.studentized_range.isf(alpha, n_models, np.inf)) * spread
    # In the order of ranks each model starts one group; a group that ends no later than the one before is part of it.
    ends = np.searchsorted(average[order], average[order] + difference)
    starts = [i for i in range(n_models) if ends[i] - i > 1 and (i == 0 or ends[i] > ends[i - 1])]
    cliques = [tuple(names[k] for k in order[i : ends[i]]) for i in starts]
    statistic, pvalue = (0.0, 1.0) if (np.ptp(table, axis=0) == 0).all() else stats.friedmanchisquare(*table)
    ranks = {names[k]: float(average[k]) for k in order}
    return CriticalDifferences(ranks, difference, cliques, float(statistic), float(pvalue))


def _table(scores):
    """Names and scores of the models, (n_models, n); ValueError unless all have the same number of finite scores."""
    if not hasattr(scores, "items"):
        raise ValueError(f"scores must map each model to its scores; got {type(scores).__name__}")
    rows = {name: np.asarray(values, dtype=np.float64) for name, values in scores.items()}
    shapes = {name: row.shape for name, row in rows.items()}
    if len(rows) < 2 or len(set(shapes.values())) > 1 or any(len(s) != 1 or s[0] < 1 for s in shapes.values()):
        raise ValueError(f"scores must hold at least two models, with as many scores for each; got {shapes}")
    if wrong := [name for name, row in rows.items() if not np.isfinite(row).all()]:
        raise ValueError(f"scores must be finite; those of {wrong} are not")
    return list(rows), np.array(list(rows.values()))
