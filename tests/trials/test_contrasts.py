"""What designs compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.ablation import Component, fractional_factorial, full_factorial, one_at_a_time
from lineclf.ablation._anova import crossed_terms
from lineclf.trials._contrasts import crossed_contrasts, single_contrasts

COMPONENTS = [Component("a", 0, (1, 2)), Component("b", "x", ("y",)), Component("c", None, (True,))]


def value(contrast, scores):
    """The contrast of these scores by cell."""
    sides = [sum(weight * scores[name] for name, weight in side.items()) for side in (contrast.before, contrast.after)]
    return sides[1] - sides[0]


@given(st.lists(st.floats(-5, 5), min_size=6, max_size=6), st.floats(-5, 5))
def test_effects_of_components_that_add_up_are_found_by_every_design(effects, pair):
    a, b, c = {0: 0.0, 1: effects[0], 2: effects[1]}, {"x": 0.0, "y": effects[2]}, {None: 0.0, True: effects[3]}

    def score(settings, interaction=0.0):
        level = {"a": 0, "b": "x", "c": None} | settings
        both = level["a"] == 1 and level["b"] == "y"
        return effects[4] + a[level["a"]] + b[level["b"]] + c[level["c"]] + interaction * both

    true = {("a", "1"): effects[0], ("a", "2"): effects[1], ("b", "y"): effects[2], ("c", "True"): effects[3]}
    cells = one_at_a_time(COMPONENTS)
    for each in single_contrasts(cells):
        found = value(each, {cell.name: score(cell.settings) for cell in cells})
        assert found == pytest.approx(true[each.component, each.level], abs=1e-9)
    cells = full_factorial(COMPONENTS)
    scores = {cell.name: score(cell.settings) for cell in cells}
    with_pair = {cell.name: score(cell.settings, pair) for cell in cells}
    for each in crossed_contrasts(cells, COMPONENTS, crossed_terms(COMPONENTS)):
        if each.size == 1:
            assert value(each, scores) == pytest.approx(true[each.component, each.level], abs=1e-9)
        else:
            assert value(each, scores) == pytest.approx(0, abs=1e-9)
            is_it = (each.component, each.level) == ("a × b", "1 × y")
            assert value(each, with_pair) == pytest.approx(pair * is_it, abs=1e-9)


def test_a_fraction_says_what_it_cannot_tell_apart():
    components = [Component(name, 0, (1,)) for name in "abcd"]
    fraction = fractional_factorial(components)
    found = crossed_contrasts(fraction.cells, fraction.components, crossed_terms(components, fraction))
    assert [each.component for each in found[:4]] == ["a", "b", "c", "d"]
    assert all(not each.aliases for each in found[:4])
    assert [each.aliases for each in found if each.component == "a × b"] == [("c × d",)]
