"""Full factorials and fractions: balance, orthogonality, what is mixed up with what."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclf.ablation import Component, fractional_factorial, full_factorial

N_LEVELS = st.lists(st.integers(2, 4), min_size=1, max_size=4)


def parts(n_levels):
    return [Component(f"c{i}", 0, tuple(range(1, n))) for i, n in enumerate(n_levels)]


def signs(design):
    """The design as a matrix of ±1, a row a cell, +1 at the baseline."""
    return np.array([[1 - 2 * cell.settings[part.key] for part in design.components] for cell in design.cells])


@given(N_LEVELS)
def test_a_full_factorial_has_every_combination_once_and_the_baseline_first(n_levels):
    components = parts(n_levels)
    cells = full_factorial(components)
    found = [tuple(cell.settings[part.key] for part in components) for cell in cells]
    assert sorted(found) == sorted(product(*(range(n) for n in n_levels)))
    assert set(found[0]) == {0}
    assert [cell.name for cell in cells].index("baseline") == 0
    assert len({cell.name for cell in cells}) == len(cells)


@settings(deadline=None)
@given(st.integers(2, 12), st.sampled_from([3, 4]))
def test_a_fraction_is_balanced_orthogonal_and_as_good_as_asked(n, resolution):
    design = fractional_factorial(parts([2] * n), resolution)
    matrix = signs(design)
    assert (matrix[0] == 1).all()
    assert design.cells[0].name == "baseline"
    assert len({cell.name for cell in design.cells}) == len(matrix) == 2**design.n_base
    assert (matrix.sum(axis=0) == 0).all()
    assert (matrix.T @ matrix == len(matrix) * np.eye(n)).all()
    assert design.resolution >= min(resolution, n + 1)
    # Resolution by its definition: the fewest columns whose product is constant.
    short = [
        some
        for size in range(1, design.resolution + 1)
        for some in combinations(range(n), size)
        if abs(matrix[:, some].prod(axis=1).sum()) == len(matrix)
    ]
    assert {len(some) for some in short} == ({design.resolution} if design.resolution <= n else set())


@settings(deadline=None)
@given(st.integers(2, 9), st.sampled_from([3, 4]))
def test_aliases_are_the_effects_with_equal_contrasts(n, resolution):
    design = fractional_factorial(parts([2] * n), resolution)
    matrix = signs(design)
    keys = [part.key for part in design.components]
    effects = [some for size in (1, 2) for some in combinations(range(n), size)]
    groups = {term: number for number, group in enumerate(design.aliases) for term in group}
    assert set(groups) == {tuple(keys[i] for i in some) for some in effects}
    for one, other in combinations(effects, 2):
        equal = (matrix[:, one].prod(axis=1) == matrix[:, other].prod(axis=1)).all()
        assert equal == (groups[tuple(keys[i] for i in one)] == groups[tuple(keys[i] for i in other)])


@pytest.mark.parametrize(
    ("n", "resolution", "n_cells", "reached"),
    # Box, Hunter and Hunter's table 6.22 of two-level fractions.
    [
        (3, 3, 4, 3),
        (4, 4, 8, 4),
        (5, 4, 16, 5),
        (6, 4, 16, 4),
        (7, 3, 8, 3),
        (8, 4, 16, 4),
        (15, 3, 16, 3),
        (16, 4, 32, 4),
    ],
)
def test_known_fractions(n, resolution, n_cells, reached):
    design = fractional_factorial(parts([2] * n), resolution)
    assert (len(design.cells), design.resolution) == (n_cells, reached)


def test_a_component_of_more_levels_gives_its_first_two():
    design = fractional_factorial([Component("a", "x", ("y", "z")), Component("b", 1, (2,))])
    assert {cell.settings["a"] for cell in design.cells} == {"x", "y"}


@pytest.mark.parametrize(("n", "resolution", "words"), [(1, 4, "two components or more"), (3, 5, r"\(3, 4\); got 5")])
def test_what_is_no_fraction_is_refused(n, resolution, words):
    with pytest.raises(ValueError, match=words):
        fractional_factorial(parts([2] * n), resolution)
