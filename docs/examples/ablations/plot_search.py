"""
Is the setting that a search chose really better?
=================================================

The best of many settings is a little lucky on the images that chose it. Here a search chooses on folds of the training
side, gives up losing settings early, and is scored once on a test side that chose nothing.
"""

import tempfile

import matplotlib.pyplot as plt

from lineclf.ablation import Ablation, Component, Range
from lineclf.runs import Profile, run_study

# %%
# A declared ablation names its estimator, its components and a track of lines. A :class:`~lineclf.ablation.Range` says
# between which numbers a search may choose, a :class:`~lineclf.runs.Profile` says how much data there is.

study = Ablation(
    name="trees",
    question="which settings of the trees are good?",
    estimator="sklearn.ensemble:ExtraTreesClassifier",
    track="distinct",
    components=(
        Component("min_samples_leaf", 1, (5,), between=Range(1, 20, log=True)),
        Component("max_features", 0.05, (0.2,), between=Range(0.005, 0.2, log=True)),
        Component("criterion", "gini", ("entropy",)),
    ),
    profiles={"quick": Profile(n_per_class=16, seeds=1, settings={"n_estimators": 20, "max_features": 0.05})},
)

# %%
# Try twelve settings, each on up to four folds. The result is a :class:`~lineclf.runs.StudyRun` with its text, its
# files, and its tables as data frames.

with tempfile.TemporaryDirectory() as folder:
    done = run_study(
        study,
        design="search",
        trials=12,
        folds=4,
        storage=f"sqlite:///{folder}/optuna.db",
        tracking_uri="none",
        output=folder,
    )
    settings, results = done.frames["settings"].set_index("setting"), done.frames["results"]
print(done.text)

# %%
# The picture: validation accuracy of each setting in the order tried, and beside it the test accuracy of the only two
# settings that are tested, the baseline and the chosen one.

test = 100 * results[results["metric"] == "test_joint_accuracy"].groupby("setting")["value"].mean()
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for pruned, marker, label in ((False, "o", "validation, all folds"), (True, "x", "validation, given up")):
    part = settings[settings["pruned"] == pruned]
    ax.plot(part.index, 100 * part["validation"], marker, color="C0", label=label)
ax.plot(test.index, test, "s", color="C1", markerfacecolor="none", markersize=9, label="test: baseline and chosen")
ax.set(xlabel="setting, in the order tried; 0 is the baseline", ylabel="all four labels right, %")
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# Most settings are given up after some folds. The chosen one beats the baseline on the images that chose it, and also
# on the test images, which chose nothing: here the search was right.
