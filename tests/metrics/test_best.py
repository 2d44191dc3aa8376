"""Multiple comparisons with the best, against SciPy's paired t and by simulation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from lineclf.metrics import compare_with_best


@st.composite
def tables(draw):
    n_models, n_seeds = draw(st.integers(2, 5)), draw(st.integers(3, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return pd.DataFrame(
        rng.normal(rng.normal(0, draw(st.sampled_from([0.0, 1.0, 5.0])), n_models), 1, (n_seeds, n_models)),
        columns=list("abcde")[:n_models],
    )


@given(tables(), st.sampled_from([0.9, 0.95]))
def test_a_model_is_out_where_a_one_sided_paired_t_says_so_of_any_other(scores, confidence):
    found = compare_with_best(scores, confidence=confidence)
    level = (1 - confidence) / (scores.shape[1] - 1)
    tests = {
        one: [
            stats.ttest_rel(scores[one], scores[other], alternative="less") for other in scores.columns if other != one
        ]
        for one in scores.columns
    }
    for name, each in tests.items():
        assert found["may_be_best"][name] == (min(test.pvalue for test in each) >= level)
        highest = min(test.confidence_interval(1 - level).high for test in each)
        assert found["high"][name] == pytest.approx(max(highest, 0), abs=1e-9)
        means = scores.mean()
        assert found["behind"][name] == pytest.approx(means.drop(name).max() - means[name])
    assert found["may_be_best"].any()
    assert (found["low"] <= 1e-9 - found["behind"].clip(lower=0)).all()
    assert (found["low"] == 0).sum() <= 1  # it alone may be the best


@pytest.mark.parametrize("gaps", [(0, 0, 0, 0, 0, 0), (0, 0.5, 1, 2, 4, 8)])
def test_all_statements_of_a_table_hold_together(gaps):
    rng = np.random.default_rng(0)
    means, spread = -np.array(gaps, float), np.array([0.2, 1, 0.5, 2, 1, 0.1])
    truth = np.array([mean - np.delete(means, i).max() for i, mean in enumerate(means)])
    n_times, n_held = 600, 0
    for _ in range(n_times):
        blocks = rng.normal(0, 3, (5, 1))  # what a seed makes easy, it makes easy for all
        found = compare_with_best(pd.DataFrame(means + blocks + spread * rng.normal(size=(5, 6))))
        n_held += bool(((found["low"] <= truth) & (truth <= found["high"])).all())
    assert stats.binomtest(n_held, n_times, 0.95, alternative="less").pvalue > 0.001


def test_pairs_go_by_common_seeds_and_equal_scores_may_both_be_best():
    scores = pd.DataFrame({"a": [1, 1, 1, 1.0], "b": [1, 1, 1, 1.0], "c": [0.19, 0.21, np.nan, np.nan]})
    found = compare_with_best(scores)
    assert found["may_be_best"].to_dict() == {"a": True, "b": True, "c": False}
    assert found.loc["a", ["behind", "low", "high"]].tolist() == [0, 0, 0]
    assert found["behind"]["c"] == pytest.approx(0.8)
    alone = compare_with_best(scores.assign(c=[0.1, *[np.nan] * 3]))
    assert np.isnan(alone.loc["c", ["low", "high"]].astype(float)).all()
    assert alone["may_be_best"]["c"]


def test_one_model_has_nothing_to_be_compared_with():
    with pytest.raises(ValueError, match="two models or more; got 1"):
        compare_with_best(pd.DataFrame({"a": [1.0, 2.0]}))
