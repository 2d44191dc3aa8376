"""Bayes' rule in harder worlds: against sums over everything that could have been drawn, and against learners."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from scipy.special import logsumexp, softmax
from sklearn.base import clone
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from lineclf.baselines import (
    BayesClassifier,
    CountBayesClassifier,
    CrossingBayesClassifier,
    LabelPowersetClassifier,
    ShortcutBayesClassifier,
)
from lineclf.datasets import make_count_lines, make_crossing_lines, make_lines, make_shortcut_lines
from lineclf.metrics import head_accuracy_scores, head_scorers
from lineclf.model_selection import BackgroundDraw, CountDraw, CrossingDraw, ShortcutDraw

TINY = {"image_size": 7, "lengths": [3, 6], "widths": [1], "angles": [0, 45, 90]}
NOISE = 0.6
RULES = {
    "background": (BackgroundDraw(NOISE, 1.5, world=TINY), BayesClassifier(NOISE, beta=1.5, world=TINY)),
    "crossing": (CrossingDraw(NOISE, world=TINY), CrossingBayesClassifier(NOISE, world=TINY)),
    "count": (CountDraw(NOISE, world=TINY), CountBayesClassifier(NOISE, world=TINY)),
    "shortcut": (ShortcutDraw(NOISE, 0.9, 0.9, world=TINY), ShortcutBayesClassifier(NOISE, 0.9, world=TINY)),
}


def clean_lines(color):
    """All clean lines of one colour, with their level indices of length, width and angle and the log prior of each."""
    X, y = make_lines(None, distinct=True, dtype="float32", **TINY)
    here = y[:, 3] == color
    X, y = X[here], y[here, :3]
    _, kind, counts = np.unique(y, axis=0, return_inverse=True, return_counts=True)
    return X.reshape(len(X), -1).astype(np.float64), y, -np.log(counts[kind]) - np.log(len(counts))


def log_densities(X, means):
    return -cdist(X.reshape(len(X), -1), means, "sqeuclidean") / (2 * NOISE**2)


def marginal(posterior, labels, n_levels):
    return np.stack([posterior[:, labels == level].sum(axis=1) for level in range(n_levels)], axis=1)


def test_crossing_lines_are_all_pairs_of_lines():
    X, y = make_crossing_lines(40, noise=NOISE, random_state=0, **TINY)
    (red, red_levels, red_prior), (blue, blue_levels, blue_prior) = clean_lines(0), clean_lines(1)
    pairs = (red[:, None] + blue).reshape(-1, red.shape[1])
    posterior = softmax(log_densities(X, pairs) + (red_prior[:, None] + blue_prior).ravel(), axis=1)
    levels = np.hstack([np.repeat(red_levels, len(blue), axis=0), np.tile(blue_levels, (len(red), 1))])
    rule = CrossingBayesClassifier(NOISE, world=TINY).fit(X, y)
    proba = rule.predict_proba(X)
    for head, n_levels in enumerate([2, 1, 3] * 2):
        np.testing.assert_allclose(proba[head], marginal(posterior, levels[:, head], n_levels), rtol=1e-5, atol=1e-10)
    kinds, kind = np.unique(levels, axis=0, return_inverse=True)
    best = marginal(posterior, kind, len(kinds)).argmax(axis=1)
    np.testing.assert_array_equal(rule.predict(X), kinds[best])


def test_counting_is_the_sum_over_all_that_could_be_there():
    X, y = make_count_lines(40, noise=NOISE, random_state=0, **TINY)
    (red, _, red_prior), (blue, _, blue_prior) = clean_lines(0), clean_lines(1)
    pairs = (red[:, None] + blue).reshape(-1, red.shape[1])
    evidence = [
        log_densities(X, np.zeros((1, 147)))[:, 0],
        logsumexp(log_densities(X, red) + red_prior, axis=1),
        logsumexp(log_densities(X, blue) + blue_prior, axis=1),
        logsumexp(log_densities(X, pairs) + (red_prior[:, None] + blue_prior).ravel(), axis=1),
    ]
    expected = softmax(np.transpose(evidence), axis=1)
    rule = CountBayesClassifier(NOISE, world=TINY).fit(X, y)
    np.testing.assert_allclose(rule.predict_proba(X), expected, rtol=1e-5, atol=1e-10)
    np.testing.assert_array_equal(rule.predict(X), expected.argmax(axis=1))
    assert rule.classes_.tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("agreement", [0.0, 0.1, 0.5, 0.95, 1.0])
def test_the_shortcut_is_a_prior_of_the_classes(agreement):
    X, y = make_shortcut_lines(40, agreement=0.8, noise=NOISE, random_state=0, **TINY)
    means, levels, weights = [], [], []
    for color in (0, 1):
        lines, of_lines, prior = clean_lines(color)
        agrees = (of_lines[:, 2] == 2) == color
        means.append(lines)
        levels.append(np.column_stack([of_lines, np.full(len(lines), color)]))
        weights.append(np.exp(prior) * np.where(agrees, agreement, 1 - agreement))
    levels, weights = np.vstack(levels), np.concatenate(weights)
    posterior = np.exp(log_densities(X, np.vstack(means))) * weights
    posterior /= posterior.sum(axis=1, keepdims=True)
    rule = ShortcutBayesClassifier(NOISE, agreement, world=TINY).fit(X, y)
    proba = rule.predict_proba(X)
    for head, n_levels in enumerate((2, 1, 3, 2)):
        np.testing.assert_allclose(proba[head], marginal(posterior, levels[:, head], n_levels), rtol=1e-5, atol=1e-10)
        np.testing.assert_array_equal(rule.predict(X)[:, head], proba[head].argmax(axis=1))
    if agreement == 0.5:
        for one, other in zip(proba, BayesClassifier(NOISE, world=TINY).fit(X, y).predict_proba(X), strict=True):
            np.testing.assert_allclose(one, other)


@pytest.mark.parametrize("name", RULES)
def test_no_learner_beats_the_bound_which_is_as_sure_as_it_is_right(name):
    draw, rule = RULES[name]
    data = draw(0, n_train=1500, n_test=3000)
    X, X_test = data.X.reshape(1500, -1), data.X_test.reshape(3000, -1)
    bound = rule.fit(data.X, data.y)
    answer = bound.predict(data.X_test)
    right = np.all((answer == data.y_test).reshape(3000, -1), axis=1)
    assert right.mean() > 0.5
    learners = [LogisticRegression(C=0.02, max_iter=50), LinearDiscriminantAnalysis(), GaussianNB()]
    for learner in [*learners, RandomForestClassifier(20, max_depth=8, random_state=0)]:
        model = learner if data.y.ndim == 1 else LabelPowersetClassifier(learner)
        others = np.all((model.fit(X, data.y).predict(X_test) == data.y_test).reshape(3000, -1), axis=1)
        gain = others.astype(float) - right
        assert gain.mean() < 3 * gain.std() / np.sqrt(3000)
    proba = bound.predict_proba(data.X_test)
    heads = [(proba, data.y_test)] if data.y.ndim == 1 else list(zip(proba, data.y_test.T, strict=True))
    for sure, truth in heads:
        gap = sure.max(axis=1) - (sure.argmax(axis=1) == truth)
        assert abs(gap.mean()) <= 4 * gap.std() / np.sqrt(3000) + 1e-12


@pytest.mark.parametrize("name", RULES)
def test_other_names_of_the_levels_leave_the_bound(name):
    draw, rule = RULES[name]
    data = draw(0, n_train=10, n_test=200)
    bound = clone(rule).fit(data.X, data.y)
    turned = {**TINY, "angles": [90, 0, 45]}  # the same lines under other numbers
    other = clone(rule).set_params(world=turned).fit(data.X, data.y)
    if name == "count":
        np.testing.assert_allclose(other.predict_proba(data.X), bound.predict_proba(data.X))
        return
    y, y_turned = bound.predict(data.X_test), other.predict(data.X_test)
    for column in range(y.shape[1]):
        is_angle = column in ((2, 5) if name == "crossing" else (2,))
        mapped = np.array([1, 2, 0])[y[:, column]] if is_angle else y[:, column]
        np.testing.assert_array_equal(y_turned[:, column], mapped)


def test_the_shortcut_misleads_who_believes_in_it():
    data = ShortcutDraw(NOISE, 0.99, n_train=10, n_test=3000, world=TINY)(0)
    angle = {}
    for agreement in (0.99, 0.5, 0.01):
        rule = ShortcutBayesClassifier(NOISE, agreement, world=TINY).fit(data.X, data.y)
        angle[agreement] = head_accuracy_scores(data.y_test, rule.predict(data.X_test))["angle"]
    assert angle[0.99] < angle[0.5] < angle[0.01]


@pytest.mark.parametrize("name", RULES)
def test_rules_are_scored_as_estimators_are(name):
    draw, rule = RULES[name]
    data = draw(1, n_train=10, n_test=50, flat=True)
    scores = head_scorers(log_loss=True)(clone(rule).fit(data.X, data.y), data.X_test, data.y_test)
    assert 0 < scores["joint"] <= 1
    assert scores["neg_log_loss"] < 0
    assert len(scores) == 2 + (1 if data.y.ndim == 1 else data.y.shape[1])


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (CrossingBayesClassifier(0.5, world={"colors": ["red", "blue"]}), "options of the world must be one of"),
        (CrossingBayesClassifier(0.5, world=7), "world must be None or a dict of options, some of .*; got 7"),
        (ShortcutBayesClassifier(0.5, world={"angles": [0]}), "angles must be on both sides of 90°"),
        (CountBayesClassifier(0.5), "y must have a column for each of the 1 heads; got 4"),
        (CrossingBayesClassifier(0.5), "y must have a column for each of the 6 heads; got 4"),
    ],
)
def test_refusals_of_fit(rule, message):
    with pytest.raises(ValueError, match=message):
        rule.fit(np.zeros((2, 2352)), np.zeros((2, 4), int))


def test_refusals_of_predict():
    X, y = make_shortcut_lines(2, random_state=0)
    with pytest.raises(ValueError, match="agreement must be a number from 0 to 1; got 2"):
        ShortcutBayesClassifier(0.5, 2).fit(X, y).predict(X)
    with pytest.raises(ValueError, match="noise must be a number from 1e-06"):
        BayesClassifier(0, world=TINY).fit(X, y).predict(X)
    with pytest.raises(ValueError, match="X must hold finite float images"):
        BayesClassifier(0.5, world=TINY).fit(X, y).predict(X)
