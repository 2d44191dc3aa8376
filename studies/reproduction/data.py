"""The data sets of a reproduction, each with its fixed training and test side."""

import tempfile
from functools import lru_cache
from itertools import product

import numpy as np

from lineclf.datasets import (
    FACTORS,
    TARGET_NAMES,
    class_index,
    export_lines,
    fetch_mnist,
    load_lines,
    load_lines_folder,
    make_lines,
)
from lineclf.model_selection import audit_split, get_track
from lineclf.runs import Split

SEED = 671  # of the lines of a small run
_SMALL_TEST = 5  # every fifth of the small MNIST is for testing


def mnist(n_per_class):
    """Return MNIST: 60,000 digits to train on, 10,000 to test; for a small run 4,000 and 1,000 of its training part."""
    labels = {"digit": [str(digit) for digit in range(10)]}
    if n_per_class is None:
        train, test = fetch_mnist("train"), fetch_mnist("test")
        sides = train.images, train.target, test.images, test.target
        return Split("mnist", *sides, labels, {"function": "lineclf.datasets.fetch_mnist", "subset": "full"})
    small = fetch_mnist("small")
    test = np.arange(len(small.target)) % _SMALL_TEST == 0
    sides = small.images[~test], small.target[~test], small.images[test], small.target[test]
    return Split("mnist small", *sides, labels, {"function": "lineclf.datasets.fetch_mnist", "subset": "small"})


def lines(n_per_class):
    """Return lines with four labels, flattened to 2,352 features in [0, 1] as the report did: 72,000 and 24,000."""
    (X_train, y_train, X_test, y_test), name, source = _line_sides(n_per_class)
    X_train, X_test = (X.reshape(len(X), -1) / np.float32(255) for X in (X_train, X_test))
    return Split(name, X_train, y_train, X_test, y_test, dict(zip(FACTORS, TARGET_NAMES, strict=True)), source)


def line_classes(n_per_class):
    """Return the same lines as images of 96 classes."""
    return _of_classes(*_line_sides(n_per_class))


def loaded_line_classes(n_per_class):
    """Return the same, loaded from such files as the report's assignment had: one JPEG an image."""
    (X_train, y_train, X_test, y_test), name, source = _line_sides(n_per_class)
    sides = jpeg_files(X_train, y_train), y_train, jpeg_files(X_test, y_test), y_test
    return _of_classes(sides, f"{name}, from JPEG files", {**source, "files": "jpg"})


def _of_classes(sides, name, source):
    X_train, y_train, X_test, y_test = sides
    labels = {"class": [" ".join(levels) for levels in product(*TARGET_NAMES)]}
    return Split(f"{name}, 96 classes", X_train, class_index(y_train), X_test, class_index(y_test), labels, source)


def jpeg_files(X, y):
    """Return images as they come back from a folder of JPEG files, in the order given."""
    with tempfile.TemporaryDirectory() as folder:
        paths = export_lines(folder, X, y, format="jpg")
        loaded = load_lines_folder(folder)
    row_of = {name: row for row, name in enumerate(loaded.filenames)}
    return loaded.images[[row_of[path.name] for path in paths]]


def _line_sides(n_per_class):
    if n_per_class is None:
        train, test = load_lines("train"), load_lines("test")
        sides = train.images, train.target, test.images, test.target
        return sides, "lines", {"function": "lineclf.datasets.load_lines"}
    X, y = make_lines(n_per_class, random_state=SEED)
    train, test = next(get_track("replica", random_state=SEED).split(X, y))
    source = {"function": "lineclf.datasets.make_lines", "n_per_class": n_per_class, "random_state": SEED}
    return (X[train], y[train], X[test], y[test]), f"lines, {n_per_class} a class", source


def unseen_rows(name, n_per_class):
    """Return which test images of a data set do not occur pixel for pixel in training: ndarray of bool."""
    split = load_split(name, n_per_class)
    unseen = np.ones(len(split.X_test), dtype=bool)
    unseen[audit_split(split.X_train, split.y_train, split.X_test, split.y_test).leaked_rows] = False
    return unseen


DATA = {"mnist": mnist, "lines": lines, "lines-96": line_classes, "lines-96-jpeg": loaded_line_classes}


@lru_cache(maxsize=1)
def load_split(name, n_per_class=None):
    """Return the training and test side of a data set by name, of its own size or a smaller one; the last is kept."""
    return DATA[name](n_per_class)
