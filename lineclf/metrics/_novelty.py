"""Does a confidence tell new images from known ones?"""

from typing import NamedTuple

import numpy as np
from sklearn.metrics import roc_auc_score

__all__ = ["Novelty", "novelty_scores"]


class Novelty(NamedTuple):
    """Area under the ROC curve, and the share of new images that are accepted when 95 % of the known ones are.

    Attributes
    ----------
    auroc : float
        Probability that a known image has the higher confidence; 0.5 tells nothing.
    fpr95 : float
        Share of new images that are accepted, from 0 to 1; smaller is better.
    """

    auroc: float
    fpr95: float


def novelty_scores(known, unseen):
    """How well a confidence separates images of known levels from images of levels that were never trained on.

    Parameters
    ----------
    known, unseen : array-like of shape (n,), (m,)
        Confidence on each kind of image, such as the largest probability of a head; a good one is high on known images.

    Returns
    -------
    Novelty
        Named tuple (auroc, fpr95). `auroc` is the probability that a known image has the higher confidence, where a tie
        counts half: 0.5 tells nothing. `fpr95` is the share of unseen images whose confidence reaches the highest
        threshold that at least 95 % of the known ones reach: smaller is better [1]_.

    Raises
    ------
    ValueError
        If `known` or `unseen` is empty, not one-dimensional, or holds numbers that are not finite.

    References
    ----------
    .. [1] D. Hendrycks and K. Gimpel, "A baseline for detecting misclassified and out-of-distribution examples in
       neural networks", ICLR 2017.

    Examples
    --------
    >>> from lineclf.metrics import novelty_scores
    >>> novelty_scores([0.9, 0.8, 0.7, 0.6], [0.5, 0.65])
    Novelty(auroc=0.875, fpr95=0.5)
    """
    sides = []
    for name, values in (("known", known), ("unseen", unseen)):
        values = np.asarray(values, dtype=np.float64)
        if values.ndim != 1 or not len(values) or not np.isfinite(values).all():
            raise ValueError(f"{name} must be at least one finite number, shape (n,); got shape {values.shape}")
        sides.append(values)
    known, unseen = sides
    auroc = roc_auc_score(np.repeat([1, 0], [len(known), len(unseen)]), np.concatenate([known, unseen]))
    threshold = np.sort(known)[len(known) - -(-95 * len(known) // 100)]
    return Novelty(float(auroc), float((unseen >= threshold).mean()))
