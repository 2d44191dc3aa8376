"""
Does a classifier follow the cause, or a shortcut?
==================================================

In training nearly all flat lines are red and nearly all steep ones blue. A classifier that reads the colour gets the
side of the angle right in nearly every training image, and learns nothing about angles. In the test the colour says
nothing. The mean accuracy hides this; the accuracy in the worst group of angle and colour does not.
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf import MultiHeadLineClassifier
from lineclf.baselines import ShortcutBayesClassifier
from lineclf.datasets import shortcut_groups
from lineclf.metrics import worst_group_accuracy
from lineclf.model_selection import ShortcutDraw

# %%
# Lines under noise: colour and angle agree in 98 of 100 training images, and in every second test image. One exact rule
# believes in the agreement of training, another takes colours for random. Neither is trained.

world = {"image_size": 16, "lengths": (5, 9), "angles": range(0, 180, 30)}
angles = list(world["angles"])
data = ShortcutDraw(0.5, agreement=0.98, test_agreement=0.5, n_train=5000, n_test=3000, world=world)(random_state=0)
models = {
    "exact rule that believes in the colour": ShortcutBayesClassifier(0.5, 0.98, world=world),
    "exact rule that ignores the colour": ShortcutBayesClassifier(0.5, 0.5, world=world),
    "four-head net, trained": MultiHeadLineClassifier(filters=16, epochs=8, random_state=0),
}
groups = shortcut_groups(data.y_test, angles)
names = ["< 90°, red", "< 90°, blue", "≥ 90°, red", "≥ 90°, blue"]

# %%
# The picture: accuracy of the angle in each group. In the middle two the colour misleads.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
places = np.arange(len(names))
for i, (name, model) in enumerate(models.items()):
    answer = model.fit(data.X, data.y).predict(data.X_test)
    right = answer[:, 2] == data.y_test[:, 2]
    ax.bar(places + 0.27 * (i - 1), [100 * right[groups == group].mean() for group in range(4)], width=0.25, label=name)
    worst = worst_group_accuracy(data.y_test, answer, groups, column=2)
    print(f"{name:<39} mean {right.mean():.3f}, worst group {worst:.3f}")
ax.set(xticks=places, xticklabels=names, xlabel="group of test images", ylabel="angle right, %", ylim=(0, 100))
figure.legend(loc="outside upper center", frameon=False)
plt.show()

# %%
# The net follows the colour: where the colour misleads, the net is nearly always wrong, which its mean hides. The exact
# rule that believes in the colour loses far less there, as it weighs the colour against the line itself. The rule that
# ignores the colour is the best in its worst group.
