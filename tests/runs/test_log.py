"""One run of a study: what becomes of results that a tracker does not take."""

from types import SimpleNamespace

import pytest
from mlflow.exceptions import INVALID_PARAMETER_VALUE, MlflowException

from lineclf.runs import Tracker, TrialStore
from lineclf.runs._log import TrialLog

KEYS = [f"trial {i}" for i in range(6)]


class Tracked:
    """A tracker that refuses some trials, or all as long as it is away."""

    store, is_refusal = "here", staticmethod(Tracker.is_refusal)

    def __init__(self, refused=(), away=False):
        self.refused, self.away, self.logged, self.asked = refused, away, [], 0

    def start_study(self, *about, **more):
        return "parent"

    def log_trial(self, parent, result, cell=None):
        self.asked += 1
        if self.away:
            raise ConnectionError("nobody answers")
        if result["key"] in self.refused:
            raise MlflowException("no such name for a metric", error_code=INVALID_PARAMETER_VALUE)
        self.logged.append(result["key"])
        return "run"


@pytest.fixture
def log_to(tmp_path):
    """Function that gives the log of six finished trials for a tracker."""
    store = TrialStore(f"sqlite:///{tmp_path}/optuna.db", "a study", {key: {} for key in KEYS})
    for key in KEYS:
        store.add(key, 1.0, {})
    plan = SimpleNamespace(title="a study", tracked_as="a study", params={}, trials=dict.fromkeys(KEYS), cell_of={})
    plan.cells_of = lambda results: {}
    return lambda tracker: TrialLog(tracker, plan, store, "a command")


def test_results_that_are_refused_keep_no_other_from_the_tracker(log_to):
    tracker = Tracked(refused=KEYS[:3])
    log = log_to(tracker)
    log.update()
    assert tracker.logged == KEYS[3:]
    assert log.missing == ["MLflow did not take everything; the next run logs the rest: no such name for a metric"]
    log.update()
    assert tracker.asked == len(KEYS)  # not at once again
    tracker.refused = ()
    log.update(last=True)
    assert sorted(tracker.logged) == KEYS
    assert log.missing == []


def test_a_tracker_that_is_away_is_left_alone(log_to):
    tracker = Tracked(away=True)
    log = log_to(tracker)
    for _ in range(9):
        log.update()
    assert tracker.asked == 1
    tracker.away = False
    log.update(last=True)
    assert tracker.logged == KEYS
