"""
Which models differ over many data sets?
========================================

A model that is best on your data may be best nowhere else. Over several independent data sets you can compare ranks:
Friedman's test asks whether any model differs, and two models do if their mean ranks are farther apart than the
critical difference.
"""

import matplotlib.pyplot as plt
from sklearn import datasets
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

from lineclf.metrics import critical_differences

models = {
    "extra trees": ExtraTreesClassifier(100, random_state=0),
    "support vectors": make_pipeline(StandardScaler(), SVC()),
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
    "naive Bayes": GaussianNB(),
    "tree": DecisionTreeClassifier(random_state=0),
    "majority class": DummyClassifier(),
}

# %%
# Ten data sets that come with scikit-learn, four of them real.

data = [load(return_X_y=True) for load in (datasets.load_iris, datasets.load_wine, datasets.load_breast_cancer)]
data += [datasets.load_digits(return_X_y=True), datasets.make_moons(400, noise=0.3, random_state=0)]
data += [datasets.make_circles(400, noise=0.2, factor=0.5, random_state=0)]
data += [datasets.make_gaussian_quantiles(n_samples=400, n_features=5, n_classes=3, random_state=0)]
data += [datasets.make_hastie_10_2(600, random_state=0)]
data += [datasets.make_classification(400, n_informative=k, n_redundant=0, random_state=k) for k in (4, 8)]
scores = {name: [cross_val_score(model, *each, cv=5).mean() for each in data] for name, model in models.items()}
found = critical_differences(scores)
print(f"Friedman: χ² = {found.statistic:.1f}, p = {found.pvalue:.2g}; critical difference {found.difference:.2f} ranks")

# %%
# The picture of the :class:`~lineclf.metrics.CriticalDifferences`: models joined by a bar are not shown to differ.

figure, ax = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
for height, (name, rank) in enumerate(found.ranks.items()):
    ax.plot([rank, rank], [0, -1 - height], color="0.7", linewidth=1)
    ax.text(rank, -1 - height, f" {name} {rank:.1f}", va="center")
for i, clique in enumerate(found.cliques):
    ranks = [found.ranks[name] for name in clique]
    ax.plot([min(ranks) - 0.05, max(ranks) + 0.05], [0.5 + 0.5 * i] * 2, linewidth=4, color="C0")
ax.axhline(0, color="black", linewidth=1)
ax.set(xlim=(1, len(models) + 1), xlabel=f"mean rank over {len(data)} data sets, 1 is best", yticks=[])
ax.spines[["left", "right", "top"]].set_visible(False)
plt.show()

# %%
# Support vectors lead, but one bar joins them with three others: ten data sets do not separate these. They do separate
# the leader from the single tree and from the majority class.
