"""Tracks by position: the place of the line decides its side."""

import numpy as np
from sklearn.utils import check_random_state

from lineclf._checks import check_count
from lineclf._pixels import reshape_images
from lineclf.model_selection._read_positions import read_positions
from lineclf.model_selection._track import Track, sides

__all__ = ["HalvesSplit", "PositionSplit"]

# direction → (axis of the position, sign of the test side's distance from the image's middle)
_DIRECTIONS = {"left-right": (1, 1), "right-left": (1, -1), "top-bottom": (0, 1), "bottom-top": (0, -1)}


def _whole_positions(X, groups):
    positions = read_positions(X) if groups is None else np.asarray(groups)
    wanted = f"groups must be finite centres (row, column) of shape ({len(X)}, 2)"
    if positions.shape != (len(X), 2) or positions.dtype.kind not in "iuf":
        raise ValueError(f"{wanted}; got {positions.dtype} of shape {positions.shape}")
    if not np.isfinite(positions).all():
        raise ValueError(f"{wanted}; got {np.isnan(positions).sum()} NaN and {np.isinf(positions).sum()} infinities")
    return np.floor(positions + 0.5)


class PositionSplit(Track):
    """Whole centre positions held out, k-fold: no position is on both sides.

    Positions are rounded to whole pixels. Each is tested in exactly one split.

    Parameters
    ----------
    n_splits : int, default=4
        Number of folds, at least 2; four hold out a quarter of the positions each.
    random_state : int, RandomState instance or None, default=None
        Seed that deals the positions to the folds; an int gives the same splits at every call.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import PositionSplit
    >>> positions = np.repeat([[2, 2], [2, 3], [3, 2], [3, 3]], 5, axis=0)
    >>> X, y = np.zeros((20, 6, 6)), np.tile(np.arange(5), 4)
    >>> splits = PositionSplit(random_state=0).split(X, y, groups=positions)
    >>> sorted(np.unique(positions[test], axis=0).tolist() for train, test in splits)
    [[[2, 2]], [[2, 3]], [[3, 2]], [[3, 3]]]
    """

    def __init__(self, n_splits=4, *, random_state=None):
        self.n_splits = n_splits
        self.random_state = random_state

    def _check_params(self):
        check_count("n_splits", self.n_splits, 2)

    def _folds(self, X, codes, groups):
        return self._deal(X, groups, check_random_state(self.random_state))

    def _deal(self, X, groups, random):
        places, place = np.unique(_whole_positions(X, groups), axis=0, return_inverse=True)
        if len(places) < self.n_splits:
            raise ValueError(
                f"n_splits must be at most the number of centre positions, {len(places)}; got {self.n_splits}"
            )
        fold = random.permutation(len(places)) % self.n_splits
        for number in range(self.n_splits):
            yield sides(fold[place.ravel()] == number)


class HalvesSplit(Track):
    """Train on the lines centred in one half of the image, test on those centred in the other.

    Positions are rounded to whole pixels, and the middle of the image, (size − 1) / 2, separates the halves. In images
    of odd size the middle is a row or column of pixels; lines centred there are on neither side. A model passes if its
    knowledge does not depend on the place.

    Parameters
    ----------
    direction : {"all", "left-right", "right-left", "top-bottom", "bottom-top"}, default="all"
        Half trained on and half tested on; "all" gives the four splits in this order.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import HalvesSplit
    >>> positions = [[2, 0], [2, 1], [2, 2], [2, 3], [2, 4]]
    >>> X, y = np.zeros((5, 5, 5)), np.zeros(5)
    >>> next(HalvesSplit("left-right").split(X, y, groups=positions))
    (array([0, 1]), array([3, 4]))
    """

    def __init__(self, direction="all"):
        self.direction = direction

    @property
    def n_splits(self):
        """Number of splits: 4 for "all", else 1."""
        return len(_DIRECTIONS) if self.direction == "all" else 1

    def _check_params(self):
        if self.direction not in ("all", *_DIRECTIONS):
            raise ValueError(f"direction must be 'all', {', '.join(map(repr, _DIRECTIONS))}; got {self.direction!r}")

    def _folds(self, X, codes, groups):
        size = np.array(reshape_images(X).shape[1:3])
        distance = _whole_positions(X, groups) - (size - 1) / 2
        for direction in _DIRECTIONS if self.direction == "all" else [self.direction]:
            axis, sign = _DIRECTIONS[direction]
            ahead = sign * distance[:, axis]
            yield np.flatnonzero(ahead < 0), np.flatnonzero(ahead > 0)
