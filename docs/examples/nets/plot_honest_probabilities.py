"""
Which loss makes a net honest about its doubts?
===============================================

A net that says 90 % should be right in 90 of 100 cases. Its probabilities depend on the loss that trained it:
cross-entropy rewards every further bit of certainty, the focal loss gives little weight to images that are already
right. A temperature, one number fitted on held-out images, corrects the rest.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from lineclf import CompactCNNClassifier
from lineclf.datasets import fetch_mnist
from lineclf.metrics import apply_temperature, fit_temperature, head_ece
from lineclf.nets import LOSSES, head_loss

# %%
# Take digits under noise, so that there is reason to doubt. Two of the three losses are a
# :class:`~lineclf.nets.OneHotLoss`; Keras itself has these for one-hot targets only.

digits = fetch_mnist("small")
noise = np.random.default_rng(0).normal(0, 0.5, digits.images[:, ::2, ::2].shape)
X = (digits.images[:, ::2, ::2] / 255 + noise).astype(np.float32)
X_train, X_rest, y_train, y_rest = train_test_split(X, digits.target, train_size=2000, random_state=0)
X_kept, X_test, y_kept, y_test = train_test_split(X_rest, y_rest, test_size=2000, random_state=0)
print({loss: type(head_loss(loss, 10)).__name__ for loss in LOSSES})

# %%
# The picture: how often answers of each confidence are right, before (left) and after the temperature (right).

figure, axes = plt.subplots(1, 2, figsize=(8, 4.2), sharey=True, layout="constrained")
edges = np.linspace(0.1, 1, 7)
for loss in LOSSES:
    net = CompactCNNClassifier(filters=8, epochs=10, loss=loss, random_state=0).fit(X_train, y_train)
    temperature = fit_temperature(y_kept, net.predict_proba(X_kept), heads=["digit"], labels=net.classes_)
    proba = net.predict_proba(X_test)
    (cooled,) = apply_temperature([proba], temperature)
    for ax, each in zip(axes, (proba, cooled), strict=True):
        sure, right = each.max(axis=1), net.classes_[each.argmax(axis=1)] == y_test
        bins = [(sure > low) & (sure <= high) for low, high in pairwise(edges)]
        bins = [rows for rows in bins if rows.sum() >= 20]
        error = head_ece(y_test, each, heads=["digit"], labels=net.classes_)["digit"]
        points = np.array([[sure[rows].mean(), right[rows].mean()] for rows in bins])
        ax.plot(*100 * points.T, marker="o", label=f"{loss}: off by {100 * error:.1f} points")
    print(f"{loss:<13} temperature {temperature['digit']:.2f}, accuracy {net.score(X_test, y_test):.3f}")
for ax, title in zip(axes, ("as trained", "with the fitted temperature"), strict=True):
    ax.plot([0, 100], [0, 100], color="0.7", linewidth=1)
    ax.set(title=title, xlabel="confidence, %", xlim=(0, 101), ylim=(0, 101))
    ax.legend(frameon=False, loc="lower right")
axes[0].set_ylabel("right, %")
plt.show()

# %%
# All three nets are right more often than they say, the net with the focal loss by far. The temperature brings them
# near the line, where confidence equals accuracy; it does not change which answer is the most probable.
