"""The rule of the reproduction's verdicts, against tests of equivalence by other libraries."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import ttost_ind

from reproduction import Item, Model, Target
from reproduction.verdicts import EXACT, LEAST, MARGIN, WORDS, figure_verdict, judge, target_verdict

LEVEL = 0.025  # of each one-sided test: half of what a 95 % interval leaves
NET, OTHER = Model("net", "mnist", "a:B"), Model("other", "mnist", "a:B")
scores = st.lists(st.floats(0.9, 1), min_size=LEAST, max_size=9).filter(lambda values: np.std(values) > 1e-5)
figures = st.floats(0.9, 0.9999)


def clear(pvalue):
    """Away from the level, where rounding would decide."""
    assume(abs(pvalue - LEVEL) > 1e-6 and abs(pvalue - 2 * LEVEL) > 1e-6)
    return pvalue


@given(scores, figures)
def test_reproduced_is_what_two_one_sided_tests_say(values, reported):
    found = judge(values, reported)
    larger = stats.ttest_ind(np.add(values, found.margin), [reported], alternative="greater").pvalue
    smaller = stats.ttest_ind(np.subtract(values, found.margin), [reported], alternative="less").pvalue
    assert (found.word == "reproduced") == (clear(max(larger, smaller)) < LEVEL)
    assert ttost_ind(values, [reported], -found.margin, found.margin)[0] == pytest.approx(max(larger, smaller))


@given(scores, figures)
def test_better_and_worse_are_what_a_two_sample_t_test_with_one_more_value_says(values, reported):
    found = judge(values, reported)
    if found.word != "reproduced":
        differs = clear(stats.ttest_ind(values, [reported]).pvalue) < 2 * LEVEL
        side = "better" if np.mean(values) > reported else "worse"
        assert found.word == (side if differs else "undecided")


@given(scores, figures)
def test_the_margin_is_half_a_point_but_never_more_than_the_reports_own_errors(values, reported):
    margin = judge(values, reported).margin
    assert margin == min(MARGIN, 1 - reported)
    assert judge(values, 1.0).margin == 0


@given(st.floats(0, 1), st.floats(0, 1), st.integers(LEAST, 9))
def test_seeds_that_agree_to_the_bit_decide(value, reported, n):
    found = judge([value] * n, reported)
    assert found.word != "undecided"
    if abs(abs(value - reported) - found.margin) > 1e-12:
        assert (found.word == "reproduced") == (abs(value - reported) < found.margin)


@given(scores, figures, st.integers(0, LEAST - 1))
def test_fewer_than_three_seeds_decide_nothing(values, reported, n):
    assert judge(values[:n] or [0.5], reported).word == "undecided"


@given(scores, figures, st.randoms())
def test_the_order_of_the_seeds_is_nothing_and_more_scatter_never_reproduces(values, reported, random):
    shuffled = random.sample(values, len(values))
    before, after = judge(values, reported), judge(shuffled, reported)
    assert after.difference == pytest.approx(before.difference, abs=1e-12)
    wider = judge(np.mean(values) + 1.5 * (np.array(values) - np.mean(values)), reported)
    if wider.word == "reproduced":
        assert before.word == "reproduced"


@pytest.mark.parametrize(
    ("values", "reported", "word"),
    [
        ([0.9996, 0.9998, 1.0], 0.9896, "better"),  # 250 errors of 24,000 against 10 are not the same
        ([0.99992, 0.99975, 0.99992], 1.0, "undecided"),  # few seeds that err, and a report without any error
        ([1.0, 1.0, 1.0], 1.0, "reproduced"),
        ([0.9876, 0.9871, 0.9883, 0.9893, 0.9884], 0.9864, "reproduced"),
        ([0.9876, 0.9871, 0.9883, 0.9893, 0.9884], 0.9986, "worse"),
        ([0.95, 0.97, 0.99], 0.975, "undecided"),  # no difference is seen, and none as large is excluded
    ],
)
def test_words_of_cases_by_hand(values, reported, word):
    assert judge(values, reported).word == word


def test_the_words_are_those_for_the_packages_verdicts():
    assert WORDS == {"equivalent": "reproduced", "better": "better", "worse": "worse", "open": "undecided"}


def item(**settings):
    return Item("A", "test_accuracy", "", "", (NET, OTHER), **settings)


def test_a_verdict_has_its_interval_or_says_why_it_has_none():
    known = {"test_accuracy": pd.Series([0.98, 0.982, 0.984]), "parameters": pd.Series([9.0, 9.0])}
    reported = item(figures={"test_accuracy": 0.981, "parameters": 9})
    text = figure_verdict("test_accuracy", known, reported)
    reach = stats.t.ppf(0.975, 2) * 0.2 * np.sqrt(4 / 3)
    assert text == f"undecided (+0.10 points, {0.1 - reach:+.2f} to {0.1 + reach:+.2f}, 3 seeds; margin 0.5)"
    one = {"test_accuracy": pd.Series([0.98])}
    assert figure_verdict("test_accuracy", one, reported).startswith("undecided (-0.10 points, 1 seed: no interval")
    assert figure_verdict("parameters", known, reported) == "reproduced"
    assert figure_verdict("parameters", known, item(figures={"parameters": 8})) == "not reproduced"
    assert figure_verdict("test_accuracy", known, item()) == "–"
    chosen = item(figures={"test_accuracy": 0.981}, chosen={"test_accuracy": "epochs were chosen for it"})
    assert figure_verdict("test_accuracy", known, chosen) == f"{text}, which says nothing: epochs were chosen for it"


def verdict(values, *, other=None, metric="seconds", **bounds):
    """The word for a target, from its values seed by seed."""
    relative = {} if other is None else {"relative_to": OTHER}
    known = {NET: {metric: pd.Series(values, dtype=float)}, OTHER: {metric: pd.Series(other, dtype=float)}}
    return target_verdict(Target(NET, metric, **bounds, **relative), known).rpartition(": ")[2]


@given(st.lists(st.floats(1, 100), min_size=LEAST, max_size=8), st.floats(1, 100))
def test_a_target_is_met_only_where_the_whole_interval_meets_it(values, bound):
    low, high = (
        stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values)) if np.ptp(values) else (0, 0)
    )
    assume(np.ptp(values) > 1e-6)
    for bounds, worst, sign in (({"at_least": bound}, low, 1), ({"at_most": bound}, high, -1)):
        assume(abs(worst - bound) > 1e-6 and abs(np.mean(values) - bound) > 1e-6)
        expected = "met" if sign * worst > sign * bound else "undecided"
        expected = expected if sign * np.mean(values) > sign * bound else "**missed**"
        assert verdict(values, **bounds) == expected


def test_targets_by_hand():
    assert verdict([0.154, 0.172, 0.250], other=[1, 1, 1], at_most=0.2) == "undecided"  # the mean alone would meet it
    assert verdict([15, 25, 30], other=[100, 100, 100], at_most=0.2) == "**missed**"
    assert verdict([1, 1, 1], metric="test_accuracy", at_least=1.0) == "met"
    assert verdict([0.9], metric="test_accuracy", at_least=0.8) == "undecided"  # one seed
    assert verdict([0.7], metric="test_accuracy", at_least=0.8) == "**missed**"
    for metric in EXACT:
        assert verdict([7], metric=metric, at_most=7) == "met"
    assert verdict([], at_most=7) == ""
    assert verdict([5, 5, 5], other=[], at_most=7) == ""


def test_a_target_that_rounding_would_meet_shows_why_it_does_not():
    known = {NET: {"test_accuracy": pd.Series([0.99996, 0.99998, 1.0])}}
    text = target_verdict(Target(NET, "test_accuracy", at_least=1.0), known)
    assert text.startswith("test accuracy 99.9980 % (99.99 to 100.00, 3 seeds), target ≥ 100.00 %: **missed**")
