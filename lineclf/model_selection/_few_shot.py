"""Few-shot: a few training images, tested at positions held out."""

from math import isqrt

import numpy as np
from sklearn.utils import check_random_state

from lineclf._checks import check_count
from lineclf._combinations import combine
from lineclf.model_selection._positions import PositionSplit

__all__ = ["FewShotSplit", "few_shot_sizes"]


def few_shot_sizes(largest, *, per_class=True):
    """Sizes of a learning curve, as :class:`FewShotSplit` takes them.

    Parameters
    ----------
    largest : int
        Upper limit of the sizes; at least 1, or 16 with ``per_class=False``.
    per_class : bool, default=True
        True gives images per class: 1, 2, 4, 8, … False gives images in all, ⌈16·2^(k/2)⌉ for k = 0, 1, 2, …: 16, 23,
        32, 46, 64, …

    Returns
    -------
    list of int
        Ascending.

    Raises
    ------
    ValueError
        If `largest` is not as above.

    Examples
    --------
    >>> from lineclf.model_selection import few_shot_sizes
    >>> few_shot_sizes(16), few_shot_sizes(100, per_class=False)
    ([1, 2, 4, 8, 16], [16, 23, 32, 46, 64, 91])
    """
    check_count("largest", largest, 1 if per_class else 16)
    if per_class:
        return [2**k for k in range(int(largest).bit_length())]
    # ⌈√m⌉ of the whole number m = 256·2^k is ⌊√(m − 1)⌋ + 1, exactly
    sizes = (isqrt(256 * 2**k - 1) + 1 for k in range(2 * int(largest).bit_length()))
    return [size for size in sizes if size <= largest]


class FewShotSplit(PositionSplit):
    """A few images to train on, drawn at random; whole centre positions held out to test on, k-fold.

    The test sides are those of :class:`PositionSplit` with the same `n_splits` and `random_state`, whatever `n_images`,
    and training images are drawn without replacement from its training sides. With the same int `random_state` the draw
    of fewer images is a part of the draw of more, so that a learning curve over :func:`few_shot_sizes` is paired. Every
    level stays in training. Each image of a position is tested in exactly one split. Rows that repeat an image count as
    separate rows.

    Parameters
    ----------
    n_images : int, default=1
        Number of training images: of each class, which is a combination of levels, or in all.
    per_class : bool, default=True
        Whether `n_images` counts the images of each class or all of them. All of them must be enough for every level:
        as long as one is missing, the image with the most missing levels is drawn, at random among equals; with all
        combinations in the data this takes as many images as the factor of most levels has (12 in the default world).
    n_splits : int, default=4
        Number of folds, at least 2; four hold out a quarter of the positions each.
    random_state : int, RandomState instance or None, default=None
        Seed that deals the positions to the folds and draws the training images; an int gives the same splits at every
        call.

    Examples
    --------
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.model_selection import FewShotSplit
    >>> X, y, positions = make_lines(n_per_class=20, return_positions=True, random_state=0)
    >>> [len(train) for train, _ in FewShotSplit(2, random_state=0).split(X, y, positions)]
    [192, 192, 192, 192]
    >>> [len(train) for train, _ in FewShotSplit(16, per_class=False, random_state=0).split(X, y, positions)]
    [16, 16, 16, 16]
    """

    def __init__(self, n_images=1, *, per_class=True, n_splits=4, random_state=None):
        super().__init__(n_splits, random_state=random_state)
        self.n_images = n_images
        self.per_class = per_class

    def _check_params(self):
        super()._check_params()
        check_count("n_images", self.n_images, 1)
        if not isinstance(self.per_class, bool | np.bool_):
            raise ValueError(f"per_class must be True or False; got {self.per_class!r}")

    def _folds(self, X, codes, groups):
        random = check_random_state(self.random_state)
        draw = self._draw_per_class if self.per_class else self._draw_in_all
        for number, (train, test) in enumerate(self._deal(X, groups, random)):
            yield np.sort(draw(codes, random.permutation(train), number)), test

    def _draw_per_class(self, codes, rows, number):
        classes = combine(codes)
        counts = np.bincount(classes[rows], minlength=classes.max() + 1)
        if counts.min() < self.n_images:
            raise ValueError(
                f"y has too few images for {self!r}: in split {number} a class has {counts.min()} at the positions "
                f"trained, and n_images asks for {self.n_images}"
            )
        rows = rows[np.argsort(classes[rows], kind="stable")]
        return rows[np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts) < self.n_images]

    def _draw_in_all(self, codes, rows, number):
        if len(rows) < self.n_images:
            raise ValueError(
                f"y has too few images for {self!r}: in split {number} there are {len(rows)} at the positions trained, "
                f"and n_images asks for {self.n_images}"
            )
        cover = _cover(codes[rows])
        if len(cover) > self.n_images:
            raise ValueError(
                f"n_images must be at least {len(cover)} with per_class=False, so that every level is trained in "
                f"split {number}; got {self.n_images}"
            )
        return rows[np.concatenate([cover, np.setdiff1d(np.arange(len(rows)), cover)])[: self.n_images]]


def _cover(codes):
    """Return rows that hold every level of `codes`: one after the other, the first row that adds the most levels."""
    missing = [np.bincount(column) > 0 for column in codes.T]
    chosen = []
    while any(levels.any() for levels in missing):
        gain = sum(levels[column].astype(int) for levels, column in zip(missing, codes.T, strict=True))
        chosen.append(int(np.argmax(gain)))
        for levels, level in zip(missing, codes[chosen[-1]], strict=True):
            levels[level] = False
    return np.array(chosen)
