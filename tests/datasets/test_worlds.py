"""Harder worlds of lines: their images are those that make_lines renders, and their labels have the stated odds."""

import inspect

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from lineclf.datasets import (
    make_background_lines,
    make_count_lines,
    make_crossing_lines,
    make_lines,
    make_shortcut_lines,
    shortcut_groups,
)

TINY = {"image_size": 7, "lengths": [3, 6], "widths": [1], "angles": [0, 45, 90]}
MAKERS = [make_background_lines, make_crossing_lines, make_count_lines, make_shortcut_lines]


def lines_by_class(**world):
    """Bytes of every distinct clean image, by its four levels."""
    X, y = make_lines(None, distinct=True, dtype="float32", **world)
    found = {}
    for image, levels in zip(X, y.tolist(), strict=True):
        found.setdefault(tuple(levels), set()).add(image.tobytes())
    return found


def only(images, channel):
    alone = np.zeros_like(images)
    alone[..., channel] = images[..., channel]
    return alone


@pytest.mark.parametrize("make", [make_background_lines, make_shortcut_lines])
def test_without_noise_an_image_is_one_of_its_class(make):
    known = lines_by_class(**TINY)
    X, y = make(300, noise=0, random_state=0, **TINY)
    assert all(image.tobytes() in known[tuple(levels)] for image, levels in zip(X, y.tolist(), strict=True))
    assert {tuple(levels) for levels in y.tolist()} == set(known) or make is make_shortcut_lines


def test_both_lines_of_a_crossing_are_whole_lines_of_their_class_and_light_adds():
    known = lines_by_class(**TINY)
    X, y = make_crossing_lines(300, noise=0, random_state=0, **TINY)
    for color, channel in enumerate((0, 2)):
        for image, levels in zip(only(X, channel), y[:, 3 * color : 3 * color + 3].tolist(), strict=True):
            assert image.tobytes() in known[(*levels, color)]
    assert not X[..., 1].any()
    assert (X[..., 0] * X[..., 2]).any()  # some do cross
    table = np.zeros((6, 6))
    X, y = make_crossing_lines(7200, noise=0, random_state=1, **TINY)
    np.add.at(table, (3 * y[:, 0] + y[:, 2], 3 * y[:, 3] + y[:, 5]), 1)
    assert stats.chisquare(table.ravel()).pvalue > 1e-3


def test_what_is_counted_is_there():
    known = set.union(*lines_by_class(**TINY).values())
    X, y = make_count_lines(4000, noise=0, random_state=0, **TINY)
    for bit, channel in ((1, 0), (2, 2)):
        lit = X[..., channel].any(axis=(1, 2))
        np.testing.assert_array_equal(lit, (y & bit) > 0)
        assert all(image.tobytes() in known for image in only(X[lit][:200], channel))
    assert stats.chisquare(np.bincount(y, minlength=4)).pvalue > 1e-3


@pytest.mark.parametrize("agreement", [0, 0.05, 0.5, 0.99, 1])
def test_the_shortcut_has_the_stated_odds_and_nothing_else_tells_the_angle(agreement):
    n = 6000
    _, y = make_shortcut_lines(n, agreement=agreement, noise=0, random_state=3, **TINY)
    groups = shortcut_groups(y, TINY["angles"])
    agrees = int(np.isin(groups, (0, 3)).sum())
    assert stats.binomtest(agrees, n, agreement).pvalue > 1e-3
    np.testing.assert_array_equal(np.isin(groups, (0, 3)), (y[:, 2] == 2) == y[:, 3])
    assert stats.chisquare(np.bincount(3 * y[:, 0] + y[:, 2], minlength=6)).pvalue > 1e-3
    right = agreement / 3 + (1 - agreement) * 2 / 3  # of the second colour: two of three angles are below 90°
    assert stats.binomtest(int(y[:, 3].sum()), n, right).pvalue > 1e-3


@pytest.mark.parametrize("make", MAKERS)
def test_a_seed_repeats_and_noise_moves_no_line(make):
    one, again, other = (make(20, random_state=seed, **TINY) for seed in (1, 1, 2))
    for a, b in zip(one, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert (one[0] != other[0]).any()
    assert one[0].shape == (20, 7, 7, 3)
    assert one[0].dtype == np.float32
    assert one[1].dtype == np.int64
    states = [np.random.RandomState(1), np.random.RandomState(1)]
    np.testing.assert_array_equal(*(make(20, random_state=state, **TINY)[0] for state in states))
    first, second = (make(20, random_state=states[0], **TINY)[0] for _ in range(2))
    assert (first != second).any()
    assert (make(20, **TINY)[0] != make(20, **TINY)[0]).any()
    default = inspect.signature(make).parameters["noise"].default
    clean, y = make(4000, noise=0, random_state=1, **TINY)
    noisy, same = make(4000, random_state=1, **TINY)
    np.testing.assert_array_equal(y, same)
    assert (noisy - clean).std() == pytest.approx(default, rel=0.02)


@settings(max_examples=20)
@given(st.integers(1, 30), st.integers(0, 2**32), st.booleans())
def test_any_size_and_smooth_lines_too(n, seed, antialias):
    for make in MAKERS:
        X, y = make(n, noise=0, random_state=seed, antialias=antialias, **TINY)
        assert len(X) == len(y) == n
        assert X.min() >= 0
        assert X.max() <= 1


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_samples": 0}, "n_samples must be an integer ≥ 1; got 0"),
        ({"noise": -1}, "noise must be a finite number of at least 0; got -1"),
        ({"noise": "0.5"}, "noise must be a finite number of at least 0; got '0.5'"),
        ({"random_state": -1}, "random_state must be None, an integer"),
        ({"lenghts": [3]}, "options of the world must be one of 'image_size'.*did you mean 'lengths'"),
        ({"subpixel": True}, "options of the world must be one of"),
        ({"lengths": [9]}, "must fit into image_size=7"),
    ],
)
def test_refusals(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(**{"n_samples": 4, **TINY, **options})


@pytest.mark.parametrize(
    ("make", "options", "message"),
    [
        (make_background_lines, {"beta": 5}, r"beta must be a number from 0 \(white noise\) to 4; got 5"),
        (make_crossing_lines, {"colors": ["red", "green"]}, "options of the world must be one of .*; got 'colors'"),
        (make_count_lines, {"background": "white"}, "options of the world must be one of .*; got 'background'"),
        (make_shortcut_lines, {"agreement": 1.1}, "agreement must be a number from 0 to 1; got 1.1"),
        (make_shortcut_lines, {"agreement": True}, "agreement must be a number from 0 to 1; got True"),
        (make_shortcut_lines, {"angles": [0, 45]}, "angles must be on both sides of 90°"),
        (make_shortcut_lines, {"colors": ["red"]}, "colors must be two, one for each side of 90°; got 1"),
    ],
)
def test_refusals_of_one(make, options, message):
    with pytest.raises(ValueError, match=message):
        make(**{"n_samples": 4, **TINY, **options})


@pytest.mark.parametrize("y", [[0, 1], [[0, 0, 12, 0]], [[0, 0, 0, 2]], [["a", "b", "c", "d"]]])
def test_groups_are_of_the_four_factors(y):
    with pytest.raises(ValueError, match="y must"):
        shortcut_groups(y)
