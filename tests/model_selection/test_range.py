"""Recombination to range: whole blocks held out, everything else trained."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclf.datasets import FACTORS
from lineclf.model_selection import RangeSplit


def grid(shape, repeats=1):
    y = np.repeat(list(np.ndindex(*shape)), repeats, axis=0)
    return np.zeros((len(y), 1, 1)), y


def rows(y, columns):
    return {tuple(row) for row in y[:, list(columns)].tolist()}


@st.composite
def cases(draw):
    shape = draw(st.tuples(*[st.integers(2, 6)] * 2, st.integers(2, 9), st.integers(2, 4)))
    columns = draw(st.permutations(range(4)))[:2]
    half = draw(st.integers(2, shape[columns[1]]))
    return shape, columns, 2 * half


@settings(max_examples=40)
@given(cases())
def test_a_block_of_neighbours_is_held_out_and_all_other_pairs_are_trained(case):
    shape, columns, n_splits = case
    X, y = grid(shape, repeats=2)
    track = RangeSplit(n_splits, factors=[FACTORS[column] for column in columns])
    splits = list(track.split(X, y))
    assert len(splits) == n_splits
    for train, test in splits:
        levels = [np.unique(y[test, column]) for column in columns]
        for each in levels:  # neighbours
            assert each[-1] - each[0] == len(each) - 1
        block = np.isin(y[:, columns[0]], levels[0]) & np.isin(y[:, columns[1]], levels[1])
        np.testing.assert_array_equal(np.flatnonzero(block), test)  # the whole block and nothing else
        np.testing.assert_array_equal(np.flatnonzero(~block), train)
        assert not rows(y[train], columns) & rows(y[test], columns)
        for column in range(4):
            assert rows(y[train], [column]) == rows(y, [column])
        for pair in set(combinations(range(4), 2)) - {tuple(sorted(columns))}:
            assert rows(y[train], pair) == rows(y, pair)
    tested = np.sort(np.concatenate([test for _, test in splits]))
    np.testing.assert_array_equal(tested, np.arange(len(y)))
    for which, n_ranges in ((0, 2), (1, n_splits // 2)):  # as even as can be
        sizes = {len(np.unique(y[test, columns[which]])) for _, test in splits}
        assert sizes <= {shape[columns[which]] // n_ranges, -(-shape[columns[which]] // n_ranges)}


def test_default_world_holds_out_what_the_docstring_says():
    X, y = grid((2, 2, 12, 2))
    found = [(np.unique(15 * y[test, 2])[[0, -1]].tolist(), set(y[test, 0])) for _, test in RangeSplit().split(X, y)]
    assert found == [([0, 75], {0}), ([90, 165], {0}), ([0, 75], {1}), ([90, 165], {1})]


def test_the_middle_level_goes_to_the_lower_half():
    X, y = grid((3, 2, 5, 1))
    train, test = next(RangeSplit().split(X, y))
    assert rows(y[test], [0, 2]) == {(length, angle) for length in (0, 1) for angle in (0, 1, 2)}
    assert len(train) + len(test) == len(y)


@pytest.mark.parametrize("shape", [(1, 2, 12, 2), (2, 2, 1, 2)])
def test_each_range_needs_a_level(shape):
    with pytest.raises(ValueError, match=r"y must have at least 2 levels of (length|angle), one for each range"):
        next(RangeSplit().split(*grid(shape)))


def test_four_factors_are_needed():
    with pytest.raises(ValueError, match="y must have the four columns length, width, angle, color; got 3"):
        next(RangeSplit().split(*grid((2, 2, 12))))


def test_gaps_that_break_the_promise_are_refused():
    X, y = grid((2, 2, 4, 2))
    keep = ~((y[:, 1] == 0) & (y[:, 3] == 0) & ((y[:, 0] == 1) | (y[:, 2] > 1)))  # a pair within the first block only
    with pytest.raises(ValueError, match=r"in split 0 levels of columns \(1, 3\) would be tested together"):
        list(RangeSplit().split(X[keep], y[keep]))
