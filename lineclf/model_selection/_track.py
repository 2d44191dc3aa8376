"""Base of all tracks: the checks of their input and of the two sides that they return."""

import numpy as np
from sklearn.model_selection import BaseCrossValidator
from sklearn.utils import check_consistent_length

from lineclf._combinations import combine, rank_columns
from lineclf._labels import read_target
from lineclf.datasets import FACTORS

__all__ = ["Track", "check_factors", "level_codes", "sides"]


def level_codes(y):
    """Level indices of labels of any kind.

    Parameters
    ----------
    y : array-like of shape (n,) or (n, n_factors)
        Labels, numbers or strings.

    Returns
    -------
    ndarray of shape (n, n_factors), int64
        Rank of each label among those of its column.

    Raises
    ------
    ValueError
        If `y` has another shape, or a column lacks a label or holds anything but numbers alone or strings alone.
    """
    return rank_columns(read_target(y).columns)


def check_factors(codes):
    """Raise ValueError unless `codes` has one column for each of the four factors."""
    if codes.shape[1] != len(FACTORS):
        raise ValueError(f"y must have the four columns {', '.join(FACTORS)}; got {codes.shape[1]}")


class Track(BaseCrossValidator):
    """Base of the tracks; a subclass gives `_check_params` and `_folds`, and perhaps `_stay_seen`."""

    # Every track takes positions, also those that have no use for them: a study may pass them to any.
    __metadata_request__split = {"groups": True}  # noqa: RUF012

    def split(self, X, y=None, groups=None):
        """Generate the two sides of each split.

        Parameters
        ----------
        X : array-like of shape (n, height, width, channels), (n, height, width) or (n, n_features)
            Images; flattened ones are square, grey or RGB.
        y : array-like of shape (n,) or (n, n_factors)
            Labels of the factors, in the order length, width, angle, color if the track needs to know them.
        groups : array-like of shape (n, 2), default=None
            Centre row and column of each line. Tracks by position read them from the pixels if they are not given; the
            other tracks ignore them.

        Yields
        ------
        train, test : ndarray of shape (n_train,), (n_test,), int64
            Rows of the two sides, ascending.

        Raises
        ------
        ValueError
            If a parameter or the input is not legal, a side would be empty, or a level would be tested that the
            training side lacks, unless the track asks for that.
        """
        self._check_params()
        if X is None:
            raise ValueError(f"X must be given: {type(self).__name__} splits images")
        if y is None:
            raise ValueError(f"y must be given: {type(self).__name__} looks at the labels of every split")
        check_consistent_length(X, y, groups)
        codes = level_codes(y)
        for number, (train, test) in enumerate(self._folds(X, codes, groups)):
            self._check_sides(codes, train, test, number)
            yield train, test

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of splits; the arguments are for scikit-learn, and ignored."""
        self._check_params()
        return self.n_splits

    def _check_sides(self, codes, train, test, number):
        for side, rows in (("training", train), ("test", test)):
            if len(rows) == 0:
                raise ValueError(f"y has too few images for {self!r}: the {side} side of split {number} would be empty")
        for columns in self._stay_seen(codes.shape[1], number):
            parts = combine(codes[:, columns])
            unseen = np.setdiff1d(parts[test], parts[train])
            if len(unseen) and len(columns) == 1:
                raise ValueError(
                    f"y has too few images for {self!r}: in split {number} column {columns[0]} would be tested on "
                    f"levels (ranks {unseen.tolist()}) that its training side lacks"
                )
            if len(unseen):
                raise ValueError(
                    f"y has too few combinations for {self!r}: in split {number} levels of columns {columns} would be "
                    f"tested together that never come together in its training side"
                )

    def _stay_seen(self, n_columns, number):
        """Columns, in tuples, whose levels are tested in split `number` only in combinations that were trained."""
        return [(column,) for column in range(n_columns)]


def sides(test_mask):
    """Rows of the training and of the test side, ascending, from a mask of the test side."""
    return np.flatnonzero(~test_mask), np.flatnonzero(test_mask)
