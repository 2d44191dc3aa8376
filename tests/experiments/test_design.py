"""Declarations of a study."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.experiments import Ablation, Cell, Component, Profile, child_seed, one_at_a_time
from lineclf.experiments._cli import _seeds
from lineclf.experiments._design import trial_key, trial_of_key

LEVELS = st.lists(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    min_size=2,
    max_size=5,
    unique_by=repr,
)


@given(st.dictionaries(st.text(min_size=1), LEVELS, min_size=1, max_size=4), st.integers(0, 9))
def test_one_at_a_time_has_the_baseline_and_each_other_level_once(levels, seed):
    components = [Component(name, first, tuple(rest)) for name, (first, *rest) in levels.items()]
    cells = one_at_a_time(components)
    assert len(cells) == 1 + sum(len(rest) - 1 for rest in levels.values())
    assert cells[0].settings == {}
    assert all(len(cell.settings) == 1 for cell in cells[1:])
    keys = [trial_key(cell, seed) for cell in cells]
    assert len(set(keys)) == len(keys)
    assert [trial_of_key(key) for key in keys] == [(cell, seed) for cell in cells]


@given(st.integers(0, 2**31), st.text(), st.text())
def test_child_seeds_go_by_name(seed, one, other):
    assert 0 <= child_seed(seed, one) < 2**31
    assert (child_seed(seed, one) == child_seed(seed, other)) == (one == other)
    assert child_seed(seed, one) != child_seed(seed + 1, one)


@pytest.mark.parametrize("others", [(), (3,), (4, 4)])
def test_a_component_needs_different_levels(others):
    with pytest.raises(ValueError, match="'depth' needs at least two different levels"):
        Component("depth", 3, others)


def test_cells_are_named_for_people():
    assert [Cell().name, Cell("l2", 1e-4).name] == ["baseline", "l2=0.0001"]


def test_select_keeps_the_order_asked_for_and_names_what_is_legal():
    components = (Component("depth", 1, (2,)), Component("dropout", 0.0, (0.5,)))
    study = Ablation("a", "?", "b:C", components, "distinct", {"quick": Profile(1, 1)})
    assert study.select([]) == components
    assert study.select(["dropout", "depth"]) == components[::-1]
    with pytest.raises(
        ValueError, match=r"--components must be among depth, dropout; got 'drpout'. Did you mean 'dropout'"
    ):
        study.select(["drpout"])


@pytest.mark.parametrize(
    ("text", "seeds"), [(None, None), ("3", [0, 1, 2]), ("0,1,5", [0, 1, 5]), ("7,", [7]), ("1", [0])]
)
def test_seeds_option(text, seeds):
    assert _seeds(text) == seeds


@pytest.mark.parametrize("text", ["", "0", "-1", "1,1", "-1,2", "a", "1.5", ","])
def test_bad_seeds_are_refused(text):
    with pytest.raises(ValueError, match="--seeds must be"):
        _seeds(text)


def test_declaring_a_study_loads_nothing_heavy():
    script = "import lineclf.experiments, sys; print([m for m in %r if m in sys.modules])"
    heavy = ["numpy", "pandas", "sklearn", "tensorflow", "keras", "optuna", "mlflow", "matplotlib", "sqlalchemy"]
    outcome = subprocess.run([sys.executable, "-c", script % heavy], capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == "[]"
