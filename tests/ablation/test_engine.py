"""AblationCV on several processes, on a cluster, and after kill -9."""

import os
import signal
import subprocess
import sys
import time

import distributed
import optuna
import pandas as pd
import pytest
from sklearn.datasets import load_iris

from lineclf import AblationCV
from tests.runs.standin import Tree

pytestmark = pytest.mark.engine

DATA = load_iris(return_X_y=True)

SCRIPT = """
import sys, time
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier
from lineclf import AblationCV

class Mine(ClassifierMixin, BaseEstimator):
    def __init__(self, depth=None, random_state=None):
        self.depth, self.random_state = depth, random_state

    def fit(self, X, y):
        open("fits.txt", "a").write("fit\\n")
        time.sleep(float(sys.argv[1]))
        self.tree_ = DecisionTreeClassifier(max_depth=self.depth, random_state=self.random_state).fit(X, y)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X):
        return self.tree_.predict(X)

found = AblationCV(Mine(), {"depth": [1]}, seeds=3, cv=2, storage="sqlite:///o.db", study_name="mine").fit(
    *load_iris(return_X_y=True)
)
print(found.effects_["verdict"].tolist())
"""


def test_processes_and_a_cluster_find_what_one_process_finds(tmp_path, monkeypatch):
    monkeypatch.setenv("FITS", str(tmp_path / "fits"))
    model, components = Tree(fail_at=3), {"max_depth": [1, 3]}

    def fitted(**how):
        with pytest.warns(UserWarning, match="2 of 6 trials failed"):
            return AblationCV(model, components, seeds=2, cv=2, **how).fit(*DATA)

    alone = fitted()
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as cluster:
        for how in ({"n_jobs": 2}, {"cluster": cluster.scheduler_address}):
            other = fitted(**how)
            pd.testing.assert_frame_equal(other.effects_, alone.effects_)
            assert other.failures_.keys() == alone.failures_.keys()


def test_after_kill_9_only_what_was_at_work_is_repeated(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    fits = tmp_path / "fits.txt"
    run = [sys.executable, str(script)]
    first = subprocess.Popen([*run, "0.3"], cwd=tmp_path)
    storage = f"sqlite:///{tmp_path}/o.db"
    while n_stored(storage) < 3:
        time.sleep(0.1)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    before, stored = len(fits.read_text().splitlines()), n_stored(storage)
    done = subprocess.run([*run, "0"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout == "['worse']\n"
    repeated = len(fits.read_text().splitlines()) - before
    assert repeated == 1 + 2 * (6 - stored)  # one is for the scorer
    assert n_stored(storage) == 6


def n_stored(storage):
    try:
        return len(optuna.load_study(study_name="mine", storage=storage).trials)
    except Exception:  # not there yet
        return 0
