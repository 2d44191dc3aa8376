"""
What can a model read on lines longer than all it was trained on?
=================================================================

Data in use go beyond the data in training. If a line is longer than all in training, no classifier can name its length,
but its width, its angle and its color are known levels. How often are these still right?
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from lineclf import MultiHeadLineClassifier
from lineclf.baselines import MomentsRuleClassifier, logistic_regression
from lineclf.datasets import make_lines
from lineclf.metrics import head_accuracy_scores
from lineclf.model_selection import ExtrapolationSplit

# %%
# There are five lengths; the track holds out the largest. A quarter of the images of trained lengths is kept to compare
# with.

X, y = make_lines(n_per_class=60, image_size=20, lengths=(5, 7, 9, 11, 15), angles=range(0, 180, 45), random_state=0)
X = X.reshape(len(X), -1)
trained, beyond = next(ExtrapolationSplit("length").split(X, y))
train, inside = train_test_split(trained, random_state=0)
models = {
    "logistic regression": logistic_regression(),
    "random forest": RandomForestClassifier(n_estimators=50, random_state=0),
    "four-head net": MultiHeadLineClassifier(filters=16, epochs=6, random_state=0),
    "rule by moments": MomentsRuleClassifier(),
}
heads = ("width", "angle", "color")
accuracy = {}
for name, model in models.items():
    model.fit(X[train], y[train])
    for where, rows in (("trained", inside), ("longer", beyond)):
        scores = head_accuracy_scores(y[rows], model.predict(X[rows]))
        accuracy[name, where] = [100 * scores[head] for head in heads]
        print(f"{name:<20} {where:<8}", *(f"{head} {scores[head]:.3f} " for head in heads))

# %%
# The picture: an arrow from the accuracy on trained lengths to the accuracy on longer lines.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for i, name in enumerate(models):
    places = np.arange(len(heads)) + 0.18 * (i - 1.5)
    before, after = accuracy[name, "trained"], accuracy[name, "longer"]
    ax.vlines(places, before, after, color=f"C{i}")
    ax.plot(places, before, "o", color=f"C{i}", markerfacecolor="white")
    ax.plot(places, after, "o", color=f"C{i}", label=name)
ax.set(xticks=range(len(heads)), xticklabels=heads, xlabel="head", ylim=(-3, 103))
ax.set_ylabel("right, %: ○ trained lengths, ● longer lines")
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %%
# On longer lines the net and the rule lose next to nothing, and the others read the angle better than on short lines.
# Only logistic regression reads some of them as wider lines. An unknown length need not spoil the known labels.
