"""
Is the better model better, or was it lucky?
============================================

A linear model beats a forest on four of five splits. A mean says by how much, an interval how sure, a test how
surprising; a Bayesian test gives the probability that the two are practically the same. But all splits share one table
of data: if you treat them as independent, you are too sure.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lineclf.metrics import bayesian_correlated_t, paired_difference, probability_better, verdict, wilcoxon_holm

# %%
# Both models run on the same twenty splits, four times five folds. Each split trains on four fifths and tests on one
# fifth.

X, y = load_breast_cancer(return_X_y=True)
cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=4, random_state=0)
linear = cross_val_score(make_pipeline(StandardScaler(), LogisticRegression()), X, y, cv=cv)
forest = cross_val_score(RandomForestClassifier(50, random_state=0), X, y, cv=cv)
ratio = 1 / 4

# %%
# In turn: a :class:`~lineclf.metrics.PairedDifference` with its verdict, as if splits were independent and corrected
# for their overlap, a :class:`~lineclf.metrics.PairedTest`, a :class:`~lineclf.metrics.Superiority` and an
# :class:`~lineclf.metrics.Equivalence`.

naive = paired_difference(linear, forest)
corrected = paired_difference(linear, forest, test_train_ratio=ratio)
for name, found in (("as if independent", naive), ("corrected", corrected)):
    print(f"{name:<18} {found.delta:+.4f}, {found.low:+.4f} to {found.high:+.4f}: {verdict(found.low, found.high)}")
(test,) = wilcoxon_holm({"linear": linear, "forest": forest})
print(f"Wilcoxon, as if independent: p = {test.pvalue:.4f}, median difference {test.median:+.4f}")
wins = probability_better(linear, forest)
print(f"probability that the linear model wins a split: {wins.probability:.2f} ({wins.low:.2f} to {wins.high:.2f})")
same = bayesian_correlated_t(linear - forest, test_train_ratio=ratio, rope=0.01)
print(f"probability: worse {same.worse:.2f}, equivalent within a point {same.equivalent:.2f}, better {same.better:.2f}")

# %%
# The picture: the difference of each split, and both intervals of their mean.

figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.plot(100 * (linear - forest), [2] * len(forest), "|", color="0.3", markersize=18, label="one split")
for height, (name, found) in enumerate((("corrected", corrected), ("as if independent", naive))):
    ends = [[100 * (found.delta - found.low)], [100 * (found.high - found.delta)]]
    ax.errorbar(100 * found.delta, height, xerr=ends, fmt="o", capsize=4, label=f"95 % interval, {name}")
ax.axvline(0, color="0.6", linewidth=1)
ax.set(yticks=[], ylim=(-0.6, 2.8), xlabel="accuracy of the linear model less that of the forest, points")
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# If the splits are treated as independent, the linear model is better. Corrected for their overlap, the interval
# includes zero, and the question is open.
