"""
How many images does it take to know a line?
============================================

Images with labels are expensive. A learning curve shows how much each further image helps, and which of two models
learns more from the same few. The track draws few images to train on and tests at places that it holds out; the draw of
fewer images is a part of the draw of more, so the curves are paired.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestClassifier

from lineclf.baselines import fft_neighbor, pixel_neighbor
from lineclf.datasets import make_lines
from lineclf.metrics import joint_accuracy_score
from lineclf.model_selection import FewShotSplit, few_shot_sizes

# %%
# Lines of 96 classes under noise, and three models: two that know nothing about places, and one whose Fourier
# magnitudes are the same wherever a line lies.

X, y, centres = make_lines(n_per_class=80, noise=0.25, return_positions=True, random_state=0)
X = X.reshape(len(X), -1)
sizes = few_shot_sizes(32)
models = {
    "random forest": RandomForestClassifier(50, random_state=0),
    "nearest in pixels": pixel_neighbor(),
    "nearest in Fourier magnitudes": fft_neighbor(),
}
joint = {name: [] for name in models}
for size in sizes:
    train, test = next(FewShotSplit(size, random_state=0).split(X, y, centres))
    for name, model in models.items():
        answer = model.fit(X[train], y[train]).predict(X[test])
        joint[name].append(joint_accuracy_score(y[test], answer))
    print(f"{size:>3} a class: ", *(f"{name} {scores[-1]:.3f}; " for name, scores in joint.items()))

# %%
# The picture: accuracy against the number of images, which doubles from tick to tick.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, scores in joint.items():
    ax.plot(sizes, 100 * np.array(scores), marker="o", label=name)
ax.set_xscale("log", base=2)
ax.set(xticks=sizes, xticklabels=sizes, xlabel="training images a class", ylabel="all four labels right, %")
ax.set_ylim(-3, 103)
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# Built-in knowledge is worth more than many images: the model whose features do not change with the place begins far
# above the end of the other curves. For the others each doubling of the images helps little.
