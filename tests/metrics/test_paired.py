"""Paired differences against SciPy, and the verdicts that follow from their intervals."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lineclf.metrics import VERDICTS, corrected_interval, paired_difference, verdict

scores = st.lists(st.tuples(st.floats(0, 1, width=16), st.floats(0, 1, width=16)), min_size=2, max_size=12)


@given(scores)
def test_independent_pairs_are_the_paired_t_test(pairs):
    own, other = np.array(pairs).T
    found = paired_difference(own, other)
    assert found.n == len(pairs)
    assert found.delta == pytest.approx((own - other).mean(), abs=1e-11)
    assert found.better == pytest.approx(np.mean((own > other) + (own == other) / 2))
    if np.ptp((own - other).round(12)) > 1e-6:
        test = stats.ttest_rel(own, other)
        interval = test.confidence_interval(0.95)
        assert found[2:5] == pytest.approx((interval.low, interval.high, test.pvalue), rel=1e-6, abs=1e-9)


@given(scores, st.floats(0, 1), st.floats(0.5, 0.99))
def test_overlapping_ones_are_corrected_and_swapping_changes_the_sign(pairs, ratio, confidence):
    own, other = np.array(pairs).T
    options = {"test_train_ratio": ratio, "confidence": confidence}
    found, swapped = paired_difference(own, other, **options), paired_difference(other, own, **options)
    interval = corrected_interval((own - other).round(12), **options)
    assert found[1:5] == interval
    assert swapped[1:5] == pytest.approx((-found.delta, -found.high, -found.low, found.pvalue), abs=1e-12)
    assert swapped.better == pytest.approx(1 - found.better)


def test_series_are_paired_by_index_and_few_pairs_have_no_interval():
    own, other = pd.Series([0.5, 0.7, np.nan], [2, 0, 1]), pd.Series([0.6, 0.1, 0.2], [0, 1, 3])
    found = paired_difference(own, other)
    assert (found.n, found.better) == (1, 1.0)
    assert found.delta == pytest.approx(0.1)
    assert np.isnan(found[2:5]).all()
    assert np.isnan(paired_difference([], [])[1:]).all()
    with pytest.raises(ValueError, match=r"of one length; got shapes \(2,\) and \(3,\)"):
        paired_difference([1, 2], [1, 2, 3])


@given(st.floats(-1, 1), st.floats(0, 1), st.none() | st.floats(0, 0.5))
def test_a_verdict_follows_from_the_whole_interval(low, width, rope):
    high = low + width
    found = verdict(low, high, rope=rope)
    assert found in VERDICTS
    assert (found == "equivalent") == (rope is not None and max(-low, high) <= rope)
    if found in ("better", "worse"):
        assert low > 0 if found == "better" else high < 0
    if found == "open":
        assert low <= 0 <= high


def test_without_an_interval_all_is_open_and_a_negative_rope_is_refused():
    assert verdict(np.nan, np.nan, rope=0.1) == "open"
    with pytest.raises(ValueError, match="rope must be a finite number of at least 0; got -1"):
        verdict(0, 1, rope=-1)
