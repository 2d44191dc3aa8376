"""Symmetries of images with labels, found in the answers of an estimator."""

from itertools import permutations
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment

__all__ = ["Symmetry", "find_symmetries"]

_MOST_CHANNELS = 4  # of images whose channels change places: four have 24 orders


class Symmetry(NamedTuple):
    """A change of images, and its effect on their labels.

    Attributes
    ----------
    name : str
        Such as "turned by 90°, channels 2 1 0".
    way : int
        0 to 7: turned by way · 90° counter-clockwise; from 4 on, mirrored left to right first.
    channels : tuple of int
        Which channel stands at each place afterwards.
    levels : tuple of ndarray of int
        For each head the level that each level becomes, both as indices into ``classes_``.
    agreement : float
        Minimum over the levels: how often the estimator answers so, divided by how often it is right on unchanged
        images.
    """

    name: str
    way: int
    channels: tuple[int, ...]
    levels: tuple[np.ndarray, ...]
    agreement: float

    def images(self, X):
        """Images (n, height, width, channels), changed."""
        mirrored, turns = divmod(self.way, 4)
        X = np.rot90(X[:, :, ::-1] if mirrored else X, turns, axes=(1, 2))
        return np.ascontiguousarray(X[..., list(self.channels)])

    def then(self, other):
        """This symmetry followed by another one of other axes."""
        levels = tuple(second[first] for first, second in zip(self.levels, other.levels, strict=True))
        agreement = min(self.agreement, other.agreement)
        return Symmetry(f"{self.name}, {other.name}", self.way, other.channels, levels, agreement)


def _changes(height, width, n_channels):
    """Ways to lay an image, and orders of its channels, each with its name; the first changes nothing."""
    ways = {
        0: "as it is",
        1: "turned by 90°",
        2: "turned by 180°",
        3: "turned by 270°",
        4: "mirrored",
        5: "mirrored and turned by 90°",
        6: "mirrored and turned by 180°",
        7: "mirrored and turned by 270°",
    }
    orders = permutations(range(n_channels)) if n_channels <= _MOST_CHANNELS else [tuple(range(n_channels))]
    return (
        [(name, way) for way, name in ways.items() if height == width or way % 2 == 0],
        [("channels " + " ".join(map(str, order)), order) for order in orders],
    )


def _shares(said, truth, n_levels):
    """Share of each answer for each true level: (n_levels, n_levels); each row sums to 1, or is 0."""
    table = np.zeros((n_levels, n_levels))
    np.add.at(table, (truth, said), 1)
    return table / np.maximum(table.sum(axis=1, keepdims=True), 1)


def find_symmetries(answer, images, levels, counts, agreement):
    """Try every change of images.

    Parameters
    ----------
    answer : callable
        Gives the levels that an estimator answers for images, a row per head.
    images : ndarray of shape (n, height, width, channels)
    levels : ndarray of int, shape (n, n_heads)
        Their true levels.
    counts : list of int
        Number of levels of each head.
    agreement : float
        Least agreement of a symmetry.

    Returns
    -------
    tried : list of Symmetry
        Every change.
    symmetries : list of Symmetry
        Those that agree, and the combinations of two of them; the first one changes nothing.
    """
    said = answer(images)

    def tried(name, way, channels):
        change = Symmetry(name, way, channels, tuple(map(np.arange, counts)), 0.0)
        changed = change.images(images)
        rows = (changed != images).any(axis=(1, 2, 3))  # what it leaves as it is tells nothing
        if not rows.any():
            return change
        become, ratios = [], []
        answers = answer(changed[rows])
        for before, after, truth, n in zip(said[:, rows], answers, levels[rows].T, counts, strict=True):
            right, shares = _shares(before, truth, n).diagonal(), _shares(after, truth, n)
            each, its = linear_sum_assignment(shares, maximize=True)
            become.append(its)
            ratios.append((shares[each, its] / np.maximum(right, 1 / n)).min())
        return change._replace(levels=tuple(become), agreement=float(min(ratios)))

    ((name, way), *ways), ((_, order), *orders) = _changes(*images.shape[1:])
    same = Symmetry(name, way, order, tuple(map(np.arange, counts)), 1.0)
    found = [tried(name, each, order) for name, each in ways], [tried(name, way, each) for name, each in orders]
    laid, recolored = ([each for each in some if each.agreement >= agreement] for some in found)
    both = [one.then(other) for one in laid for other in recolored]
    return [*found[0], *found[1]], [same, *laid, *recolored, *both]
