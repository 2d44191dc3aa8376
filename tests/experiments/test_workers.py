"""Worker processes that share a queue, and what happens when they or their launcher die."""

import os
import signal
import time
from contextlib import suppress

import psutil
import pytest

from lineclf.experiments._workers import share_cores
from tests.experiments.folder import TRIALS


def workers(launcher):
    """Worker processes of a launcher that are alive."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(launcher.pid).children():
            with suppress(psutil.NoSuchProcess):  # a zombie, too
                found += [child] if "--take-job" in child.cmdline() else []
    return found


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_workers_share_a_study_and_make_way_for_fresh_ones(folder):
    folder.write(seconds=0.3)
    launcher = folder.start("--workers", "2", "--trials-per-worker", "3")
    seen = set()
    while launcher.poll() is None:
        seen |= {worker.pid for worker in workers(launcher)}
        time.sleep(0.1)
    out, err = launcher.communicate()
    assert launcher.returncode == 0, out + err
    assert len(seen) >= 3
    assert folder.fits().total() == folder.fits("begun").total() == TRIALS
    folder.assert_everything_is_there_once()
    assert not [pid for pid in seen if psutil.pid_exists(pid)]
    assert err.count("Waiting") == 0


def test_kill_9_of_two_workers_in_turn_loses_nothing(folder):
    folder.write(seconds=1.0)
    launcher = folder.start("--workers", "2")
    killed = []
    for n in (2, 4):
        folder.wait_for_fits(n, "begun")
        victim = wait_for(lambda: [worker for worker in workers(launcher) if worker.pid not in killed])[0]
        killed.append(victim.pid)
        os.kill(victim.pid, signal.SIGKILL)
    out, err = launcher.communicate(timeout=120)
    assert launcher.returncode == 0, out + err
    assert folder.fits("begun").total() <= TRIALS + 2
    folder.assert_everything_is_there_once()


def test_a_trial_that_kills_its_workers_is_reported_and_the_others_stand(folder):
    folder.write(die_at=4, seconds=0)
    out, _ = folder.run("--components", "max_depth", "--seeds", "1", "--workers", "1", status=1)
    assert "Failed: max_depth=4 · seed 0: its worker died of SIGKILL" in out
    assert folder.fits("begun").total() == 2 + 3
    assert folder.fits().total() == 2


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_without_their_launcher_workers_end_and_put_their_trials_back(folder, how):
    folder.write(seconds=1.5)
    launcher = folder.start("--workers", "2")
    folder.wait_for_fits(3, "begun")
    left = workers(launcher)
    launcher.send_signal(how)
    out, err = launcher.communicate(timeout=60)
    psutil.wait_procs(left, timeout=30)
    assert not [worker for worker in left if worker.is_running()]
    if how == signal.SIGINT:
        assert launcher.returncode == 130
        assert "the same command continues" in err
        assert "Traceback" not in out + err
    done = folder.fits().total()
    out, _ = folder.run("--status")
    assert f"{done} of {TRIALS} trials finished, 0 running, 0 failed, {TRIALS - done} to run" in out
    folder.write(seconds=1.5)
    folder.run("--workers", "2", "--resume")
    folder.assert_everything_is_there_once()
    assert folder.fits().total() == TRIALS


def test_workers_that_cannot_start_are_told_and_nothing_is_reported(folder):
    script = folder.path / "study.py"
    script.write_text(script.read_text().replace("STUDY = ", 'if "--take-job" in sys.argv: 1 / 0\nSTUDY = '))
    _, err = folder.run("--workers", "2", status=2)
    assert f"the workers have ended, with {TRIALS} trials still to run" in err
    assert "ZeroDivisionError" in err
    assert not (folder.path / "reports" / "trees" / "ablation.md").exists()


def test_workers_with_other_trials_than_their_launcher_are_told(folder):
    script = folder.path / "study.py"
    script.write_text(script.read_text().replace("(1, 4)", "(1, 5 if '--take-job' in sys.argv else 4)"))
    _, err = folder.run("--workers", "1", status=2)
    assert "this worker has other trials than its launcher" in err


@pytest.mark.parametrize("n", [1, 2, 3, 64])
def test_every_worker_gets_its_share_of_the_cores(n):
    shares = share_cores(n)
    cores = os.sched_getaffinity(0)
    assert len(shares) == n
    assert {core for share in shares for core in share} <= cores
    if n <= len(cores):
        assert sorted(core for share in shares for core in share) == sorted(cores)
    assert min(map(len, shares)) >= 1


@pytest.mark.parametrize("options", [["--workers", "0"], ["--workers", "x"], ["--trials-per-worker", "0"]])
def test_numbers_below_one_are_refused(folder, options):
    _, err = folder.run(*options, status=2)
    assert f"{options[0]}: must be a number ≥ 1; got '{options[1]}'" in err
