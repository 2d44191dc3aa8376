"""Workers on a real Dask cluster of this machine."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.conftest import require
from tests.experiments.folder import Naps

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler with two workers."""
    distributed = None
    with suppress(ImportError):
        import distributed
    require(distributed, "Dask is not installed (pip install distributed)")
    path = os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")])
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        patch.setenv("FITS", "fits")  # in the study's folder, where its workers are started
        with distributed.LocalCluster(**options, local_directory=tmp_path_factory.mktemp("dask")) as cluster:
            yield cluster


def jobs():
    """Worker processes below this one, and the Dask workers that they stand beside."""
    found = []
    for process in psutil.Process().children(recursive=True):
        try:
            found += [process] if "--take-job" in process.cmdline() else []
        except psutil.NoSuchProcess:
            continue
    return found


def test_a_study_runs_on_a_cluster_and_survives_kill_9_of_a_machine(
    cluster, naps, tmp_path, mlflow_database, postgresql_url
):
    naps = Naps(tmp_path, mlflow_database, storage=postgresql_url.replace("lineclf@", "lineclf:hunter2@"))
    naps.write(seconds=0.7, n=10)
    launcher = naps.start("--dask", cluster.scheduler_address, "--trials-per-worker", "4")
    naps.wait_for_fits(3, "begun")
    at_work = jobs()
    assert len(at_work) == 2
    assert "hunter2" not in str([process.cmdline() for process in at_work])
    os.kill(at_work[0].ppid(), signal.SIGKILL)
    out, err = launcher.communicate(timeout=250)
    assert launcher.returncode == 0, out + err
    naps.assert_everything_is_there_once()
    assert naps.fits("begun").total() <= 10 + 1
    assert not jobs()
    assert "hunter2" not in out + err + str(cluster.get_logs())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_without_their_launcher_the_clusters_workers_end(cluster, naps, how):
    naps.write(seconds=3, n=4)
    launcher = naps.start("--dask", cluster.scheduler_address)
    naps.wait_for_fits(2, "begun")
    launcher.send_signal(how)
    _, err = launcher.communicate(timeout=150)
    assert ("the same command continues" in err) == (how == signal.SIGINT)
    deadline = time.monotonic() + 30
    while jobs():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    status = naps.queue().status()
    assert (status.running, status.failed) == (0, 0)
    assert status.finished == naps.fits().total()


def test_a_scheduler_that_is_not_there_is_told(naps):
    _, err = naps.run("--dask", "tcp://127.0.0.1:9", status=2)
    assert "--dask must be the address of a scheduler; got 'tcp://127.0.0.1:9'" in err
    assert "Traceback" not in err
