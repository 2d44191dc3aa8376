"""Errors of angles against complex numbers, and errors under corruption against sums written out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.metrics import circular_mae, interpolated_angle, mean_corruption_error

angles = st.lists(st.tuples(st.floats(-720, 720), st.floats(-720, 720)), min_size=1, max_size=20)
periods = st.sampled_from([90, 180, 360, 7.5])


@given(angles, periods)
def test_circular_error_is_the_angle_between_points_on_a_circle(pairs, period):
    true, pred = np.array(pairs).T
    points = np.exp(2j * np.pi * (pred - true) / period)
    expected = np.abs(np.angle(points)).mean() * period / (2 * np.pi)
    assert circular_mae(true, pred, period=period) == pytest.approx(expected, abs=1e-9)


@given(angles, periods, st.integers(-3, 3), st.floats(-90, 90))
def test_whole_periods_and_common_turns_change_nothing(pairs, period, turns, shift):
    true, pred = np.array(pairs).T
    error = circular_mae(true, pred, period=period)
    assert 0 <= error <= period / 2
    assert circular_mae(pred, true, period=period) == pytest.approx(error, abs=1e-9)
    assert circular_mae(true + shift, pred + shift + turns * period, period=period) == pytest.approx(error, abs=1e-9)


def test_lines_repeat_after_half_a_turn_and_weights_count():
    assert circular_mae([0], [179.5]) == 0.5
    assert circular_mae([0], [179.5], period=360) == 179.5
    assert circular_mae([0, 0], [10, 40], sample_weight=[3, 1]) == 17.5


@given(st.integers(3, 24), st.floats(0, 180, exclude_max=True), st.floats(0.01, 2))
def test_the_top_of_a_bell_is_found_between_its_samples(n, top, sharpness):
    angles = np.arange(n) * 180 / n
    off = (angles - top + 90) % 180 - 90
    log_p = -sharpness * (off * n / 180) ** 2
    proba = np.exp(log_p) / np.exp(log_p).sum()
    # Its two sides meet opposite the top: with three levels a neighbour may lie beyond.
    nearest = np.argsort(abs(off))[:3]
    if np.ptp(off[nearest]) * n / 180 < 2.001:
        assert circular_mae([top], interpolated_angle([proba], angles)) == pytest.approx(0, abs=1e-6)


@given(st.lists(st.floats(0, 1), min_size=4, max_size=4).filter(any))
def test_an_interpolated_angle_stays_by_the_most_probable_level(weights):
    proba = np.array([weights]) / sum(weights)
    found = interpolated_angle(proba, [0, 45, 90, 135])
    assert 0 <= found[0] < 180
    assert circular_mae([45 * proba.argmax()], found) <= 22.5 + 1e-9
    turned = interpolated_angle(np.roll(proba, 1, axis=1), [0, 45, 90, 135])
    if (np.sort(proba)[0, -2:] @ [-1, 1]) > 0:  # a single largest
        assert circular_mae(turned, found + 45) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("proba", "angles", "message"),
    [
        ([[1, 0, 0]], [0, 45, 90, 135], r"proba must have shape \(n, 4\), a column per angle; got \(1, 3\)"),
        ([[1, 0, 0]], [0, 45, 90], "angles must be at least three, evenly spaced over 180 degrees"),
        ([[1, 0]], [0, 90], "angles must be at least three"),
    ],
)
def test_angles_that_cannot_be_interpolated_are_refused(proba, angles, message):
    with pytest.raises(ValueError, match=message):
        interpolated_angle(proba, angles)


@pytest.mark.parametrize(
    ("true", "pred", "options", "message"),
    [
        ([0, 1], [0], {}, "y_true and y_pred must have the same number of rows; got 2 and 1"),
        ([], [], {}, "y_true must have one or two dimensions"),
        ([0], [np.nan], {}, "column 0 of y_pred must hold a label in every row"),
        (["0"], [0], {}, "y_true must hold angles in degrees; got '0'"),
        ([[0, 1]], [[0, 1]], {}, "y_true must have a single column; got 2"),
        ([0], [0], {"period": 0}, "period must be a number > 0, of degrees; got 0"),
        ([0], [0], {"period": np.inf}, "period must be a number > 0"),
        ([0], [0], {"sample_weight": [0]}, "sample_weight must hold 1 finite weights"),
    ],
)
def test_what_is_no_angle_is_refused(true, pred, options, message):
    with pytest.raises(ValueError, match=message):
        circular_mae(true, pred, **options)


@st.composite
def tables(draw):
    n_corruptions, n_severities = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    names = ["fog", "blur", "shot", "spatter"][:n_corruptions]
    return [dict(zip(names, rng.uniform(0.2, 1, (n_corruptions, n_severities)), strict=True)) for _ in range(2)]


@given(tables(), st.none() | st.tuples(st.floats(0, 0.19), st.floats(0, 0.19)))
def test_mean_corruption_error_is_the_mean_of_ratios_of_sums(case, clean):
    errors, reference = case
    base, reference_base = clean or (0, 0)
    ratios = {
        name: sum(e - base for e in rates) / sum(r - reference_base for r in reference[name])
        for name, rates in errors.items()
    }
    result = mean_corruption_error(errors, reference, clean=clean)
    assert result.each == pytest.approx(ratios)
    assert result.mean == pytest.approx(sum(ratios.values()) / len(ratios))


@given(tables())
def test_a_model_is_its_own_reference_and_frames_hold_the_same(case):
    errors, reference = case
    assert mean_corruption_error(reference, reference).mean == pytest.approx(1)
    assert mean_corruption_error(reference, reference, clean=(0.1, 0.1)).mean == pytest.approx(1)
    frames = [pd.DataFrame(table)[list(table)[::-1]] for table in case]
    assert mean_corruption_error(*frames).mean == pytest.approx(mean_corruption_error(errors, reference).mean)


@pytest.mark.parametrize(
    ("errors", "reference", "options", "message"),
    [
        ({}, {"fog": [0.1]}, {}, "errors must map at least one corruption"),
        ({"fog": [0.1]}, [0.1], {}, "reference must map at least one corruption"),
        ({"fog": [0.1]}, {"blur": [0.1]}, {}, "must hold the same corruptions"),
        ({"fog": [0.1]}, {"fog": [0.1, 0.2]}, {}, "must hold the same severities; got 1 and 2 of 'fog'"),
        ({"fog": [10]}, {"fog": [0.1]}, {}, r"errors\['fog'\] must hold error rates between 0 and 1; got \[10.0\]"),
        ({"fog": []}, {"fog": []}, {}, r"errors\['fog'\] must hold error rates"),
        ({"fog": [0.1]}, {"fog": [np.nan]}, {}, r"reference\['fog'\] must hold error rates"),
        ({"fog": [0.1]}, {"fog": [0]}, {}, "reference must have errors to compare with; it has no error under 'fog'"),
        ({"fog": [0.1]}, {"fog": [0.2]}, {"clean": (0.1, 0.2)}, "it loses nothing under 'fog'"),
        ({"fog": [0.1]}, {"fog": [0.2]}, {"clean": 0.1}, "clean must hold two error rates"),
        ({"fog": [0.1]}, {"fog": [0.2]}, {"clean": (0.1, 2)}, "clean must hold error rates between 0 and 1"),
    ],
)
def test_tables_that_do_not_fit_are_refused(errors, reference, options, message):
    with pytest.raises(ValueError, match=message):
        mean_corruption_error(errors, reference, **options)
