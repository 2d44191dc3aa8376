"""Finished trials on real storages, as this package and as Optuna's own tools read them."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import matplotlib.pyplot as plt
import optuna
import pytest
from sqlalchemy.exc import OperationalError

from lineclf.runs._store import TrialStore

TRIALS = {
    f"trial {i}": {"depth": i, "share": i / 4, "pooling": ("max", "average")[i % 2], "off": (None, 0.5)[i % 2]}
    for i in range(4)
}
RESULT = {"name": "a trial", "metrics": {"test": 0.5}, "history": {"loss": [1.5, 0.25], "accuracy": [0.25, 0.75]}}


def fill(storage, trials=TRIALS, name="a study"):
    store = TrialStore(storage, name, trials)
    for i, key in enumerate(trials):
        store.add(key, i / 10, {**RESULT, "number": i})
    return store


def test_results_come_back_once_each_and_studies_do_not_mix(storage):
    assert fill(storage).finished() == TRIALS.keys()
    again = TrialStore(storage, "a study", TRIALS)
    again.add("trial 1", 0.9, {"name": "of a second run"})  # the first one counts
    results = TrialStore(storage, "a study", create=False).results()
    assert results == {
        key: {**RESULT, "number": i, "key": key, "value": i / 10, "optuna": {"study": "a study", "trial": i}}
        for i, key in enumerate(TRIALS)
    }
    assert again.results(["trial 2", "unknown"]) == {"trial 2": results["trial 2"]}
    assert not TrialStore(storage, "another", TRIALS).finished()


def test_optunas_own_tools_see_parameters_values_and_epochs(storage):
    fill(storage)
    study = optuna.load_study(storage=storage, study_name="a study")
    frame = study.trials_dataframe()
    for name in ("depth", "share", "pooling"):
        assert frame[f"params_{name}"].tolist() == [levels[name] for levels in TRIALS.values()]
    assert frame["params_off"].tolist() == ["null", "0.5", "null", "0.5"]
    assert frame["value"].tolist() == [0.0, 0.1, 0.2, 0.3]
    assert {trial.state for trial in study.trials} == {optuna.trial.TrialState.COMPLETE}
    assert study.trials[0].intermediate_values == {1: 0.25, 2: 0.75}
    assert study.trials[1].user_attrs["levels"] == TRIALS["trial 1"]
    assert study.best_trial.params["depth"] == 3
    assert set(optuna.importance.get_param_importances(study)) == {"depth", "share", "pooling", "off"}
    with pytest.warns(optuna.exceptions.ExperimentalWarning):
        figure = optuna.visualization.matplotlib.plot_slice(study, params=["depth"])
    assert sorted(figure.collections[0].get_offsets()[:, 0]) == [0, 1, 2, 3]  # a number is a number
    plt.close("all")


def test_new_levels_are_told_to_optuna_whatever_their_kind(storage):
    fill(storage)
    more = {"new": {"depth": 9, "share": 2.5, "pooling": "max", "off": 0.5, "seed": 3}}  # numbers may grow
    store = TrialStore(storage, "a study", {**TRIALS, **more})
    store.add("new", 1.0, RESULT)
    assert store.name == "a study"
    assert optuna.load_study(storage=storage, study_name="a study").best_trial.params["depth"] == 9

    store.mark_tracked("trial 2", "run 2", "a tracker")
    other = {"newer": {"depth": "deep", "pooling": "stride", "off": True}}  # names may not: a study of its own
    store = TrialStore(storage, "a study", {**TRIALS, **other})
    assert store.name == "a study · 2"
    assert store.finished() == {*TRIALS, "new"}
    assert store.tracked_as("trial 2", "a tracker") == "run 2"
    assert set(store.untracked("a tracker")) == {*TRIALS, "new"} - {"trial 2"}
    store.add("newer", 2.0, RESULT)
    study = optuna.load_study(storage=storage, study_name="a study · 2")
    assert [trial.params["off"] for trial in study.trials] == ["null", "0.5", "null", "0.5", "0.5", "true"]
    assert study.trials[0].params["depth"] == "0"

    back = TrialStore(storage, "a study", TRIALS)  # it has room for the levels of before
    assert back.name == "a study · 2"
    assert back.results()["trial 3"]["number"] == 3
    assert len(optuna.load_study(storage=storage, study_name="a study").trials) == len(TRIALS) + 1  # nothing is lost


def test_copies_keep_files_and_a_foreign_study_of_that_name_stays_as_it_is(storage):
    fill(storage).attach("trial 0", {"a.png": "AAAA"})
    foreign = optuna.create_study(storage=storage, study_name="a study · 2")
    foreign.add_trial(optuna.trial.create_trial(value=1.0, user_attrs={"key": "trial 0", "result": {}, "levels": {}}))
    store = TrialStore(storage, "a study", {"new": {"pooling": None}})
    assert store.name == "a study · 3"
    assert store.finished() == TRIALS.keys()
    assert store.attached() == {"trial 0": {"a.png": "AAAA"}}
    assert len(foreign.trials) == 1


def test_any_level_comes_back(storage):
    for level in [None, "null", True, 1, 2**60, float("inf"), float("nan"), [1, "a"], {"a": 1}, "é|· %"]:
        trials = {"first": {"level": level, "other": 1}, "second": {"level": "text", "other": 2}}
        name = f"a study of {level!r}"
        fill(storage, trials, name)
        stored = {trial["key"]: trial["levels"] for trial in TrialStore(storage, name, trials).trials()}
        assert str(stored) == str(trials)
        shown = [trial.params["level"] for trial in optuna.load_study(storage=storage, study_name=name).trials]
        assert len(set(shown)) == 2, level


def test_levels_that_are_no_json_are_named(storage):
    with pytest.raises(ValueError, match="levels of 'model' must be JSON-able; got <object"):
        TrialStore(storage, "a study", {"first": {"model": object()}})


def test_a_result_with_gaps_is_stored(storage):
    store = TrialStore(storage, "a study", TRIALS)
    store.add("trial 0", 1.0, {"history": {"accuracy": [None, 0.5, float("nan")]}, "started": 1.0})
    assert optuna.load_study(storage=storage, study_name="a study").trials[0].intermediate_values == {2: 0.5}


def test_failures_are_told_until_the_trial_is_finished(storage):
    store = TrialStore(storage, "a study", TRIALS)
    store.add_failure("trial 1", "Traceback\nValueError: once")
    store.add_failure("trial 1", "Traceback\nValueError: twice")
    again = TrialStore(storage, "a study", TRIALS)
    assert again.failures() == {"trial 1": "Traceback\nValueError: twice"}
    again.add("trial 1", 1.0, RESULT)
    assert TrialStore(storage, "a study", TRIALS).failures() == {}
    states = [trial.state.name for trial in optuna.load_study(storage=storage, study_name="a study").trials]
    assert states == ["FAIL", "FAIL", "COMPLETE"]


def test_files_wait_until_they_are_taken(storage):
    store = fill(storage)
    store.attach("trial 0", {"a.png": "AAAA"})
    assert TrialStore(storage, "a study", TRIALS).attached() == {"trial 0": {"a.png": "AAAA"}}
    store.attach("trial 0", None)
    assert TrialStore(storage, "a study", TRIALS).attached() == {}


def away(store, monkeypatch, n, *, lost=False):
    """Have the storage be away `n` times; where the answer is `lost` the trial has been added all the same."""
    add, left = store._study.add_trial, [n]

    def refuse(trial):
        if left[0]:
            left[0] -= 1
            if lost:
                add(trial)
            raise OperationalError("INSERT", {}, Exception("server closed the connection"))
        add(trial)

    monkeypatch.setattr(store._study, "add_trial", refuse)
    monkeypatch.setattr("lineclf.runs._storage._PAUSE", 0.01)


@pytest.mark.parametrize("lost", [False, True])
def test_a_storage_that_is_away_for_a_while_is_waited_for_and_nothing_is_stored_twice(
    storage, monkeypatch, capsys, lost
):
    store = TrialStore(storage, "a study", TRIALS, lock=True)
    store.add_failure("trial 1", "once")
    away(store, monkeypatch, 1 if lost else 3, lost=lost)
    store.add("trial 1", 1.0, RESULT)
    store.close()
    assert capsys.readouterr().err == "Waiting for the storage: server closed the connection\n"
    assert [trial.state.name for trial in store._study.trials] == ["FAIL", "COMPLETE"]
    assert list(store.results()) == ["trial 1"]


def test_a_storage_that_stays_away_is_given_up(storage, monkeypatch):
    store = TrialStore(storage, "a study", TRIALS, patience=0.05)
    away(store, monkeypatch, 1000)
    with pytest.raises(OperationalError, match="server closed the connection"):
        store.add("trial 1", 1.0, RESULT)


HOLDER = """
import sys
from lineclf.runs._store import TrialStore
store = TrialStore(sys.argv[1], "a study", {}, lock=True)
print("locked", flush=True)
sys.stdin.read()
"""


def test_one_process_runs_a_study_at_a_time(storage):
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, storage], **pipes)
    assert holder.stdout.readline() == "locked\n"
    assert TrialStore(storage, "a study", {}).locked()
    with pytest.raises(ValueError, match="another run of the study 'a study' is at work"):
        TrialStore(storage, "a study", {"new": {"kind": "other"}}, lock=True)
    TrialStore(storage, "another", {}, lock=True).close()
    holder.kill()  # the lock ends with the process
    holder.wait()
    while TrialStore(storage, "a study", {}).locked():  # when the server has seen it
        pass
    with TrialStore(storage, "a study", {}, lock=True):
        assert TrialStore(storage, "a study", {}).locked()
    assert not TrialStore(storage, "a study", {}).locked()


def test_the_lock_is_taken_again_where_its_session_is_over(postgresql, postgresql_url):
    with TrialStore(postgresql_url, "a study", TRIALS, lock=True) as store:
        postgresql.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        store.add("trial 0", 1.0, RESULT)
        assert TrialStore(postgresql_url, "a study", TRIALS).locked()


def test_four_that_make_one_study_at_once_make_one(storage):
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: TrialStore(storage, "a study", TRIALS), range(4)))
    assert {store.name for store in stores} == {"a study"}
    assert optuna.get_all_study_names(storage) == ["a study"]


def test_looking_for_a_study_creates_nothing(tmp_path, postgresql_url):
    path = tmp_path / "folder" / "optuna.db"
    for url in (f"sqlite:///{path}", postgresql_url):
        with pytest.raises(KeyError):
            TrialStore(url, "a study", create=False)
    assert not path.parent.exists()
    fill(f"sqlite:///{path}")
    with pytest.raises(KeyError):
        TrialStore(f"sqlite:///{path}", "another study", create=False)


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "nonsense://me:secret@host/db",
        "sqlite://folder/optuna.db",
        "postgresql+psycopg://me:secret@127.0.0.1:1/db",
        "postgresql+psycopg://me:secret@127.0.0.1:port/db",
        "sqlite:////proc/x/y.db",
    ],
)
def test_a_storage_that_cannot_be_opened_is_named_without_its_password(url):
    with pytest.raises(ValueError, match=r"storage=.*cannot be opened") as caught:
        TrialStore(url, "a study")
    assert "secret" not in str(caught.value)


def test_a_storage_of_another_schema_or_program_is_told(tmp_path, mlflow_database):
    with pytest.raises(ValueError, match="its tables are another program's, such as MLflow's; take another storage"):
        TrialStore(f"sqlite:///{mlflow_database}", "a study")
    Path(tmp_path, "text.db").write_text("no database")
    with pytest.raises(ValueError, match="not a SQLite database"):
        TrialStore(f"sqlite:///{tmp_path}/text.db", "a study")
