"""Joint and per-head accuracy, and the scorers made of them."""

import numpy as np
import pandas as pd
import pytest
import sklearn
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
        ([[0, 1]], [[0, 1], [1, 1]], "y_true and y_pred must have the same number of rows; got 1 and 2"),
        ([[0, 1]], [0], "y_true and y_pred must have the same heads; got 2 and 1"),
        ([], [], "y_true must have one or two dimensions"),
        (np.zeros((2, 2, 2)), np.zeros((2, 2, 2)), "y_true must have one or two dimensions"),
        ([0, 1], [0.2, 0.9], "column 0 of y_pred must hold labels, not scores.*0.2"),
        ([0, 1], [0, np.inf], "column 0 of y_pred must hold finite labels; row 1 has inf"),
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
    with pytest.raises(ValueError, match="heads must be different names; got"):
        head_proba_scorer(["a", "a"])


NAMES = ["shape", "colour", "size"]


class Named(Prober):
    """A net as far as scorers see it: it keeps the names of its heads, and knows labels of numbers and strings."""

    def fit(self, X, y):
        self.heads_ = list(map(str, y.columns)) if hasattr(y, "columns") else [f"head_{i}" for i in range(3)]
        columns = np.asarray(y, dtype=object).T
        self.classes_ = [np.unique(column) for column in columns]
        codes = [np.searchsorted(known, column) for known, column in zip(self.classes_, columns, strict=True)]
        self.tree_ = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, np.column_stack(codes))
        self.calls_ = 0
        return self

    def predict(self, X):
        codes = super().predict(X).T
        return np.column_stack([known[code].astype(object) for known, code in zip(self.classes_, codes, strict=True)])


@pytest.fixture(scope="module")
def named(factors):
    X, y = factors
    words = {"colour": np.array(["red", "blue"])[y[:, 1]], "size": y[:, 2]}
    return X, pd.DataFrame({"shape": np.array(["round", "long"])[y[:, 0]], **words})


PROBA = [f"{head}_neg_{score}" for head in NAMES for score in ("log_loss", "brier")]


@pytest.mark.parametrize(
    ("scoring", "expected"),
    [
        (head_scorers(), ["joint", *NAMES]),
        (head_scorers(NAMES), ["joint", *NAMES]),
        (head_scorers(iter("abc")), ["joint", *"abc"]),
        (head_proba_scorer(), PROBA),
        (head_proba_scorer(NAMES), PROBA),
    ],
    ids=["none", "own", "other", "proba", "own proba"],
)
def test_scores_have_the_names_of_the_heads_that_are_scored(named, scoring, expected):
    X, y = named
    result = cross_validate(Named(), X, y, cv=KFold(3), scoring=scoring, error_score="raise", return_estimator=True)
    assert [name for name in result if name.startswith("test_")] == [f"test_{name}" for name in expected]
    for i, (estimator, (_, test)) in enumerate(zip(result["estimator"], KFold(3).split(X), strict=True)):
        assert estimator.calls_ == 1
        truth, options = y.iloc[test], {"labels": estimator.classes_}
        accuracies = head_accuracy_scores(truth, estimator.predict(X[test]))
        losses = head_log_loss(truth, estimator.predict_proba(X[test]), **options)
        assert list(accuracies) == list(losses) == NAMES
        if "joint" in expected:
            assert result["test_joint"][i] == joint_accuracy_score(truth, estimator.predict(X[test]))
            assert [result[f"test_{head}"][i] for head in expected[1:]] == list(accuracies.values())
        else:
            assert [result[f"test_{head}_neg_log_loss"][i] for head in NAMES] == [-loss for loss in losses.values()]


def test_a_proper_score_of_all_heads_stands_beside_the_accuracies(named):
    X, y = named
    clf, scorers = Named().fit(X, y), head_scorers(log_loss=True)
    found = scorers(clf, X, y)
    assert list(found) == ["joint", *NAMES, "neg_log_loss"]
    assert {name: found[name] for name in ["joint", *NAMES]} == head_scorers()(clf, X, y)
    assert found["neg_log_loss"] == -sum(head_log_loss(y, clf.predict_proba(X), labels=clf.classes_).values())
    # Independent heads: the loss of the combination, by hand.
    chances = [
        proba[np.arange(len(y)), np.searchsorted(known, y[name].to_numpy())]
        for proba, known, name in zip(clf.predict_proba(X), clf.classes_, NAMES, strict=True)
    ]
    by_hand = np.log(np.maximum(np.prod(chances, axis=0), 1e-300))
    sure = np.min(chances, axis=0) > 0
    assert scorers(clf, X[sure], y[sure])["neg_log_loss"] == pytest.approx(by_hand[sure].mean())
    unseen = y.assign(size=y["size"] + 10)
    assert np.isnan(scorers(clf, X, unseen)["neg_log_loss"])
    weight = np.arange(len(X)) % 3
    twice = np.repeat(np.arange(len(X)), weight)
    weighted = scorers(clf, X, y, sample_weight=weight)["neg_log_loss"]
    assert weighted == pytest.approx(scorers(clf, X[twice], y.iloc[twice])["neg_log_loss"])
    assert repr(scorers) == "head_scorers(log_loss=True)"
    assert repr(head_scorers("a", log_loss=True)) == "head_scorers(['a'], log_loss=True)"
    with pytest.raises(ValueError, match="other than 'joint' and 'neg_log_loss'"):
        head_scorers(["neg_log_loss"])


def test_a_search_refits_by_a_head_that_only_the_target_names(named):
    X, y = named
    search = GridSearchCV(Named(), {}, scoring=head_scorers(), refit="size", cv=KFold(2), error_score="raise", n_jobs=2)
    search.fit(X, y)
    size = head_accuracy_scores(y, search.predict(X))["size"]
    assert search.score(X, y) == size
    assert {f"mean_test_{head}" for head in ("joint", *NAMES)} <= set(search.cv_results_)


def test_names_come_from_the_estimator_where_the_target_has_none(named):
    X, y = named
    clf = Named().fit(X, y)
    for target in (y, y.to_numpy(), y.to_numpy().tolist()):
        assert list(head_scorers()(clf, X, target)) == ["joint", *NAMES]
        assert list(head_proba_scorer()(clf, X, target)) == PROBA
    with pytest.raises(ValueError, match=r"heads must be in the order of y's columns, \('size', 'shape', 'colour'\)"):
        head_scorers()(clf, X, y[["size", "shape", "colour"]])
    for scorer in (head_scorers(["a", "b"]), head_proba_scorer(["a", "b"])):
        with pytest.raises(ValueError, match=r"heads must name each of the 3 columns of y once; got \('a', 'b'\)"):
            scorer(clf, X, y)


def test_scorers_are_a_mapping_too(factors):
    X, y = factors
    scorers, tree = head_scorers(), DecisionTreeClassifier(max_depth=2, random_state=0).fit(X, y)
    assert list(scorers) == ["joint", *FACTORS] == list({**scorers})
    assert len(scorers) == 5
    assert {name: scorer(tree, X, y) for name, scorer in scorers.items()} == scorers(tree, X, y)
    assert (repr(scorers), repr(head_scorers("a"))) == ("head_scorers()", "head_scorers(['a'])")
    more = {**head_scorers(), "also": scorers["color"]}
    result = cross_validate(tree, X, y, scoring=more)
    np.testing.assert_array_equal(result["test_also"], result["test_color"])


def test_weights_reach_the_scorers_that_ask_for_them(factors):
    X, y = factors
    tree, weight = DecisionTreeClassifier(max_depth=2, random_state=0), np.arange(len(X)) % 3
    with sklearn.config_context(enable_metadata_routing=True):
        tree.set_fit_request(sample_weight=False)
        scorers = head_scorers()
        for name, scorer in scorers.items():
            scorer.set_score_request(sample_weight=name == "angle")
        options = {"cv": KFold(2), "scoring": scorers, "return_estimator": True, "params": {"sample_weight": weight}}
        result = cross_validate(tree, X, y, error_score="raise", **options)
    for i, (_, test) in enumerate(KFold(2).split(X)):
        predicted = result["estimator"][i].predict(X[test])
        assert result["test_angle"][i] == head_accuracy_scores(y[test], predicted, sample_weight=weight[test])["angle"]
        assert result["test_joint"][i] == joint_accuracy_score(y[test], predicted)
