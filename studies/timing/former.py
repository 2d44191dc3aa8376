"""The default ablation's trials beside those of an earlier version, in processor time."""

import ctypes
import os
import resource
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

FORMER, PRESENT, SAME_SIZE = "lineclf 0.2.0", "lineclf", "lineclf, on 0.2.0's images a class"
_PR_SET_CHILD_SUBREAPER = 36
ROOT = Path(__file__).resolve().parents[2]


def measure_former(repeats, former, seeds=2):
    """Rows of default ablations of `seeds` seeds, start and report included: processor seconds a trial.

    Parameters
    ----------
    repeats : int
    former : pathlib.Path
        A working tree of the earlier version, which runs in the same environment.
    seeds : int
    """
    contestants = {
        FORMER: (Path(former).resolve(), []),
        PRESENT: (ROOT, []),
        SAME_SIZE: (ROOT, ["--n-per-class", "40"]),
    }
    return [
        ("former", name, i, "cpu_seconds", _seconds_a_trial(root, [*options, "--seeds", str(seeds)]))
        for i in range(repeats)
        for name, (root, options) in contestants.items()
    ]


def measure_whole(repeats, former):
    """Rows of default ablations as they are, each with its version's own seeds: processor seconds a trial.

    Parameters
    ----------
    repeats, former
        As in :func:`measure_former`.
    """
    contestants = {FORMER: Path(former).resolve(), PRESENT: ROOT}
    return [
        ("whole", name, i, "cpu_seconds", _seconds_a_trial(root, []))
        for i in range(repeats)
        for name, root in contestants.items()
    ]


def _seconds_a_trial(root, options):
    import optuna

    _adopt_orphans()
    with tempfile.TemporaryDirectory() as folder:
        storage = f"sqlite:///{folder}/optuna.db"
        stores = ["--storage", storage, "--tracking-uri", f"sqlite:///{folder}/mlflow.db", "--output", folder]
        command = [sys.executable, str(root / "studies" / "ablate.py"), *options, *stores]
        before = _of_children()
        environment = {**os.environ, "PYTHONPATH": str(root)}
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, env=environment)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        with suppress(ChildProcessError):  # until there are none
            while True:
                os.wait()
        seconds = _of_children() - before
        (study,) = optuna.get_all_study_summaries(storage)
        return seconds / study.n_trials


def _adopt_orphans():
    """Have workers whose parent ends before them counted as well: Linux gives them to this process then."""
    if ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1):
        raise OSError("processor time of workers cannot be had on this system")


def _of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
