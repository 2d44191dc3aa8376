"""Tracks by composition: combinations held out whose parts were all trained on."""

from itertools import combinations

import numpy as np
from sklearn.utils import check_random_state

from lineclf._checks import check_count
from lineclf.model_selection._track import Track, check_factors, sides

__all__ = ["ColorCompositionSplit", "CompositionSplit"]


def _deal(shape, n_splits, random):
    """Fold of every combination, so that no fold takes a whole line of the grid along any factor.

    Parameters
    ----------
    shape : tuple of int
        Number of levels of length, width, angle and, if it counts, colour.
    n_splits : int
        Number of folds, at least 2.
    random : RandomState
        Shuffles the levels of every factor.

    Returns
    -------
    ndarray of the given shape, int64
        Folds 0 … n_splits − 1. At fixed other levels, two neighbouring levels of any factor (in the shuffled order)
        lie in different folds; and as long as n_splits is at most n_lengths·n_widths, every fold has its even share
        of the length × width cells at every angle and colour.
    """
    n_widths = shape[1]
    # A cell's number along the rows, so that n_splits neighbours make one round; where a whole number of rounds fills
    # a row, each row starts one later, for else every column would stay in one fold.
    step = n_widths + (n_widths % n_splits == 0)
    level = np.indices(shape)
    fold = (step * level[0] + level[1:].sum(axis=0)) % n_splits
    return fold[np.ix_(*(random.permutation(n) for n in shape))]


class _CompositionTrack(Track):
    def __init__(self, n_splits=4, *, random_state=None):
        self.n_splits = n_splits
        self.random_state = random_state

    def _check_params(self):
        check_count("n_splits", self.n_splits, 2)

    def _folds(self, X, codes, groups):
        check_factors(codes)
        shape = tuple(codes.max(axis=0) + 1)
        self._check_shape(shape)
        dealt = shape[: self._n_dealt]
        fold = _deal(dealt, self.n_splits, check_random_state(self.random_state))[tuple(codes[:, : len(dealt)].T)]
        for number in range(self.n_splits):
            yield sides(fold == number)

    def _stay_seen(self, n_columns, number):
        return super()._stay_seen(n_columns, number) + list(self._stay_together)


class CompositionSplit(_CompositionTrack):
    """Geometries (length × width × angle) held out in every colour, k-fold: do the heads recombine?

    Each angle's length × width cells are dealt evenly to the splits: with the default world and four splits, one of its
    four cells is held out in each. No pair of levels of two factors is ever held out entirely, so each head has seen
    all that it needs. A flat classifier over combinations has not, and scores 0. Every geometry is tested in exactly
    one split.

    Parameters
    ----------
    n_splits : int, default=4
        Number of folds, from 2 to the number of length × width cells; four hold out a quarter of the geometries each.
    random_state : int, RandomState instance or None, default=None
        Seed that deals the geometries to the folds; an int gives the same splits at every call.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import CompositionSplit
    >>> y = np.array(list(np.ndindex(2, 2, 12, 2)))  # one image of each combination
    >>> X = np.zeros((len(y), 5, 5))
    >>> train, test = next(CompositionSplit(random_state=0).split(X, y))
    >>> len(train), len(test), np.bincount(y[test, 2])
    (72, 24, array([2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]))
    """

    _n_dealt = 3
    _stay_together = tuple(combinations(range(4), 2))

    def _check_shape(self, shape):
        if min(shape[:3]) < 2:
            raise ValueError(
                f"y must have at least two lengths, widths and angles, or a pair of levels could not stay in "
                f"training; got {', '.join(map(str, shape[:3]))}"
            )
        check_count("n_splits", self.n_splits, 2, shape[0] * shape[1])


class ColorCompositionSplit(_CompositionTrack):
    """Combinations of all four factors held out, k-fold, never a geometry in all its colours.

    The easy half of composition: the other colour of each geometry is trained on, so weights shared over colour solve
    it. Every combination is tested in exactly one split, and every level stays in training.

    Parameters
    ----------
    n_splits : int, default=4
        Number of folds, at least 2; four hold out a quarter of the combinations each.
    random_state : int, RandomState instance or None, default=None
        Seed that deals the combinations to the folds; an int gives the same splits at every call.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import ColorCompositionSplit
    >>> y = np.array(list(np.ndindex(2, 2, 12, 2)))  # one image of each combination
    >>> X = np.zeros((len(y), 5, 5))
    >>> train, test = next(ColorCompositionSplit(random_state=0).split(X, y))
    >>> len(train), len(test), np.bincount(y[test, 3])
    (72, 24, array([12, 12]))
    """

    _n_dealt = 4
    _stay_together = ((0, 1, 2),)

    def _check_shape(self, shape):
        if shape[3] < 2:
            raise ValueError("y must have at least two colors, so that one can stay in training; got 1")
