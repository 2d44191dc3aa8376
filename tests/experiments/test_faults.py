"""What machines do to a run: servers that go away, a disk that is full, two runs at once, passwords that could leak."""

import os
import subprocess
import sys
import time
from collections import Counter

import pytest

from lineclf.experiments import TrialQueue
from tests.conftest import require
from tests.experiments.folder import Naps
from tests.experiments.test_workers import workers

pytestmark = pytest.mark.engine

OUTAGE = 20  # seconds
N_NAPS = 12  # of all tests with one MLflow server: a study's runs are found again there by its name

WORKER = """
import os, sys, time
from pathlib import Path
from lineclf.experiments import TrialQueue
folder = Path(sys.argv[2])
def meet(place):
    (folder / place).mkdir(exist_ok=True)
    (folder / place / str(os.getpid())).touch()
    while len(list((folder / place).iterdir())) < 4:
        time.sleep(0.01)
meet("ready")
queue = TrialQueue(sys.argv[1], "a study")
queue.enqueue((f"trial {i}", {"i": i}) for i in range(150))
def run(key, number):
    meet("trials")  # or the fastest would leave nothing to do
    with open(folder / "runs", "a") as file:
        file.write(key + "\\n")
    return 1.0, {"pid": os.getpid()}
queue.work(run)
"""


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/optuna.db"
    return request.getfixturevalue("postgresql_url")


def test_four_processes_that_begin_one_study_at_once_do_every_trial_once(storage, tmp_path):
    command = [sys.executable, "-c", WORKER, storage, str(tmp_path)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in range(4)]
    said = [process.communicate(timeout=250)[0].decode() for process in processes]
    assert said == [""] * 4  # no "database is locked"
    assert [process.returncode for process in processes] == [0] * 4
    assert set(Counter((tmp_path / "runs").read_text().splitlines()).values()) == {1}
    results = TrialQueue(storage, "a study", create=False).results()
    assert len(results) == 150
    assert sorted(result["optuna"]["trial"] for result in results.values()) == list(range(150))
    assert len({result["pid"] for result in results.values()}) == 4


def test_two_runs_of_one_study_at_once_are_one_study(tmp_path, mlflow_database, postgresql_url, mlflow_server):
    naps = Naps(tmp_path, mlflow_database, storage=postgresql_url, tracking=mlflow_server)
    naps.write(seconds=0.2, n=N_NAPS)
    launchers = [naps.start("--output", f"reports/{name}") for name in ("naps", "again")]
    for launcher in launchers:
        out, err = launcher.communicate(timeout=250)
        assert launcher.returncode == 0, out + err
    assert naps.fits("begun").total() == N_NAPS
    naps.assert_everything_is_there_once()
    assert [run.info.run_name for run in naps.runs()].count("naps") == 1


@pytest.mark.parametrize("dead", ["database", "tracker"])
def test_kill_9_of_a_server_for_some_time_loses_nothing(
    dead, tmp_path, postgresql, postgresql_url, mlflow_process, monkeypatch
):
    storage = postgresql_url.replace("lineclf@", "lineclf:hunter2@")
    naps = Naps(tmp_path, storage=storage, tracking=mlflow_process.url)
    naps.write(seconds=2.5, n=N_NAPS, hold=[f"nap {N_NAPS - 1}"])
    launcher = naps.start("--workers", "2")
    naps.wait_for_fits(3, "begun")
    server = {"database": postgresql, "tracker": mlflow_process}[dead]
    server.kill()
    time.sleep(OUTAGE)
    server.start()
    (naps.path / "go").touch()
    out, err = launcher.communicate(timeout=250)
    assert launcher.returncode == 0, out + err
    assert "Traceback" not in err
    assert ("Waiting for the storage" in err) == (dead == "database")
    assert "hunter2" not in out + err
    assert "did not take everything" not in out
    assert naps.fits("begun").total() == N_NAPS  # nobody was taken for dead
    naps.assert_everything_is_there_once()


def test_a_full_disk_under_the_artifacts_costs_no_trial(folder, with_pictures):
    artifacts = folder.path / "mlruns" / "artifacts"
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "none", artifacts]
    folder.prepare()  # makes mlruns/
    artifacts.mkdir()
    require(os.getuid() == 0 and subprocess.run(mount).returncode == 0, "a small file system cannot be mounted")
    try:
        out, _ = folder.run("--components", "max_depth")
        assert "MLflow did not take everything" in out
        assert "No space left" in out
        assert (folder.path / "reports" / "trees" / "ablation.md").exists()
        subprocess.run(["mount", "-o", "remount,size=64m", artifacts], check=True)
        out, _ = folder.run("--components", "max_depth")
        assert "did not take" not in out
        finished = Counter(run.info.run_name for run in folder.runs() if run.info.status == "FINISHED")
        assert len(finished) == 3 * 2 + 1
        assert set(finished.values()) == {1}
        assert folder.fits().total() == 6
    finally:
        subprocess.run(["umount", artifacts], check=True)


def test_a_report_that_fails_is_told_to_mlflow_and_written_by_the_next_run(naps):
    script, report = naps.path / "study.py", 'page = Path(folder, "naps.txt")'
    script.write_text(script.read_text().replace(report, "1 / 0"))
    with pytest.raises(ZeroDivisionError):
        naps.run()
    assert {run.info.run_name: run.info.status for run in naps.runs()}["naps"] == "FAILED"
    naps.write()
    naps.run()
    naps.assert_everything_is_there_once()
    assert naps.fits().total() == 8


def test_passwords_appear_nowhere(tmp_path, mlflow_database, postgresql_url):
    storage = postgresql_url.replace("lineclf@", "lineclf:hunter2@")
    naps = Naps(tmp_path, mlflow_database, storage=storage)
    naps.write(**{"seconds": 0.3, "n": 6, "raise": "nap 5"})
    launcher = naps.start("--workers", "2")
    seen = []
    while launcher.poll() is None:
        seen += [word for worker in workers(launcher) for word in worker.cmdline()]
        time.sleep(0.1)
    out, err = launcher.communicate()
    assert "--take-job" in seen
    assert "Failed: nap 5: RuntimeError: could not sleep at postgresql+psycopg://***@127" in out
    (naps.path / "study.py").unlink()  # where the test wrote it
    stored = b"".join(path.read_bytes() for path in naps.path.rglob("*") if path.is_file())
    assert b"could not sleep" in stored
    assert b"hunter2" not in stored
    failures = naps.queue().failures()
    assert "hunter2" not in f"{seen} {out} {err} {failures}"


def test_stores_can_be_named_by_the_environment_and_help_shows_no_password(naps, postgresql_url):
    naps.environment["LINECLF_STORAGE"] = postgresql_url.replace("lineclf@", "lineclf:hunter2@")
    naps.environment["MLFLOW_TRACKING_URI"] = f"sqlite:///{naps.path}/other.db"
    naps.run()
    assert len(TrialQueue(postgresql_url, "naps", create=False).results()) == 8
    assert (naps.path / "other.db").exists()
    out, err = naps.run("--help")
    assert "hunter2" not in out + err
