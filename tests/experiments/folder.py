"""A study in a working directory of its own, run by its command line, with a decision tree in the net's place."""

import csv
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import mlflow

SCRIPT = """
import sys
from lineclf.experiments import Ablation, Component, Profile, main
settings = {settings}
STUDY = Ablation(
    name="trees", question="how deep?", estimator="standin:Tree", track="distinct",
    components=(Component("max_depth", None, (1, 4)), Component("seconds", settings["seconds"], (0.011,))),
    profiles={{"quick": Profile(n_per_class=4, seeds=2, settings=settings),
              "large": Profile(n_per_class=6, seeds=1, settings=settings)}},
)
if __name__ == "__main__":
    sys.exit(main(STUDY))
"""
TRIALS = 2 * 4


class Folder:
    """A working directory with a study in it."""

    def __init__(self, path):
        self.path = path
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
            "FITS": str(path / "fits"),
        }
        self.write(seconds=0.01)

    def write(self, **settings):
        (self.path / "study.py").write_text(SCRIPT.format(settings={"seconds": 0.01, **settings}))

    def start(self, *options):
        command = [sys.executable, "study.py", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(command, cwd=self.path, env=self.environment, **pipes)

    def run(self, *options, status=0):
        process = self.start(*options)
        out, err = process.communicate(timeout=120)
        assert process.returncode == status, out + err
        return out, err

    def fits(self, what="done"):
        file = self.path / f"fits.{what}"
        return Counter(file.read_text().splitlines()) if file.exists() else Counter()

    def wait_for_fits(self, n, what):
        deadline = time.time() + 60
        while self.fits(what).total() < n:
            assert time.time() < deadline
            time.sleep(0.01)

    def rows(self, name="results.csv"):
        with open(self.path / "reports" / "trees" / name) as file:
            return list(csv.DictReader(file))

    def client(self):
        return mlflow.MlflowClient(f"sqlite:///{self.path}/mlruns/mlflow.db")

    def runs(self):
        client = self.client()
        experiments = [experiment.experiment_id for experiment in client.search_experiments()]
        return client.search_runs(experiments, max_results=1000)

    def assert_everything_is_there_once(self):
        joint = [(row["cell"], row["seed"]) for row in self.rows() if row["metric"] == "test_joint_accuracy"]
        assert len(joint) == len(set(joint)) == TRIALS
        finished = [run.info.run_name for run in self.runs() if run.info.status == "FINISHED"]
        assert len(finished) == len(set(finished)) == TRIALS + 1
        assert "max_depth=4 · seed 1" in finished
