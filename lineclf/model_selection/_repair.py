"""Repair of a split: images on both sides go to one of them."""

from dataclasses import dataclass, field

import numpy as np

from lineclf._checks import check_size
from lineclf._combinations import combine, rank_columns
from lineclf._distances import nearest
from lineclf._labels import pair_targets
from lineclf._pixels import as_pixels
from lineclf._words import check_choice
from lineclf.model_selection._audit import SplitAudit, audit_split
from lineclf.model_selection._image_ids import image_ids

__all__ = ["SplitRepair", "repair_split"]

_SIDES = ("train", "test")


@dataclass(frozen=True)
class SplitRepair:
    """A repaired split. Row numbers count the training images first and then the test images.

    Attributes
    ----------
    side : ndarray of shape (n_train + n_test,), str
        Side of each image now: "train", "test" or "dropped".
    why : ndarray of shape (n_train + n_test,), str
        Why the image was moved or dropped: "leaked", if the same pixels are on the other side; "near", if an image on
        the other side is near; "" if it has stayed.
    other : ndarray of shape (n_train + n_test,), int64
        Row of the first image that it equals or is near to; −1 if it has stayed.
    distance : ndarray of shape (n_train + n_test,), float64
        Distance to that image, 0 if the pixels are the same; NaN if it has stayed.
    conflicting : ndarray of shape (n_train + n_test,), bool
        Whether the image's pixels carry more than one label. A repair leaves these labels as they are.
    lost_labels : tuple of (str, tuple)
        Labels that a side had and has no image of any more: the side, and the label of each head.
    before, after : SplitAudit
        Audits of the split before and after the repair; the latter with distances if `near` was given.
    """

    side: np.ndarray
    why: np.ndarray
    other: np.ndarray
    distance: np.ndarray = field(repr=False)
    conflicting: np.ndarray = field(repr=False)
    lost_labels: tuple[tuple[str, tuple], ...]
    before: SplitAudit
    after: SplitAudit

    @property
    def train_rows(self):
        """Rows of the training images, ascending."""
        return np.flatnonzero(self.side == "train")

    @property
    def test_rows(self):
        """Rows of the test images, ascending."""
        return np.flatnonzero(self.side == "test")

    @property
    def n_moved(self):
        """Number of images that have changed sides."""
        return int(((self.why != "") & (self.side != "dropped")).sum())

    @property
    def n_dropped(self):
        """Number of images that are on no side any more."""
        return int((self.side == "dropped").sum())

    def __str__(self):
        n_near = int((self.why == "near").sum())
        n_leaked = int((self.why == "leaked").sum())
        n_conflicts = self.after.label_conflicts
        told = f"{n_conflicts:,} keep more than one label, as no rule tells which is right"
        return (
            f"{self.n_moved:,} images moved and {self.n_dropped:,} dropped: {n_leaked:,} as the same pixels are on the "
            f"other side, {n_near:,} as an image there is near; train had {self.before.n_train:,} images and has "
            f"{self.after.n_train:,}, test had {self.before.n_test:,} and has {self.after.n_test:,}; "
            f"{self.after.n_leaked:,} test images are among the training images now; "
            f"{told if n_conflicts else 'none carries more than one label'}"
        )


def repair_split(X_train, y_train, X_test, y_test, *, keep="train", how="move", near=None):
    """Split images anew, so that none is on both sides.

    One side keeps its images. Images of the other side that equal one of them, or are near to one, move to that side or
    are dropped. The same split is always repaired in the same way.

    Parameters
    ----------
    X_train, X_test : array-like of shape (n_train, ...), (n_test, ...)
        Images of any kind, of one dtype and number of pixels.
    y_train, y_test : array-like of shape (n,) or (n, n_heads)
        Their labels, numbers or strings.
    keep : {"train", "test"}, default="train"
        The side that keeps its images. "test" keeps a test set comparable with former results.
    how : {"move", "drop"}, default="move"
        What happens to such an image: it moves to the side that keeps its images, or is on neither side any more.
    near : float, default=None
        Euclidean distance, in units of the pixel values (up to 255 each for uint8), up to which an image counts as
        near: 500 covers a change of three values by 255. Images near to a moved image move as well. With None, only
        images of the same pixels count.

    Returns
    -------
    SplitRepair
        With attributes side, train_rows, test_rows, why, other, distance, n_moved, n_dropped, conflicting, lost_labels,
        before, after.

    Raises
    ------
    ValueError
        If an argument is not as above or as :func:`audit_split` has it, or no image of a side is left.

    See Also
    --------
    audit_split : Finds what is repaired here.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import repair_split
    >>> X_train, y_train = np.array([[0, 0], [9, 9], [5, 5]]), ["a", "b", "c"]
    >>> X_test, y_test = np.array([[9, 9], [5, 6], [2, 2]]), ["b", "c", "a"]
    >>> repair = repair_split(X_train, y_train, X_test, y_test, near=1)
    >>> repair.side
    array(['train', 'train', 'train', 'train', 'train', 'test'], dtype='<U7')
    >>> repair.why.tolist(), repair.other.tolist()
    (['', '', '', 'leaked', 'near', ''], [-1, -1, -1, 1, 2, -1])
    >>> repair.before.n_leaked, repair.after.n_leaked, repair.after.smallest_distance > 1
    (1, 0, True)
    >>> repair.lost_labels
    (('test', ('b',)), ('test', ('c',)))

    As a splitter of the images of both sides together:

    >>> cv = [(repair.train_rows, repair.test_rows)]
    """
    check_choice("keep", keep, _SIDES)
    check_choice("how", how, ("move", "drop"))
    if near is not None:
        near = check_size("near", near)
    before = audit_split(X_train, y_train, X_test, y_test)
    images = np.concatenate(image_ids(X_train, X_test, names=("X_train", "X_test")))
    targets = pair_targets(y_train, y_test, ("y_train", "y_test"))
    columns = [np.concatenate(pair) for pair in zip(*(target.columns for target in targets), strict=True)]
    X = np.concatenate([as_pixels(each).reshape(len(each), -1) for each in (X_train, X_test)])
    old = np.repeat(_SIDES, (before.n_train, before.n_test))

    why, other, distance = _found(X, images, old == keep, how, near)
    side = np.where(why == "", old, keep if how == "move" else "dropped").astype("<U7")
    for each in _SIDES:
        if not (side == each).any():
            raise ValueError(
                f"keep={keep!r}{'' if near is None else f' and near={near:g}'} must leave an image on each side; all "
                f"{(old == each).sum():,} of {each} are on the other side too, or near to one there"
            )
    labels = combine(rank_columns(columns))
    parts = [side == each for each in _SIDES]
    table = targets[0]._replace(columns=columns).table()
    (train, test) = ((X[part], table[part]) for part in parts)
    return SplitRepair(
        side=side,
        why=why,
        other=other,
        distance=distance,
        conflicting=_conflicting(images, labels),
        lost_labels=_lost(columns, labels, old, side),
        before=before,
        after=audit_split(*train, *test, distances=near is not None, max_distances=None),
    )


def _found(X, images, is_kept, how, near):
    """For each image of the side that does not keep its own, find its match on the other side: why, which, how far."""
    n = len(images)
    why, other, distance = np.full(n, "", "<U6"), np.full(n, -1), np.full(n, np.nan)
    kept, first_kept = np.unique(images[is_kept], return_index=True)
    first_of = np.full(images.max() + 1, -1)
    first_of[kept] = np.flatnonzero(is_kept)[first_kept]
    leaked = ~is_kept & (first_of[images] >= 0)
    why[leaked], other[leaked], distance[leaked] = "leaked", first_of[images[leaked]], 0
    if near is None:
        return why, other, distance
    there = np.sort(first_of[first_of >= 0])
    while len(there):
        rows = np.flatnonzero(~is_kept & (why == ""))
        if not len(rows):
            break
        _, first, back = np.unique(images[rows], return_index=True, return_inverse=True)
        found, places = nearest(X[rows[first]], X[there])
        is_near = (found <= near)[back]
        found, places = found[back][is_near], places[back][is_near]
        rows = rows[is_near]
        why[rows], other[rows], distance[rows] = "near", there[places], found
        # What has moved is on that side now, and others may be near to it.
        there = np.sort(rows[np.unique(images[rows], return_index=True)[1]]) if how == "move" else rows[:0]
    return why, other, distance


def _conflicting(images, labels):
    """Say of each image whether its pixels carry more than one label."""
    n_labels = labels.max() + 1
    return (np.bincount(np.unique(images * n_labels + labels) // n_labels) > 1)[images]


def _lost(columns, labels, old, new):
    """Labels that a side had and has no more."""
    lost = []
    for side in _SIDES:
        for label in np.setdiff1d(labels[old == side], labels[new == side]).tolist():
            row = np.flatnonzero(labels == label)[0]
            lost.append((side, tuple(column[row].item() for column in columns)))
    return tuple(lost)
