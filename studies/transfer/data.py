"""The images of a transfer: old and new colors, to train on and to test."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lineclf.datasets import FACTORS, make_lines
from lineclf.model_selection import audit_split, get_track
from lineclf.runs import child_seed

SHAPE = FACTORS[:3]  # what a line is beside its color
_CHUNK = 4096  # images that are jittered at once


@dataclass(frozen=True)
class Pool:
    """Every image of a seed, and which rows are for what.

    Parameters
    ----------
    X : ndarray of shape (n, height, width, 3), uint8
    y : ndarray of shape (n, 4), int64
    old, new : ndarray of int
        Training rows of the old colors and of the new one: the first image of every class, in random order, then the
        second of every class, and so on.
    new_ranks : ndarray of int
        Of each row in `new`, how many of its class stand before it.
    test_old, test_new : ndarray of int
        Test rows.
    leak : float
        Share of the test images that occur pixel for pixel in training.
    """

    X: np.ndarray
    y: np.ndarray
    old: np.ndarray
    new: np.ndarray
    new_ranks: np.ndarray
    test_old: np.ndarray
    test_new: np.ndarray
    leak: float

    @property
    def test(self):
        """All test rows, those of the old colors first."""
        return np.concatenate([self.test_old, self.test_new])

    def training_rows(self, shots, memory):
        """Return the rows that a method trains on; those of fewer shots are among those of more.

        Parameters
        ----------
        shots : int or None
            New images a class; None for all.
        memory : {"none", "as many", "all"}
            Old images beside them.

        Returns
        -------
        ndarray of int

        Raises
        ------
        ValueError
            If a class has fewer new images than `shots`.
        """
        new = self.new if shots is None else self.new[self.new_ranks < shots]
        if shots is not None and len(new) < shots * np.count_nonzero(self.new_ranks == 0):
            raise ValueError(f"shots must be at most the training images that every class has, or None; got {shots}")
        n_old = {"none": 0, "as many": len(new), "all": None}[memory]
        return np.concatenate([new, self.old[:n_old]])


def constant_accuracies(pool):
    """Return how often one answer for all images is right on the new color's test images.

    It is the most frequent one among the training images of the old colors, what a net answers that sees nothing.

    Parameters
    ----------
    pool : Pool

    Returns
    -------
    dict of str to float
        Of length, width and angle each its most frequent level, and as "shape" their most frequent combination.
    """
    trained, tested = (pool.y[rows, : len(SHAPE)] for rows in (pool.old, pool.test_new))
    found = {}
    for name, columns in {**{factor: [i] for i, factor in enumerate(SHAPE)}, "shape": range(len(SHAPE))}.items():
        levels, counts = np.unique(trained[:, columns], axis=0, return_counts=True)
        found[name] = float((tested[:, columns] == levels[counts.argmax()]).all(axis=1).mean())
    return found


@lru_cache(maxsize=1)
def draw_pool(colors, n_per_class, seed, world=()):
    """Draw distinct images of all colors, a quarter of each class for testing.

    Parameters
    ----------
    colors : tuple of str
        The new one last.
    n_per_class : int or None
        None for every distinct image.
    seed : int
    world : tuple of (str, object), default=()
        More options of ``make_lines``.

    Returns
    -------
    Pool
        The last one is kept, for the next call with the same arguments.
    """
    X, y = make_lines(n_per_class, distinct=True, colors=colors, random_state=child_seed(seed, "data"), **dict(world))
    train, test = next(get_track("distinct", random_state=child_seed(seed, "split")).split(X, y))
    rng = np.random.default_rng(child_seed(seed, "order"))
    order = rng.permutation(train)
    classes = np.unique(y[order], axis=0, return_inverse=True)[1]
    order, counts = order[np.argsort(classes, kind="stable")], np.bincount(classes)
    ranks = np.arange(len(order)) - np.repeat(np.cumsum(counts) - counts, counts)
    by_rank = np.lexsort((rng.random(len(order)), ranks))
    order, ranks = order[by_rank], ranks[by_rank]
    is_new = y[:, 3] == len(colors) - 1
    return Pool(
        X,
        y,
        old=order[~is_new[order]],
        new=order[is_new[order]],
        new_ranks=ranks[is_new[order]],
        test_old=test[~is_new[test]],
        test_new=test[is_new[test]],
        leak=audit_split(X[train], y[train], X[test], y[test]).leak,
    )


def jitter_colors(X, strength, seed):
    """Mix the channels of each image, each image with weights of its own.

    Parameters
    ----------
    X : ndarray of shape (n, height, width, 3), uint8
    strength : float
        To each channel of an image a share of each other one is added, drawn uniformly between 0 and this; what exceeds
        255 is clipped. Black stays black.
    seed : int

    Returns
    -------
    ndarray of shape (n, height, width, 3), uint8
    """
    mixing = np.random.default_rng(seed).uniform(0, strength, (len(X), 3, 3)).astype(np.float32)
    mixing[:, range(3), range(3)] = 1
    jittered = np.empty_like(X)
    for start in range(0, len(X), _CHUNK):
        part = slice(start, start + _CHUNK)
        mixed = np.einsum("nhwc,ncd->nhwd", X[part].astype(np.float32), mixing[part])
        jittered[part] = np.minimum(mixed, 255).round()
    return jittered
