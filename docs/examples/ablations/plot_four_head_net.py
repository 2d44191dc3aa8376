"""
Which parts of the four-head net matter?
========================================

A net is an estimator like any other, so an ablation works the same way: without batch normalization, without dropout,
with a learning rate that does not fall. Lines are drawn anew by each seed and split by a track.
"""

import matplotlib.pyplot as plt

from lineclf import AblationCV, MultiHeadLineClassifier
from lineclf.model_selection import TrackDraw

# %%
# Each seed fixes data, split, initial weights and order for all cells. ``n_more`` draws more images for the test side
# alone: they cost little, and a small test set hides small effects.

ablation = AblationCV(
    MultiHeadLineClassifier(filters=8, epochs=4, batch_size=32),
    {"batch_norm": [False], "dropout": [0.0], "lr_schedule": ["constant"]},
    draw=TrackDraw("distinct", n_per_class=30, n_more=40, image_size=16, lengths=(5, 9), angles=range(0, 180, 45)),
    seeds=5,
)
ablation.fit()
print(ablation.summary_.text())

# %%
# The score of such a net is the joint accuracy: the share of images with all four labels right.

figure, ax = plt.subplots(figsize=(7.5, 3.4), layout="constrained")
ablation.plot(ax=ax)
ax.set_xlabel("difference of the joint accuracy to the baseline (1 is 100 %), with its interval")
plt.show()

# %%
# Without batch normalization the net is worse. It is better without dropout, and better with a constant rate: in such a
# short training, dropout and a falling rate cost more than they give. A verdict is about the training that was run, not
# about a longer one.
