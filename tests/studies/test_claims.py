"""What becomes of the report's claims in words, on stored values made for it."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from reproduction import Claim, Model
from reproduction.claims import CLAIMS, REGION, try_claim

ONE, TWO = Model("one", "mnist", "a:B"), Model("two", "mnist", "a:B")
NOISE = np.array([-1, 0, 1, 0.5, -0.5]) * 1e-4  # of five seeds


def tried(about, one, two=None):
    """What becomes of a claim of one model, or of two."""
    values = {ONE: {name: pd.Series(each) for name, each in one.items()}}
    values |= {TWO: {name: pd.Series(each) for name, each in (two or {}).items()}}
    return try_claim(Claim("so it is", about, (ONE, TWO) if two is not None else (ONE,)), values)


@pytest.mark.parametrize(
    ("shift", "scatter", "word"),
    [(0, 1, "holds"), (0.01, 1, "fails"), (-0.01, 1, "fails"), (0, 100, "undecided"), (0.0015, 1, "holds")],
)
def test_similar_holds_within_the_region_and_fails_beside_it(shift, scatter, word):
    base = 0.98 + NOISE
    found = tried("similar", {"test_accuracy": base}, {"test_accuracy": base + shift + scatter * NOISE[::-1]})
    assert found.word == word
    assert f"{100 * shift:+.2f} points" in found.text


@given(st.lists(st.tuples(st.floats(0.9, 1), st.floats(0.9, 1)), min_size=3, max_size=8))
def test_similar_is_a_paired_t_interval(pairs):
    first, second = np.array(pairs).T
    assume(np.ptp(second - first) > 1e-6)
    low, high = stats.ttest_rel(second, first).confidence_interval(0.95)
    found = tried("similar", {"test_accuracy": first}, {"test_accuracy": second})
    shown = re.search(r"points, (\S+) to (\S+), (\d) seeds", found.text)
    assert [float(end) for end in shown.groups()[:2]] == pytest.approx([100 * low, 100 * high], abs=0.0051)
    assert int(shown[3]) == len(pairs)


@pytest.mark.parametrize(("rise", "word"), [(0, "holds"), (-0.01, "holds"), (0.01, "fails")])
def test_epochs_are_too_many_where_the_second_half_adds_nothing(rise, word):
    half = 0.98 + NOISE
    assert tried("fewer epochs", {"test_accuracy": half + rise, "test_accuracy_half_way": half}).word == word
    unsure = {"test_accuracy": half + 20 * NOISE[::-1] + REGION / 2, "test_accuracy_half_way": half}
    assert tried("fewer epochs", unsure).word == "undecided"


@pytest.mark.parametrize(("gap", "word"), [(0, "holds"), (-0.01, "holds"), (0.01, "fails")])
def test_a_net_is_over_fitted_by_what_it_was_not_trained_on(gap, word):
    train = 0.99 + NOISE
    values = {"train_accuracy": train, "test_accuracy": train, "test_accuracy_unseen": train - gap}
    assert tried("no gap", values).word == word
    assert tried("no gap", {"train_accuracy": train, "test_accuracy": train}).word == "undecided"


@pytest.mark.parametrize(
    ("test", "train", "word"),
    [
        (0.001, -0.001, "holds"),
        (-0.001, -0.001, "fails"),
        (0.001, 0.001, "fails"),
        (0, -0.001, "undecided"),
    ],
)
def test_over_fitting_is_a_loss_that_rises_on_test_and_falls_in_training(test, train, word):
    assert tried("rising loss", {"test_loss_slope": test + NOISE, "train_loss_slope": train + NOISE}).word == word


def heads(**areas):
    return {f"test_error_over_epochs_{head}": pd.Series(area + NOISE) for head, area in areas.items()}


def test_the_bottleneck_is_the_two_heads_with_most_errors():
    found = tried("bottleneck", heads(length=0.01, width=0.001, angle=0.2, color=0.02))
    assert found.word == "holds"
    assert found.text.startswith("Most errors over the epochs: angle and color. ")
    found = tried("bottleneck", heads(length=0.01, width=0.001, angle=0.2, color=0.001))
    assert found.word == "fails"
    assert "angle and length; the report says angle and colour, of which angle holds" in found.text
    found = tried("bottleneck", heads(length=0.01, width=0.02, angle=0.001, color=0.001))
    assert found.word == "fails"
    assert "of which" not in found.text
    near = heads(length=0.01, width=0.001, angle=0.2, color=0.01)
    near["test_error_over_epochs_color"] = 0.01 + NOISE[::-1]
    assert tried("bottleneck", near).word == "undecided"


@pytest.mark.parametrize("about", CLAIMS)
def test_what_has_not_run_decides_nothing_and_nor_does_one_seed(about):
    assert tried(about, {}, {}) == ("undecided", "Not measured yet")
    names = ("test_accuracy", "train_accuracy", "test_accuracy_half_way", "test_accuracy_unseen")
    one = {name: [0.5 + 0.1 * i] for i, name in enumerate(names)}
    one |= {f"{side}_loss_slope": [0.1] for side in ("test", "train")} | heads_of_one()
    assert tried(about, one, {"test_accuracy": [0.9]}).word == "undecided"


def heads_of_one():
    return {name: values[:1] for name, values in heads(length=0.1, width=0.2, angle=0.3, color=0.4).items()}
