"""Intervals that hold whenever one looks, against the Bayes factor's integral, and against their own promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats

from lineclf.metrics import corrected_interval, sequential_interval, sequential_reach


def bayes_factor(differences, mixture):
    """Noncentral t's density, mixed over effect sizes, to the central one's: no formula in common."""
    n = len(differences)
    t = np.mean(differences) / np.std(differences, ddof=1) * np.sqrt(n)

    def mixed(delta):
        return stats.nct.pdf(t, n - 1, delta * np.sqrt(n)) * stats.norm.pdf(delta, 0, np.sqrt(mixture))

    return integrate.quad(mixed, -8, 8, limit=200)[0] / stats.t.pdf(t, n - 1)


@pytest.mark.parametrize("mixture", [0.5, 2.0])
@pytest.mark.parametrize("n", [5, 9, 14])
def test_the_interval_ends_where_the_evidence_reaches_its_level(n, mixture):
    differences = np.random.default_rng(n).normal(0.4, 1, n)
    found = sequential_interval(differences, confidence=0.9, mixture=mixture)
    for end in (found.low, found.high):
        assert bayes_factor(differences - end, mixture) == pytest.approx(10, rel=1e-6)
    most = max(bayes_factor(differences[:k], mixture) for k in range(2, n + 1))
    assert found.pvalue == pytest.approx(min(1, 1 / most), rel=1e-6)


def test_who_stops_as_soon_as_0_is_excluded_is_seldom_wrong():
    """With intervals for a fixed n the same stopping is wrong in two of five."""
    rng = np.random.default_rng(0)
    wrong = {"sequential": 0, "fixed": 0}
    for draws in rng.normal(size=(200, 30)):
        for name in wrong:
            for n in range(4, 31):
                so_far = draws[:n]
                found = (
                    sequential_interval(so_far)
                    if name == "sequential"
                    else corrected_interval(so_far, test_train_ratio=0)
                )
                if not found.low <= 0 <= found.high:
                    wrong[name] += 1
                    break
    assert wrong["sequential"] <= 10
    assert wrong["fixed"] > 30


@given(st.lists(st.floats(-1, 1).map(lambda value: round(value, 3)), min_size=2, max_size=12), st.floats(0.5, 0.99))
def test_scale_shift_and_order_do_what_they_should(differences, confidence):
    found = sequential_interval(differences, confidence=confidence)
    twice = sequential_interval([2 * value for value in differences], confidence=confidence)
    assert twice[:3] == pytest.approx([2 * value for value in found[:3]])
    assert twice.pvalue == pytest.approx(found.pvalue)
    other = sequential_interval(differences[::-1], confidence=confidence)
    assert other.high - other.low == pytest.approx(found.high - found.low, abs=1e-9)
    assert found.low <= found.mean <= found.high
    assert sequential_interval(differences, confidence=confidence / 2).high <= found.high + 1e-12


def test_equal_differences_and_the_first_few():
    assert sequential_interval([0.1] * 9)[:3] == (0.1, 0.1, 0.1)
    assert sequential_interval([0.0] * 9).pvalue == 1
    assert sequential_interval([0.1, 0.2], confidence=0.99).high == np.inf
    assert sequential_reach(3, 1.0, confidence=0.999) == np.inf


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mixture": 0}, "mixture must be greater than 0; got 0"),
        ({"confidence": 1}, "confidence"),
        ({"mixture": -1}, "mixture"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ValueError, match=message):
        sequential_interval([0.1, 0.2, 0.3], **options)
    with pytest.raises(ValueError, match="at least two finite numbers"):
        sequential_interval([0.1])
