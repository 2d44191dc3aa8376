"""
Does a net notice a colour that it never saw?
=============================================

A net trained on red and blue lines must call a green line red or blue. Two things could still be right: length, width
and angle, which have nothing to do with the colour, and its confidence, which should be low. The track trains on the
first two colours and tests on the others.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.metrics import joint_accuracy_score, novelty_scores
from lineclf.model_selection import ColorShiftSplit

colors = ("red", "blue", "green", "yellow", "magenta", "white")
X, y = make_lines(
    n_per_class=120, image_size=16, lengths=(5, 9), angles=range(0, 180, 45), colors=colors, random_state=0
)
known, unseen = next(ColorShiftSplit(n_trained=2).split(X, y))
train, test = train_test_split(known, random_state=0)
net = MultiHeadLineClassifier(filters=16, epochs=12, random_state=0).fit(X[train], y[train])

# %%
# For each colour: are length, width and angle right, and how sure is the color head? ``novelty_scores`` gives a
# :class:`~lineclf.metrics.Novelty`: the probability that the net is surer of an image in a known colour than of one in
# a new colour.


def confidence(rows):
    """Return the largest probability of the color head."""
    return net.predict_proba(X[rows])[3].max(axis=1)


accuracy, sure = {}, {}
for level, color in enumerate(colors):
    rows = (test if level < 2 else unseen)[y[test if level < 2 else unseen, 3] == level]
    accuracy[color] = joint_accuracy_score(y[rows, :3], net.predict(X[rows])[:, :3])
    sure[color] = confidence(rows)
    found = novelty_scores(confidence(test), sure[color])
    print(f"{color:<8} shape right {accuracy[color]:.3f}, AUROC {found.auroc:.2f}, FPR95 {found.fpr95:.2f}")

# %%
# The picture: for each colour the share of shapes that are right, and the spread of the color head's confidence.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
places = np.arange(len(colors))
ax.bar(places, [100 * accuracy[color] for color in colors], color="0.85", edgecolor="0.5", label="shape right, %")
ax.violinplot([100 * sure[color] for color in colors], places, showmedians=True, widths=0.6)
ax.plot([], [], color="C0", linewidth=4, label="confidence of the color head, %")
ax.set(xticks=places, xticklabels=colors, xlabel="colour of the line (trained: red, blue)", ylabel="%", ylim=(0, 103))
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %%
# In colours that it never saw the net misreads many shapes. Its color head doubts some of them, white above all, but it
# is as sure of yellow, which holds all of red's light, as of red itself. Low confidence finds some new colours and
# misses others.
