"""
Which damage would break a classifier in use?
=============================================

A classifier trained on clean images meets fog, noise and dirt later. ``corrupt`` damages images in ten ways, at five
severities each, and leaves the labels true. The error under each way, as a multiple of a reference's error, says where
a model is weaker than necessary.
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf import OneLayerCNNClassifier
from lineclf.baselines import pixel_neighbor
from lineclf.datasets import CORRUPTIONS, corrupt, make_lines
from lineclf.metrics import joint_accuracy_score, mean_corruption_error
from lineclf.model_selection import DistinctSplit

# %%
# The reference answers the label of the nearest training image; the classifier is a net of one layer.

X, y = make_lines(n_per_class=60, random_state=0)
train, test = next(DistinctSplit(test_size=0.1, random_state=0).split(X, y))
models = {
    "nearest training image": pixel_neighbor(),
    "one-layer net": OneLayerCNNClassifier(units=16, epochs=4, random_state=0),
}
for model in models.values():
    model.fit(X[train], y[train])


def errors(model):
    """Return the share of wrong answers under each corruption, at each severity."""
    damaged = {name: [corrupt(X[test], name, k, random_state=0) for k in range(1, 6)] for name in CORRUPTIONS}
    return {
        name: [1 - joint_accuracy_score(y[test], model.predict(images)) for images in each]
        for name, each in damaged.items()
    }


# %%
# The result is a :class:`~lineclf.metrics.CorruptionError`: the mean over the corruptions, and each of them.

reference, own = (errors(model) for model in models.values())
found = mean_corruption_error(own, reference)
order = sorted(found.each, key=found.each.get)
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
ax.barh(order, [found.each[name] for name in order], color=["C3" if found.each[name] > 1 else "C0" for name in order])
ax.axvline(1, color="black", linewidth=1, label="as many errors as the nearest training image")
ax.axvline(found.mean, color="0.5", linestyle=":", label=f"mean corruption error: {found.mean:.2f}")
ax.set(xlabel="errors of the one-layer net, × reference", ylabel="corruption")
figure.legend(loc="outside upper center", ncols=2, frameon=False)
for name in order:
    print(f"{name:<16} {found.each[name]:.2f}  ({np.mean(own[name]):.3f} against {np.mean(reference[name]):.3f} wrong)")
plt.show()

# %%
# Most damage costs the net more than it costs the plain comparison of pixels, brightness and noise above all; only
# under lost contrast the net is better. The long bars name the damage to train on next.
