"""
Does a model know new combinations of known levels?
===================================================

A person who knows long red lines and short blue lines knows a long blue line at once. A classifier with one class per
combination of labels does not: it can only give answers that it was trained on. Three tracks hold out combinations,
while every single level of every factor stays in training.
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf import MultiHeadLineClassifier
from lineclf.baselines import MomentsRuleClassifier, NearestClassifier, logistic_regression
from lineclf.datasets import make_lines
from lineclf.metrics import joint_accuracy_score
from lineclf.model_selection import ColorCompositionSplit, CompositionSplit, RangeSplit

X, y = make_lines(n_per_class=100, image_size=16, lengths=(5, 9), angles=range(0, 180, 45), random_state=0)

# %%
# "color-composition" holds out some shapes in one of their colours, "composition" holds them out in every colour, and
# "range" holds out whole blocks, such as all short lines of the first half of the angles. One fold of each is enough.

tracks = {
    "color-composition": ColorCompositionSplit(random_state=0),
    "composition": CompositionSplit(random_state=0),
    "range": RangeSplit(),
}
models = {
    "nearest training image": NearestClassifier(),
    "logistic regression, one a label": logistic_regression(),
    "four-head net": MultiHeadLineClassifier(filters=16, epochs=10, random_state=0),
    "rule by moments": MomentsRuleClassifier(),
}

# %%
# scikit-learn's own estimators take rows of pixels; those of lineclf take images as well as rows.

rows = X.reshape(len(X), -1)
joint = {name: [] for name in models}
for track in tracks.values():
    train, test = next(track.split(X, y))
    for name, model in models.items():
        answer = model.fit(rows[train], y[train]).predict(rows[test])
        joint[name].append(joint_accuracy_score(y[test], answer))

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
places = np.arange(len(tracks))
for i, (name, scores) in enumerate(joint.items()):
    ax.bar(places + 0.2 * (i - 1.5), 100 * np.array(scores), width=0.18, label=name)
    print(f"{name:<33}", *(f"{score:.3f} " for score in scores))
ax.set(xticks=places, xticklabels=tracks, xlabel="track", ylabel="all four labels right, %", ylim=(0, 100))
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %%
# The nearest training image has no bar: it can only answer with a combination that it has seen. One classifier per
# label can recombine, but does so badly; the net does so half of the time if single combinations are missing, and
# seldom if a whole range is missing. The rule measures each factor by itself, and is always right.
