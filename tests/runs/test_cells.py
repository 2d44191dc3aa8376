"""What the seeds of a cell say together, against NumPy and the metrics' own interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.metrics import corrected_interval
from lineclf.runs import Plan
from lineclf.runs._cells import summarize


def result(value, **parts):
    return {"value": value, "metrics": {"accuracy": value, "seconds": 2 * value}, **parts}


@given(st.lists(st.floats(0, 1, width=16), min_size=2, max_size=9), st.floats(0, 1))
def test_means_and_an_interval(values, ratio):
    found = summarize([result(x) for x in values], ratio)
    assert found["accuracy"] == found["value"] == pytest.approx(np.mean(values))
    assert found["seconds"] == pytest.approx(2 * np.mean(values))
    assert found["n_seeds"] == len(values)
    interval = corrected_interval(values, test_train_ratio=ratio)
    assert (found["value_low"], found["value_high"]) == (interval.low, interval.high)


def test_one_seed_has_no_interval_and_a_metric_of_some_seeds_is_their_mean():
    (*found, low, high) = summarize([result(0.5)]).items()
    assert found == [("accuracy", 0.5), ("seconds", 1.0), ("value", 0.5), ("n_seeds", 1.0)]
    assert np.isnan([low[1], high[1]]).all()
    some = [result(0.5), {"value": 1.0, "metrics": {"epochs": 3.0}}]
    found = summarize(some)
    assert (found["accuracy"], found["epochs"], found["value"]) == (0.5, 3.0, 0.75)


def test_a_plan_knows_the_cells_and_the_overlap_of_its_trials():
    plan = Plan()
    plan.cell_of = {"a0": "a", "b0": "b", "a1": "a"}
    assert plan.cells_of({"a0": {}, "lone": {}, "a1": {}}) == {"a0": "a", "a1": "a"}
    assert plan.overlap({"split": {"n_train": 30, "n_test": 10}}) == pytest.approx(1 / 3)
    assert plan.overlap({"split": {"n_train": 30}}) == plan.overlap({}) == 0
