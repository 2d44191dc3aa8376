"""Accuracy in the worst group."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.dummy import DummyClassifier
from sklearn.metrics import make_scorer

from lineclf.datasets import make_shortcut_lines, shortcut_groups
from lineclf.metrics import joint_accuracy_score, worst_group_accuracy


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from("abc")), min_size=1))
def test_it_is_the_least_of_the_groups_accuracies(rows):
    true, pred, groups = map(np.array, zip(*rows, strict=True))
    each = [joint_accuracy_score(true[groups == g], pred[groups == g]) for g in set(groups.tolist())]
    assert worst_group_accuracy(true, pred, groups) == pytest.approx(min(each))
    assert worst_group_accuracy(true, pred, np.zeros(len(true))) == pytest.approx(joint_accuracy_score(true, pred))


def test_a_column_counts_alone_and_a_function_says_the_groups():
    X, y = make_shortcut_lines(400, agreement=0.9, noise=0, random_state=0)
    first = y.copy()
    first[:, 0] = 1 - first[:, 0]
    assert worst_group_accuracy(y, first, shortcut_groups, column=2) == 1
    assert worst_group_accuracy(y, first, shortcut_groups) == 0
    scorer = make_scorer(worst_group_accuracy, groups=shortcut_groups, column=3)
    always_red = DummyClassifier(strategy="constant", constant=[0, 0, 0, 0]).fit(X.reshape(len(X), -1), y)
    assert scorer(always_red, X.reshape(len(X), -1), y) == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"groups": [0, 0]}, r"groups must have one entry for each of the 3 images; got shape \(2,\)"),
        ({"groups": [0, 0, 1], "column": 1}, "column must be an integer from 0 to 0; got 1"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ValueError, match=message):
        worst_group_accuracy([0, 1, 0], [0, 1, 1], **options)
