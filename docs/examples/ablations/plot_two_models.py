"""
Does the same setting matter in two models?
===========================================

A setting that is good for a single tree may be bad for a forest. One study can ask the same question of several models:
each has its own components, and a run names the model that it ablates.
"""

import tempfile

import matplotlib.pyplot as plt
import numpy as np

from lineclf.ablation import Ablation, Ablations, Component
from lineclf.runs import Profile, run_study

COMPONENTS = (
    Component("min_samples_leaf", 1, (4,)),
    Component("max_features", 0.02, (0.2,)),
    Component("criterion", "gini", ("entropy",)),
)


def ablation_of(estimator, **settings):
    """Declare the ablation of one model."""
    return Ablation(
        name=estimator.rpartition(":")[2],
        question="which settings matter?",
        estimator=estimator,
        track="distinct",
        components=COMPONENTS,
        profiles={"quick": Profile(n_per_class=5, seeds=6, n_more=5, settings=settings)},
    )


study = Ablations(
    name="trees",
    question="which settings of trees matter?",
    nets={
        "one tree": ablation_of("sklearn.tree:ExtraTreeClassifier", max_features=0.02),
        "20 trees": ablation_of("sklearn.ensemble:ExtraTreesClassifier", n_estimators=20, max_features=0.02),
    },
)

# %%
# Each model has one run, with its own folder and its own table of effects.

effects = {}
with tempfile.TemporaryDirectory() as folder:
    for i, net in enumerate(study.nets):
        stores = {"storage": f"sqlite:///{folder}/optuna.db", "tracking_uri": "none", "output": f"{folder}/{i}"}
        done = run_study(study, net=net, **stores)
        effects[net] = done.frames["effects"].query("scorer == 'joint'")
        print(f"{net}\n{done.text}\n")

figure, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
for i, (net, rows) in enumerate(effects.items()):
    places = np.arange(len(rows)) + 0.2 * (i - 0.5)
    ends = 100 * np.array([rows["delta"] - rows["low"], rows["high"] - rows["delta"]])
    ax.errorbar(100 * rows["delta"], places, xerr=ends, fmt="o", capsize=3, label=net)
ax.axvline(0, color="0.6", linewidth=1)
ax.set(yticks=range(len(rows)), yticklabels=rows["component"] + " = " + rows["level"].astype(str))
ax.set(ylim=(len(rows) - 0.5, -0.5), xlabel="difference of the joint accuracy, points, with its interval")
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %%
# Larger leaves harm both. More features in each split harm the forest, while for the single tree the question is open.
