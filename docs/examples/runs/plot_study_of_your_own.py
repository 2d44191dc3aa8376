"""
How do I ask a question that is neither ablation nor comparison?
================================================================

"How many neighbours does it take, as labels get worse?" is a grid of trials, not a change to a baseline. Your own study
defines its trials, how to run one, and its report. It then has storage, resuming, many processes, MLflow and a command
line.
"""

import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import make_moons
from sklearn.neighbors import KNeighborsClassifier

from lineclf.reporting import write_files
from lineclf.runs import OptionError, Options, Plan, Profile, Report, TrialResult, run_study
from lineclf.testing import check_study

# %%
# A :class:`~lineclf.runs.Plan` names its trials by keys that hold everything that a result depends on. A trial returns
# a :class:`~lineclf.runs.TrialResult`, which is plain JSON.


class NeighborPlan(Plan):
    """Each number of neighbours at each share of wrong labels, at each seed."""

    def __init__(self, seeds):
        self.identity = self.title = "neighbors"
        self.params = {"data": "half-moons"}
        levels = [(k, wrong, seed) for seed in seeds for k in (1, 3, 9, 27) for wrong in (0, 0.1, 0.2, 0.3)]
        self.trials = {str(each): dict(zip(("k", "wrong", "seed"), each, strict=True)) for each in levels}
        self.names = {key: f"trial {key}" for key in self.trials}

    def run(self, key, on_fitted=None):
        """Run one trial: its score, and its result."""
        started, k, wrong, seed = time.time(), *self.trials[key].values()
        X, y = make_moons(2000, noise=0.2, random_state=seed)
        labels = np.where(np.random.default_rng(seed).random(500) < wrong, 1 - y[:500], y[:500])
        score = float(KNeighborsClassifier(k).fit(X[:500], labels).score(X[500:], y[500:]))
        what = {"name": f"{k} neighbours", "seed": seed, "tags": {}, "metrics": {"accuracy": score}}
        return score, TrialResult(**what, started=started, finished=time.time())

    def report(self, folder, results, failures, command):
        """Write one page."""
        lines = [f"- {key}: {result['metrics']['accuracy']:.3f}" for key, result in results.items()]
        return Report(f"{len(lines)} trials finished", write_files(folder, {"neighbors.md": "\n".join(lines)}))


# %%
# The :class:`~lineclf.runs.Study` is the declaration. ``check_study`` runs a part of it and reports what does not fit;
# an illegal option is refused before anything runs.


class Neighbors:
    """Study of the number of neighbours."""

    name, question = "neighbors", "how many neighbours, as labels get worse?"
    profiles, Options = {"full": Profile(None, seeds=10)}, Options

    def plan(self, options):
        """Return the trials under these options."""
        return NeighborPlan(range(10) if options.seeds is None else options.seeds)

    def output(self, options):
        """Return the folder of the report."""
        return Path("reports", self.name)


check_study(Neighbors())
try:
    run_study(Neighbors(), seeds=0)
except OptionError as error:
    print("refused:", error)
with tempfile.TemporaryDirectory() as folder:
    done = run_study(Neighbors(), storage=f"sqlite:///{folder}/o.db", tracking_uri="none", output=f"{folder}/report")
print(done.text)

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
table = np.array([[*each.values(), done.results[key]["value"]] for key, each in done.plan.trials.items()])
for k in np.unique(table[:, 0]):
    rows = table[table[:, 0] == k]
    shares = np.unique(rows[:, 1])
    means = [100 * rows[rows[:, 1] == wrong, 3].mean() for wrong in shares]
    ax.plot(100 * shares, means, marker="o", label=f"{k:.0f}")
ax.set(xlabel="wrong labels in training, %", ylabel="accuracy on right labels, %, mean over 10 seeds")
ax.legend(title="neighbours", frameon=False)
plt.show()

# %%
# The more labels are wrong, the more neighbours you need; if all labels are right, the number of neighbours hardly
# matters.
