"""
How many images does it take to know a line?
============================================

Images with labels are dear. A learning curve shows what each further one buys, and which of two models learns more from
the same few. The track draws few images to train on and tests at places that it holds out; the draw of fewer images is
a part of the draw of more, so the curves are paired.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from lineclf.baselines import LabelPowersetClassifier, MomentsRuleClassifier, fft_neighbor, pixel_neighbor
from lineclf.datasets import make_lines
from lineclf.metrics import joint_accuracy_score
from lineclf.model_selection import FewShotSplit, few_shot_sizes

X, y, centres = make_lines(n_per_class=80, return_positions=True, random_state=0)
X = X.reshape(len(X), -1)
sizes = few_shot_sizes(32)
models = {
    "logistic regression on pixels": LabelPowersetClassifier(LogisticRegression(C=1e-4)),
    "nearest in pixels": pixel_neighbor(),
    "nearest in Fourier magnitudes": fft_neighbor(),
    "rule by moments": MomentsRuleClassifier(),
}

# %%
# Two folds for each size, 96 classes.

joint = {name: [] for name in models}
for size in sizes:
    folds = list(FewShotSplit(size, n_splits=2, random_state=0).split(X, y, centres))
    for name, model in models.items():
        answers = ((test, model.fit(X[train], y[train]).predict(X[test])) for train, test in folds)
        joint[name].append(np.mean([joint_accuracy_score(y[test], answer) for test, answer in answers]))
    print(f"{size:>3} a class: ", *(f"{name} {scores[-1]:.3f}; " for name, scores in joint.items()))

# %%
# The picture: the models that know something of places, or of lines, begin far higher.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, scores in joint.items():
    ax.plot(sizes, 100 * np.array(scores), marker="o", label=name)
ax.set_xscale("log", base=2)
ax.set(xticks=sizes, xticklabels=sizes, xlabel="training images a class", ylabel="all four labels right, %")
ax.set_ylim(-3, 103)
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()
