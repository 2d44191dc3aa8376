"""The trial queue on real storages."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy
from sqlalchemy.exc import OperationalError

from lineclf.experiments import TrialQueue

pytestmark = pytest.mark.engine

KEYS = [f"trial {i}" for i in range(6)]


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/optuna.db"
    return request.getfixturevalue("postgresql_url")


def fill(queue, keys=KEYS):
    return queue.enqueue((key, {"number": i}) for i, key in enumerate(keys))


def test_every_trial_is_done_once_and_results_come_back(storage):
    queue = TrialQueue(storage, "a study")
    assert fill(queue) == len(KEYS)
    assert fill(queue) == 0
    done = []

    def function(key, number):
        done.append(key)
        return 0.5, {"history": {"loss": [1.5, 0.25]}, "name": key}

    queue.work(function)
    assert done == KEYS
    again = TrialQueue(storage, "a study")
    assert fill(again) == 0
    again.work(function)
    assert done == KEYS
    results = again.results()
    assert {key: result["name"] for key, result in results.items()} == dict(zip(KEYS, KEYS, strict=True))
    assert results["trial 3"]["history"] == {"loss": [1.5, 0.25]}
    assert {result["optuna"]["study"] for result in results.values()} == {"a study"}
    assert sorted(result["optuna"]["trial"] for result in results.values()) == list(range(6))
    assert again.status().finished == 6


def test_a_run_takes_its_own_trials_alone(storage):
    queue = TrialQueue(storage, "a study")
    fill(queue)
    done = []

    def function(key, number):
        done.append(key)
        return 0.5, {}

    queue.work(function, keys={"trial 4", "trial 2"})
    assert done == ["trial 2", "trial 4"]
    assert (queue.status().finished, queue.status().waiting) == (2, 4)
    queue.work(function)
    assert sorted(done) == KEYS


def test_studies_of_other_names_do_not_mix(storage):
    one, other = TrialQueue(storage, "one"), TrialQueue(storage, "other")
    fill(one)
    one.work(lambda key, number: (1.0, {}))
    assert other.results() == {}
    assert fill(other) == len(KEYS)


@pytest.mark.parametrize("failure", ["raises", "nan", "unserialisable"])
def test_a_failing_trial_is_retried_a_few_times_and_reported_with_its_error(storage, failure):
    queue = TrialQueue(storage, "a study", max_retries=2)
    fill(queue)
    tries = []

    def function(key, number):
        if key != "trial 2":
            return 1.0, {}
        tries.append(number)
        if failure == "raises":
            raise ZeroDivisionError("by nothing")
        return (float("nan"), {}) if failure == "nan" else (1.0, {"set": {1}})

    queue.work(function)
    assert len(tries) == 3
    (error,) = queue.failures().values()
    expected = {"raises": "ZeroDivisionError: by nothing", "nan": "value is nan", "unserialisable": "not JSON"}
    assert expected[failure] in error
    assert "Traceback" in error
    assert len(queue.results()) == 5
    # Asked for again, it gets another chance.
    assert fill(TrialQueue(storage, "a study")) == 1
    queue.work(lambda key, number: (1.0, {}))
    assert (queue.failures(), len(queue.results())) == ({}, 6)


def test_an_interrupted_trial_waits_again(storage):
    queue = TrialQueue(storage, "a study", max_retries=0)
    fill(queue)

    def interrupted(key, number):
        if key == "trial 1":
            raise KeyboardInterrupt
        return 1.0, {}

    for _ in range(3):  # more often than failures are forgiven
        with pytest.raises(KeyboardInterrupt):
            queue.work(interrupted)
        assert queue.status().running == 0
        assert queue.status().failed == 0
    done = []
    queue.work(lambda key, number: (done.append(key) or 1.0, {}))
    assert "trial 1" in done
    assert len(queue.results()) == 6


def begin(queue):
    """Have a worker take a trial and fall silent."""
    trial = queue._claim(None)
    assert queue.status().running == 1
    return trial


def test_a_silent_worker_loses_its_trial_a_few_times_then_it_has_failed(storage):
    watcher = TrialQueue(storage, "a study", max_retries=1, heartbeat=0.05)
    fill(watcher, KEYS[:1])
    for _ in range(2):
        begin(TrialQueue(storage, "a study"))
        watcher.revive()
        assert watcher.status().running == 1  # seen for the first time: nobody knows since when
        time.sleep(0.25)
        watcher.revive()
        assert watcher.status().running == 0
    assert watcher.failures() == {KEYS[0]: "its worker died"}


def test_a_worker_with_a_heartbeat_keeps_its_trial_however_long_it_takes(storage):
    watcher = TrialQueue(storage, "a study", heartbeat=0.3)  # SQLite's clock has whole seconds
    worker = TrialQueue(storage, "a study", heartbeat=0.1)
    fill(worker, KEYS[:1])
    states = []

    def function(key, number):
        for _ in range(25):
            watcher.revive()
            states.append(watcher.status().running)
            time.sleep(0.1)
        return 1.0, {}

    worker.work(function)
    assert set(states) == {1}


def test_nobody_is_judged_right_after_the_storage_was_away(storage):
    watcher = TrialQueue(storage, "a study", heartbeat=0.1)
    fill(watcher, KEYS[:1])
    begin(TrialQueue(storage, "a study"))
    watcher.revive()
    time.sleep(0.5)
    watcher._trials.trouble = time.monotonic()
    watcher.revive()
    assert watcher.status().running == 1
    time.sleep(0.5)
    watcher.revive()
    assert watcher.status().running == 0


def test_a_storage_that_stays_away_is_given_up(storage, monkeypatch):
    queue, tries = TrialQueue(storage, "a study", patience=0.3), []

    def connect():
        tries.append(time.monotonic())
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(queue._trials, "_engine", SimpleNamespace(connect=connect))
    with pytest.raises(OperationalError, match="gone"):
        queue.status()
    assert len(tries) > 1
    assert 0.3 < tries[-1] - tries[0] < 5


@pytest.mark.parametrize("what", ["a sign of life", "another worker", "a lock that was held for long"])
def test_a_judgement_that_is_out_of_date_takes_no_trial(storage, what, monkeypatch):
    watcher, other = (TrialQueue(storage, "a study", heartbeat=0.05) for _ in range(2))
    fill(watcher, KEYS[:1])
    begin(TrialQueue(storage, "a study"))
    watcher.revive()
    time.sleep(1.1)  # SQLite's clock has whole seconds
    judge = watcher._trials.retry_silent

    def after_something(trial_id, beat, by, *rest):
        if what == "a sign of life":
            other._trials.beat(trial_id)
        elif what == "another worker":
            other.abandon(*other.workers().values(), "seemed dead")
            begin(other)
        else:
            by = time.monotonic() - 1
        return judge(trial_id, beat, by, *rest)

    monkeypatch.setattr(watcher._trials, "retry_silent", after_something)
    watcher.revive()
    assert watcher.status().running == 1
    monkeypatch.undo()
    watcher.revive()
    assert watcher.status().running == 1  # and is watched anew
    time.sleep(0.3)
    watcher.revive()
    assert watcher.status().running == 0


def test_a_result_that_comes_after_the_trial_was_taken_over_is_dropped(storage):
    slow, fast = TrialQueue(storage, "a study"), TrialQueue(storage, "a study")
    fill(slow, KEYS[:1])
    trial = begin(slow)
    assert fast.abandon(slow.worker, "seemed dead") == 1
    for after in ("while the other one works", "when it is done"):
        if after == "while the other one works":
            begin(fast)
        else:
            fast._trials.finish(trial.id, fast.worker, 1.0, {"by": "fast"})
        slow._trials.finish(trial.id, slow.worker, 0.0, {"by": "slow"})
        slow._trials.retry(trial.id, slow.worker, "failed", 2)
        slow._trials.give_back(trial.id, slow.worker)
    assert fast.results()[KEYS[0]]["by"] == "fast"
    assert fast.status().finished == 1


def test_a_claim_whose_answer_was_lost_is_still_ones_own(storage):
    queue = TrialQueue(storage, "a study")
    fill(queue, KEYS[:1])
    trial = begin(queue)
    assert queue._trials.claim(trial.id, queue.worker)
    assert not queue._trials.claim(trial.id, "another")


def test_those_tried_before_come_last(storage):
    queue = TrialQueue(storage, "a study")
    fill(queue)
    order = []

    def function(key, number):
        order.append(key)
        return (1.0, {}) if order.count(key) > 1 or key != KEYS[0] else 1 / 0

    queue.work(function)
    assert order == [*KEYS, KEYS[0]]


def test_what_is_done_exclusively_is_done_by_one_after_the_other(storage):
    queues = [TrialQueue(storage, "a study") for _ in range(3)]
    inside, most = [], []

    def alone():
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.2)
        inside.pop()
        return "given"

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda queue: queue.exclusively(alone), queues)) == ["given"] * 3
    assert most == [1, 1, 1]


def test_looking_for_a_study_creates_nothing(storage):
    with pytest.raises(KeyError):
        TrialQueue(storage, "a study", create=False)
    if storage.startswith("sqlite"):
        assert not Path(storage.removeprefix("sqlite:///")).parent.exists()
    else:
        assert sqlalchemy.inspect(sqlalchemy.create_engine(storage)).get_table_names() == []


def test_status_tells_the_silent_from_the_living(storage):
    queue = TrialQueue(storage, "a study", heartbeat=0.5)  # silent after two seconds, by a clock of whole seconds
    fill(queue)
    begin(TrialQueue(storage, "a study"))
    seen = []

    def function(key, number):
        time.sleep(4)
        seen.append(queue.status())
        return 1.0, {}

    queue.work(function, most=1)
    assert (seen[0].running, seen[0].silent) == (2, 1)


def test_as_many_trials_as_asked_for(storage):
    queue = TrialQueue(storage, "a study")
    fill(queue)
    assert not queue.work(lambda key, number: (1.0, {}), most=4)
    assert queue.status().finished == 4
    assert queue.work(lambda key, number: (1.0, {}), most=4)
    assert queue.status().finished == 6


def test_files_stay_with_a_trial_until_they_are_removed(storage):
    queue = TrialQueue(storage, "a study")
    fill(queue)
    queue.attach(KEYS[1], {"a.png": "AAAA"})
    assert TrialQueue(storage, "a study").attached() == [KEYS[1]]
    assert queue.attachment(KEYS[1]) == {"a.png": "AAAA"}
    queue.attach(KEYS[1], None)
    assert queue.attached() == []
    assert queue.attachment(KEYS[1]) == {}


def test_optuna_reads_what_the_queue_stored(storage):
    import optuna

    queue = TrialQueue(storage, "a study")
    fill(queue, KEYS[:3])
    queue.work(lambda key, number: (0.75, {}) if number else (0.25, {}), most=2)
    study = optuna.load_study(storage=storage, study_name="a study")
    assert [trial.state.name for trial in study.trials] == ["COMPLETE", "COMPLETE", "WAITING"]
    assert study.best_trial.number == 1
    assert study.best_value == 0.75
    assert study.trials[0].duration.total_seconds() >= 0


def test_untracked_trials_are_known_until_marked(storage):
    queue = TrialQueue(storage, "a study")
    fill(queue, KEYS[:2])
    queue.work(lambda key, number: (1.0, {}))
    assert queue.untracked() == KEYS[:2]
    queue.mark_tracked("trial 0", "run 7")
    assert TrialQueue(storage, "a study").untracked() == ["trial 1"]


def test_parameters_stand_in_the_storage_for_people(storage):
    import optuna

    fill(TrialQueue(storage, "a study"))
    trials = optuna.load_study(storage=storage, study_name="a study").trials
    assert [trial.user_attrs["params"] for trial in trials] == [{"number": i} for i in range(6)]
    assert json.dumps(KEYS) == json.dumps([trial.user_attrs["key"] for trial in trials])


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://me:secret@localhost/db",
        "postgresql+psycopg://me:secret@127.0.0.1:1/db",
        "postgresql+psycopg://me:secret@127.0.0.1:port/db",
        "sqlite:////proc/x/y.db",
    ],
)
def test_a_storage_that_cannot_be_opened_is_named_without_its_password(url):
    with pytest.raises(ValueError, match=r"storage=.*cannot be opened") as caught:
        TrialQueue(url, "a study")
    assert "secret" not in str(caught.value)
