"""Recombination to range: a block of two factors' levels is never trained together."""

from itertools import combinations

import numpy as np

from lineclf._checks import check_count
from lineclf.datasets import FACTORS
from lineclf.model_selection._track import Track, check_factors, sides

__all__ = ["RangeSplit"]


class RangeSplit(Track):
    """A block of combinations held out, k-fold: whole ranges of two factors' levels are never trained together.

    The levels of the first factor are cut into two ranges, the lower and the upper half, and those of the second into
    n_splits / 2. Each range is a run of neighbours, and the ranges are as equal as possible (the middle level of an odd
    number goes to the lower half). Each range of the first factor and each range of the second make a block, with all
    levels of the other two factors. Each split holds out one block, in the order of the first factor's ranges and then
    the second's, so that every combination is tested in exactly one split.

    With the default world and parameters the four splits hold out short lines of 0° to 75°, short lines of 90° to 165°,
    and the long ones likewise: a quarter of the images each. All levels stay in training, and so do all pairs of levels
    except those of the block, of which none is trained; composition holds out single cells and trains all pairs. This
    is recombination to range [1]_.

    Parameters
    ----------
    n_splits : int, default=4
        Number of blocks: even, from 4 to twice the number of levels of the second factor.
    factors : tuple of 2 str, default=("length", "angle")
        The two factors of the block: different ones of length, width, angle and color. Their levels count in the order
        in which the labels sort.

    References
    ----------
    .. [1] M. L. Montero, C. J. H. Ludwig, R. P. Costa, G. Malhotra, J. S. Bowers (2021), "The role of disentanglement
       in generalisation", ICLR.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import RangeSplit
    >>> y = np.array(list(np.ndindex(2, 2, 12, 2)))  # one image of each combination
    >>> X = np.zeros((len(y), 5, 5))
    >>> for train, test in RangeSplit().split(X, y):
    ...     print(len(test), np.unique(y[test, 0]), np.unique(y[test, 2]))
    24 [0] [0 1 2 3 4 5]
    24 [0] [ 6  7  8  9 10 11]
    24 [1] [0 1 2 3 4 5]
    24 [1] [ 6  7  8  9 10 11]
    """

    def __init__(self, n_splits=4, *, factors=("length", "angle")):
        self.n_splits = n_splits
        self.factors = factors

    def _check_params(self):
        check_count("n_splits", self.n_splits, 4)
        if self.n_splits % 2:
            raise ValueError(f"n_splits must be even, for two ranges of one factor; got {self.n_splits}")
        self._columns()

    def _columns(self):
        named = [] if isinstance(self.factors, str) else list(self.factors)
        if len(named) != 2 or len(set(named)) != 2 or not set(named) <= set(FACTORS):
            raise ValueError(f"factors must be two different ones of {', '.join(FACTORS)}; got {self.factors!r}")
        return tuple(FACTORS.index(name) for name in named)

    def _folds(self, X, codes, groups):
        check_factors(codes)
        block = np.zeros(len(codes), dtype=np.int64)
        for column, n_ranges in zip(self._columns(), (2, self.n_splits // 2), strict=True):
            n_levels = codes[:, column].max() + 1
            if n_levels < n_ranges:
                raise ValueError(
                    f"y must have at least {n_ranges} levels of {FACTORS[column]}, one for each range of "
                    f"n_splits={self.n_splits}; got {n_levels}"
                )
            block = block * n_ranges + _range_of(n_levels, n_ranges)[codes[:, column]]
        for number in range(self.n_splits):
            yield sides(block == number)

    def _stay_seen(self, n_columns, number):
        pairs = set(combinations(range(n_columns), 2)) - {tuple(sorted(self._columns()))}
        return super()._stay_seen(n_columns, number) + sorted(pairs)


def _range_of(n_levels, n_ranges):
    """Range of each level: n_ranges runs of neighbours, their sizes at most one apart, the lower ones the larger."""
    return np.repeat(np.arange(n_ranges), [len(run) for run in np.array_split(np.arange(n_levels), n_ranges)])
