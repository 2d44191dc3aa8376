"""
Can a net find out how labels change when images are turned?
============================================================

A net that never saw a short line of 45° will hardly know one. But it has seen a short line of 135°, which is the same
image turned. If you know that a turn of 90° changes 45° to 135° and keeps the length, you get such images for free.
Nobody need tell the net: it can find this out from its own answers.
"""

import matplotlib.pyplot as plt
import numpy as np

from lineclf import CompactCNNClassifier, SymmetryClassifier
from lineclf.datasets import make_lines
from lineclf.estimators import Symmetry
from lineclf.model_selection import CompositionSplit
from lineclf.nets import GroupConvolution

# %%
# A small world of 64 classes. A quarter of the combinations of length, width and angle is held out, in every color.

X, y, centres = make_lines(
    n_per_class=40,
    image_size=16,
    lengths=(5, 9),
    widths=(1, 3),
    angles=np.arange(0, 180, 22.5),
    distinct=True,
    return_positions=True,
    random_state=0,
)
train, test = next(CompositionSplit(random_state=0).split(X, y, centres))
print(f"{len(train)} images to train on, {len(test)} to test on")

# %%
# A :class:`~lineclf.SymmetryClassifier` trains its net on the unchanged images; then it turns, mirrors and recolors
# training images, and looks how the answers change. A change that gives each level one answer is a
# :class:`~lineclf.estimators.Symmetry`; the net is trained anew with these symmetries, and looks once more. A net of
# :class:`~lineclf.nets.GroupConvolution` layers stands beside it: it is built so that a turn changes only the order of
# its features, but it does not know what a turn means for labels.

net = CompactCNNClassifier(combine=False, filters=16, epochs=6, random_state=0)
models = {
    "the net": net,
    "kernels shared over turns": CompactCNNClassifier(
        combine=False, filters=6, symmetry="p4m", epochs=6, random_state=0
    ),
    "symmetries found": SymmetryClassifier(net, random_state=0),
}
scores = {name: model.fit(X[train], y[train]).score(X[test], y[test]) for name, model in models.items()}
shared = models["kernels shared over turns"].model_.layers
print(sum(isinstance(layer, GroupConvolution) for layer in shared), "layers share their kernels over turns")
found = models["symmetries found"]
turned: Symmetry = found.tried_[0]
print(turned.name, "makes of each angle", dict(zip(found.classes_[2].tolist(), turned.levels[2].tolist(), strict=True)))

# %%
# The picture: left, how far each change is from a symmetry; right, the accuracy that results.

figure, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3.8), layout="constrained", width_ratios=(3, 2))
names = [each.name for each in found.tried_]
used = [each.agreement >= found.agreement for each in found.tried_]
colors = ["tab:blue" if each else "0.7" for each in used]
left.barh(names[::-1], [each.agreement for each in found.tried_][::-1], color=colors[::-1])
left.axvline(found.agreement, color="tab:red")
left.set(xlabel="agreement (blue: taken for a symmetry)", xlim=(0, 1.05))
right.bar(list(scores), [100 * each for each in scores.values()])
right.set(ylabel="all four labels right, %", ylim=(0, 100))
right.set_xticks(range(3), ["the net", "kernels shared\nover turns", "symmetries\nfound"], fontsize=7)
plt.show()

# %%
# Turns, mirrors and the swap of red and blue are found, and with them the net knows combinations that it has never
# seen. Kernels that are shared over turns help less, as the heads still have to learn each combination.
