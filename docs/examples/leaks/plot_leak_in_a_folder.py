"""
Are my test images among those I trained on?
============================================

Folders of images grow: somebody copies a file under another name, a scanner saves the same page twice, and a copy ends
up on the other side of the split. Then part of the score is memory. An audit compares the pixels, not the names, and
lists the files.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

from lineclf.audit import load_side
from lineclf.baselines import NearestClassifier
from lineclf.datasets import fetch_mnist
from lineclf.model_selection import audit_split

# %%
# Make two folders of handwritten digits, each with one folder per class. The test folder gets thirty copies from
# training under new names, and ten more copies with a single pixel changed.

digits = fetch_mnist("small")
rng = np.random.default_rng(0)
order = rng.permutation(len(digits.target))
train_rows, test_rows, copied = order[:3000], order[3000:3400], order[:40]
folder = Path(tempfile.mkdtemp())


def save(image, label, name):
    """Write one digit as side/class/name.png."""
    path = folder / name.replace("/", f"/{label}/")
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image[..., 0]).save(path)


for side, rows in (("train", train_rows), ("test", test_rows)):
    for row in rows:
        save(digits.images[row], digits.target[row], f"{side}/scan-{row}.png")
for i, row in enumerate(copied):
    image = digits.images[row].copy()
    image[2, 2] = 40 * (i >= 30)
    save(image, digits.target[row], f"test/new-{i}.png")

# %%
# ``load_side`` reads a folder as a :class:`~lineclf.audit.Side`: images, labels and file names. The audit is a
# :class:`~lineclf.model_selection.SplitAudit`. In a terminal, ``lineclf audit train test`` does the same.

train, test = load_side(folder / "train", "train"), load_side(folder / "test", "test")
audit = audit_split(train.X, train.y, test.X, test.y, distances=True)
print(audit)
clean = np.setdiff1d(np.arange(len(test.y)), audit.leaked_rows)
clean = np.setdiff1d(clean, [row for row, _, distance in audit.near_pairs if distance < 100])
nearest = NearestClassifier().fit(train.X, train.y)
for name, rows in (("all test images", np.arange(len(test.y))), ("without copies", clean)):
    print(f"{name}: {len(rows)}, right {nearest.score(test.X[rows], test.y[rows]):.3f}")

# %%
# The picture: two leaked images, two near copies and the nearest image that is no copy, above their twins in training;
# distances are in grey levels from 0 to 255, over all pixels.

pairs = [(row, twin, 0.0) for row, twin in zip(audit.leaked_rows[:2], audit.leaked_from[:2], strict=True)]
pairs += [*audit.near_pairs[:2], next(pair for pair in audit.near_pairs if pair[2] > 100)]
figure, axes = plt.subplots(2, len(pairs), figsize=(8.5, 4), layout="constrained")
for column, (row, twin, distance) in zip(axes.T, pairs, strict=True):
    for ax, side, number in zip(column, (test, train), (row, twin), strict=True):
        ax.imshow(side.X[number], interpolation="nearest")
        ax.set(xticks=[], yticks=[])
        ax.set_title(side.name(number), fontsize=9)
    column[1].set_xlabel("same pixels" if distance == 0 else f"distance {distance:.0f}")
axes[0, 0].set_ylabel("test")
axes[1, 0].set_ylabel("nearest in training")
plt.show()

# %%
# The audit finds every copy, whatever its name. Near copies have the smallest distances that are not zero, far below
# those of images that are merely alike. Here one test image in eleven is a copy or a near copy, and without them the
# score is only a little lower, as this model has nearly all digits right anyway. The score alone does not show a leak.
