"""Comparisons of models against other packages, enumeration and integration."""

import itertools

import baycomp
import numpy as np
import pandas as pd
import pytest
import scikit_posthocs
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.multitest import multipletests

from lineclf.metrics import (
    bayesian_correlated_t,
    corrected_interval,
    critical_differences,
    probability_better,
    wilcoxon_holm,
)

differences = st.lists(st.floats(-1, 1), min_size=2, max_size=30).filter(lambda d: np.std(d) > 1e-6)


@st.composite
def tables(draw, models=(2, 5), runs=(3, 20), levels=(2, 1000)):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    n_models, n_runs = draw(st.integers(*models)), draw(st.integers(*runs))
    scores = rng.integers(0, draw(st.sampled_from(levels)), (n_models, n_runs)) / 1000
    return dict(zip("abcdefgh", scores, strict=False))


def signed_rank_by_enumeration(values):
    """Two-sided exact p-value: how often random signs give a rank sum as far from its mean."""
    ranks = stats.rankdata(np.abs(values))
    signs = np.array(list(itertools.product([0, 1], repeat=len(values))))
    off = np.abs(signs @ ranks - ranks.sum() / 2)
    return (off >= abs(ranks[np.array(values) > 0].sum() - ranks.sum() / 2) - 1e-9).mean()


@settings(max_examples=15)
@given(st.integers(0, 2**32), st.integers(3, 9), st.integers(2, 4))
def test_wilcoxon_holm_by_enumeration_of_signs(seed, n_runs, n_models):
    scores = dict(zip("abcd", np.random.default_rng(seed).normal(size=(n_models, n_runs)), strict=False))
    tests = wilcoxon_holm(scores)
    pairs = list(itertools.combinations(scores, 2))
    assert [(test.first, test.second) for test in tests] == pairs
    expected = [signed_rank_by_enumeration(scores[a] - scores[b]) for a, b in pairs]
    assert [test.pvalue for test in tests] == pytest.approx(expected)
    assert [test.adjusted for test in tests] == pytest.approx(multipletests(expected, method="holm")[1])
    assert [test.median for test in tests] == pytest.approx([np.median(scores[a] - scores[b]) for a, b in pairs])


@settings(max_examples=15)
@given(tables(runs=(15, 30), levels=(30, 1000)))
def test_wilcoxon_holm_is_scikit_posthocs(scores):
    assume(all((scores[a] != scores[b]).any() for a, b in itertools.combinations(scores, 2)))
    frame = pd.DataFrame(scores)
    long = frame.melt(var_name="model", value_name="score")
    expected = scikit_posthocs.posthoc_wilcoxon(long, "score", "model", p_adjust="holm")
    for test in wilcoxon_holm(frame):
        assert test.adjusted == pytest.approx(expected.loc[test.first, test.second])


def test_models_that_never_differ_are_no_different():
    tests = wilcoxon_holm({"a": [0.5] * 6, "b": [0.5] * 6, "c": [0.4, 0.3, 0.2, 0.1, 0.0, 0.45]})
    assert [test.pvalue for test in tests] == pytest.approx([1, 1 / 32, 1 / 32])
    assert [test.adjusted for test in tests] == pytest.approx([1, 3 / 32, 3 / 32])


@given(st.integers(1, 3), st.integers(2, 10), st.integers(0, 2**32), st.floats(1e-4, 0.5))
def test_correlated_t_is_baycomp(runs, folds, seed, rope):
    x, y = np.random.default_rng(seed).normal(size=(2, runs * folds))
    result = bayesian_correlated_t(y - x, test_train_ratio=1 / (folds - 1), rope=rope)
    assert result == pytest.approx(baycomp.two_on_single(x, y, rope=rope, runs=runs), abs=1e-12)


def test_correlated_t_is_the_integral_of_its_model():
    # Differences are jointly normal, each pair correlated by ρ = n_test / n, with density 1/σ for (μ, σ) a priori.
    values, rho, rope = np.array([0.02, -0.01, 0.03, 0.01]), 0.25, 0.005
    mean = 0.0125 + 0.05 * np.sinh(np.linspace(-8, 8, 2001))
    step = np.gradient(mean)
    density = np.zeros(len(mean))
    for sigma in np.exp(np.linspace(-8, 5, 400)):  # evenly in log σ is 1/σ
        covariance = sigma**2 * ((1 - rho) * np.eye(4) + rho)
        density += stats.multivariate_normal(np.zeros(4), covariance).pdf(values - mean[:, None])
    share = density * step / (density * step).sum()
    expected = [share[mean < -rope].sum(), share[np.abs(mean) <= rope].sum(), share[mean > rope].sum()]
    assert bayesian_correlated_t(values, test_train_ratio=rho / (1 - rho)) == pytest.approx(expected, abs=3e-3)


@given(differences, st.floats(0, 2), st.floats(0, 0.5))
def test_correlated_t_matches_the_corrected_interval_and_turns_with_the_sign(values, ratio, rope):
    result = bayesian_correlated_t(values, test_train_ratio=ratio, rope=rope)
    assert sum(result) == pytest.approx(1)
    assert min(result) >= 0
    turned = bayesian_correlated_t([-v for v in values], test_train_ratio=ratio, rope=rope)
    assert turned == pytest.approx(result[::-1], abs=1e-9)
    sharp = bayesian_correlated_t(values, test_train_ratio=ratio, rope=0)
    pvalue = corrected_interval(values, test_train_ratio=ratio).pvalue
    assert 2 * min(sharp.worse, sharp.better) == pytest.approx(pvalue, abs=1e-9)


def test_equal_differences_are_certain():
    for value, expected in ((0.1, (0, 0, 1)), (-0.1, (1, 0, 0)), (0.005, (0, 1, 0)), (0, (0, 1, 0))):
        assert bayesian_correlated_t([value] * 3, test_train_ratio=1 / 3) == expected


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([0.1], {}, "differences must be at least two finite numbers"),
        ([0.1, np.nan], {}, "differences must be at least two finite numbers"),
        ([0.1, 0.2], {"test_train_ratio": -1}, "test_train_ratio must be a finite number of at least 0; got -1"),
        ([0.1, 0.2], {"rope": -0.1}, "rope must be a finite number of at least 0; got -0.1"),
        ([0.1, 0.2], {"rope": np.inf}, "rope must be a finite number of at least 0; got inf"),
    ],
)
def test_correlated_t_refuses_bad_input(values, options, message):
    with pytest.raises(ValueError, match=message):
        bayesian_correlated_t(values, **{"test_train_ratio": 0.5, **options})


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=5), st.floats(0.05, 0.99))
def test_probability_better_by_enumeration_of_every_resample(pairs, confidence):
    a, b = zip(*pairs, strict=True)
    wins = [1.0 if x > y else 0.5 if x == y else 0.0 for x, y in pairs]
    resamples = np.sort([np.mean(draw) for draw in itertools.product(wins, repeat=len(wins))])
    below = np.arange(1, len(resamples) + 1) / len(resamples)
    tails = np.array([1 - confidence, 1 + confidence]) / 2
    assume(np.abs(below[:, None] - tails).min() > 1e-9)
    low, high = resamples[np.searchsorted(below, tails)]
    assert probability_better(a, b, confidence=confidence) == pytest.approx((np.mean(wins), low, high))


def test_probability_better_is_scipys_bootstrap_for_many_pairs():
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 8, (2, 400)) + np.array([[1], [0]])
    wins = (np.sign(a - b) + 1) / 2
    drawn = stats.bootstrap((wins,), np.mean, method="percentile", n_resamples=20_000, rng=rng).confidence_interval
    result = probability_better(a, b)
    assert result.probability == pytest.approx(wins.mean())
    assert (result.low, result.high) == pytest.approx(drawn, abs=0.003)


@given(tables(models=(2, 2), runs=(1, 40), levels=(3, 1000)))
def test_probabilities_of_both_sides_sum_to_one(scores):
    a, b = scores.values()
    forth, back = probability_better(a, b), probability_better(b, a)
    assert forth.probability + back.probability == pytest.approx(1)
    assert forth.low - 1e-12 <= forth.probability <= forth.high + 1e-12
    step = 1 / (2 * len(a))  # quantiles of a discrete distribution mirror each other to within one step
    assert forth.low + back.high == pytest.approx(1, abs=step + 1e-9)


def test_twenty_nine_pairs_are_enough_for_three_quarters():
    # Bouthillier et al. 2021: with 29 pairs an A that wins 0.75 of them is told from one that wins half.
    wins = np.arange(29) < 22
    assert probability_better(wins, ~wins).low > 0.5
    assert probability_better(wins[::3], ~wins[::3]).low <= 0.5
    assert probability_better([1, 1], [0, 0]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("a", "b", "options", "message"),
    [
        ([1], [1, 2], {}, "as many scores for each"),
        ([], [], {}, "as many scores for each"),
        ([np.nan], [1], {}, r"scores must be finite; those of \['a'\] are not"),
        ([1], [1], {"confidence": 1}, "confidence must be a number between 0 and 1; got 1"),
    ],
)
def test_probability_better_refuses_bad_input(a, b, options, message):
    with pytest.raises(ValueError, match=message):
        probability_better(a, b, **options)


# Ranks of four variants of C4.5 on 14 data sets, table 6 of Demšar 2006.
DEMSAR = {
    "plain": [4, 1, 4, 4, 4, 1, 3, 2.5, 4, 2.5, 4, 3, 4, 3],
    "m": [3, 2, 1, 1, 2, 2.5, 2, 2.5, 3, 2.5, 2.5, 2, 1, 1],
    "cf": [2, 3, 2, 3, 3, 4, 4, 4, 2, 2.5, 1, 4, 2, 4],
    "m+cf": [1, 4, 3, 2, 1, 2.5, 1, 1, 1, 2.5, 2.5, 1, 3, 2],
}


def test_the_example_of_the_paper():
    scores = {name: -np.array(ranks) for name, ranks in DEMSAR.items()}
    result = critical_differences(scores)
    assert list(result.ranks) == ["m+cf", "m", "cf", "plain"]
    assert [round(rank, 3) for rank in result.ranks.values()] == [1.964, 2.0, 2.893, 3.143]
    assert round(result.difference, 2) == 1.25
    assert result.cliques == [("m+cf", "m", "cf", "plain")]
    looser = critical_differences(scores, alpha=0.1)
    assert round(looser.difference, 2) == 1.12
    assert looser.cliques == [("m+cf", "m", "cf"), ("cf", "plain")]


@pytest.mark.parametrize(
    ("alpha", "table"),
    [
        (0.05, [2.343, 2.569, 2.728, 2.850, 2.949, 3.031, 3.102, 3.164]),
        (0.10, [2.052, 2.291, 2.459, 2.589, 2.693, 2.780, 2.855, 2.920]),
    ],
)
def test_critical_values_are_those_of_the_paper(alpha, table):
    for k, q in enumerate(table, start=3):
        scores = {str(i): np.roll(np.arange(k), i) for i in range(k)}
        result = critical_differences(scores, alpha=alpha)
        assert result.difference == pytest.approx(q * np.sqrt(k * (k + 1) / (6 * k)), abs=0.002)


@settings(max_examples=30)
@given(tables(models=(3, 7), runs=(2, 12), levels=(3, 1000)), st.sampled_from([0.05, 0.1, 0.5]))
def test_critical_differences_are_scikit_posthocs_and_scipys(scores, alpha):
    result = critical_differences(scores, alpha=alpha)
    frame = pd.DataFrame(scores)
    average = frame.rank(axis=1, ascending=False).mean()
    assert result.ranks == pytest.approx(average.to_dict())
    assert list(result.ranks.values()) == sorted(result.ranks.values())
    if frame.nunique(axis=1).max() > 1:
        assert (result.statistic, result.pvalue) == pytest.approx(stats.friedmanchisquare(*scores.values()))
    pvalues = scikit_posthocs.posthoc_nemenyi_friedman(frame)
    for a, b in itertools.combinations(scores, 2):
        assume(abs(pvalues.loc[a, b] - alpha) > 1e-3)
        same = any({a, b} <= set(clique) for clique in result.cliques)
        assert same == (pvalues.loc[a, b] > alpha) == (abs(average[a] - average[b]) < result.difference)


@settings(max_examples=30)
@given(tables(models=(3, 7), runs=(2, 12), levels=(3, 1000)))
def test_cliques_are_the_largest_groups_without_a_difference(scores):
    result = critical_differences(scores, alpha=0.5)
    close = [
        set(group)
        for size in range(2, len(scores) + 1)
        for group in itertools.combinations(result.ranks, size)
        if np.ptp([result.ranks[name] for name in group]) < result.difference
    ]
    largest = [group for group in close if not any(group < other for other in close)]
    assert sorted(map(sorted, result.cliques)) == sorted(map(sorted, largest))


def test_models_that_tie_everywhere_share_a_rank():
    result = critical_differences({name: [0.5, 0.7] for name in "abc"})
    assert result.ranks == {"a": 2, "b": 2, "c": 2}
    assert (result.cliques, result.statistic, result.pvalue) == ([("a", "b", "c")], 0, 1)


@pytest.mark.parametrize(
    ("scores", "options", "message"),
    [
        ([[1, 2], [3, 4]], {}, "scores must map each model to its scores; got list"),
        ({"a": [1, 2]}, {}, "scores must hold at least two models"),
        ({"a": [1, 2], "b": [1]}, {}, "as many scores for each; got"),
        ({"a": [[1]], "b": [[1]]}, {}, "as many scores for each; got"),
        ({"a": [1, 2], "b": [1, np.inf]}, {}, r"scores must be finite; those of \['b'\] are not"),
        ({"a": [1, 2], "b": [1, 2]}, {}, "at least three models and two data sets; got 2 and 2"),
        ({"a": [1], "b": [1], "c": [1]}, {}, "at least three models and two data sets; got 3 and 1"),
        ({"a": [1, 2], "b": [1, 2], "c": [1, 2]}, {"alpha": 0}, "alpha must be a number between 0 and 1; got 0"),
    ],
)
def test_tables_that_do_not_fit_are_refused(scores, options, message):
    with pytest.raises(ValueError, match=message):
        critical_differences(scores, **options)
