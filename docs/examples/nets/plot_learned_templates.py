"""
What has a net of matched filters learned about lines?
======================================================

``MatchedFilterClassifier`` compares the image with the template of every line at every place, and adds up
probabilities. Its weights are profiles of a line: along it, across it, its angles and colours. So you can look at its
knowledge, as lines. Does it know the lengths and widths, though nobody has told it?
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf import MatchedFilterClassifier
from lineclf.datasets import make_lines
from lineclf.model_selection import HalvesSplit
from lineclf.nets import Marginal, MatchedFilter, PositionPooling

# %%
# The net has three kinds of layers: a :class:`~lineclf.nets.MatchedFilter` for lines at places, a
# :class:`~lineclf.nets.PositionPooling` that sums over the places, and a :class:`~lineclf.nets.Marginal` for each
# label, which sums over the other labels.

X, y, centres = make_lines(
    n_per_class=40, image_size=16, lengths=(5, 9), angles=range(0, 180, 45), return_positions=True, random_state=0
)
train, test = next(HalvesSplit("left-right").split(X, y, centres))
net = MatchedFilterClassifier(template_size=11, min_steps=200, max_steps=200, random_state=0).fit(X[train], y[train])
for layer in net.model_.layers:
    if isinstance(layer, MatchedFilter | PositionPooling | Marginal):
        print(f"{type(layer).__name__:<16} {layer.output.shape}")
print(f"{net.model_.count_params()} parameters; right in the half not trained on: {net.score(X[test], y[test]):.3f}")

# %%
# The picture: the learned template of each length and width at each angle. Its pixels are brightness.

filters = next(layer for layer in net.model_.layers if isinstance(layer, MatchedFilter))
templates = np.asarray(filters.line_templates())[0]
n_lengths, n_widths, n_angles = templates.shape[:3]
figure, axes = plt.subplots(n_lengths * n_widths, n_angles, figsize=(6.5, 6.5), layout="constrained")
limit = np.abs(templates).max()
for (length, width, angle), _ in np.ndenumerate(templates[..., 0, 0]):
    ax = axes[length * n_widths + width, angle]
    shown = ax.imshow(templates[length, width, angle], cmap="PuOr_r", vmin=-limit, vmax=limit)
    ax.set(xticks=[], yticks=[])
    if angle == 0:
        ax.set_ylabel(f"{(5, 9)[length]} × {(1, 3)[width]} px")
    if length == width == 0:
        ax.set_title(f"{45 * angle}°")
figure.colorbar(shown, ax=axes, label="learned brightness", shrink=0.6)
plt.show()

# %%
# The templates are lines of the right lengths, widths and angles, drawn pixel by pixel, so the half of the image
# without training images is nothing new to this net.
