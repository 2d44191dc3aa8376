"""What `AblationCV` costs beside a bare loop, and what a second process brings."""

from timing.process import run

FITS = 3 * 10 * 5  # cells, seeds, folds
BARE, OURS = "a bare loop", "AblationCV"
ONE, TWO = "n_jobs=1, one thread", "n_jobs=2"

# The same fits on the same splits, in turn in one process; the first turn is for what loads on first use.
OVERHEAD = """
import time
from sklearn.base import clone
from sklearn.datasets import load_iris
from sklearn.model_selection import StratifiedKFold
from sklearn.tree import DecisionTreeClassifier
from lineclf import AblationCV
X, y = load_iris(return_X_y=True)

def bare():
    for seed in range(10):
        for depth in (None, 1, 2):
            for train, test in StratifiedKFold(5, shuffle=True, random_state=seed).split(X, y):
                tree = clone(DecisionTreeClassifier()).set_params(max_depth=depth, random_state=seed)
                tree.fit(X[train], y[train]).score(X[test], y[test])

def ours():
    AblationCV(DecisionTreeClassifier(), {{"max_depth": [1, 2]}}, seeds=10).fit(X, y)

turns = []
for _ in range({repeats} + 1):
    pair = []
    for function in (bare, ours):
        began = time.perf_counter()
        function()
        pair.append(time.perf_counter() - began)
    turns.append(pair)
turns = turns[1:]
"""

# Fits of more than half a second on one thread. The window is that of the trials, without start and end of processes.
JOBS = """
import os, time
os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
if {n_jobs} == 1 and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {{sorted(os.sched_getaffinity(0))[0]}})
from functools import partial
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier
from lineclf import AblationCV
draw = partial(make_classification, n_samples=3000, n_features=20, n_informative=8)
began = time.perf_counter()
found = AblationCV(
    GradientBoostingClassifier(n_estimators=120), {{"max_features": ["sqrt"]}}, draw=draw, seeds=24, n_jobs={n_jobs}
).fit()
whole = time.perf_counter() - began
trials = [each.user_attrs["result"] for each in found.study_.trials]
window = max(each["finished"] for each in trials) - min(each["started"] for each in trials)
"""


def measure_ablations(repeats):
    """Rows of `AblationCV` beside a bare loop, and of two processes beside one."""
    _, turns = run(OVERHEAD.format(repeats=repeats), "turns")
    rows = [
        ("ablation", name, i, "seconds", seconds)
        for i, pair in enumerate(turns)
        for name, seconds in zip((BARE, OURS), pair, strict=True)
    ]
    for i in range(min(repeats, 3)):
        for name, n_jobs in ((ONE, 1), (TWO, 2)):
            _, (window, whole) = run(JOBS.format(n_jobs=n_jobs), "[window, whole]")
            rows += [("jobs", name, i, "seconds", window), ("jobs", name, i, "seconds_in_all", whole)]
    return rows
