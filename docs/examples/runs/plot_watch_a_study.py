"""
Can I watch a study while its trials run?
=========================================

A progress bar shows how many trials are finished, not their results. You can drive the engine of every study by hand:
it hands out trials one by one, stores each, and returns it to you. So a picture can grow, or a loop can stop when you
have seen enough.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.tree import DecisionTreeClassifier

from lineclf import AblationCV
from lineclf.ablation import AblationStudy
from lineclf.runs import InProcess, TrialStore, make_options, run_trials

# %%
# An ablation as a study: :class:`~lineclf.ablation.AblationStudy` has a plan of trials for the options of a run.

ablation = AblationCV(
    DecisionTreeClassifier(), {"max_depth": [8], "min_samples_leaf": [5], "criterion": ["entropy"]}, seeds=12, cv=3
)
study = AblationStudy(ablation, load_digits(return_X_y=True), name="tree")
plan = study.plan(make_options(study, {}))
print(f"{len(plan.trials)} trials, such as {next(iter(plan.names.values()))!r}")

# %%
# :class:`~lineclf.runs.TrialStore` keeps finished trials, in memory here, and :class:`~lineclf.runs.InProcess` runs
# them in this process. After each trial its outcome comes back; the function at the end is called in between.

scores, seen = {}, []
with TrialStore(None, plan.identity, plan.trials) as store:
    for outcome in run_trials(plan, store, InProcess(plan), lambda: None):
        name = plan.cell_of[outcome.key]
        scores.setdefault(name, []).append(outcome.value)
        seen.append((len(seen) + 1, name, np.mean(scores[name])))
    print(f"{len(store.finished())} trials stored, {len(store.failures())} failed")

# %%
# The picture: the mean accuracy of each cell after each of its trials.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name in scores:
    numbers, means = np.array([(number, mean) for number, cell, mean in seen if cell == name]).T
    ax.plot(numbers, 100 * means, marker="o", markersize=4, label=name)
ax.set(xlabel="trials finished", ylabel="accuracy, %, mean of the cell's trials so far")
figure.legend(loc="outside upper center", ncols=4, frameon=False)
plt.show()

# %%
# Each line settles as trials come in, and the order of the cells shows early. The verdicts of the finished study say
# whether the order is more than luck.
