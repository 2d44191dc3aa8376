"""Leakage audit of a split."""

from dataclasses import dataclass, field

import numpy as np
from sklearn.utils import check_random_state

from lineclf._checks import check_count, check_flag
from lineclf._combinations import combine, rank_columns
from lineclf._distances import nearest
from lineclf._labels import pair_targets
from lineclf._pixels import as_pixels
from lineclf.model_selection._image_ids import image_ids

__all__ = ["SplitAudit", "audit_split"]

_MOST_EXAMPLES = 10
_N_BINS = 10


@dataclass(frozen=True)
class SplitAudit:
    """Findings of :func:`audit_split`.

    Attributes
    ----------
    n_train, n_test : int
        Number of images on each side.
    n_distinct_train, n_distinct_test : int
        Number of different ones among them.
    n_leaked : int
        Number of test images that occur pixel for pixel in training.
    leaked_rows, leaked_from : ndarray of shape (n_leaked,), int64
        Those test images, ascending, and for each the first training image of the same pixels.
    label_conflicts : int
        Number of distinct images, of both sides together, that carry more than one label.
    conflicts : tuple of tuples of (str, int)
        Those images: for each its labels' first rows, as ("train", row) or ("test", row).
    distances : ndarray of shape (n_measured,), float64, or None
        Euclidean distance of each test image measured to the nearest training image, in units of the pixel values (up
        to 255 each for uint8); 0 if it is leaked. None if distances were not asked for.
    distance_rows, nearest_rows : ndarray of shape (n_measured,), int64, or None
        The test images measured, ascending, and for each the first training image that is as near.

    Notes
    -----
    Comparisons of audits ignore the arrays.
    """

    n_train: int
    n_test: int
    n_distinct_train: int
    n_distinct_test: int
    n_leaked: int
    label_conflicts: int
    leaked_rows: np.ndarray = field(compare=False, repr=False)
    leaked_from: np.ndarray = field(compare=False, repr=False)
    conflicts: tuple[tuple[tuple[str, int], ...], ...] = field(default=(), repr=False)
    distances: np.ndarray | None = field(default=None, compare=False, repr=False)
    distance_rows: np.ndarray | None = field(default=None, compare=False, repr=False)
    nearest_rows: np.ndarray | None = field(default=None, compare=False, repr=False)

    @property
    def leak(self):
        """Fraction of the test images that occur pixel for pixel in training, 0 to 1."""
        return self.n_leaked / self.n_test

    @property
    def conflict_examples(self):
        """The first ten of the conflicts."""
        return self.conflicts[:_MOST_EXAMPLES]

    @property
    def near_pairs(self):
        """Test images that are not leaked, the nearest to training first; None without distances.

        A list of tuples (test row, row of the nearest training image, distance) of the test images measured.
        """
        if self.distances is None or self.distance_rows is None or self.nearest_rows is None:
            return None
        order = np.argsort(self.distances, kind="stable")
        order = order[~np.isin(self.distance_rows[order], self.leaked_rows)]
        columns = (self.distance_rows[order], self.nearest_rows[order], self.distances[order])
        return list(zip(*(column.tolist() for column in columns), strict=True))

    @property
    def smallest_distance(self):
        """The smallest of the distances, a float; None without them."""
        return None if self.distances is None else float(self.distances.min())

    @property
    def histogram(self):
        """Number of distances in ten bins of equal width, and the bins' eleven edges from 0 on; None without them.

        Each bin but the last is half-open, as in `numpy.histogram`.
        """
        if self.distances is None:
            return None
        return np.histogram(self.distances, bins=_N_BINS, range=(0, self.distances.max() or 1))

    def __str__(self):
        text = (
            f"{self.leak:.1%} of {self.n_test:,} test images are among the {self.n_train:,} training images; "
            f"{self.n_distinct_train:,} and {self.n_distinct_test:,} are distinct; "
            f"{self.label_conflicts:,} carry more than one label"
        )
        if self.distances is None:
            return text
        smallest, rest = self.smallest_distance, self.distances[self.distances > 0]
        but = f" ({rest.min():.6g} without the leaked ones)" if smallest == 0 and len(rest) else ""
        return (
            f"{text}; of {len(self.distances):,} test images measured, the smallest distance to training is "
            f"{smallest:.6g}{but}, the median {np.median(self.distances):.6g}"
        )


def audit_split(X_train, y_train, X_test, y_test, *, distances=False, max_distances=1000, random_state=0):
    """Count test images that were trained on, and images that carry more than one label.

    Parameters
    ----------
    X_train, X_test : array-like of shape (n_train, ...), (n_test, ...)
        Images of any kind, of one dtype and number of pixels. Two images are the same if all pixels are equal.
    y_train, y_test : array-like of shape (n,) or (n, n_heads)
        Their labels, numbers or strings, each side in any container.
    distances : bool, default=False
        Whether to measure as well how far test images are from the nearest training image, which finds near-duplicates.
        This takes a matrix product of the distinct images of both sides.
    max_distances : int or None, default=1000
        Largest number of test images to measure. If there are more, this many are drawn at random without replacement,
        so that the smallest distance is that of the sample. None measures all.
    random_state : int, RandomState instance or None, default=0
        Seed of that draw.

    Returns
    -------
    SplitAudit
        With attributes leak, n_leaked, leaked_rows, leaked_from, label_conflicts, conflicts, conflict_examples,
        n_train, n_test, n_distinct_train, n_distinct_test; and with ``distances=True`` near_pairs, smallest_distance,
        distances, histogram, distance_rows, nearest_rows.

    Raises
    ------
    ValueError
        If an array is empty or of another length than its labels, the two sides do not fit each other in shape or kind
        of labels, a parameter is not legal, or distances are asked for between numbers that are not finite or too large
        to be squared in float32.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import audit_split
    >>> images = np.arange(4 * 9).reshape(4, 3, 3)
    >>> audit = audit_split(images[:3], ["a", "b", "c"], images[2:], ["x", "d"], distances=True)
    >>> audit.leak, audit.label_conflicts, audit.conflict_examples
    (0.5, 1, ((('train', 2), ('test', 0)),))
    >>> audit.leaked_rows, audit.leaked_from
    (array([0]), array([2]))
    >>> print(audit)
    50.0% of 2 test images are among the 3 training images; 3 and 2 are distinct; 1 carry more than one label; of 2 test
    images measured, the smallest distance to training is 0 (27 without the leaked ones), the median 13.5
    >>> audit.distances, audit.distance_rows, audit.nearest_rows
    (array([ 0., 27.]), array([0, 1]), array([2, 2]))
    >>> audit.near_pairs
    [(1, 2, 27.0)]
    """
    check_flag("distances", distances)
    if max_distances is not None:
        check_count("max_distances", max_distances, 1)
    train, test = image_ids(X_train, X_test, names=("X_train", "X_test"))
    sides = pair_targets(y_train, y_test, ("y_train", "y_test"))
    for side, images, target in (("train", train, sides[0]), ("test", test, sides[1])):
        if len(target.columns[0]) != len(images):
            raise ValueError(f"y_{side} must label each of the {len(images)} images; got {len(target.columns[0])}")
    both = [np.concatenate(columns) for columns in zip(*(target.columns for target in sides), strict=True)]
    conflicts = _conflicts(np.concatenate([train, test]), combine(rank_columns(both)), len(train))
    # Images are numbered from training on, in the order of first appearance: so the number tells which are leaked.
    first_in_train = np.unique(train, return_index=True)[1]
    leaked_rows = np.flatnonzero(test < len(first_in_train))
    measured = (None,) * 3
    if distances:
        measured = _distances(X_train, X_test, first_in_train, test, max_distances, random_state)
    return SplitAudit(
        n_train=len(train),
        n_test=len(test),
        n_distinct_train=len(first_in_train),
        n_distinct_test=len(np.unique(test)),
        n_leaked=len(leaked_rows),
        label_conflicts=len(conflicts),
        leaked_rows=leaked_rows,
        leaked_from=first_in_train[test[leaked_rows]],
        conflicts=conflicts,
        distances=measured[0],
        distance_rows=measured[1],
        nearest_rows=measured[2],
    )


def _conflicts(images, labels, n_train):
    """For every image of more than one label, find the first row with each label."""
    n_labels = labels.max() + 1
    labelled, first = np.unique(images * n_labels + labels, return_index=True)
    image = labelled // n_labels
    several = np.bincount(image)[image] > 1
    image, first = image[several], first[several]
    return tuple(
        tuple(("train", row) if row < n_train else ("test", row - n_train) for row in np.sort(rows).tolist())
        for rows in np.split(first, np.flatnonzero(np.diff(image)) + 1)
        if len(rows)
    )


def _distances(X_train, X_test, first_in_train, test, max_distances, random_state):
    """Distances of test images to the nearest training image, the rows of the former and of the latter."""
    X_train, X_test = (as_pixels(X).reshape(len(X), -1) for X in (X_train, X_test))
    for name, X in (("X_train", X_train), ("X_test", X_test)):
        if X.dtype.kind == "f" and not np.isfinite(X).all():  # also where all are leaked and nothing is measured
            raise ValueError(f"X_train and X_test must hold finite numbers for distances; {name} has NaN or infinity")
    rows = np.arange(len(test))
    if max_distances is not None and max_distances < len(test):
        rows = np.sort(check_random_state(random_state).choice(len(test), max_distances, replace=False))
    image = test[rows]
    new = image >= len(first_in_train)
    distances, nearest_rows = np.zeros(len(rows)), first_in_train[np.where(new, 0, image)]
    if new.any():
        _, once, back = np.unique(image[new], return_index=True, return_inverse=True)
        found, places = nearest(X_test[rows[new][once]], X_train[first_in_train])
        distances[new], nearest_rows[new] = found[back], first_in_train[places[back]]
    return distances, rows, nearest_rows
