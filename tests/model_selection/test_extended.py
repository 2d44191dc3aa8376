"""Tracks that test levels never trained: angles between, lengths and widths beyond."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclf.datasets import make_lines
from lineclf.model_selection import AngleSplit, ExtrapolationSplit

shapes = st.tuples(st.integers(3, 6), st.integers(3, 5), st.integers(4, 9), st.integers(1, 3))


def grid(shape, repeats=1):
    y = np.repeat(list(np.ndindex(*shape)), repeats, axis=0)
    return np.zeros((len(y), 1, 1)), y


def rows(y, columns):
    return {tuple(row) for row in y[:, list(columns)].tolist()}


@settings(max_examples=40)
@given(shapes, st.integers(0, 2**32))
def test_every_second_angle_is_held_out_whole(shape, seed):
    X, y = grid(shape, repeats=2)
    y = y[np.random.default_rng(seed).permutation(len(y))]
    splits = list(AngleSplit().split(X, y))
    for (train, test), parity in zip(splits, (1, 0), strict=True):
        assert set(y[test, 2]) == set(range(parity, shape[2], 2))
        assert set(y[train, 2]) == set(range(1 - parity, shape[2], 2))
        assert rows(y[test], (0, 1, 3)) == rows(y[train], (0, 1, 3))
        np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), np.arange(len(y)))
    for held_out, expected in zip(("odd", "even"), splits, strict=True):
        [(train, test)] = AngleSplit(held_out).split(X, y)
        np.testing.assert_array_equal(train, expected[0])
        np.testing.assert_array_equal(test, expected[1])


def test_the_first_split_of_the_extended_angles_trains_on_the_default_ones():
    angles = np.arange(0, 180, 7.5)
    X, y = make_lines(1, angles=angles, random_state=0)
    train, test = next(AngleSplit().split(X, y))
    assert sorted(set(angles[y[train, 2]])) == list(range(0, 180, 15))
    assert sorted(set(angles[y[test, 2]])) == list(np.arange(7.5, 180, 15))


@settings(max_examples=40)
@given(shapes, st.floats(0.01, 0.99))
def test_the_largest_levels_are_held_out(shape, test_size):
    X, y = grid(shape)
    n_held_out = [min(max(int(n * test_size + 0.5), 1), n - 2) for n in shape[:2]]
    long, wide = y[:, 0] >= shape[0] - n_held_out[0], y[:, 1] >= shape[1] - n_held_out[1]
    splits = list(ExtrapolationSplit(test_size=test_size).split(X, y))
    assert ExtrapolationSplit().get_n_splits() == len(splits) == 3
    for (train, test), beyond in zip(splits, (long, wide, long | wide), strict=True):
        np.testing.assert_array_equal(test, np.flatnonzero(beyond))
        np.testing.assert_array_equal(train, np.flatnonzero(~beyond))
        assert min(len(set(y[train, 0])), len(set(y[train, 1]))) >= 2
        assert rows(y[test], (2, 3)) == rows(y[train], (2, 3))
    for number, columns in ((0, (1, 2, 3)), (1, (0, 2, 3))):
        train, test = splits[number]
        assert rows(y[test], columns) == rows(y[train], columns)
    for factor, expected in zip(("length", "width", "both"), splits, strict=True):
        [(train, test)] = ExtrapolationSplit(factor, test_size=test_size).split(X, y)
        np.testing.assert_array_equal(train, expected[0])
        np.testing.assert_array_equal(test, expected[1])


def test_one_factor_of_three_levels_is_enough_for_its_own_split():
    X, y = grid((3, 2, 4, 2))
    [(train, test)] = ExtrapolationSplit("length").split(X, y)
    assert set(y[train, 0]) == {0, 1}
    assert set(y[test, 0]) == {2}
    for factor in ("all", "width", "both"):
        with pytest.raises(ValueError, match=r"y must have at least three levels of width.*; got 2"):
            list(ExtrapolationSplit(factor).split(X, y))


def test_three_angles_are_too_few():
    with pytest.raises(ValueError, match="y must have at least four angles, so that two stay in training; got 3"):
        next(AngleSplit().split(*grid((2, 2, 3, 2))))


@pytest.mark.parametrize("track", [AngleSplit(), ExtrapolationSplit()])
def test_four_factors_are_needed(track):
    with pytest.raises(ValueError, match="y must have the four columns length, width, angle, color; got 3"):
        next(track.split(*grid((3, 3, 12))))


@pytest.mark.parametrize(("track", "column"), [(AngleSplit(), 2), (ExtrapolationSplit(), 0)])
def test_what_is_new_beside_the_factor_is_refused(track, column):
    X, y = grid((3, 3, 4, 2))
    new = y[:, 2] % 2 == 1 if column == 2 else y[:, 0] == 2  # what the first split tests
    keep = (y[:, 3] == 0) | new  # the second colour there only
    with pytest.raises(ValueError, match="in split 0 column 3 would be tested on levels"):
        list(track.split(X[keep], y[keep]))
    keep |= y[:, 1] == 0  # and with the first width
    with pytest.raises(ValueError, match=r"in split 0 levels of columns \(.*\) would be tested together"):
        list(track.split(X[keep], y[keep]))
