"""What machines do to a run: servers that go away, a disk that is full, two runs at once, passwords that could leak."""

import os
import subprocess
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest

from lineclf.runs._store import TrialStore
from tests.conftest import require
from tests.runs.folder import Naps
from tests.runs.test_workers import below

pytestmark = pytest.mark.engine

OUTAGE = 20  # seconds
N_NAPS = 12  # of all tests with one MLflow server: a study's runs are found again there by its name


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_of_two_runs_of_one_study_the_second_is_told_and_ends(kind, tmp_path, mlflow_database, request):
    naps = Naps(tmp_path, mlflow_database, storage=kind == "postgresql" and request.getfixturevalue("postgresql_url"))
    naps.write(seconds=0, hold=["nap 2"])
    launcher = naps.start()
    naps.wait_for_fits(3, "begun")
    out, _ = naps.run("--status")
    assert "2 of 8 trials finished, 0 failed, 6 to run, a run is at work" in out
    _, err = naps.run("--output", "reports/again", status=2)
    assert "another run of the study 'naps' is at work" in err
    (naps.path / "go").touch()
    out, err = launcher.communicate(timeout=250)
    assert launcher.returncode == 0, out + err
    naps.assert_everything_is_there_once()
    assert naps.fits("begun").total() == 8
    assert [run.info.run_name for run in naps.runs()].count("naps") == 1


@pytest.mark.parametrize("dead", ["database", "tracker"])
def test_kill_9_of_a_server_for_some_time_loses_nothing(dead, tmp_path, mlflow_database, request):
    server = request.getfixturevalue({"database": "postgresql", "tracker": "mlflow_process"}[dead])
    if dead == "database":
        storage = request.getfixturevalue("postgresql_url").replace("lineclf@", "lineclf:hunter2@")
        naps = Naps(tmp_path, mlflow_database, storage=storage)
    else:
        naps = Naps(tmp_path, tracking=server.url)
    naps.write(seconds=2.5, n=N_NAPS, hold=[f"nap {N_NAPS - 1}"])
    launcher = naps.start("--workers", "2")
    naps.wait_for_fits(3, "begun")
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
        assert len(finished) == 1 + 3 + 3 * 2  # the study, its cells, their two seeds
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
        for process in below(launcher):
            with suppress(psutil.NoSuchProcess):
                seen += [*process.cmdline(), *process.environ().values()]
        time.sleep(0.1)
    out, err = launcher.communicate()
    assert "--multiprocessing-fork" in seen
    assert "Failed: nap 5: RuntimeError: could not sleep at postgresql+psycopg://***@127" in out
    (naps.path / "study.py").unlink()  # where the test wrote it
    stored = b"".join(path.read_bytes() for path in naps.path.rglob("*") if path.is_file())
    assert b"could not sleep" in stored
    assert b"hunter2" not in stored
    failures = naps.store().failures()
    assert not [text for text in (*seen, out, err, *failures.values()) if "hunter2" in text]


def test_stores_can_be_named_by_the_environment_and_help_shows_no_password(naps, postgresql_url):
    naps.environment["LINECLF_STORAGE"] = postgresql_url.replace("lineclf@", "lineclf:hunter2@")
    naps.environment["MLFLOW_TRACKING_URI"] = f"sqlite:///{naps.path}/other.db"
    naps.run()
    assert len(TrialStore(postgresql_url, "naps", create=False).finished()) == 8
    assert (naps.path / "other.db").exists()
    out, err = naps.run("--help")
    assert "hunter2" not in out + err
