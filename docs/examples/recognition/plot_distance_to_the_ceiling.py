"""
How far is a classifier from the best there is?
===============================================

On noisy images nobody is always right, so 80 % may be poor or perfect. In this world every clean image is known and the
noise is Gaussian, so the best possible rule is known, too: the distance to it is the classifier's own fault.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression

from lineclf import MultiHeadLineClassifier
from lineclf.baselines import BayesClassifier, LabelPowersetClassifier
from lineclf.metrics import bayes_accuracy
from lineclf.model_selection import BackgroundDraw

# %%
# The background is 1/f² noise: slow waves, as in photographs. Bayes' rule knows this spectrum; a second rule is the
# same, but treats the noise as white.

world = {"image_size": 16, "lengths": (5, 9), "angles": range(0, 180, 45)}
levels = (0.2, 0.5, 0.8, 1.1)
joint = {}
for noise in levels:
    data = BackgroundDraw(noise, beta=2, n_train=3000, n_test=1000, flat=True, world=world)(random_state=0)
    models = {
        "Bayes' rule": BayesClassifier(noise, beta=2, world=world),
        "four-head net": MultiHeadLineClassifier(filters=16, epochs=5, image_shape=(16, 16, 3), random_state=0),
        "Bayes' rule for white noise": BayesClassifier(noise, world=world),
        "logistic regression": LabelPowersetClassifier(LogisticRegression(C=0.01)),
    }
    for name, model in models.items():
        score = model.fit(data.X, data.y).score(data.X_test, data.y_test)
        joint.setdefault(name, []).append(score)

# %%
# Without any test images, ``bayes_accuracy`` estimates the ceiling: a :class:`~lineclf.metrics.Ceiling`, an accuracy
# with its standard error.

ceilings = [bayes_accuracy(noise, n=3000, beta=2, random_state=0, **world)["joint"] for noise in levels]
for noise, ceiling in zip(levels, ceilings, strict=True):
    print(f"noise {noise}: nobody exceeds {ceiling.accuracy:.3f} ± {ceiling.standard_error:.3f}")

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
best = 100 * np.array([ceiling.accuracy for ceiling in ceilings])
ax.fill_between(levels, best, 100, color="0.9", label="out of reach")
for name, scores in joint.items():
    ax.plot(levels, 100 * np.array(scores), marker="o", label=name)
ax.set(xticks=levels, xlabel="standard deviation of the noise, share of full scale", ylim=(0, 100))
ax.set_ylabel("all four labels right, %")
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# Under noise of half the full scale nearly every image can still be read, and the net reads few: this gap is the net's
# own, and the noise is no excuse. The rule that treats the noise as white falls far, too; it lacks only the spectrum.
# No classifier can reach into the grey area.
