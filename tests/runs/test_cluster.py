"""Workers on a real Dask cluster of this machine."""

import os
import signal
import time

import distributed
import pytest

from tests.runs.folder import Naps

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A scheduler with two workers."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None, "host": "127.0.0.1"}
    with distributed.LocalCluster(**options, local_directory=tmp_path_factory.mktemp("dask")) as cluster:
        yield cluster


def test_a_study_runs_on_a_cluster_and_survives_kill_9_of_a_machine(cluster, tmp_path, mlflow_database, postgresql_url):
    naps = Naps(tmp_path, mlflow_database, storage=postgresql_url.replace("lineclf@", "lineclf:hunter2@"))
    naps.write(seconds=0.7, n=10)
    launcher = naps.start("--dask", cluster.scheduler_address, "--trials-per-worker", "4")
    naps.wait_for_fits(3, "begun")
    pid = list(naps.fits("where"))[-1].split(" · ")[0]
    os.kill(int(pid), signal.SIGKILL)
    out, err = launcher.communicate(timeout=250)
    assert launcher.returncode == 0, out + err
    naps.assert_everything_is_there_once()
    assert naps.fits("begun").total() <= 10 + 2  # what it was at, and what it had not yet handed over
    assert "hunter2" not in out + err + str(cluster.get_logs())


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_without_its_launcher_the_cluster_begins_no_more_of_its_trials(cluster, naps, how):
    naps.write(seconds=2, n=8)
    launcher = naps.start("--dask", cluster.scheduler_address)
    naps.wait_for_fits(2, "begun")
    launcher.send_signal(how)
    _, err = launcher.communicate(timeout=150)
    assert ("the same command continues" in err) == (how == signal.SIGINT)
    begun = naps.fits("begun").total()
    with distributed.Client(cluster, set_as_default=False) as client:
        while any(client.processing().values()):
            time.sleep(0.1)
    assert naps.fits("begun").total() <= begun + 2
    naps.write(seconds=0, n=8)
    naps.run("--dask", cluster.scheduler_address)
    naps.assert_everything_is_there_once()


def test_a_cluster_that_goes_away_is_told_and_what_is_finished_stays(naps):
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        naps.write(seconds=0.3, n=8)
        launcher = naps.start("--dask", cluster.scheduler_address)
        naps.wait_for_fits(3, "done")
    out, err = launcher.communicate(timeout=150)
    assert launcher.returncode == 2, out + err
    assert "the cluster has gone away" in err
    naps.run()
    naps.assert_everything_is_there_once()


@pytest.mark.usefixtures("untracked")
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense"])
def test_a_scheduler_that_is_not_there_is_told(naps, address):
    _, err = naps.run("--dask", address, status=2)
    assert f"--dask, in Python cluster=, must be the address of a scheduler; got {address!r}" in err
    assert "Traceback" not in err


@pytest.mark.usefixtures("untracked")
def test_a_cluster_without_workers_is_told(naps):
    with distributed.LocalCluster(n_workers=0, dashboard_address=None) as empty:
        _, err = naps.run("--dask", empty.scheduler_address, status=2)
    assert "--dask: the cluster has no workers yet" in err
