"""One temperature a head: against scikit-learn's own, and by what it must and must not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import softmax
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from lineclf.metrics import apply_temperature, fit_temperature, head_log_loss

HEADS = ("width", "angle")


@st.composite
def sharpened(draw):
    """Labels drawn from probabilities, and those probabilities at another temperature."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    factor = draw(st.floats(0.3, 3))
    logits = [rng.normal(0, 1, (4000, k)) for k in (2, 5)]
    y = np.column_stack([[rng.choice(p.shape[1], p=row) for row in p] for p in (softmax(x, axis=1) for x in logits)])
    return y, [softmax(x / factor, axis=1) for x in logits], factor


@settings(max_examples=5)
@given(sharpened())
def test_finds_the_temperature_that_was_taken_away(case):
    y, proba, factor = case
    for value in fit_temperature(y, proba, heads=HEADS).values():
        assert value == pytest.approx(1 / factor, rel=0.15)


@settings(max_examples=10)
@given(sharpened())
def test_nothing_near_is_more_likely_and_no_answer_changes(case):
    y, proba, _ = case
    best = fit_temperature(y, proba, heads=HEADS)
    scaled = apply_temperature(proba, best)
    for before, after in zip(proba, scaled, strict=True):
        np.testing.assert_allclose(after.sum(axis=1), 1)
        np.testing.assert_array_equal(before.argmax(axis=1), after.argmax(axis=1))
    loss = head_log_loss(y, scaled, heads=HEADS)
    for step in (0.97, 1.03):
        other = head_log_loss(y, apply_temperature(proba, {h: step * t for h, t in best.items()}), heads=HEADS)
        assert all(loss[head] < other[head] for head in HEADS)


def test_agrees_with_sklearn_where_that_takes_the_target():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4))
    y = (X[:, :3] + rng.normal(size=(600, 3))).argmax(axis=1)
    model = LogisticRegression(C=1e4).fit(X[:40], y[:40])
    theirs = CalibratedClassifierCV(FrozenEstimator(model), method="temperature", ensemble=False).fit(X[40:], y[40:])
    temperature = fit_temperature(y[40:], model.predict_proba(X[40:]), heads=["class"])
    (ours,) = apply_temperature([model.predict_proba(X)], temperature)
    np.testing.assert_allclose(ours, theirs.predict_proba(X), atol=1e-3)


@pytest.mark.parametrize(("y", "side"), [([0, 1], 1 / 20), ([1, 0], 20)])
def test_sure_answers_that_are_all_right_or_all_wrong_stop_at_the_bounds(y, side):
    sure = [[0.6, 0.4], [0.4, 0.6]]
    assert fit_temperature(y, sure, heads=["color"])["color"] == pytest.approx(side, rel=1e-3)


def test_answers_that_no_temperature_betters_are_left_alone():
    assert fit_temperature([0, 1], np.eye(2), heads=["color"]) == {"color": 1}


def test_bad_temperatures_are_named():
    for wrong in ({}, 2.0):
        with pytest.raises(ValueError, match="temperature must be a dict of one number for each of the 1 heads; got"):
            apply_temperature([[[0.5, 0.5]]], wrong)
    for wrong in (0, "1"):
        with pytest.raises(ValueError, match=f"temperature of head 'color' must be a finite number > 0; got {wrong!r}"):
            apply_temperature([[[0.5, 0.5]]], {"color": wrong})
