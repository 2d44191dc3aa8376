"""Proper scores: against scikit-learn, and proper."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.tree import DecisionTreeClassifier

from lineclf.metrics import (
    fit_temperature,
    head_augrc,
    head_brier,
    head_ece,
    head_log_loss,
    joint_augrc,
    joint_ece,
)

LABELS = (np.array(["long", "short"]), np.array([0, 15, 30, 45, 60]))
HEADS = ("length", "angle")
SCORES = [head_log_loss, head_brier]


@st.composite
def predictions(draw):
    n = draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    probas = [rng.dirichlet(np.full(len(known), 0.3), n) for known in LABELS]
    index = np.column_stack([rng.integers(0, len(known), n) for known in LABELS])
    return probas, index, rng.uniform(0.1, 2, n)


def columns(index):
    return np.column_stack([known[i].astype(object) for known, i in zip(LABELS, index.T, strict=True)])


@given(predictions())
def test_agree_with_sklearn(case):
    probas, index, weight = case
    y = columns(index)
    options = {"heads": HEADS, "labels": LABELS, "sample_weight": weight}
    nll, brier = head_log_loss(y, probas, **options), head_brier(y, probas, **options)
    for i, (head, known) in enumerate(zip(HEADS, LABELS, strict=True)):
        true = known[index[:, i]]
        assert nll[head] == pytest.approx(log_loss(true, probas[i], labels=known, sample_weight=weight))
        expected = brier_score_loss(true, probas[i], labels=known, sample_weight=weight, scale_by_half=False)
        assert brier[head] == pytest.approx(expected)


@pytest.mark.parametrize("score", SCORES)
@given(case=predictions())
def test_names_of_labels_are_irrelevant_and_column_order_is_the_labels(score, case):
    probas, index, _ = case
    expected = score(columns(index), probas, heads=HEADS, labels=LABELS)
    levels = [range(len(known)) for known in LABELS]
    assert score(index, probas, heads=HEADS, labels=levels) == pytest.approx(expected)
    turned = score(columns(index), [p[:, ::-1] for p in probas], heads=HEADS, labels=[known[::-1] for known in LABELS])
    assert turned == pytest.approx(expected)


@pytest.mark.parametrize("score", SCORES)
@given(
    truth=st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
    other=st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
)
def test_the_true_distribution_scores_best(score, truth, other):
    truth, other = np.array(truth) / sum(truth), np.array(other) / sum(other)

    def expected(said):
        return score([0, 1, 2], np.tile(said, (3, 1)), heads=["angle"], sample_weight=truth)["angle"]

    assert expected(truth) <= expected(other) + 1e-12


@pytest.mark.parametrize(("score", "worst"), [(head_log_loss, -np.log(np.finfo(np.float32).eps)), (head_brier, 2)])
def test_certain_predictions_cost_nothing_if_right_and_the_most_if_wrong(score, worst):
    sure = np.eye(3, dtype=np.float32)
    assert score([0, 1, 2], sure, heads=["angle"])["angle"] == 0
    assert score([1, 2, 0], sure, heads=["angle"])["angle"] == pytest.approx(worst)


def test_take_what_a_multi_output_estimator_gives():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 2))
    y = np.column_stack([X[:, 0] > 0, np.digitize(X[:, 1], [-0.5, 0.5])]).astype(int)
    tree = DecisionTreeClassifier(max_depth=4, random_state=0).fit(X, y)
    loss = head_log_loss(y, tree.predict_proba(X), heads=HEADS, labels=tree.classes_)
    assert 0 <= loss["length"] < np.log(2)
    assert 0 <= loss["angle"] < np.log(3)


HALF = np.full((2, 2), 0.5)


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize(
    ("y", "proba", "options", "message"),
    [
        ([0, 1], HALF[:1], {}, r"y_proba of head 'h' must have shape \(2, n_levels\); got \(1, 2\)"),
        ([0, 1], HALF * 2, {}, "y_proba of head 'h' must hold probabilities"),
        ([0, 1], [[1.5, -0.5]] * 2, {}, "y_proba of head 'h' must hold probabilities"),
        ([0, 1], [[np.nan, 1]] * 2, {}, "y_proba of head 'h' must hold probabilities"),
        ([0, 1], [HALF, HALF], {}, "y_proba must hold one array for each of the 1 heads; got 2"),
        ([0, 2], HALF, {"labels": [[0, 1]]}, r"labels of head 'h' must hold every true label; \[2\] are missing"),
        ([0, 1], HALF, {"labels": [[0, 1, 2]]}, "labels of head 'h' must be 2 different ones"),
        ([0, 1], HALF, {"labels": [[0, 0]]}, r"labels of head 'h' must be different ones; got \[0, 0\]"),
        ([0, 1], HALF, {"labels": ["a", "b"]}, "labels of head 'h' must be numbers as in y_true; got strings"),
        ([0, 1], HALF, {"labels": [0, None]}, "column 0 of labels of head 'h' must hold a label in every row"),
        ([0, 1], HALF, {"labels": [[0, 1]] * 2}, "labels must list the labels of each of the 1 heads; got 2 lists"),
    ],
)
def test_what_does_not_fit_is_refused(score, y, proba, options, message):
    with pytest.raises(ValueError, match=message):
        score(y, proba, heads=["h"], **options)


UNSURE = np.array([[0.9, 0.05, 0.05], [0.9, 0.05, 0.05], [0.05, 0.9, 0.05]])


def every_score():
    scores = [head_log_loss, head_brier, head_ece, head_augrc, joint_ece, joint_augrc, fit_temperature]
    return pytest.mark.parametrize("score", scores)


@every_score()
@pytest.mark.parametrize(
    ("y", "classes"),
    [([0, 0, 1], [0, 1, 2]), ([1, 1, 2], [1, 2, 3]), (["a", "a", "b"], ["a", "b", "c"]), ([2, 2, 5], [2, 5, 7])],
)
def test_a_fold_that_lacks_a_label_asks_for_the_classes_and_never_guesses(score, y, classes):
    with pytest.raises(
        ValueError, match=r"labels must be given, such as labels=estimator.classes_: head 'class' has 3"
    ):
        score(y, UNSURE)
    # Given them, the score is that of the same images under any other names.
    assert score(y, UNSURE, labels=classes) == pytest.approx(score([0, 0, 1], UNSURE, labels=[[0, 1, 2]]))


def test_the_loss_of_a_fold_that_lacks_a_label_is_that_of_its_own_columns():
    assert head_log_loss([1, 1, 2], UNSURE, labels=[1, 2, 3])["class"] == pytest.approx(-np.log(0.9))


@every_score()
def test_classes_are_known_where_all_of_them_occur(score):
    y = ["c", "a", "b"]
    assert score(y, UNSURE) == pytest.approx(score(y, UNSURE, labels=[list("abc")]))


@every_score()
def test_one_output_may_come_as_its_estimator_gives_it(score):
    expected = score([0, 1, 2], UNSURE, labels=[[0, 1, 2]])
    for proba, labels in ((UNSURE, np.arange(3)), (pd.DataFrame(UNSURE), (0, 1, 2)), ([UNSURE.tolist()], [[0, 1, 2]])):
        assert score([0, 1, 2], proba, labels=labels) == expected


@pytest.mark.parametrize("score", [head_log_loss, head_brier, head_ece, head_augrc, fit_temperature])
def test_heads_are_named_as_the_target_names_them(score):
    y = pd.DataFrame({"shape": ["round", "long"], "size": [1, 2]})
    assert list(score(y, [HALF, HALF])) == ["shape", "size"]
    assert list(score(y.to_numpy(), [HALF, HALF])) == ["head_0", "head_1"]
