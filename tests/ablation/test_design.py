"""Declarations of a study."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.ablation import (
    Ablation,
    Ablations,
    Cell,
    Component,
    Range,
    leave_one_out,
    one_at_a_time,
)
from lineclf.runs import Profile
from lineclf.trials._cells import trial_key

LEVELS = st.lists(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    min_size=2,
    max_size=5,
    unique_by=str,
)


@given(st.dictionaries(st.text(min_size=1), LEVELS, min_size=1, max_size=4), st.integers(0, 9))
def test_one_at_a_time_has_the_baseline_and_each_other_level_once(levels, seed):
    components = [Component(name, first, tuple(rest)) for name, (first, *rest) in levels.items()]
    cells = one_at_a_time(components)
    assert len(cells) == 1 + sum(len(rest) - 1 for rest in levels.values())
    assert cells[0].settings == {}
    assert all(cell.settings == {cell.component: cell.level} for cell in cells[1:])
    keys = [trial_key(cell, seed) for cell in cells]
    assert len(set(keys)) == len(keys)


@given(st.dictionaries(st.text(min_size=1), LEVELS, min_size=2, max_size=5), st.data())
def test_leave_one_out_has_all_components_on_but_one(levels, data):
    components = [
        Component(name, first, tuple(rest), off=data.draw(st.sampled_from([first, *rest])))
        for name, (first, *rest) in levels.items()
    ]
    full, *others = leave_one_out([*components, Component("never off", 1, (2,))])
    assert list(full.settings) == list(levels)
    for component, cell in zip(components, others, strict=True):
        changed = [name for name in levels if repr(cell.settings[name]) != repr(full.settings[name])]
        assert changed == [component.name] == [cell.component]
        assert repr(cell.settings[component.name]) == repr(component.off) == repr(cell.level)


def test_leaving_out_takes_two_parts():
    with pytest.raises(ValueError, match=r"two components or more with a level `off`; got \['l2'\]"):
        leave_one_out([Component("l2", 0.0, (1e-4,), off=0.0), Component("depth", 1, (2,))])


def test_the_default_trials_keep_their_names_in_storage():
    cells = one_at_a_time([Component("l2", 0.0, (1e-4,))])
    assert [trial_key(cell, 7) for cell in cells] == [
        '{"seed": 7, "settings": {}}',
        '{"seed": 7, "settings": {"l2": 0.0001}}',
    ]
    assert Component("noise", 0.0, (0.3,), where="draw").key == "draw:noise"


@pytest.mark.parametrize("others", [(), (3,), (4, 4)])
def test_a_component_needs_different_levels(others):
    with pytest.raises(ValueError, match="'depth' needs at least two different levels"):
        Component("depth", 3, others)


def test_levels_that_read_the_same_are_refused():
    with pytest.raises(ValueError, match=r"'depth' needs levels that differ as text.*got \[2, '2'\]"):
        Component("depth", 2, ("2",))


def test_a_declaration_refuses_what_only_an_ablation_cv_takes():
    component = Component("optimizer", "adam", (object(),))
    with pytest.raises(ValueError, match=r"'optimizer': levels must be JSON-able.*got \['adam', <object"):
        Ablation("a", "why?", "a:b", (component,), "distinct", {})
    with pytest.raises(ValueError, match="data must be some of lines, mnist; got cifar"):
        Ablation("a", "why?", "a:b", (Component("depth", 1, (2,)),), "distinct", {}, data=("lines", "cifar"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"off": 3}, r"off must be one of \[1, 2\]; got 3"),
        ({"off": object()}, r"off must be one of \[1, 2\]; got <object"),
        ({"where": "net"}, "estimator, draw, cv; got 'net'"),
    ],
)
def test_a_component_says_what_is_legal(options, words):
    with pytest.raises(ValueError, match=words):
        Component("depth", 1, (2,), **options)


@pytest.mark.parametrize(("low", "high", "log"), [(2, 1, False), (1, 1, False), (0.0, 1.0, True)])
def test_a_range_goes_up(low, high, log):
    with pytest.raises(ValueError, match="range needs low < high"):
        Range(low, high, log)


def test_cells_are_named_for_people():
    cells = one_at_a_time([Component("l2", 0.0, (1e-4,)), Component("noise", 0.0, (0.3,), where="draw")])
    assert [cell.name for cell in cells] == ["baseline", "l2=0.0001", "draw:noise=0.3"]
    assert cells[0] == Cell()


def test_select_keeps_the_order_asked_for_and_names_what_is_legal():
    components = (Component("depth", 1, (2,)), Component("dropout", 0.0, (0.5,)))
    study = Ablation("a", "?", "b:C", components, "distinct", {"quick": Profile(1, 1)})
    assert study.select([]) == components
    assert study.select(["dropout", "depth"]) == components[::-1]
    with pytest.raises(
        ValueError, match=r"components must be among depth, dropout; got 'drpout'. Did you mean 'dropout'"
    ):
        study.select(["drpout"])


def test_components_by_design_and_profile():
    one, two, three = (Component(name, 0, (1,)) for name in ("one", "two", "three"))
    other = Component("two", 0, (2,))
    profiles = {"quick": Profile(1, 1, components=("one",)), "all": Profile(1, 1)}
    study = Ablation("a", "?", "b:C", (one, two, three), "distinct", profiles, crossed=(other,))
    assert study.select([], "one-at-a-time", "quick") == (one,)
    assert study.select([], "one-at-a-time", "all") == (one, two, three)
    assert study.select([], "fractional", "quick") == (one, two, three)
    assert study.select([], "factorial", "quick") == (other,)
    assert study.select(["one", "two"], "factorial", "quick") == (one, other)


def test_components_and_profiles_agree():
    depth, profiles = Component("depth", 1, (2,)), {"quick": Profile(1, 1)}
    with pytest.raises(ValueError, match="at least one Component"):
        Ablation("a", "?", "b:C", (), "distinct", profiles)
    with pytest.raises(ValueError, match=r"different names; got \['depth', 'depth'\]"):
        Ablation("a", "?", "b:C", (depth, Component("depth", 1, (3,), where="draw")), "distinct", profiles)
    net = Ablation("a", "?", "b:C", (depth,), "distinct", profiles)
    other = Ablation("b", "?", "b:C", (depth,), "distinct", {"full": Profile(1, 1)})
    with pytest.raises(ValueError, match="profiles of the same names"):
        Ablations("a", "?", {"one": net, "other": other})
