"""Leakage audit of a split."""

from dataclasses import dataclass

import numpy as np

from lineclf.model_selection._pixels import image_ids
from lineclf.model_selection._track import combine, level_codes


@dataclass(frozen=True)
class SplitAudit:
    """What :func:`audit_split` found.

    Attributes
    ----------
    n_train, n_test : int
        Number of images on each side.
    n_distinct_train, n_distinct_test : int
        Number of different ones among them.
    n_leaked : int
        Number of test images that occur pixel for pixel in training.
    label_conflicts : int
        Number of distinct images, of both sides together, that carry more than one label.
    """

    n_train: int
    n_test: int
    n_distinct_train: int
    n_distinct_test: int
    n_leaked: int
    label_conflicts: int

    @property
    def leak(self):
        """Fraction of the test images that occur pixel for pixel in training, 0 to 1."""
        return self.n_leaked / self.n_test

    def __str__(self):
        return (
            f"{self.leak:.1%} of {self.n_test:,} test images are among the {self.n_train:,} training images; "
            f"{self.n_distinct_train:,} and {self.n_distinct_test:,} are distinct; "
            f"{self.label_conflicts:,} carry more than one label"
        )


def audit_split(X_train, y_train, X_test, y_test):
    """Count test images that were trained on, and images that carry more than one label.

    Parameters
    ----------
    X_train, X_test : array-like of shape (n_train, ...), (n_test, ...)
        Images of any kind, of one dtype and number of pixels. Two images are the same if all pixels are equal.
    y_train, y_test : array-like of shape (n,) or (n, n_heads)
        Their labels, numbers or strings.

    Returns
    -------
    SplitAudit
        With attributes leak, n_leaked, label_conflicts, n_train, n_test, n_distinct_train, n_distinct_test.

    Raises
    ------
    ValueError
        If an array is empty or of another length than its labels, or the two sides do not fit each other.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import audit_split
    >>> images = np.arange(4 * 9).reshape(4, 3, 3)
    >>> audit = audit_split(images[:3], ["a", "b", "c"], images[2:], ["x", "d"])
    >>> audit.leak, audit.label_conflicts
    (0.5, 1)
    >>> print(audit)
    50.0% of 2 test images are among the 3 training images; 3 and 2 are distinct; 1 carry more than one label
    """
    train, test = image_ids(X_train, X_test, names=("X_train", "X_test"))
    y_train, y_test = np.asarray(y_train), np.asarray(y_test)
    for side, images, labels in (("train", train, y_train), ("test", test, y_test)):
        if labels.ndim == 0 or len(labels) != len(images):
            raise ValueError(f"y_{side} must label each of the {len(images)} images; got shape {labels.shape}")
    if y_train.shape[1:] != y_test.shape[1:]:
        raise ValueError(f"y_train and y_test must have the same heads; got shapes {y_train.shape} and {y_test.shape}")
    labels = combine(level_codes(np.concatenate([y_train, y_test])))
    images = np.concatenate([train, test])
    labelled = np.unique(images * (labels.max() + 1) + labels) // (labels.max() + 1)
    return SplitAudit(
        n_train=len(train),
        n_test=len(test),
        n_distinct_train=len(np.unique(train)),
        n_distinct_test=len(np.unique(test)),
        n_leaked=int(np.isin(test, train).sum()),
        label_conflicts=int((np.bincount(labelled) > 1).sum()),
    )
