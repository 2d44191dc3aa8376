"""One run of a study: what becomes of results that a tracker does not take."""

from types import SimpleNamespace

import pytest
from mlflow.exceptions import INVALID_PARAMETER_VALUE, MlflowException

from lineclf.runs import TrialStore
from lineclf.runs._run import Run
from lineclf.tracking import Tracker

KEYS = [f"trial {i}" for i in range(6)]


class Tracked:
    """A tracker that refuses some trials, or all as long as it is away."""

    store, is_refusal = "here", staticmethod(Tracker.is_refusal)

    def __init__(self, refused=(), away=False):
        self.refused, self.away, self.logged, self.asked = refused, away, [], 0

    def log_trial(self, parent, result):
        self.asked += 1
        if self.away:
            raise ConnectionError("nobody answers")
        if result["key"] in self.refused:
            raise MlflowException("no such name for a metric", error_code=INVALID_PARAMETER_VALUE)
        self.logged.append(result["key"])
        return "run"


@pytest.fixture
def run(tmp_path):
    store = TrialStore(f"sqlite:///{tmp_path}/optuna.db", "a study", {key: {} for key in KEYS})
    for key in KEYS:
        store.add(key, 1.0, {})
    return Run(SimpleNamespace(), store, SimpleNamespace(), tmp_path, "a command")


def test_results_that_are_refused_keep_no_other_from_the_tracker(run):
    tracker = Tracked(refused=KEYS[:3])
    run._track(tracker, "parent")
    assert tracker.logged == KEYS[3:]
    assert run.tracking_failed == "no such name for a metric"
    run._track(tracker, "parent")
    assert tracker.asked == len(KEYS)  # not at once again
    tracker.refused = ()
    run._track(tracker, "parent", last=True)
    assert sorted(tracker.logged) == KEYS
    assert run.tracking_failed is None


def test_a_tracker_that_is_away_is_left_alone(run):
    tracker = Tracked(away=True)
    for _ in range(9):
        run._track(tracker, "parent")
    assert tracker.asked == 1
    tracker.away = False
    run._track(tracker, "parent", last=True)
    assert tracker.logged == KEYS
