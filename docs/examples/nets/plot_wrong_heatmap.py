"""
Is this heatmap right, or does it only look right?
==================================================

A heatmap that lights up on the object convinces everybody. But does it show what the net goes by? Here that can be
checked: each line lies among coloured discs that mean nothing, so evidence on a disc is wrong; and a map that stays the
same when all weights are drawn anew explains no training at all.
"""

import matplotlib.pyplot as plt

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import ClassActivationDisplay, rate_methods

# %%
# A net that reads lines among three discs. ``return_masks`` tells which pixels are line and which are disc.

world = {"image_size": 20, "lengths": (7, 13), "angles": range(0, 180, 45), "distractors": 3}
X, y = make_lines(n_per_class=100, random_state=0, **world)
net = MultiHeadLineClassifier(filters=16, epochs=6, random_state=0).fit(X, y)
X_test, y_test, masks = make_lines(n_per_class=3, return_masks=True, random_state=1, **world)
print(f"all four labels right: {net.score(X_test, y_test):.3f}")

# %%
# Rate three methods for the head of the angle. "energy" is the share of the evidence on the line; the baselines, which
# look at nothing, stand in the same table. "randomisation" is how alike the maps of a net with new weights are.

methods = ("gradcam", "occlusion", "integrated_gradients")
rated = rate_methods(net, X_test, masks, methods=methods, heads=["angle"], n_checked=48)
table = rated.pivot_table(index="method", columns="metric", values="value")[["energy", "density", "randomisation"]]
print(table.round(2).to_string())

# %%
# The picture: one image, where its line is, and the three maps, each with its marks over all test images.

figure, axes = plt.subplots(len(methods), 3, figsize=(7, 6.6), layout="constrained")
for row, method in zip(axes, methods, strict=True):
    ClassActivationDisplay.from_estimator(net, X_test[:1], y_test[:1], head="angle", method=method, ax=row[:2])
    energy, randomisation = table.loc[method, ["energy", "randomisation"]]
    row[0].set_title("image", fontsize=9)
    row[1].set_title(method, fontsize=9)
    row[2].barh(["on the line", "same with\nnew weights"], [energy, max(0, randomisation)], color=["C2", "C3"])
    row[2].axvline(table.loc["the image itself", "energy"], color="C2", linestyle=":")
    row[2].set(xlim=(0, 1), xlabel="share of the evidence; rank correlation")
plt.show()
