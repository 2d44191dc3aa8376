"""Proper scores: against scikit-learn, and proper."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import brier_score_loss, log_loss
from sklearn.tree import DecisionTreeClassifier

from lineclf.metrics import head_brier, head_log_loss

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
def test_level_indices_need_no_labels_and_column_order_is_the_labels(score, case):
    probas, index, _ = case
    expected = score(columns(index), probas, heads=HEADS, labels=LABELS)
    assert score(index, probas, heads=HEADS) == pytest.approx(expected)
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
        ([0, 1], HALF, {"labels": [[0, 0]]}, "labels of head 'h' must be 2 different ones"),
        (["a", "a"], HALF, {}, "labels must be given: head 'h' has 2 columns"),
        ([5, 5], HALF, {}, "labels must be given: head 'h' has 2 columns"),
    ],
)
def test_what_does_not_fit_is_refused(score, y, proba, options, message):
    with pytest.raises(ValueError, match=message):
        score(y, proba, heads=["h"], **options)
