"""A study in a working directory of its own, run by its command line, with a decision tree in the net's place."""

import contextlib
import csv
import io
import os
import runpy
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import mlflow
import pytest

from lineclf.runs._store import TrialStore

SCRIPT = """
import sys
from lineclf.ablation import Ablation, Component
from lineclf.cli import main
from lineclf.runs import Profile
settings = {settings}
STUDY = Ablation(
    name="trees", question="how deep?", estimator="standin:Tree", track="distinct",
    components=(
        Component("max_depth", None, (1, 4), off=None),
        Component("seconds", settings["seconds"], (0.011,), off=settings["seconds"]),
    ),
    profiles={{"quick": Profile(n_per_class=4, seeds=2, settings=settings),
              "large": Profile(n_per_class=6, seeds=1, settings=settings)}},
)
if __name__ == "__main__":
    sys.exit(main(STUDY))
"""
TRIALS = 2 * 4

# Trials that do next to nothing, for what is not about results: its processes start fast.
NAPS = """
import os, signal, sys, time
from pathlib import Path
from types import SimpleNamespace
from lineclf.cli import main
from lineclf.runs import Options, Plan, Profile, Report

SETTINGS = {settings}

def note(what, key):
    with open(SETTINGS["fits"] + "." + what, "a") as file:
        file.write(key + "\\n")

class Naps(Plan):
    identity, title, params = "naps", "naps", {{}}
    trials = {{f"nap {{i}}": {{"i": i}} for i in range(SETTINGS["n"])}}
    names = dict(zip(trials, trials))

    def run(self, key, on_fitted=None):
        started = time.time()
        note("begun", key)
        cores, threads = sorted(os.sched_getaffinity(0)), os.environ.get("OMP_NUM_THREADS")
        note("where", f"{{os.getpid()}} · {{cores}} · {{threads}}")
        time.sleep(SETTINGS["seconds"])
        while key in SETTINGS.get("hold", ()) and not Path(SETTINGS["fits"]).with_name("go").exists():
            time.sleep(0.1)
        if key == SETTINGS.get("press"):
            os.kill(os.getpid(), signal.SIGINT)
        if key == SETTINGS.get("die"):
            os.kill(os.getpid(), signal.SIGKILL)
        if key == SETTINGS.get("raise"):
            raise RuntimeError("could not sleep at " + SETTINGS["storage"])
        note("done", key)
        value = float("nan") if key == SETTINGS.get("nan") else 1.0
        empty = dict.fromkeys(("params", "split", "tags", "history", "confusion", "datasets", "versions"), {{}})
        times = {{"started": started, "finished": time.time()}}
        return value, {{"name": key, "seed": 0, "metrics": {{"value": value}}, **empty, **times}}

    def report(self, folder, results, failures, command):
        page = Path(folder, "naps.txt")
        page.write_text("\\n".join([command, *results, *map(str, failures.items())]))
        return Report("slept", [page])

STUDY = SimpleNamespace(
    name="naps", question="how many?", profiles={{"quick": Profile(None, 1)}}, Options=Options,
    plan=lambda options: Naps(), output=lambda options: Path("reports/naps"),
)
if __name__ == "__main__":
    sys.exit(main(STUDY))
"""


def hear_ctrl_c():
    """As in a terminal, also where the tests themselves run in the background."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Folder:
    """A working directory with a study in it, and for speed a copy of an MLflow database with nothing in it."""

    def __init__(self, path, database=None):
        self.path, self.database = path, database
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
            "FITS": str(path / "fits"),
        }
        self.write(seconds=0.01)

    def write(self, **settings):
        (self.path / "study.py").write_text(SCRIPT.format(settings={"seconds": 0.01, **settings}))

    def prepare(self, *options):
        """Make the stores ready for a run; return its options."""
        if self.database and "--status" not in options and not (self.path / "mlruns").exists():
            (self.path / "mlruns").mkdir()
            shutil.copy(self.database, self.path / "mlruns" / "mlflow.db")
        if "--components" in options and not {"--output", "--design", "--track"} & set(options):
            options += ("--output", "reports/trees")  # which the tests read, also where no profile declares the run
        return options

    def start(self, *options):
        """Start the study in a process of its own."""
        command = [sys.executable, "study.py", *self.prepare(*options)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        self.process = subprocess.Popen(command, cwd=self.path, env=self.environment, preexec_fn=hear_ctrl_c, **pipes)
        return self.process

    def run(self, *options, status=0):
        """Run the study to its end: in this process, as a fresh one imports for seconds, but for runs with workers."""
        if {"--workers", "--dask"} & set(options):
            process = self.start(*options)
            out, err = process.communicate()
            ended = process.returncode
        else:
            ended, out, err = self._run_here(self.prepare(*options))
        assert ended == status, out + err
        return out, err

    def _run_here(self, options):
        out, err = io.StringIO(), io.StringIO()
        before = signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal
        with (
            contextlib.closing(SimpleNamespace(close=lambda: signal.signal(signal.SIGINT, before))),
            contextlib.chdir(self.path),
            patch.dict(os.environ, self.environment),
            patch.object(sys, "argv", ["study.py", *options]),
            patch.object(sys, "path", [str(Path(__file__).parent), *sys.path]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            runpy.run_path("study.py", run_name="__main__")
        return ended.value.code or 0, out.getvalue(), err.getvalue()

    def fits(self, what="done"):
        file = self.path / f"fits.{what}"
        return Counter(file.read_text().splitlines()) if file.exists() else Counter()

    def wait_for_fits(self, n, what):
        while self.fits(what).total() < n:
            assert self.process.poll() is None, self.process.communicate()
            time.sleep(0.01)

    def rows(self, name="results.csv"):
        with open(self.path / "reports" / "trees" / name) as file:
            return list(csv.DictReader(file))

    def client(self):
        return mlflow.MlflowClient(f"sqlite:///{self.path}/mlruns/mlflow.db")

    def runs(self):
        client = self.client()
        experiment = client.get_experiment_by_name("lineclf")  # other tests have theirs on the same server
        return client.search_runs([experiment.experiment_id], max_results=1000)

    def assert_everything_is_there_once(self):
        joint = [(row["cell"], row["seed"]) for row in self.rows()]
        assert len(joint) == len(set(joint)) == TRIALS
        finished = [run.info.run_name for run in self.runs() if run.info.status == "FINISHED"]
        assert len(finished) == len(set(finished)) == 1 + TRIALS // 2 + TRIALS  # the study, its cells, their two seeds
        assert "max_depth=4 · seed 1" in finished


class Naps(Folder):
    """A working directory with a study of `n` naps in it, and stores of its own or elsewhere, or no tracker: "none"."""

    def __init__(self, path, database=None, *, storage=None, tracking=None):
        self.storage, self.tracking = storage, tracking
        super().__init__(path, database)

    def write(self, **settings):
        self.settings = {"n": 8, "seconds": 0.05, "storage": self.storage or "", **settings}
        self.settings["fits"] = str(self.path / "fits")  # workers of a cluster have another environment
        (self.path / "study.py").write_text(NAPS.format(settings=self.settings))

    def prepare(self, *options):
        stores = [*(["--storage", self.storage] if self.storage else [])]
        stores += ["--tracking-uri", self.tracking] if self.tracking else []
        return super().prepare(*stores, *options)

    def client(self):
        return mlflow.MlflowClient(self.tracking) if self.tracking else super().client()

    def store(self):
        return TrialStore(self.storage or f"sqlite:///{self.path}/mlruns/optuna.db", "naps", create=False)

    def assert_everything_is_there_once(self, failed=()):
        """Every trial finished exactly once or is among the failed ones; the tracker has each once, all its metrics."""
        names = {f"nap {i}" for i in range(self.settings["n"])} - set(failed)
        store = self.store()
        assert set(store.finished()) == names
        assert set(store.failures()) == set(failed)
        if self.tracking != "none":
            finished = [run for run in self.runs() if run.info.status == "FINISHED"]
            assert sorted(run.info.run_name for run in finished) == sorted(
                ["naps", *(f"{name} · seed 0" for name in names)]
            )
            assert all(run.data.metrics["value"] == 1.0 for run in finished if run.info.run_name != "naps")
        page = (self.path / "reports" / "naps" / "naps.txt").read_text().splitlines()
        assert sorted(line for line in page if line.startswith("nap ")) == sorted(names)
