"""
Do two parts of a model need each other?
========================================

If you change one part at a time, you learn its worth beside all other parts unchanged. Two parts that do the same job
hide each other: you can leave out either, but not both. A factorial design trains all combinations and shows this.
"""

from functools import partial

import matplotlib.pyplot as plt
from sklearn.datasets import make_moons
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures
from sklearn.svm import SVC

from lineclf import AblationCV
from lineclf.ablation import Component, full_factorial
from lineclf.trials import Contrast

# %%
# Half-moons need a curved border. A kernel bends the border, and so do polynomial features. ``off`` names the level
# without the component.

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
# A design is a list of cells, each a :class:`~lineclf.ablation.Cell`, and a question about it is a contrast: weights of
# cells before and after a change. No table shows this one: "What is the kernel worth once the features are gone?"

score = ablation.cells_.set_index("cell")["score"]
with_features, without = ([], [])
for cell in full_factorial(ablation.components_):
    (without if cell.settings["polynomialfeatures"] == "passthrough" else with_features).append(cell.name)
question = Contrast("svc__kernel", "linear", 1, before={without[0]: 1.0}, after={without[1]: 1.0})
difference = sum(weight * score[name] for name, weight in question.after.items())
difference -= sum(weight * score[name] for name, weight in question.before.items())
print(f"{question.component} to {question.level}, without the features: {difference:+.4f}")

figure, ax = plt.subplots(figsize=(6.5, 4), layout="constrained")
for label, names in (("with polynomial features", with_features), ("without", without)):
    ax.plot(["rbf", "linear"], 100 * score[names], marker="o", label=label)
ax.set(xlabel="kernel of the support vectors", ylabel=f"accuracy, %, mean over {ablation.cells_['n'].iloc[0]} seeds")
ax.margins(x=0.2)
ax.legend(frameon=False)
plt.show()

# %%
# Beside the rbf kernel the features are worth nothing, and with the features the linear kernel does as well. Without
# both the model loses much: either of the two can go, but not both.
