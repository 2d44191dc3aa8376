"""
Is it easier to count lines than to read them?
==============================================

To say that there is a line takes less than to say which one: one bit instead of length, width and angle. How much less,
under noise? Both tasks have an exact ceiling here, so the answer does not depend on any training.
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf import CompactCNNClassifier
from lineclf.baselines import CountBayesClassifier, CrossingBayesClassifier
from lineclf.metrics import joint_accuracy_score
from lineclf.model_selection import CountDraw, CrossingDraw

# %%
# ``CountDraw`` shows no line, a red one, a blue one or both; the label says which. ``CrossingDraw`` always shows both,
# and asks for the three labels of each, six in all.

world = {"image_size": 16, "lengths": (5, 9), "angles": range(0, 180, 45)}
size = {"n_train": 3000, "n_test": 2000, "world": world}
levels = (0.4, 0.6, 0.8, 1.0, 1.2)
right = {"count, exact ceiling": [], "count, trained net": [], "read both, exact ceiling": []}
for noise in levels:
    count = CountDraw(noise, **size)(random_state=0)
    bound = CountBayesClassifier(noise, world=world).fit(count.X, count.y)
    right["count, exact ceiling"].append(bound.score(count.X_test, count.y_test))
    net = CompactCNNClassifier(filters=8, depth=1, epochs=3, random_state=0).fit(count.X, count.y)
    right["count, trained net"].append(net.score(count.X_test, count.y_test))
    crossing = CrossingDraw(noise, **size)(random_state=0)
    bound = CrossingBayesClassifier(noise, world=world).fit(crossing.X, crossing.y)
    right["read both, exact ceiling"].append(joint_accuracy_score(crossing.y_test, bound.predict(crossing.X_test)))

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for (name, scores), style in zip(right.items(), ("C0o-", "C0o:", "C1s-"), strict=True):
    ax.plot(levels, 100 * np.array(scores), style, label=name)
    print(f"{name:<24}", *(f"{score:.3f} " for score in scores))
ax.axhline(25, color="0.6", linewidth=1)
ax.text(levels[0], 26, "guessing the count", color="0.4")
ax.set(xticks=levels, xlabel="standard deviation of the noise, share of full scale", ylabel="right, %", ylim=(0, 102))
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# Under little noise, reading two lines that are surely there is as accurate as counting lines that may be missing. As
# noise grows, reading falls much faster than counting. The net counts far below the ceiling: this gap is still to be
# learned.
