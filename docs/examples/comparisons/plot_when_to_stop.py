"""
When may I stop adding seeds?
=============================

Two settings differ a little, so you train one more seed, look at the interval, and stop as soon as it excludes zero.
With the usual interval you are then wrong far too often: it is made for a number of seeds that was fixed before. A
sequential interval holds for all numbers at once, and is somewhat wider.
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf.metrics import corrected_interval, sequential_interval

# %%
# First, how often does each find a difference where there is none? Take four hundred pairs of equal settings, and look
# after each of thirty seeds. Both give an :class:`~lineclf.metrics.Interval`.

rng = np.random.default_rng(0)
looks = range(2, 31)
wrong = {"usual": 0, "sequential": 0}
runs = 400
for differences in rng.normal(0, 1, (runs, max(looks))):
    for name, interval in (
        ("usual", lambda part: corrected_interval(part, test_train_ratio=0)),
        ("sequential", sequential_interval),
    ):
        found = (interval(differences[:n]) for n in looks)
        wrong[name] += any(each.low > 0 or each.high < 0 for each in found)
for name, count in wrong.items():
    print(f"{name}: finds a difference that is none in {count / runs:.1%} of the runs (5 % were meant)")

# %%
# The picture: both intervals of one run in which there is a difference, seed after seed. The marks show where each
# would have stopped.

differences = rng.normal(0.9, 1, max(looks))
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, interval, color in (
    ("sequential", sequential_interval, "C0"),
    ("usual", lambda part: corrected_interval(part, test_train_ratio=0), "C1"),
):
    low, high = np.array([interval(differences[:n])[1:3] for n in looks]).T
    ax.fill_between(looks, low, high, alpha=0.35, color=color, label=f"{name}: 95 % interval")
    if (found := np.flatnonzero(low > 0)).size:
        ax.plot(looks[found[0]], 0, "v", color=color, markersize=9)
ax.axhline(0, color="0.4", linewidth=1)
ax.axhline(0.9, color="black", linestyle=":", linewidth=1, label="the truth")
ax.set(ylim=(-2, 3), xlabel="number of seeds", ylabel="difference, in standard deviations of a seed")
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# The usual interval excludes zero first, and may include it again: a stop at that mark is often wrong. The sequential
# interval takes more seeds, and is right at least as often as it says, whenever you look.
