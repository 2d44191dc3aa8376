"""Tracks for the extended grid, tested on levels between the trained ones, and beyond them."""

import numpy as np

from lineclf._checks import check_fraction
from lineclf.datasets import FACTORS
from lineclf.model_selection._track import Track, check_factors, sides

__all__ = ["AngleSplit", "ExtrapolationSplit", "known_columns"]

_PARITIES = {"odd": 1, "even": 0}
_BEYOND = {"length": (0,), "width": (1,), "both": (0, 1)}
_ANGLE = FACTORS.index("angle")


class AngleSplit(Track):
    """Every second angle held out: does the classifier interpolate the angle?

    Angles count from 0 in the order in which the labels sort. The first split trains on the even ones and tests the odd
    ones, the second the other way round, so that every image is tested in exactly one. The track is meant for the
    extended grid, ``make_lines(angles=np.arange(0, 180, 7.5), ...)``: its first split trains on the default world's
    twelve angles. By design no tested angle was trained, so a classifier's accuracy of the angle is 0; the error is
    measured in degrees, modulo 180. All tested combinations of the other three factors were trained.

    Parameters
    ----------
    held_out : {"all", "odd", "even"}, default="all"
        Angles tested; "all" gives the two splits in this order.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import AngleSplit
    >>> y = np.array(list(np.ndindex(2, 2, 24, 2)))  # one image of each combination
    >>> X = np.zeros((len(y), 5, 5))
    >>> train, test = next(AngleSplit().split(X, y))
    >>> 7.5 * np.unique(y[train, 2])[:4], 7.5 * np.unique(y[test, 2])[:4]
    (array([ 0., 15., 30., 45.]), array([ 7.5, 22.5, 37.5, 52.5]))
    """

    def __init__(self, held_out="all"):
        self.held_out = held_out

    @property
    def n_splits(self):
        """Number of splits: 2 for "all", else 1."""
        return len(_PARITIES) if self.held_out == "all" else 1

    def _check_params(self):
        if self.held_out not in ("all", *_PARITIES):
            raise ValueError(f"held_out must be 'all', {', '.join(map(repr, _PARITIES))}; got {self.held_out!r}")

    def _folds(self, X, codes, groups):
        check_factors(codes)
        angle = codes[:, _ANGLE]
        if angle.max() < 3:
            raise ValueError(f"y must have at least four angles, so that two stay in training; got {angle.max() + 1}")
        for parity in _PARITIES if self.held_out == "all" else [self.held_out]:
            yield sides(angle % 2 == _PARITIES[parity])

    def _stay_seen(self, n_columns, number):
        return known_columns(n_columns, {_ANGLE})


class ExtrapolationSplit(Track):
    """Lengths or widths beyond those trained: the largest levels held out.

    The split by length trains on the smaller lengths in all widths and tests the largest lengths; the split by width
    likewise. The split by both trains on lines that are small in both and tests all others: those that are larger in
    one of the two, or in both. In each split the two sides together hold all images. By design no tested level of the
    factor was trained, so a classifier's accuracy of its head is 0 there ("both": 0 where that factor is beyond). Only
    the other heads can be right, and a regression of the size. All tested combinations of the other factors were
    trained. Each factor of a split needs at least three levels, as on the extended grid. The track follows the
    extrapolation of [1]_, for the two factors that can go beyond: angles are circular and colours have no order.

    Parameters
    ----------
    factor : {"all", "length", "width", "both"}, default="all"
        Factor whose largest levels are held out; "all" gives the three splits in this order.
    test_size : float, default=0.25
        Fraction of the factor's levels (not of the images) that are held out, rounded to the nearest number of levels,
        but at least one and leaving at least two. Levels count in the order in which the labels sort.

    References
    ----------
    .. [1] L. Schott, J. von Kügelgen, F. Träuble, P. Gehler, C. Russell, M. Bethge, B. Schölkopf, F. Locatello,
       W. Brendel (2022), "Visual representation learning does not generalize strongly within the same domain", ICLR
       (arXiv 2107.08221).

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import ExtrapolationSplit
    >>> y = np.array(list(np.ndindex(15, 4, 24, 2)))  # one image of each combination of the extended grid
    >>> X = np.zeros((len(y), 5, 5))
    >>> for train, test in ExtrapolationSplit().split(X, y):
    ...     print(y[train].max(axis=0), y[test].min(axis=0), len(test) / len(y))
    [10  3 23  1] [11  0  0  0] 0.26666666666666666
    [14  2 23  1] [0 3 0 0] 0.25
    [10  2 23  1] [0 0 0 0] 0.45
    """

    def __init__(self, factor="all", *, test_size=0.25):
        self.factor = factor
        self.test_size = test_size

    @property
    def n_splits(self):
        """Number of splits: 3 for "all", else 1."""
        return len(_BEYOND) if self.factor == "all" else 1

    def _check_params(self):
        if self.factor not in ("all", *_BEYOND):
            raise ValueError(f"factor must be 'all', {', '.join(map(repr, _BEYOND))}; got {self.factor!r}")
        check_fraction("test_size", self.test_size)

    def _splits(self):
        return list(_BEYOND.values()) if self.factor == "all" else [_BEYOND[self.factor]]

    def _folds(self, X, codes, groups):
        check_factors(codes)
        n_levels = codes.max(axis=0) + 1
        for columns in self._splits():
            beyond = np.zeros(len(codes), dtype=bool)
            for column in columns:
                if n_levels[column] < 3:
                    raise ValueError(
                        f"y must have at least three levels of {FACTORS[column]}, so that two stay in training; "
                        f"got {n_levels[column]}"
                    )
                n_held_out = np.clip(int(n_levels[column] * self.test_size + 0.5), 1, n_levels[column] - 2)
                beyond |= codes[:, column] >= n_levels[column] - n_held_out
            yield sides(beyond)

    def _stay_seen(self, n_columns, number):
        return known_columns(n_columns, self._splits()[number])


def known_columns(n_columns, new):
    """Columns whose levels were trained, singly and all together, while those of the columns `new` were not."""
    old = tuple(column for column in range(n_columns) if column not in new)
    return [*((column,) for column in old), old]
