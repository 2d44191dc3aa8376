"""Solutions of lesson 4: what does a net look at? `python docs/course/solutions/lesson_4.py`."""

from functools import lru_cache

import numpy as np
from scipy.ndimage import binary_dilation

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import class_activation_map, feature_maps, maximize_filters, rate_filters, rate_methods


@lru_cache(maxsize=1)
def lesson():
    """Train the lesson's net; give it, new images and their masks."""
    X, y = make_lines(n_per_class=60, distractors=2, random_state=0)
    clf = MultiHeadLineClassifier(epochs=5, random_state=0).fit(X, y)
    new, truth, masks = make_lines(n_per_class=2, distractors=2, return_masks=True, random_state=1)
    assert clf.head_scores(new, truth)["color"] > 0.95
    return clf, new, masks


def exercise_1():
    """4.1: 5 x 5 pixels: 3 x 3 cells of the convolution, each of which sees one pixel more on every side."""
    clf, *_ = lesson()
    height, width = np.mgrid[:28, :28].reshape(2, -1)
    images = np.zeros((28 * 28 + 1, 28, 28, 3), np.float32)  # the last one stays black
    images[np.arange(28 * 28), height, width] = 1
    maps = feature_maps(clf, images, "max_pooling2d_1")["max_pooling2d_1"]
    assert maps.shape[1:] == (9, 9, 32)
    changed = (maps[:-1] != maps[-1]).any(axis=-1)  # (pixel, row, column)
    seen = changed[:, 4, 4].reshape(28, 28)
    rows, columns = np.nonzero(seen)
    assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == 5
    assert seen.sum() == 25


def magenta(images):
    """Share of the pixels, of images from 0 to 1, that are red and blue at once."""
    red, green, blue = np.moveaxis(images, -1, 0)
    return ((red > 0.7) & (blue > 0.7) & (green < 0.3)).mean()


def exercise_2():
    """4.2: yes, filters answer more to them. Many pixels are magenta, and none of those that the net was trained on."""
    clf, new, _ = lesson()
    assert rate_filters(clf, "conv2d_2", new, filters=range(8), steps=60)["above"] >= 0.75
    assert magenta(maximize_filters(clf, "conv2d_2", range(8), steps=60)) > 0.01
    assert magenta(new / 255) == 0

    # The sentence says too much. A filter that adds up what it finds in red and in blue is driven farthest by both at
    # once; it has only ever met one of them.


def exercise_3():
    """4.3: the same number. A uniform map gets the line's share of the area, about 7 %."""
    clf, new, masks = lesson()
    line = binary_dilation(masks == 1, np.ones((1, 3, 3), bool))
    heat = np.maximum(class_activation_map(clf, new, head="color", method="gradcam"), 0).astype(np.float64)
    whole = heat.sum(axis=(1, 2))
    inside = (heat * line).sum(axis=(1, 2))
    energy = np.divide(inside, whole, out=np.zeros_like(whole), where=whole > 0).mean()
    rated = rate_methods(clf, new, masks, methods=("gradcam",), heads=["color"], n_checked=1)
    rated = rated[rated["metric"] == "energy"].set_index("method")["value"]
    assert abs(energy - rated["gradcam"]) < 1e-3
    assert abs(line.mean() - rated["uniform"]) < 1e-6
    assert energy > 3 * line.mean()


def exercise_4():
    """4.4: that nothing follows. Cut long lines are called short; what is absent lights no pixel of a heatmap."""
    clf, *_ = lesson()
    beside = {"n_per_class": 4, "distractors": 2}  # as in training: without discs the images would be new in this, too
    X, _, centres, masks = make_lines(lengths=[15], return_positions=True, return_masks=True, random_state=3, **beside)
    down, across = np.mgrid[:28, :28]
    away = np.hypot(down - centres[:, 0, None, None], across - centres[:, 1, None, None])
    cut = X.copy()
    cut[(masks == 1) & (away > 3.5)] = 0
    assert (clf.predict(X)[:, 0] == 1).mean() > 0.8
    assert (clf.predict(cut)[:, 0] == 0).mean() > 0.8

    short, _ = make_lines(lengths=[7], random_state=4, **beside)
    silent = [
        (class_activation_map(clf, images, head="length", target=level, method="gradcam").max(axis=(1, 2)) == 0).mean()
        for images, level in ((short, 0), (X, 1))
    ]
    assert silent[0] > silent[1] + 0.2


def tagged(X, left):
    """Put a white square into the upper left corner of some images and into the upper right one of the others."""
    X = X.copy()
    X[left, 1:4, 1:4] = 255
    X[~left, 1:4, 24:27] = 255
    return X


def exercise_5():
    """4.5: with the squares swapped all answers swap. Occlusion finds the square; Grad-CAM points elsewhere: wrong."""
    X, y = make_lines(n_per_class=40, random_state=0)
    long = y[:, 0] == 1
    clf = MultiHeadLineClassifier(epochs=3, random_state=0).fit(tagged(X, long), y)
    new, truth = make_lines(n_per_class=2, random_state=1)
    long = truth[:, 0] == 1
    honest, swapped = tagged(new, long), tagged(new, ~long)
    assert clf.head_scores(honest, truth)["length"] > 0.95
    assert clf.head_scores(swapped, truth)["length"] < 0.2  # it goes by the square, whatever the line

    # So the evidence is in the corners, and a heatmap that has most of it elsewhere is proven wrong.
    shares = {}
    for method in ("occlusion", "integrated_gradients", "gradcam"):
        heat = np.maximum(class_activation_map(clf, honest, head="length", method=method), 0)
        corners = heat[:, :6, :6].sum(axis=(1, 2)) + heat[:, :6, 22:].sum(axis=(1, 2))
        shares[method] = corners.sum() / heat.sum()
    assert min(shares["occlusion"], shares["integrated_gradients"]) > 0.5  # about 0.9 and 0.8
    assert shares["gradcam"] < 0.4  # about 0.2, where the corners are 0.09 of the area


EXERCISES = (exercise_1, exercise_2, exercise_3, exercise_4, exercise_5)

if __name__ == "__main__":
    for exercise in EXERCISES:
        exercise()
        print(exercise.__doc__)
