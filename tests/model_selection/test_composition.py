"""Composition tracks: what is held out, and what never is."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.model_selection import ColorCompositionSplit, CompositionSplit

few, many = st.integers(2, 5), st.integers(2, 9)


def grid(shape, repeats=1):
    y = np.repeat(list(np.ndindex(*shape)), repeats, axis=0)
    return np.zeros((len(y), 1, 1)), y


def rows(y, columns):
    return {tuple(row) for row in y[:, list(columns)].tolist()}


@given(st.tuples(few, few, many, st.integers(1, 3)), st.data())
def test_every_pair_of_levels_stays_in_training_and_geometries_go_whole(shape, data):
    n_splits = data.draw(st.integers(2, shape[0] * shape[1]))
    seed = data.draw(st.integers(0, 2**31))
    X, y = grid(shape, repeats=2)
    tested = []
    for train, test in CompositionSplit(n_splits, random_state=seed).split(X, y):
        for pair in combinations(range(4), 2):
            assert rows(y[train], pair) == rows(y, pair)
        held_out = rows(y[test], range(3))
        assert not held_out & rows(y[train], range(3))
        tested += held_out
        for angle in range(shape[2]):  # an even share of each angle's length x width cells
            cells = sum(each[2] == angle for each in held_out)
            assert cells in (shape[0] * shape[1] // n_splits, -(-shape[0] * shape[1] // n_splits))
    assert sorted(tested) == sorted(rows(y, range(3)))


@given(st.integers(0, 2**31))
def test_default_world_holds_out_one_cell_of_each_angle(seed):
    X, y = grid((2, 2, 12, 2))
    for train, test in CompositionSplit(random_state=seed).split(X, y):
        assert len(test) == 24
        assert len(train) == 72
        assert np.bincount(y[test, 2]).tolist() == [2] * 12  # one cell in two colours
        cells = 2 * y[test, 0] + y[test, 1]
        assert np.bincount(cells).tolist() == [6] * 4  # each cell at three angles


@given(st.tuples(st.integers(1, 4), st.integers(1, 4), many, st.integers(2, 5)), st.data())
def test_another_color_of_every_geometry_is_trained(shape, data):
    n_splits, seed = data.draw(st.integers(2, 4)), data.draw(st.integers(0, 2**31))
    X, y = grid(shape)
    splits = list(ColorCompositionSplit(n_splits, random_state=seed).split(X, y)) if max(shape) >= n_splits else []
    for train, test in splits:
        assert rows(y[train], range(3)) == rows(y, range(3))
        assert not rows(y[train], range(4)) & rows(y[test], range(4))
        if min(shape) > 1:
            for pair in combinations(range(4), 2):
                assert rows(y[train], pair) == rows(y, pair)
    if splits:
        assert sorted(np.concatenate([test for _, test in splits])) == list(range(len(y)))


@given(st.integers(0, 2**31))
def test_default_world_holds_out_a_quarter_balanced_over_every_factor(seed):
    X, y = grid((2, 2, 12, 2))
    for _, test in ColorCompositionSplit(random_state=seed).split(X, y):
        for column, levels in enumerate((2, 2, 12, 2)):
            assert np.bincount(y[test, column]).tolist() == [24 // levels] * levels


def test_seeds_hold_out_different_geometries():
    X, y = grid((2, 2, 12, 2))
    seen = {tuple(next(CompositionSplit(random_state=seed).split(X, y))[1]) for seed in range(50)}
    assert len(seen) > 45


@pytest.mark.parametrize("shape", [(1, 2, 12, 2), (2, 1, 12, 2), (2, 2, 1, 2)])
def test_geometries_need_two_levels_of_each_factor(shape):
    with pytest.raises(ValueError, match="y must have at least two lengths, widths and angles"):
        next(CompositionSplit(2).split(*grid(shape)))


def test_colors_need_two_levels():
    with pytest.raises(ValueError, match="y must have at least two colors"):
        next(ColorCompositionSplit().split(*grid((2, 2, 12, 1))))


@pytest.mark.parametrize("track", [CompositionSplit(), ColorCompositionSplit()])
def test_four_factors_are_needed(track):
    X, y = grid((2, 2, 12))
    with pytest.raises(ValueError, match="y must have the four columns length, width, angle, color; got 3"):
        next(track.split(X, y))


def test_gaps_that_break_the_promise_are_refused():
    X, y = grid((2, 2, 4, 2))
    keep = ~((y[:, 0] == 0) & (y[:, 2] > 0))  # the first length at one angle only
    with pytest.raises(ValueError, match=r"levels of columns \(0, \d\) would be tested together"):
        list(CompositionSplit(random_state=0).split(X[keep], y[keep]))
    keep = (y[:, 3] == 0) | (y[:, :3].sum(axis=1) > 0)  # the first geometry in one colour only
    with pytest.raises(ValueError, match=r"levels of columns \(0, 1, 2\) would be tested together"):
        list(ColorCompositionSplit(random_state=0).split(X[keep], y[keep]))
