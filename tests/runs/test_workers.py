"""Worker processes of this machine, and what happens when they or their launcher die."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress

import psutil
import pytest

from lineclf.runs._dask import share_cores

pytestmark = pytest.mark.engine


def workers(launcher):
    """Processes below a launcher that trials work in."""
    found = []
    with suppress(psutil.NoSuchProcess):
        for child in psutil.Process(launcher.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # a zombie, too
                found += [child] if "--multiprocessing-fork" in child.cmdline() else []
    return found


def below(launcher):
    """All processes below it."""
    return psutil.Process(launcher.pid).children(recursive=True)


def wait_for(condition, seconds=150):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_workers_share_a_study(folder):
    launcher = folder.start("--workers", "2", "--components", "max_depth")
    seen = set()
    while launcher.poll() is None:
        with suppress(psutil.NoSuchProcess):
            seen |= set(below(launcher))
        time.sleep(0.2)
    out, err = launcher.communicate()
    assert launcher.returncode == 0, out + err
    assert folder.fits().total() == folder.fits("begun").total() == 6
    assert not psutil.wait_procs(seen, timeout=30)[1]


@pytest.mark.usefixtures("untracked")
def test_scripts_without_a_guard_and_classes_of_a_notebook_work(naps):
    script = naps.path / "study.py"
    text = script.read_text().replace('if __name__ == "__main__":\n    sys.exit(main(STUDY))', "sys.exit(main(STUDY))")
    script.write_text(text)
    naps.run("--workers", "2")
    naps.assert_everything_is_there_once()
    assert len({line.split(" · ")[0] for line in naps.fits("where")}) == 2
    # As a notebook's kernel: code that stands in no file.
    options = naps.prepare("--workers", "2", "--storage", "sqlite:///notebook.db", "--output", "reports/notebook")
    text = text.replace("main(STUDY)", f"main(STUDY, {list(options)!r})")
    kernel = [sys.executable, "-c", text]
    outcome = subprocess.run(kernel, cwd=naps.path, env=naps.environment, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    assert naps.fits("begun").total() == 2 * 8


@pytest.mark.usefixtures("untracked")
def test_a_plan_of_a_module_beside_the_script_is_found(naps):
    declaration, study = (naps.path / "study.py").read_text().split("STUDY = ", 1)
    folder = naps.path / "studies"
    folder.mkdir()
    (folder / "sleeping.py").write_text(declaration)
    (folder / "study.py").write_text(f"from sleeping import *\nSTUDY = {study}")
    command = [sys.executable, "studies/study.py", *naps.prepare("--workers", "2")]
    outcome = subprocess.run(command, cwd=naps.path, env=naps.environment, capture_output=True, text=True)
    assert outcome.returncode == 0, outcome.stderr
    naps.assert_everything_is_there_once()


@pytest.mark.usefixtures("untracked")
def test_workers_have_their_cores_and_make_way_for_fresh_ones(naps):
    naps.write(n=6, seconds=0.2)
    naps.environment["OMP_NUM_THREADS"] = "99"  # the launcher's
    naps.run("--workers", "2", "--trials-per-worker", "2")
    trials_of, shares = Counter(), {(str(cores), str(len(cores))) for cores in share_cores(2)}
    for line, n in naps.fits("where").items():
        pid, *share = line.split(" · ")
        trials_of[pid] += n
        assert tuple(share) in shares
    assert trials_of.total() == 6
    assert max(trials_of.values()) <= 3  # one more where Dask has given it the next one already
    naps.assert_everything_is_there_once()


def test_kill_9_of_two_of_four_workers_on_sqlite_loses_nothing(naps):
    naps.write(seconds=0.5, n=16)
    launcher = naps.start("--workers", "4", "--trials-per-worker", "5")
    killed = []
    for n in (2, 4):
        naps.wait_for_fits(n, "begun")
        victim = wait_for(lambda: [worker for worker in workers(launcher) if worker.pid not in killed])[0]
        killed.append(victim.pid)
        os.kill(victim.pid, signal.SIGKILL)
    out, err = launcher.communicate(timeout=250)
    assert launcher.returncode == 0, out + err
    assert "Traceback" not in err
    assert naps.fits("begun").total() <= 16 + 2 * 2  # what each was at, and what it had not yet handed over
    naps.assert_everything_is_there_once()


def test_trials_that_raise_give_nan_or_kill_their_workers_are_reported_and_the_others_stand(naps):
    naps.write(**{"seconds": 0, "die": "nap 1", "nan": "nap 2", "raise": "nap 3"})
    out, _ = naps.run("--workers", "1", status=1)
    assert "Failed: nap 1: its worker died" in out
    assert "Failed: nap 2: ValueError: the trial's value is nan" in out
    assert "Failed: nap 3: RuntimeError: could not sleep" in out
    assert {name: naps.fits("begun")[name] for name in ("nap 0", "nap 1", "nap 2", "nap 3")} == {
        "nap 0": 1,
        **dict.fromkeys(("nap 1", "nap 2", "nap 3"), 3),
    }
    naps.assert_everything_is_there_once(failed=("nap 1", "nap 2", "nap 3"))
    out, _ = naps.run("--status")
    assert "5 of 8 trials finished, 3 failed, 0 to run" in out
    assert "Failed: nap 2: ValueError: the trial's value is nan" in out


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_without_their_launcher_workers_end_and_put_their_trials_back(naps, how):
    naps.write(seconds=0, n=4, hold=("nap 2", "nap 3"))
    launcher = naps.start("--workers", "2")
    naps.wait_for_fits(4, "begun")
    left = below(launcher)
    launcher.send_signal(how)
    out, err = launcher.communicate(timeout=150)
    psutil.wait_procs(left, timeout=90)  # Dask lets what works go on for 30 seconds
    assert not [worker for worker in left if worker.is_running()]
    if how != signal.SIGKILL:
        assert launcher.returncode == 130
        assert "the same command continues" in err
        assert "Traceback" not in out + err, out + err
        assert {run.info.run_name: run.info.status for run in naps.runs()}["naps"] == "KILLED"
    store = naps.store()
    assert store.finished() == {"nap 0", "nap 1"}
    assert not store.failures()
    naps.write(n=4)
    naps.run("--resume")
    naps.assert_everything_is_there_once()
    assert naps.fits().total() == 4


@pytest.mark.usefixtures("untracked")
@pytest.mark.parametrize(
    ("was", "becomes", "words"),
    [
        ("    def run(", "    def __reduce__(self): return (lambda: 1 / 0), ()\n    def run(", "ZeroDivisionError"),
        (
            "    def run(",
            "    def __getstate__(self): return {0: __import__('_thread').allocate_lock()}\n    def run(",
            "cannot pickle",
        ),
        ("SETTINGS =", "import lineclf; lineclf.__version__ = '0.0'\nSETTINGS =", "its launcher 0.0"),
    ],
)
def test_workers_that_cannot_begin_are_told_and_nothing_is_reported(naps, was, becomes, words):
    script = naps.path / "study.py"
    script.write_text(script.read_text().replace(was, becomes))
    _, err = naps.run("--workers", "1", status=2)
    assert "the workers cannot begin" in err
    assert words in err
    assert not (naps.path / "reports" / "naps" / "naps.txt").exists()


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
def test_numbers_below_one_are_refused(naps, options):
    _, err = naps.run(*options, status=2)
    assert f"{options[0]} must be a number ≥ 1; got '{options[1]}'" in err
