"""What the seeds of a cell say together, against NumPy and the metrics' own interval."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.metrics import corrected_interval
from lineclf.runs._cells import by_cell, summarize


def result(value, **parts):
    return {"value": value, "metrics": {"accuracy": value, "seconds": 2 * value}, **parts}


@given(st.lists(st.floats(0, 1, width=16), min_size=2, max_size=9), st.booleans())
def test_means_and_an_interval(values, resampled):
    found = summarize([result(x, split={"n_train": 30, "n_test": 10}) for x in values], resampled=resampled)
    assert found["accuracy"] == found["value"] == pytest.approx(np.mean(values))
    assert found["seconds"] == pytest.approx(2 * np.mean(values))
    assert found["n_seeds"] == len(values)
    interval = corrected_interval(values, test_train_ratio=1 / 3 if resampled else 0)
    assert (found["value_low"], found["value_high"]) == (interval.low, interval.high)


def test_one_seed_has_no_interval_and_a_metric_of_some_seeds_is_their_mean():
    assert summarize([result(0.5)]) == {"accuracy": 0.5, "seconds": 1.0, "value": 0.5, "n_seeds": 1.0}
    some = [result(0.5), {"value": 1.0, "metrics": {"epochs": 3.0}}]
    found = summarize(some)
    assert (found["accuracy"], found["epochs"], found["value"]) == (0.5, 3.0, 0.75)


def test_trials_are_grouped_by_the_cell_they_repeat():
    plan = SimpleNamespace(cell_of={"a0": "a", "b0": "b", "a1": "a"})
    assert by_cell(plan, {"a0": 1, "lone": 2, "b0": 3, "a1": 4}) == {"a": [1, 4], "b": [3]}
