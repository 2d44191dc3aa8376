"""What MLflow holds after a study, read back through its own client, on a local store and on a real server."""

import json
from pathlib import Path

import mlflow
import pytest
from PIL import Image

from lineclf.tracking import Tracker

HEADS = {"length": 2, "angle": 12}
PICTURES = {"confusion/length.png", "confusion/angle.png", "curves.png"}
TABLES = {"confusion/length.csv", "confusion/angle.csv"}


def make_result(seed=0, **changes):
    result = {
        "key": json.dumps({"settings": {"dropout": 0.5}, "seed": seed}),
        "cell": "dropout=0.5",
        "component": "dropout",
        "level": 0.5,
        "seed": seed,
        "params": {"dropout": 0.5, "optimizer": "adam", "image_shape": None, "long": "x" * 9000},
        "split": {"track": "distinct", "fold": 0, "n_train": 30, "n_test": 10, "leak": 0.0},
        "metrics": {"test_joint_accuracy": 0.75, "seconds_fit": 1.5, "test_log_loss_angle": float("nan")},
        "history": {"loss": [2.0, 1.0], "angle_accuracy": [0.5, 0.75], "val_angle_accuracy": [0.25, 0.5]},
        "confusion": {head: [[i * n + j for j in range(n)] for i in range(n)] for head, n in HEADS.items()},
        "labels": {head: [str(level) for level in range(n)] for head, n in HEADS.items()},
        "datasets": {
            context: {"name": f"lines {context}", "digest": context[::-1], "source": "{}", "profile": {"n": 30}}
            for context in ("train", "test")
        },
        "versions": {"lineclf": "0.1.0", "keras": "3"},
        "optuna": {"study": "a study", "trial": 7},
        "started": 1_700_000_000.0,
        "finished": 1_700_000_009.5,
    }
    return {**result, **changes}


@pytest.fixture(params=["sqlite", "server"])
def uri(request, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return (
        f"sqlite:///{tmp_path}/store/mlflow.db"
        if request.param == "sqlite"
        else request.getfixturevalue("mlflow_server")
    )


@pytest.fixture
def tracker(uri, request):
    return Tracker(uri, experiment=request.node.nodeid)


@pytest.fixture
def client(uri):
    return mlflow.MlflowClient(uri)


def files(client, run_id, folder=""):
    for entry in client.list_artifacts(run_id, folder):
        if entry.is_dir:
            yield from files(client, run_id, entry.path)
        else:
            yield entry.path


def test_a_trial_comes_back_whole(tracker, client, tmp_path):
    parent = tracker.start_study(
        "study 1", "ablation · distinct", params={"epochs": 4}, tags={"command": "python a.py"}
    )
    run = client.get_run(tracker.log_trial(parent, make_result()))
    assert run.info.run_name == "dropout=0.5 · seed 0"
    assert run.info.status == "FINISHED"
    assert (run.info.start_time, run.info.end_time) == (1_700_000_000_000, 1_700_000_009_500)
    assert run.data.tags["mlflow.parentRunId"] == parent
    assert run.data.tags["optuna.study"] == "a study"
    assert run.data.tags["optuna.trial"] == "7"
    assert run.data.tags["version.keras"] == "3"
    assert run.data.params["dropout"] == "0.5"
    assert run.data.params["seed"] == "0"
    assert run.data.params["track"] == "distinct"
    assert run.data.params["long"].startswith("xxx")
    assert run.data.metrics["test_joint_accuracy"] == 0.75
    assert "test_log_loss_angle" not in run.data.metrics  # NaN
    steps = [
        (point.step, point.value) for point in client.get_metric_history(run.info.run_id, "epoch/val_angle_accuracy")
    ]
    assert steps == [(1, 0.25), (2, 0.5)]
    data = {entry.tags[0].value: entry.dataset for entry in run.inputs.dataset_inputs}
    assert {context: entry.digest for context, entry in data.items()} == {"train": "niart", "test": "tset"}
    assert set(files(client, run.info.run_id)) == PICTURES | TABLES
    folder = Path(client.download_artifacts(run.info.run_id, "", str(tmp_path)))
    for name in PICTURES:
        with Image.open(folder / name) as picture:
            assert min(picture.size) >= 150
            assert len(set(picture.convert("L").tobytes())) > 10
    table = (folder / "confusion" / "length.csv").read_text().split()
    assert table == ["true", "\\", "predicted,0,1", "0,0,1", "1,2,3"]


def test_a_study_is_found_again_and_closed_with_its_report(tracker, uri, client, request, tmp_path):
    parent = tracker.start_study("study 1", "ablation", params={"epochs": 4})
    other = tracker.start_study("study 2", "ablation", params={"epochs": 5})
    assert parent != other
    report = tmp_path / "ablation.md"
    report.write_text("# A report")
    tracker.finish_study(parent, metrics={"trials_finished": 3}, artifacts=[report])
    assert client.get_run(parent).info.status == "FINISHED"
    again = Tracker(uri, experiment=request.node.nodeid)
    assert again.start_study("study 1", "ablation", params={"epochs": 4}) == parent
    run = client.get_run(parent)
    assert run.info.status == "RUNNING"
    assert run.data.metrics == {"trials_finished": 3}
    assert list(files(client, parent)) == ["ablation.md"]


def test_logging_twice_gives_one_run_and_half_a_run_is_set_aside(tracker, client, monkeypatch):
    parent = tracker.start_study("study 1", "ablation", params={})
    with monkeypatch.context() as broken:
        broken.setattr("lineclf.tracking._write_pictures", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tracker.log_trial(parent, make_result())
    # A process that was killed leaves a run that nobody ended.
    (failed,) = tracker._search(f"tags.`mlflow.parentRunId` = '{parent}'")
    assert failed.info.status == "FAILED"
    client.update_run(failed.info.run_id, status="RUNNING")
    first = tracker.log_trial(parent, make_result())
    assert tracker.log_trial(parent, make_result()) == first
    tracker.log_trial(parent, make_result(seed=1))
    states = [run.info.status for run in tracker._search(f"tags.`mlflow.parentRunId` = '{parent}'")]
    assert sorted(states) == ["FINISHED", "FINISHED", "KILLED"]


def test_many_epochs_and_odd_values_are_taken(tracker, client):
    parent = tracker.start_study("study 1", "ablation", params={})
    history = {"loss": [float("inf"), *map(float, range(1200))]}
    run_id = tracker.log_trial(parent, make_result(history=history))
    assert len(client.get_metric_history(run_id, "epoch/loss")) == 1200
    plain = tracker.log_trial(parent, make_result(seed=3, history={}, params={"url": "postgresql://me:secret@host/db"}))
    assert client.get_run(plain).data.params["url"] == "postgresql://***@host/db"
    assert "curves.png" not in set(files(client, plain))


def test_no_global_state_of_mlflow_is_used(tracker):
    before = mlflow.get_tracking_uri()
    parent = tracker.start_study("study 1", "ablation", params={})
    tracker.log_trial(parent, make_result())
    assert mlflow.get_tracking_uri() == before
    assert mlflow.active_run() is None


def test_everything_local_stays_in_the_stores_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tracker = Tracker()
    tracker.log_trial(tracker.start_study("study 1", "ablation", params={}), make_result())
    assert {path.name for path in tmp_path.iterdir()} == {"mlruns"}
    assert {path.name for path in (tmp_path / "mlruns").iterdir()} == {"mlflow.db", "artifacts"}
    assert tracker.ui_command().startswith("mlflow ui --backend-store-uri sqlite:///mlruns/mlflow.db --host 127.0.0.1")


@pytest.mark.parametrize("uri", ["http://me:secret@127.0.0.1:9", "sqlite:////proc/x/y.db", "nonsense://me:secret@x"])
def test_a_store_that_cannot_be_opened_is_named_without_its_password(uri):
    with pytest.raises(ValueError, match=r"tracking_uri=.*cannot be opened") as caught:
        Tracker(uri)
    assert "secret" not in str(caught.value)
