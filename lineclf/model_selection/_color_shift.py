"""Colours never trained."""

from lineclf._checks import check_count
from lineclf.model_selection._extended import known_columns
from lineclf.model_selection._track import Track, check_factors, sides

__all__ = ["ColorShiftSplit"]


class ColorShiftSplit(Track):
    """Colours beyond those trained: train on the first ones, test on all the others.

    By design no tested colour was trained, so a classifier's accuracy of the colour head is 0, and so is its joint
    accuracy. Only length, width and angle can be right; all their combinations that are tested were trained. One split.

    Parameters
    ----------
    n_trained : int, default=2
        Number of colours trained on. Colours count in the order in which the labels sort; those of
        :func:`lineclf.datasets.make_lines` are in the order of its ``colors``.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.model_selection import ColorShiftSplit
    >>> X, y = make_lines(n_per_class=2, colors=("red", "blue", "green"), random_state=0)
    >>> for train, test in ColorShiftSplit().split(X, y):
    ...     print(len(train), np.unique(y[train, 3]), len(test), np.unique(y[test, 3]))
    192 [0 1] 96 [2]
    """

    n_splits = 1

    def __init__(self, n_trained=2):
        self.n_trained = n_trained

    def _check_params(self):
        check_count("n_trained", self.n_trained, 1)

    def _folds(self, X, codes, groups):
        check_factors(codes)
        n_colors = codes[:, 3].max() + 1
        if n_colors <= self.n_trained:
            raise ValueError(f"y must have a color beyond the n_trained={self.n_trained} first; it has {n_colors}")
        yield sides(codes[:, 3] >= self.n_trained)

    def _stay_seen(self, n_columns, number):
        return known_columns(n_columns, {3})
