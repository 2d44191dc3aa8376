"""Images to look at, chosen by rule and not by eye."""

import numpy as np

from lineclf.inspection._subject import per_head, predicted_labels, true_labels, unwrap

__all__ = ["choose_images"]


def choose_images(estimator, X, y, *, by=None):
    """Indices of images to show: the first of every level, the least confident right answer, the most confident error.

    Parameters
    ----------
    estimator : classifier of this package, or Pipeline that ends in one
    X : array-like of shape (n, height, width, channels) or (n, features)
    y : array-like of shape (n,) or (n, n_heads)
        True labels.
    by : str, optional
        Head whose levels are shown; the only one by default.

    Returns
    -------
    dict of str to int
        Reason for the choice → index; without an error if the estimator makes none.

    Examples
    --------
    >>> from lineclf import MultiHeadLineClassifier
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.inspection import choose_images
    >>> X, y = make_lines(n_per_class=1, random_state=0)
    >>> clf = MultiHeadLineClassifier(epochs=1, random_state=0).fit(X, y)
    >>> list(choose_images(clf, X, y, by="color"))  # doctest: +ELLIPSIS
    ['color 0', 'color 1', ...]
    """
    classifier, images = unwrap(estimator, X)
    heads = list(classifier.heads_)
    if by is None and len(heads) == 1:
        by = heads[0]
    if by not in heads:
        raise ValueError(f"by must be among {', '.join(map(repr, heads))}; got {by!r}")
    truth = true_labels(classifier, y, len(images), heads)
    predicted = predicted_labels(classifier, images)
    right = np.all([predicted[:, i] == truth[head] for i, head in enumerate(heads)], axis=0)
    probabilities = per_head(classifier.predict_proba(images))
    sure = np.prod([p.max(axis=1) for p in probabilities], axis=0)
    levels, first = np.unique(truth[by], return_index=True)
    chosen = {f"{by} {level}": int(index) for level, index in zip(levels, first, strict=True)}
    if right.any():
        chosen["least confident"] = int(np.flatnonzero(right)[sure[right].argmin()])
    if not right.all():
        chosen["error"] = int(np.flatnonzero(~right)[sure[~right].argmax()])
    return chosen
