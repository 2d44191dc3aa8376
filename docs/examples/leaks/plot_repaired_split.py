"""
Can a split that leaks be repaired?
===================================

An audit has found test images that are in the training set. You can drop them, or move them to the training side, and
do the same with near copies. Which way leaves enough to test on?
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf.baselines import pixel_neighbor
from lineclf.datasets import make_lines
from lineclf.model_selection import SplitRepair, repair_split

# %%
# Random draws of lines repeat images: a split of them leaks.

X, y = make_lines(n_per_class=60, image_size=16, lengths=(5, 9), angles=(0, 45, 90, 135), random_state=0)
sides = X[:1400], y[:1400], X[1400:], y[1400:]

# %%
# A :class:`~lineclf.model_selection.SplitRepair` has the rows of both sides, and the audits before and after. Rows are
# numbered through both sides, as in a cross-validator. ``lineclf audit TRAIN TEST --repair FILE`` does the same for
# folders. ``near`` is a Euclidean distance in pixel values up to 255: 500 covers images of which up to three values
# change by 255.

repairs: dict[str, SplitRepair] = {
    "moved": repair_split(*sides),
    "dropped": repair_split(*sides, how="drop"),
    "near ones moved, too": repair_split(*sides, near=500),
}
both, labels = np.concatenate(sides[::2]), np.concatenate(sides[1::2])
parts = {"as it was": (np.arange(1400), np.arange(1400, len(both)))}
parts |= {name: (each.train_rows, each.test_rows) for name, each in repairs.items()}
right = {}
for name, (train, test) in parts.items():
    right[name] = pixel_neighbor().fit(both[train], labels[train]).score(both[test], labels[test])
    print(f"{name:<21} {len(train):>5} to train on, {len(test):>4} to test on, right {right[name]:.2f}")
print("leak before and after:", {name: (each.before.leak, each.after.leak) for name, each in repairs.items()})

# %%
# The picture: number of images on both sides, and how often the label of the nearest training image is right.

figure, (left, axes) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained", sharey=True)
for k, side in enumerate(("train", "test")):
    left.barh(np.arange(len(parts)) + 0.2 * (2 * k - 1), [len(each[k]) for each in parts.values()], 0.4, label=side)
left.set(xlabel="images", yticks=range(len(parts)), yticklabels=list(parts))
left.invert_yaxis()
left.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
axes.barh(range(len(parts)), [100 * each for each in right.values()], color="0.5")
axes.set(xlabel="all labels right by the nearest training image, %", xlim=(0, 100))
plt.show()

# %%
# Before the repair, memory alone has a good score. After each repair no image is on both sides, and memory scores
# lower, lowest where near copies are gone as well.
