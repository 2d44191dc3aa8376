"""Paired statistics against scipy and formulas written out."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import SquareTable

from lineclf.metrics import corrected_interval, holm, stuart_maxwell

differences = st.lists(st.floats(-1, 1), min_size=2, max_size=30).filter(lambda d: np.std(d) > 1e-6)
pvalues = st.lists(st.floats(0, 1), max_size=12)


@given(differences, st.floats(0.5, 0.99))
def test_without_correction_it_is_the_paired_t_test(values, confidence):
    result = corrected_interval(values, test_train_ratio=0, confidence=confidence)
    test = stats.ttest_rel(values, np.zeros(len(values)))
    low, high = test.confidence_interval(confidence)
    assert result == pytest.approx((np.mean(values), low, high, test.pvalue), rel=1e-9, abs=1e-9)


@given(differences, st.floats(0, 2))
def test_correction_follows_the_formula(values, ratio):
    n, mean = len(values), sum(values) / len(values)
    variance = sum((v - mean) ** 2 for v in values) / (n - 1)
    t = mean / ((1 / n + ratio) * variance) ** 0.5
    result = corrected_interval(values, test_train_ratio=ratio)
    assert result.pvalue == pytest.approx(2 * stats.t.cdf(-abs(t), n - 1), rel=1e-9)
    assert result.high - result.mean == pytest.approx(stats.t.ppf(0.975, n - 1) * ((1 / n + ratio) * variance) ** 0.5)


def test_ten_folds_widen_the_interval_by_a_known_factor():
    # √((1/10 + 1/9) / (1/10)) = √19 / 3
    values = np.random.default_rng(0).normal(0.01, 0.02, 10)
    plain = corrected_interval(values, test_train_ratio=0)
    corrected = corrected_interval(values, test_train_ratio=1 / 9)
    assert (corrected.high - corrected.low) / (plain.high - plain.low) == pytest.approx(np.sqrt(19) / 3)


@given(differences, st.floats(0, 2), st.floats(0.5, 0.99))
def test_interval_and_pvalue_agree_and_turn_with_the_sign(values, ratio, confidence):
    result = corrected_interval(values, test_train_ratio=ratio, confidence=confidence)
    assume(abs(result.pvalue - (1 - confidence)) > 1e-9)
    assert (result.low <= 0 <= result.high) == (result.pvalue >= 1 - confidence)
    turned = corrected_interval([-v for v in values], test_train_ratio=ratio, confidence=confidence)
    assert turned == pytest.approx((-result.mean, -result.high, -result.low, result.pvalue))


def test_equal_differences_give_a_point():
    assert corrected_interval([0.1] * 3, test_train_ratio=1 / 3) == (0.1, 0.1, 0.1, 0)
    assert corrected_interval([0, 0], test_train_ratio=1 / 3) == (0, 0, 0, 1)


@pytest.mark.parametrize(
    ("values", "options", "message"),
    [
        ([0.1], {}, "differences must be at least two"),
        ([[0.1, 0.2]], {}, "differences must be at least two"),
        ([0.1, np.nan], {}, "differences must be at least two finite numbers.*nan"),
        ([0.1, 0.2], {"test_train_ratio": -0.1}, "test_train_ratio must be a finite number of at least 0; got -0.1"),
        ([0.1, 0.2], {"test_train_ratio": np.inf}, "test_train_ratio must be a finite number of at least 0; got inf"),
        ([0.1, 0.2], {"confidence": 95}, "confidence must be a number between 0 and 1; got 95"),
        (["a", "b"], {}, "differences must be at least two finite numbers.*'a'"),
    ],
)
def test_bad_input_is_refused(values, options, message):
    with pytest.raises(ValueError, match=message):
        corrected_interval(values, **{"test_train_ratio": 0.5, **options})


@given(pvalues, st.floats(0, 1))
def test_holm_rejects_what_the_step_down_procedure_rejects(values, alpha):
    adjusted = holm(values)
    assume(not np.isclose(adjusted, alpha, rtol=1e-9, atol=1e-12).any())
    rejected = set()
    for step, i in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        if values[i] * (len(values) - step) > alpha:
            break
        rejected.add(i)
    assert set(np.flatnonzero(adjusted <= alpha)) == rejected


@given(pvalues, st.randoms())
def test_holm_lies_between_raw_and_bonferroni_and_keeps_the_order(values, random):
    adjusted = holm(values)
    assert (adjusted >= values).all()
    assert (adjusted <= np.minimum(1, len(values) * np.array(values)) + 1e-12).all()
    order = list(range(len(values)))
    random.shuffle(order)
    np.testing.assert_array_equal(holm([values[i] for i in order]), adjusted[order])


@pytest.mark.parametrize("values", [[0.1, 1.1], [-0.1], [np.nan], [[0.1]], 0.1])
def test_holm_refuses_what_is_no_pvalue(values):
    with pytest.raises(ValueError, match="pvalues must be a list of numbers between 0 and 1"):
        holm(values)


tables = st.integers(2, 6).flatmap(
    lambda n: st.lists(st.lists(st.integers(1, 40), min_size=n, max_size=n), min_size=n, max_size=n)
)


@given(tables)
def test_stuart_maxwell_is_statsmodels(matrix):
    expected = SquareTable(np.array(matrix), shift_zeros=False).homogeneity()
    result = stuart_maxwell(matrix)
    assert result.df == expected.df
    assert result.statistic == pytest.approx(expected.statistic, rel=1e-6, abs=1e-9)
    assert result.pvalue == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-9)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(1, 40), st.integers(0, 40))
def test_stuart_maxwell_of_two_classes_is_mcnemar(a, d, b, c):
    result = stuart_maxwell([[a, b], [c, d]])
    assert result.statistic == pytest.approx((b - c) ** 2 / (b + c), abs=1e-9)
    assert result.pvalue == pytest.approx(stats.chi2.sf((b - c) ** 2 / (b + c), 1))


@given(tables)
def test_a_class_without_errors_changes_nothing(matrix):
    n = len(matrix)
    larger = np.zeros((n + 1, n + 1))
    larger[:n, :n] = matrix
    larger[n, n] = 17
    assert stuart_maxwell(larger) == pytest.approx(stuart_maxwell(matrix), rel=1e-6, abs=1e-9)


def test_symmetric_tables_have_the_same_margins():
    assert stuart_maxwell([[5, 2, 1], [2, 7, 3], [1, 3, 9]]) == pytest.approx((0, 2, 1))
    assert stuart_maxwell(np.eye(3)) == (0, 0, 1)
    for wrong in ([[1, 2]], [1, 2]):
        with pytest.raises(ValueError, match="matrix must be square"):
            stuart_maxwell(wrong)
    for wrong in ([[1, -1], [0, 1]], [[1, np.nan], [0, 1]]):
        with pytest.raises(ValueError, match="matrix must hold counts"):
            stuart_maxwell(wrong)
