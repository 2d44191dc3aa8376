"""
Is the better model better, or was it lucky?
============================================

Model A has won seven runs of ten. A mean says how much, an interval how sure, a test how surprising; a Bayesian says
with what probability it is practically the same. They answer different questions, and here they are asked of the same
ten pairs of scores.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import RepeatedStratifiedKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from lineclf.metrics import (
    bayesian_correlated_t,
    paired_difference,
    probability_better,
    verdict,
    wilcoxon_holm,
)

# %%
# A forest and support vectors on the same ten splits: twice five folds.

X, y = load_wine(return_X_y=True)
cv = RepeatedStratifiedKFold(n_splits=5, n_repeats=4, random_state=0)
forest = cross_val_score(RandomForestClassifier(50, random_state=0), X, y, cv=cv)
vectors = cross_val_score(make_pipeline(StandardScaler(), SVC()), X, y, cv=cv)
ratio = 1 / 4  # images tested over images trained, in each split

# %%
# In turn: a :class:`~lineclf.metrics.PairedDifference` with its interval and verdict, a
# :class:`~lineclf.metrics.PairedTest`, a :class:`~lineclf.metrics.Superiority` and an
# :class:`~lineclf.metrics.Equivalence`.

naive = paired_difference(forest, vectors)
right = paired_difference(forest, vectors, test_train_ratio=ratio)
print(f"as if splits were independent: {naive.low:+.4f} to {naive.high:+.4f}: {verdict(naive.low, naive.high)}")
print(f"corrected for their overlap:   {right.low:+.4f} to {right.high:+.4f}: {verdict(right.low, right.high)}")
(test,) = wilcoxon_holm({"forest": forest, "vectors": vectors})
print(f"Wilcoxon, as if independent: p = {test.pvalue:.3f}, median difference {test.median:+.4f}")
wins = probability_better(forest, vectors)
print(f"P(forest wins a run) = {wins.probability:.2f}, {wins.low:.2f} to {wins.high:.2f}")
same = bayesian_correlated_t(forest - vectors, test_train_ratio=ratio, rope=0.01)
print(f"worse {same.worse:.2f}, equivalent within a point {same.equivalent:.2f}, better {same.better:.2f}")

# %%
# The picture: the differences split by split, and both intervals of their mean.

figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.plot(100 * (forest - vectors), [2] * len(forest), "|", color="0.3", markersize=18, label="one split")
for height, (name, found) in enumerate((("corrected", right), ("as if independent", naive))):
    ends = [[100 * (found.delta - found.low)], [100 * (found.high - found.delta)]]
    ax.errorbar(100 * found.delta, height, xerr=ends, fmt="o", capsize=4, label=f"mean and 95 % interval, {name}")
ax.axvline(0, color="0.6", linewidth=1)
ax.set(yticks=[], ylim=(-0.6, 2.8), xlabel="accuracy of the forest less that of the support vectors, points")
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()
