"""What MLflow holds after a study, read back through its own client, on a local store and on a real server."""

import base64
import json
import shutil
import sqlite3
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import mlflow
import pandas as pd
import pytest
from PIL import Image

from lineclf.runs import Tracker

HEADS = {"length": 2, "angle": 12}
PICTURES = {"confusion/length.png", "confusion/angle.png", "curves.png"}  # of a cell
TABLES = {"confusion/length.json", "confusion/angle.json"}


def make_result(seed=0, **changes):
    result = {
        "key": json.dumps({"settings": {"dropout": 0.5}, "seed": seed}),
        "name": "dropout=0.5",
        "tags": {"component": "dropout"},
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


@pytest.fixture(scope="session")
def sqlite_store(tmp_path_factory, mlflow_database):
    return f"sqlite:///{shutil.copy(mlflow_database, tmp_path_factory.mktemp('store'))}"


@pytest.fixture(params=["sqlite_store", "mlflow_server"])
def uri(request, tmp_path, monkeypatch):
    """A store, whose tests each have an experiment of their own."""
    monkeypatch.chdir(tmp_path)
    return request.getfixturevalue(request.param)


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


def trials_under(tracker, parent):
    return tracker._search({"mlflow.parentRunId": parent})


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
    assert run.data.params["long"] == "x" * 5999 + "…"
    assert run.data.metrics["test_joint_accuracy"] == 0.75
    assert "test_log_loss_angle" not in run.data.metrics  # NaN
    steps = [
        (point.step, point.value) for point in client.get_metric_history(run.info.run_id, "epoch/val_angle_accuracy")
    ]
    assert steps == [(1, 0.25), (2, 0.5)]
    data = {entry.tags[0].value: entry.dataset for entry in run.inputs.dataset_inputs}
    assert {context: entry.digest for context, entry in data.items()} == {"train": "niart", "test": "tset"}
    assert set(files(client, run.info.run_id)) == TABLES
    folder = Path(client.download_artifacts(run.info.run_id, "", str(tmp_path)))
    table = pd.read_json(folder / "confusion" / "length.json", orient="split")
    assert table.columns.tolist() == ["true \\ predicted", "0", "1"]
    assert table.values.tolist() == [[0, 0, 1], [1, 2, 3]]
    shown = {entry["path"] for entry in json.loads(run.data.tags["mlflow.loggedArtifacts"])}
    assert shown == TABLES


def test_a_study_is_found_again_and_closed_with_its_report(tracker, uri, client, request, tmp_path):
    parent = tracker.start_study("study 1", "ablation", params={"epochs": 4})
    other = tracker.start_study("study 2", "ablation", params={"epochs": 5})
    assert parent != other
    report, effects = tmp_path / "ablation.md", tmp_path / "effects.csv"
    report.write_text("# A report")
    effects.write_text("component,effect\ndropout,-0.25\ndepth,\n")
    for _ in range(2):  # a later run of the study closes it again
        tracker.finish_study(parent, metrics={"trials_finished": 3}, artifacts=[report, effects])
    assert client.get_run(parent).info.status == "FINISHED"
    again = Tracker(uri, experiment=request.node.nodeid)
    assert again.start_study("study 1", "ablation", params={"epochs": 4}) == parent
    run = client.get_run(parent)
    assert run.info.status == "RUNNING"
    assert run.data.metrics == {"trials_finished": 3}
    assert set(files(client, parent)) == {"ablation.md", "effects.csv", "effects.json"}
    table = json.loads(Path(client.download_artifacts(parent, "effects.json", str(tmp_path))).read_text())
    assert table == {"columns": ["component", "effect"], "data": [["dropout", -0.25], ["depth", None]]}
    assert json.loads(run.data.tags["mlflow.loggedArtifacts"]) == [{"path": "effects.json", "type": "table"}]


def test_logging_twice_gives_one_run_and_half_a_run_is_set_aside(tracker, client, monkeypatch):
    parent = tracker.start_study("study 1", "ablation", params={})
    with monkeypatch.context() as broken:
        broken.setattr(Tracker, "_log_files", lambda *args: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            tracker.log_trial(parent, make_result())
    # A process that was killed leaves a run that nobody ended.
    (failed,) = trials_under(tracker, parent)
    assert failed.info.status == "FAILED"
    client.update_run(failed.info.run_id, status="RUNNING")
    first = tracker.log_trial(parent, make_result())
    assert tracker.log_trial(parent, make_result()) == first
    tracker.log_trial(parent, make_result(seed=1))
    states = [run.info.status for run in trials_under(tracker, parent)]
    assert sorted(states) == ["FINISHED", "FINISHED", "KILLED"]


def test_many_epochs_and_odd_values_are_taken(tracker, client):
    parent = tracker.start_study("study 1", "ablation", params={})
    history = {"loss": [float("inf"), *map(float, range(1200))]}
    run_id = tracker.log_trial(parent, make_result(history=history, confusion={}))
    assert set(files(client, run_id)) == set()
    assert len(client.get_metric_history(run_id, "epoch/loss")) == 1200
    odd = {"history": {}, "confusion": {}, "params": {"url": "postgresql://me:secret@host/db"}}
    plain = tracker.log_trial(parent, make_result(seed=3, **odd))
    assert client.get_run(plain).data.params["url"] == "postgresql://***@host/db"
    assert set(files(client, plain)) == set()


def test_no_global_state_of_mlflow_is_used(tracker):
    before = mlflow.get_tracking_uri()
    parent = tracker.start_study("study 1", "ablation", params={})
    tracker.log_trial(parent, make_result())
    assert mlflow.get_tracking_uri() == before
    assert mlflow.active_run() is None


# In one process: MLflow keeps its stores by their address. A name that URLs encode is as good as any.
@pytest.mark.parametrize("place", ["here", "feature%2Fx #1?ü"])
def test_everything_local_stays_in_the_stores_folder(tmp_path, monkeypatch, place):
    folder = tmp_path / place
    folder.mkdir()
    monkeypatch.chdir(folder)
    tracker = Tracker()
    run = tracker.log_trial(tracker.start_study("study 1", "ablation", params={}), make_result())
    assert set(files(tracker._client, run)) == TABLES
    (table,) = (folder / "mlruns").rglob("confusion/length.json")
    copy = tracker._client.download_artifacts(run, "confusion/length.json", str(tmp_path))
    assert Path(copy).read_bytes() == table.read_bytes() != b""
    assert {path.name for path in tmp_path.iterdir()} == {place, "length.json"}
    assert {path.name for path in folder.iterdir()} == {"mlruns"}
    assert {path.name for path in (folder / "mlruns").iterdir()} == {"mlflow.db", "artifacts"}
    assert tracker.ui_command().startswith("mlflow ui --backend-store-uri sqlite:///mlruns/mlflow.db --host 127.0.0.1")


def test_a_cell_tells_what_its_seeds_say_together(tracker, client, tmp_path, with_pictures):
    parent = tracker.start_study("study 1", "ablation", params={})
    results = [make_result(seed, optuna={"study": "a study", "trial": seed}) for seed in range(2)]
    trials = [tracker.log_trial(parent, result, cell="dropout=0.5") for result in results]
    (cell,) = trials_under(tracker, parent)
    assert cell.info.run_name == "dropout=0.5"
    assert {run.info.run_id for run in trials_under(tracker, cell.info.run_id)} == set(trials)
    tracker.finish_cell(
        parent, "dropout=0.5", {"value": 0.75, "delta": 0.1, "low": float("nan"), "verdict": "open"}, results
    )
    run = client.get_run(cell.info.run_id)
    assert run.info.status == "FINISHED"
    assert run.data.metrics == {"value": 0.75, "delta": 0.1}
    assert run.data.tags["verdict"] == "open"
    assert set(files(client, run.info.run_id)) == PICTURES | TABLES
    folder = Path(client.download_artifacts(run.info.run_id, "", str(tmp_path)))
    for name in PICTURES:
        with Image.open(folder / name) as picture:
            assert min(picture.size) >= 150
            assert len(set(picture.convert("L").tobytes())) > 10
    table = pd.read_json(folder / "confusion" / "length.json", orient="split")
    assert table.values.tolist() == [[0, 0, 2], [1, 4, 6]]  # both seeds'


def test_a_cell_is_drawn_again_only_where_it_has_other_trials(tracker, uri, request, monkeypatch):
    drawn = []
    monkeypatch.setattr("lineclf.reporting._trials.draw_trials", lambda *what: drawn.append(what) or {})
    parent = tracker.start_study("study 1", "ablation", params={})
    results = [make_result(seed, optuna={"study": "a study", "trial": seed}) for seed in range(2)]
    for known, verdict in ((results[:1], "open"), (results[:1], "open"), (results[:1], "better"), (results, "better")):
        again = Tracker(uri, experiment=request.node.nodeid)
        again.finish_cell(parent, "a cell", {"verdict": verdict}, known)
        (cell,) = trials_under(again, parent)
        assert cell.data.tags["verdict"] == verdict
    assert len(drawn) == 2


@pytest.mark.parametrize("before", [True, False])
def test_a_study_begun_by_two_workers_at_once_has_one_run(tracker, uri, client, request, monkeypatch, before):
    other = Tracker(uri, experiment=request.node.nodeid)
    create = tracker._client.create_run
    theirs = []

    def delayed(*args, **kwargs):
        if before:
            theirs.append(other.start_study("study 1", "ablation", params={"epochs": 4}))
        created = create(*args, **kwargs)
        if not before:
            theirs.append(other.start_study("study 1", "ablation", params={"epochs": 4}))
        return created

    monkeypatch.setattr(tracker._client, "create_run", delayed)
    assert [tracker.start_study("study 1", "ablation", params={"epochs": 4})] == theirs
    (run,) = client.search_runs([tracker._experiment])
    assert run.info.run_id == theirs[0]
    assert run.data.params == {"epochs": "4"}


@pytest.mark.parametrize("level", ["plain", "it's", 'a "quote"', "back\\slash\\", "per%cent_", "[a*?]", "é — '; --"])
def test_trials_are_told_apart_whatever_their_levels_are_called(tracker, level):
    parent = tracker.start_study(f"study of {level}", "ablation", params={})
    assert tracker.start_study(f"study of {level}", "ablation", params={}) == parent
    keys = [json.dumps({"level": name}, ensure_ascii=False) for name in (level, level.upper())]
    runs = [tracker.log_trial(parent, make_result(key=key, history={}, confusion={})) for key in keys]
    assert len(set(runs)) == 2
    assert [tracker.log_trial(parent, make_result(key=key)) for key in keys] == runs


def test_a_trial_is_looked_up_without_reading_the_others(tracker, monkeypatch):
    parent = tracker.start_study("study 1", "ablation", params={})
    read = []
    search = tracker._client.search_runs
    monkeypatch.setattr(tracker._client, "search_runs", lambda *a, **k: read.append(search(*a, **k)) or read[-1])
    for seed in range(4):
        tracker.log_trial(parent, make_result(seed, history={}, confusion={}))
    assert [len(runs) for runs in read] == [0] * 4


def test_a_deleted_experiment_is_told_with_the_way_back(tracker, uri, client, request):
    client.delete_experiment(tracker._experiment)
    with pytest.raises(ValueError, match=f"mlflow experiments restore -x {tracker._experiment}"):
        Tracker(uri, experiment=request.node.nodeid)


@pytest.fixture
def guarded_server(mlflow_server):
    """A proxy before the server that wants a password: its URL with it, and the proxy."""
    wanted = "Basic " + base64.b64encode(b"me:secret").decode()

    class Guard(BaseHTTPRequestHandler):
        def forward(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            status, answer = 401, b"Who are you?"
            if self.headers.get("Authorization") == wanted:
                kept = {name: value for name, value in self.headers.items() if name in ("Content-Type", "Accept")}
                request = urllib.request.Request(mlflow_server + self.path, body or None, kept, method=self.command)
                try:
                    with urllib.request.urlopen(request, timeout=30) as response:
                        status, answer = response.status, response.read()
                except urllib.error.HTTPError as error:
                    status, answer = error.code, error.read()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = do_PUT = do_PATCH = forward

        def log_message(self, *args):
            pass

    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Guard)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    yield f"http://me:secret@127.0.0.1:{proxy.server_port}", proxy
    proxy.shutdown()
    proxy.server_close()


def test_a_server_that_wants_a_password_gets_it_and_no_one_else_does(guarded_server, capfd, caplog):
    url, proxy = guarded_server
    tracker = Tracker(url, experiment="guarded")
    parent = tracker.start_study("study 1", "ablation", params={"storage": url})
    run_id = tracker.log_trial(parent, make_result())
    tracker.finish_study(parent, metrics={}, artifacts=[])
    assert set(files(tracker._client, run_id)) == TABLES
    assert tracker._client.get_run(parent).data.params["storage"] == f"http://***@127.0.0.1:{proxy.server_port}"
    page = f"http://***@127.0.0.1:{proxy.server_port}/#/experiments/{tracker._experiment}/runs"
    assert tracker.ui_command() == tracker.page() == f"{page}?workflowType=machine_learning"
    with pytest.raises(ValueError, match=r"tracking_uri='http://\*\*\*@.*401") as caught:
        Tracker(url.replace("secret", "secreT"))
    assert "secre" not in f"{caught.value} {capfd.readouterr()} {caplog.text}"


def test_a_server_that_goes_away_costs_no_trial(guarded_server, mlflow_server, monkeypatch):
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    url, proxy = guarded_server
    tracker = Tracker(url, experiment="goes away")
    parent = tracker.start_study("study 1", "ablation", params={})
    with monkeypatch.context() as gone:
        gone.setattr(Tracker, "_log_files", lambda *args: (proxy.server_close(), 1 / 0))
        with pytest.raises(ZeroDivisionError):  # not what failed after it
            tracker.log_trial(parent, make_result())
    with pytest.raises(mlflow.MlflowException):
        tracker.log_trial(parent, make_result())
    back = Tracker(mlflow_server, experiment="goes away")
    assert back.start_study("study 1", "ablation", params={}) == parent
    kept = back.log_trial(parent, make_result())
    states = {run.info.run_id: run.info.status for run in trials_under(back, parent)}
    assert states.pop(kept) == "FINISHED"
    assert list(states.values()) == ["KILLED"]


@pytest.mark.parametrize("uri", ["http://me:secret@127.0.0.1:9", "sqlite:////proc/x/y.db", "nonsense://me:secret@x"])
def test_a_store_that_cannot_be_opened_is_named_without_its_password(uri):
    with pytest.raises(ValueError, match=r"tracking_uri=.*cannot be opened") as caught:
        Tracker(uri)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("uri", "words"),
    [
        ("sqlite:///folder", "cannot be opened: it is a folder, where a file is needed"),
        ("sqlite:///text", "cannot be opened: the file is not a SQLite database; name another one, or move this one"),
        ("sqlite:///text/mlflow.db", "cannot be opened: its folder 'text' cannot be made: File exists"),
        ("mlruns/mlflow.db", "legal are sqlite:///FILE, postgresql+psycopg://USER@HOST/DATABASE, http:// and https://"),
        ("nonsense://x", "legal are sqlite:///FILE, postgresql+psycopg://USER@HOST/DATABASE, http:// and https://"),
        ("sqlite:///other.db", "its tables are of another MLflow, or of another program; `mlflow db upgrade` brings"),
    ],
)
def test_a_store_that_is_none_is_told_in_one_line_with_what_to_do(tmp_path, monkeypatch, uri, words):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("text").write_text("no database, but a text\n")
    with closing(sqlite3.connect("other.db")) as other, other:
        other.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
        other.execute("INSERT INTO alembic_version VALUES ('of another one')")
    with pytest.raises(ValueError, match=f"^tracking_uri={uri!r}") as caught:
        Tracker(uri)
    assert words in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1
    assert Path("text").read_text() == "no database, but a text\n"


def test_two_processes_may_make_one_store_at_once_and_the_terminal_stays_quiet(tmp_path, mlflow_server):
    (tmp_path / "result.json").write_text(json.dumps(make_result()))
    script = f"""
import json, sys
import mlflow, mlflow.tracking
from lineclf.runs import Tracker
print("ready", flush=True)
sys.stdin.readline()
print(Tracker("sqlite:///new/mlflow.db").store)
if sys.argv[1] == "first":
    for uri in ("sqlite:///new/mlflow.db", {mlflow_server!r}):
        tracker = Tracker(uri, experiment="quiet")
        parent = tracker.start_study("study 1", "ablation", params={{}})
        tracker.log_trial(parent, json.load(open("result.json")))
        tracker.finish_study(parent, metrics={{}}, artifacts=[])
"""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [
        subprocess.Popen([sys.executable, "-c", script, name], cwd=tmp_path, **pipes) for name in ("first", "second")
    ]
    assert [process.stdout.readline() for process in processes] == ["ready\n"] * 2
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    (one, said), (two, said_too) = outcomes = [process.communicate() for process in processes]
    assert one == two != "", outcomes
    assert len(one.splitlines()) == 1
    assert (said, said_too, [process.returncode for process in processes]) == ("", "", [0, 0])


def test_an_empty_address_is_no_default():
    with pytest.raises(ValueError, match=r"tracking_uri must name a store.*got ''"):
        Tracker("")
