"""
Is this heatmap right, or does it only look right?
==================================================

A heatmap that lights up on the object convinces everybody. So would a copy of the image. Two checks tell more: draw all
weights of the net anew, or ask for another answer. A map that stays the same explains neither the training nor the
answer, however well it lies on the object.
"""

import matplotlib.pyplot as plt

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import ClassActivationDisplay, rate_methods

# %%
# A net that reads lines. ``return_masks`` tells which pixels are the line, so we know where a map should point.

world = {"image_size": 20, "lengths": (7, 13), "angles": range(0, 180, 45)}
X, y = make_lines(n_per_class=80, random_state=0, **world)
net = MultiHeadLineClassifier(filters=16, epochs=5, random_state=0).fit(X, y)
X_test, y_test, masks = make_lines(n_per_class=2, return_masks=True, random_state=1, **world)
print(f"all four labels right: {net.score(X_test, y_test):.3f}")

# %%
# Rate three methods for the head of the angle. "pointing": is the strongest pixel on the line? "randomisation" and
# "class_sensitivity": how alike are the maps of a net with new weights, and of another angle? The table also has maps
# that look at nothing, such as the image itself.

methods = ("gradcam++", "gradcam", "occlusion")
rated = rate_methods(net, X_test, masks, methods=methods, heads=["angle"])
table = rated.pivot_table(index="method", columns="metric", values="value", dropna=False)
table = table[["pointing", "randomisation", "class_sensitivity"]]
print(table.round(2).to_string())

# %%
# The picture: one image, its three maps, and each method's ratings over all test images.

figure, axes = plt.subplots(len(methods), 3, figsize=(7.5, 6), layout="constrained", width_ratios=(1, 1.2, 1.2))
for row, method in zip(axes, methods, strict=True):
    ClassActivationDisplay.from_estimator(net, X_test[:1], y_test[:1], head="angle", method=method, ax=row[:2])
    row[0].set_title("image", fontsize=9)
    row[1].set_title(method, fontsize=9)
    marks = table.loc[method].clip(lower=0)
    row[2].barh(
        ["points at the line", "same with new weights", "same for another angle"], marks, color=["C2", "C3", "C3"]
    )
    row[2].set(xlim=(0, 1), ylim=(2.6, -0.6))
row[2].set_xlabel("share of images (green),\nrank correlation (red)")
plt.show()

# %%
# All three maps point at the line. But those of Grad-CAM++ are nearly the same with new weights and for another angle:
# they show where the line is, not what the net uses. Those of the other two change, as an explanation must.
