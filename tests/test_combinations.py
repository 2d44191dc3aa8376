"""Combinations of levels against NumPy's unique rows and plain sums."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from lineclf._combinations import combine, marginal, members, rank_columns

CODES = arrays(np.int64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(0, 3))


@given(CODES)
def test_numbers_are_those_of_the_sorted_different_rows(codes):
    np.testing.assert_array_equal(combine(codes), np.unique(codes, axis=0, return_inverse=True)[1].ravel())


def test_many_columns_of_many_levels_do_not_overflow():
    codes = np.column_stack([np.arange(1000)] * 20)
    np.testing.assert_array_equal(combine(codes), np.arange(1000))


def test_ranks_are_of_each_column_alone():
    columns = [np.array(["b", "a", "b"]), np.array([3.5, -1, 7])]
    np.testing.assert_array_equal(rank_columns(columns), [[1, 1], [0, 0], [1, 2]])


@given(CODES, st.integers(0, 99))
def test_a_columns_probabilities_are_sums_over_its_combinations(codes, seed):
    rows = np.unique(codes, axis=0)
    joint = np.random.default_rng(seed).dirichlet(np.ones(len(rows)), 5).astype(np.float32)
    for column in rows.T:
        found = marginal(joint, members(column, 4))
        expected = [
            [sum(p for p, level in zip(row, column, strict=True) if level == k) for k in range(4)] for row in joint
        ]
        assert found.dtype == np.float32
        np.testing.assert_allclose(found, expected, atol=1e-6)
