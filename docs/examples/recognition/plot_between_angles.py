"""
Can a classifier read angles between those it was trained on?
=============================================================

A classifier of twelve angles can only name one of the twelve. But its probabilities say more: for a line between 30°
and 45° both angles should be equally likely. A parabola through the probabilities of the best angle and of its two
neighbours turns them into an angle in degrees.
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf import CompactCNNClassifier
from lineclf.datasets import make_lines
from lineclf.metrics import circular_mae, interpolated_angle
from lineclf.model_selection import AngleSplit

# %%
# Twenty-four angles are drawn with soft edges at places between pixels. The track trains on every second angle and
# tests the others. The classifier learns only the column of the angle.

angles = np.arange(0, 180, 7.5)
X, y = make_lines(
    n_per_class=100,
    image_size=20,
    lengths=[11],
    widths=[2],
    angles=angles,
    colors=["white"],
    antialias=True,
    subpixel=True,
    random_state=0,
)
train, test = next(AngleSplit("odd").split(X, y))
net = CompactCNNClassifier(filters=16, epochs=12, random_state=0).fit(X[train], y[train, 2])
truth = angles[y[test, 2]]
read = {
    "the most probable angle": angles[net.predict(X[test])],
    "between the angles": interpolated_angle(net.predict_proba(X[test]), angles[net.classes_]),
}

# %%
# The error of an angle goes round the circle: 175° read as 5° is off by 10°.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, answer in read.items():
    off = (answer - truth + 90) % 180 - 90
    label = f"{name}: off by {circular_mae(truth, answer):.1f}° in the mean"
    ax.hist(off, bins=np.arange(-15, 15.5, 0.5), alpha=0.6, label=label)
    print(label)
ax.set(xlabel="angle read less true angle, °", ylabel="test images")
figure.legend(loc="outside upper center", frameon=False)
plt.show()

# %%
# The most probable angle is never right, as no tested angle was trained, and is always off by half a step. The angle
# from the parabola is mostly much nearer to the truth: the probabilities hold more than the answer.
