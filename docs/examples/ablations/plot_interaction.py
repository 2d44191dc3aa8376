"""
Do two parts of a model need each other?
========================================

Change one part at a time and you learn what it is worth beside all the others as they are. Two parts that do the same
job hide each other: each can go, but not both. A factorial design trains all combinations and sees it.
"""

from functools import partial

import matplotlib.pyplot as plt
from sklearn.datasets import make_moons
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.svm import SVC

from lineclf import AblationCV
from lineclf.ablation import Cell, Component
from lineclf.trials import Contrast

# %%
# Half-moons need a curved border. A kernel bends it, and so do polynomial features. ``off`` names the level without the
# component.

curved = PolynomialFeatures(3)
ablation = AblationCV(
    make_pipeline(curved, SVC(C=10)),
    [
        Component("polynomialfeatures", curved, ("passthrough",), off="passthrough"),
        Component("svc__kernel", "rbf", ("linear",)),
    ],
    design="factorial",
    draw=partial(make_moons, n_samples=1500, noise=0.3),
    seeds=15,
)
ablation.fit()
print(ablation.summary_.text())
print(ablation.anova_[["term", "df", "eta_squared", "p_holm"]].round(3).to_string(index=False))

# %%
# A design is a list of cells, and a question about it is a contrast: weights of cells before and after a change. "What
# is the kernel worth once the features are gone?" is one that no table shows.

score = ablation.cells_.set_index("cell")["score"]
cells = [Cell(name=name) for name in score.index]
gone, both = (cell for cell in cells if cell.name.startswith("polynomialfeatures"))
question = Contrast("svc__kernel", "linear", 1, before={gone.name: 1.0}, after={both.name: 1.0})
difference = sum(w * score[name] for name, w in question.after.items())
difference -= sum(w * score[name] for name, w in question.before.items())
print(f"{question.component} → {question.level}, without the features: {difference:+.4f}")

figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
for label, names in (
    ("polynomial features", ["baseline", "svc__kernel=linear"]),
    ("no features", [gone.name, both.name]),
):
    ax.plot(["rbf", "linear"], 100 * score[names], marker="o", label=label)
ax.set(xlabel="kernel of the support vectors", ylabel=f"accuracy, %, mean over {ablation.cells_['n'].iloc[0]} seeds")
ax.margins(x=0.2)
ax.legend(frameon=False)
plt.show()
