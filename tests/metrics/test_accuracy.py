"""Joint and per-head accuracy, and the scorers made of them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import accuracy_score
from sklearn.model_selection import GridSearchCV, KFold, cross_validate
from sklearn.tree import DecisionTreeClassifier

from lineclf.datasets import FACTORS
from lineclf.metrics import (
    head_accuracy_scores,
    head_brier,
    head_log_loss,
    head_proba_scorer,
    head_scorers,
    joint_accuracy_score,
)


@st.composite
def targets(draw):
    n, k, levels = draw(st.integers(1, 30)), draw(st.integers(1, 5)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    weight = rng.integers(0, 3, n).astype(float)
    weight[0] = 1
    return rng.integers(0, levels, (n, k)), rng.integers(0, levels, (n, k)), weight


def names(y):
    return [f"head{i}" for i in range(y.shape[1])]


@given(targets())
def test_joint_accuracy_counts_rows_without_an_error(case):
    y_true, y_pred, _ = case
    rows = [tuple(t) == tuple(p) for t, p in zip(y_true, y_pred, strict=True)]
    assert joint_accuracy_score(y_true, y_pred) == pytest.approx(sum(rows) / len(rows))


@given(targets())
def test_heads_agree_with_sklearn_column_by_column(case):
    y_true, y_pred, weight = case
    scores = head_accuracy_scores(y_true, y_pred, heads=names(y_true), sample_weight=weight)
    for i, accuracy in enumerate(scores.values()):
        assert accuracy == pytest.approx(accuracy_score(y_true[:, i], y_pred[:, i], sample_weight=weight))


@given(targets())
def test_joint_lies_between_the_bound_of_its_heads_and_the_worst_of_them(case):
    y_true, y_pred, weight = case
    joint = joint_accuracy_score(y_true, y_pred, sample_weight=weight)
    heads = head_accuracy_scores(y_true, y_pred, heads=names(y_true), sample_weight=weight).values()
    assert 1 - sum(1 - a for a in heads) - 1e-12 <= joint <= min(heads) + 1e-12


@given(targets(), st.randoms())
def test_order_of_rows_is_irrelevant_and_whole_weights_repeat_rows(case, random):
    y_true, y_pred, weight = case
    order = list(range(len(y_true)))
    random.shuffle(order)
    expected = joint_accuracy_score(y_true, y_pred, sample_weight=weight)
    assert joint_accuracy_score(y_true[order], y_pred[order], sample_weight=weight[order]) == pytest.approx(expected)
    repeated = np.repeat(np.arange(len(y_true)), weight.astype(int))
    assert joint_accuracy_score(y_true[repeated], y_pred[repeated]) == pytest.approx(expected)


@given(targets())
def test_names_of_labels_are_irrelevant(case):
    y_true, y_pred, _ = case
    expected = head_accuracy_scores(y_true, y_pred, heads=names(y_true))
    as_text = head_accuracy_scores(y_true.astype(str), y_pred.astype(str), heads=names(y_true))
    mixed = [pd.DataFrame({i: c.astype(str) if i % 2 else c for i, c in enumerate(y.T)}) for y in (y_true, y_pred)]
    assert expected == as_text == head_accuracy_scores(*mixed, heads=names(y_true))


def test_a_single_output_may_be_flat_or_a_column():
    assert joint_accuracy_score([0, 1, 2], [[0], [1], [0]]) == pytest.approx(2 / 3)
    assert head_accuracy_scores(["a", "b"], ["a", "a"], heads="digit") == {"digit": 0.5}


def test_heads_of_the_lines_are_named_in_factor_order():
    y = np.zeros((3, 4), int)
    assert tuple(head_accuracy_scores(y, y)) == FACTORS


@pytest.mark.parametrize(
    ("y_true", "y_pred", "message"),
    [
        ([[0, 1]], [[0, 1], [1, 1]], "same rows and heads"),
        ([[0, 1]], [0], "same rows and heads"),
        ([], [], "y_true must have shape"),
        (np.zeros((2, 2, 2)), np.zeros((2, 2, 2)), "y_true must have shape"),
        ([0, 1], [0.2, 0.9], "column 0 of y_pred must hold labels, not scores.*0.2"),
        ([0, 1], [0, np.nan], "column 0 of y_pred must hold labels, not scores.*nan"),
        ([0, 1], [0, np.inf], "column 0 of y_pred must hold labels, not scores.*inf"),
        ([0, None], [0, 1], "column 0 of y_true must hold labels"),
        ([0, 1], ["0", "1"], "numbers in y_true but strings in y_pred"),
        (["0", "1"], [0, 1], "strings in y_true but numbers in y_pred"),
    ],
)
def test_targets_that_do_not_fit_are_refused(y_true, y_pred, message):
    with pytest.raises(ValueError, match=message):
        joint_accuracy_score(y_true, y_pred)


@pytest.mark.parametrize("weight", [[1], [1, -1], [0, 0], [1, np.nan], [[1], [1]]])
def test_illegal_weights_are_refused(weight):
    with pytest.raises(ValueError, match="sample_weight must hold 2 finite weights"):
        joint_accuracy_score([0, 1], [0, 1], sample_weight=weight)


@pytest.mark.parametrize("weight", [["a", "b"], ["1", "2"], [1j, 2], [[1], [1, 2]], [object(), 1]])
def test_weights_that_are_no_numbers_are_refused_in_words(weight):
    with pytest.raises(ValueError, match=r"sample_weight must hold numbers; got \["):
        joint_accuracy_score([0, 1], [0, 1], sample_weight=weight)


@pytest.mark.parametrize("heads", [["a"], ["a", "a"], FACTORS, "ab"])
def test_heads_name_every_column_once(heads):
    with pytest.raises(ValueError, match="heads must name each of the 2 columns"):
        head_accuracy_scores([[0, 1]], [[0, 1]], heads=heads)


class Recorder(ClassifierMixin, BaseEstimator):
    """A tree that counts how often it predicts."""

    def fit(self, X, y):
        self.tree_ = DecisionTreeClassifier(max_depth=3, random_state=0).fit(X, y)
        self.classes_ = self.tree_.classes_
        self.calls_ = 0
        return self

    def predict(self, X):
        self.calls_ += 1
        return self.tree_.predict(X)


@pytest.fixture(scope="module")
def factors():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(240, 4))
    y = np.column_stack([X[:, 0] > 0, X[:, 1] > 0, np.digitize(X[:, 2], [-1, 0, 1]), X[:, 3] > 0]).astype(int)
    return X, y


def test_scorers_serve_cross_validate_with_one_prediction(factors):
    X, y = factors
    result = cross_validate(
        Recorder(), X, y, cv=KFold(3), scoring=head_scorers(), error_score="raise", return_estimator=True
    )
    for estimator, (_, test), joint, *heads in zip(
        result["estimator"], KFold(3).split(X), *(result[f"test_{name}"] for name in head_scorers()), strict=True
    ):
        assert estimator.calls_ == 1
        y_pred = estimator.predict(X[test])
        assert joint == joint_accuracy_score(y[test], y_pred)
        assert dict(zip(FACTORS, heads, strict=True)) == head_accuracy_scores(y[test], y_pred)


def test_scorers_serve_a_grid_search_in_other_processes(factors):
    X, y = factors
    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 6]},
        scoring=head_scorers(),
        refit="joint",
        cv=KFold(2),
        n_jobs=2,
    ).fit(X, y)
    assert search.best_params_ == {"max_depth": 6}
    assert (search.cv_results_["mean_test_joint"] <= search.cv_results_["mean_test_angle"]).all()


@pytest.mark.parametrize("heads", [["joint", "a"], ["a", "a"]])
def test_scorer_names_stay_apart(heads):
    with pytest.raises(ValueError, match="heads must be different names other than 'joint'"):
        head_scorers(heads)


class Prober(Recorder):
    """A tree that counts how often it predicts probabilities."""

    def predict_proba(self, X):
        self.calls_ += 1
        return self.tree_.predict_proba(X)


def test_the_scorer_of_probabilities_serves_cross_validate_with_one_prediction(factors):
    X, y = factors
    y = np.array(["low", "mid", "high", "top"])[y]  # labels go by classes_, whose order is not that of the levels
    result = cross_validate(
        Prober(), X, y, cv=KFold(3), scoring=head_proba_scorer(), error_score="raise", return_estimator=True
    )
    for i, (estimator, (_, test)) in enumerate(zip(result["estimator"], KFold(3).split(X), strict=True)):
        assert estimator.calls_ == 1
        options = {"labels": estimator.classes_}
        losses = head_log_loss(y[test], estimator.predict_proba(X[test]), **options)
        briers = head_brier(y[test], estimator.predict_proba(X[test]), **options)
        for head in FACTORS:
            assert result[f"test_{head}_neg_log_loss"][i] == -losses[head]
            assert result[f"test_{head}_neg_brier"][i] == -briers[head]


def test_the_scorer_of_probabilities_serves_a_single_output_and_other_processes(factors):
    X, y = factors
    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 6]},
        scoring=head_proba_scorer("angle"),
        refit="angle_neg_brier",
        cv=KFold(2),
        n_jobs=2,
        error_score="raise",
    ).fit(X, y[:, 2])
    assert search.best_params_ == {"max_depth": 6}
    assert (search.cv_results_["mean_test_angle_neg_log_loss"] < 0).all()
    weighted = head_proba_scorer("angle")(search, X[:2], y[:2, 2], sample_weight=[1, 0])
    assert weighted == head_proba_scorer("angle")(search, X[:1], y[:1, 2])


def test_the_scorer_of_probabilities_names_its_heads_once():
    with pytest.raises(ValueError, match="heads must name each of the 2 columns of y once"):
        head_proba_scorer(["a", "a"])
