"""
Is a perfect score recognition, or memory?
==========================================

A net is right on nearly all test images of a random split. Either it knows what a line is, or it has seen the same
images in training: lines of one class differ only in their place, and places repeat. A track is a split that
distinguishes the two. Four tracks demand more and more of the same three classifiers.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import cross_validate

from lineclf import MultiHeadLineClassifier
from lineclf.baselines import MomentsRuleClassifier, NearestClassifier
from lineclf.datasets import make_lines
from lineclf.metrics import head_scorers
from lineclf.model_selection import DistinctSplit, HalvesSplit, PositionSplit, ReplicaSplit

# %%
# A small world: 32 classes of lines on images of 16 × 16 pixels. Each label is one of the four factors: length, width,
# angle and color.

X, y, centres = make_lines(
    n_per_class=150, image_size=16, lengths=(5, 9), angles=range(0, 180, 45), return_positions=True, random_state=0
)
print(X.shape, y.shape)

# %%
# "replica" splits at random, "distinct" keeps each image on one side, "position" holds places out, and "halves" trains
# on lines in the left half of the image and tests on those in the right half. Tracks are cross-validators, and
# ``head_scorers`` gives the :class:`~lineclf.metrics.HeadScorers` of several labels: "joint" asks for all four at once.

tracks = {
    "replica": ReplicaSplit(random_state=0),
    "distinct": DistinctSplit(random_state=0),
    "position": PositionSplit(n_splits=2, random_state=0),
    "halves": HalvesSplit("left-right"),
}
models = {
    "nearest training image": NearestClassifier(),
    "four-head net": MultiHeadLineClassifier(filters=16, epochs=6, random_state=0),
    "rule by moments": MomentsRuleClassifier(),
}
joint = {
    name: [
        cross_validate(model, X, y, groups=centres, cv=track, scoring=head_scorers())["test_joint"].mean()
        for track in tracks.values()
    ]
    for name, model in models.items()
}

# %%
# The picture: one group of bars per track, one bar per classifier.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
places = np.arange(len(tracks))
for i, (name, scores) in enumerate(joint.items()):
    ax.bar(places + 0.27 * (i - 1), 100 * np.array(scores), width=0.25, label=name)
    print(f"{name:<24}", *(f"{track} {score:.3f} " for track, score in zip(tracks, scores, strict=True)))
ax.set(xticks=places, xticklabels=tracks, xlabel="track", ylabel="all four labels right, %", ylim=(0, 100))
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# From left to right the tracks take away what memory can use. The nearest training image falls with each step; the net
# falls most on lines in a half of the image without training lines; the rule, which measures the line itself, stays the
# same.
