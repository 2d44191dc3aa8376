"""Random tracks: the report's own split, and the same over distinct images."""

import numpy as np
from sklearn.utils import check_random_state

from lineclf._checks import check_count, check_fraction
from lineclf._combinations import combine
from lineclf.model_selection._image_ids import image_ids
from lineclf.model_selection._track import Track, sides

__all__ = ["DistinctSplit", "ReplicaSplit"]


class _RandomTrack(Track):
    def __init__(self, n_splits=1, *, test_size=0.25, random_state=None):
        self.n_splits = n_splits
        self.test_size = test_size
        self.random_state = random_state

    def _check_params(self):
        check_count("n_splits", self.n_splits, 1)
        check_fraction("test_size", self.test_size)

    def _folds(self, X, codes, groups):
        rows = self._rows(X)
        strata = combine(codes[rows])
        random = check_random_state(self.random_state)
        for _ in range(self.n_splits):
            train, test = sides(_stratified_mask(strata, self.test_size, random))
            yield rows[train], rows[test]


class ReplicaSplit(_RandomTrack):
    """The report's split: a random quarter of each combination of levels, duplicates included.

    If images repeat, as in the report's draws, most of the test images are in training too, pixel for pixel; see
    :func:`audit_split`. The split is kept to reproduce the report, not to rank models.

    Parameters
    ----------
    n_splits : int, default=1
        Number of independent repeats.
    test_size : float, default=0.25
        Fraction of each combination that is tested (750 to 250 of the report's 1,000), rounded so that all together
        come out right. A combination of a single image is trained on.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw; an int gives the same splits at every call.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import ReplicaSplit
    >>> X, y = np.zeros((8, 5, 5)), np.repeat([[0, 0], [1, 0]], 4, axis=0)
    >>> [(train, test)] = ReplicaSplit(random_state=0).split(X, y)
    >>> np.bincount(y[train, 0]), np.bincount(y[test, 0])
    (array([3, 3]), array([1, 1]))
    """

    def _rows(self, X):
        return np.arange(len(X))


class DistinctSplit(_RandomTrack):
    """Distinct images only, a random quarter of each combination of levels tested.

    If images agree in every pixel, the first row is kept and the others are on neither side, so that no test image was
    trained on. The track asks for interpolation between neighbours.

    Parameters
    ----------
    n_splits : int, default=1
        Number of independent repeats.
    test_size : float, default=0.25
        Fraction of the distinct images of each combination that is tested, rounded so that all together come out
        right. A combination of a single image is trained on.
    random_state : int, RandomState instance or None, default=None
        Seed of the draw; an int gives the same splits at every call.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import DistinctSplit
    >>> X = np.repeat(np.arange(4), 10).reshape(40, 1, 1)  # four distinct images, ten times each
    >>> [(train, test)] = DistinctSplit(random_state=0).split(X, np.zeros(40))
    >>> len(train), len(test)
    (3, 1)
    """

    def _rows(self, X):
        (ids,) = image_ids(X)
        return np.unique(ids, return_index=True)[1]


def _stratified_mask(strata, test_size, random):
    counts = np.bincount(strata)
    # Quotas are differences of one rounded running sum, so each is its share rounded up or down and their total is
    # right; the sum runs over the strata in random order, so none is favoured.
    order = random.permutation(len(counts))
    quota = np.empty_like(counts)
    quota[order] = np.diff(np.floor(np.cumsum(counts[order]) * test_size + 0.5), prepend=0)
    quota = np.minimum(quota, counts - 1)
    rows = random.permutation(len(strata))
    rows = rows[np.argsort(strata[rows], kind="stable")]
    place = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    mask = np.zeros(len(rows), dtype=bool)
    mask[rows[place < np.repeat(quota, counts)]] = True
    return mask
