"""Quality of a heatmap if the right answer is known: scores of evidence against masks, and of faithfulness."""

import numpy as np
from scipy.ndimage import binary_dilation
from scipy.stats import rankdata

__all__ = ["density_ratio", "dilate", "energy_in_mask", "iou", "pointing_game", "rank_correlation", "removal_curves"]


def _positive(maps):
    return np.maximum(np.asarray(maps, dtype=np.float64), 0)


def dilate(masks, pixels=1):
    """Masks (n, height, width) grown by this many pixels to all eight sides."""
    window = np.ones((1, 2 * pixels + 1, 2 * pixels + 1), bool)
    return binary_dilation(np.asarray(masks, bool), window)


def energy_in_mask(maps, masks):
    """Share of the positive evidence inside the mask, image by image; 0 if there is no evidence.

    Parameters
    ----------
    maps : array-like of shape (n, height, width)
    masks : array-like of bool, shape (n, height, width)

    Returns
    -------
    ndarray of shape (n,)
        The energy-based pointing game of H. Wang et al., CVPR Workshops 2020.
    """
    energy = _positive(maps)
    inside = np.where(masks, energy, 0).sum(axis=(1, 2))
    whole = energy.sum(axis=(1, 2))
    return np.divide(inside, whole, out=np.zeros_like(whole), where=whole > 0)


def pointing_game(maps, masks):
    """Whether the strongest pixel lies inside the mask; several equally strong ones count by their share.

    Returns
    -------
    ndarray of shape (n,)
        0 to 1; 0 if there is no evidence.
    """
    energy = _positive(maps)
    largest = energy.max(axis=(1, 2), keepdims=True)
    strongest = (energy == largest) & (largest > 0)
    hits = (strongest & np.asarray(masks, bool)).sum(axis=(1, 2))
    count = strongest.sum(axis=(1, 2))
    return np.divide(hits, count, out=np.zeros(len(energy)), where=count > 0)


def density_ratio(maps, masks, others):
    """Positive evidence per pixel in the masks, divided by that in the other masks, over all images together.

    Returns
    -------
    float
        Infinite if the other masks have none.
    """
    energy = _positive(maps)
    masks, others = np.asarray(masks, bool), np.asarray(others, bool)
    inside, outside = energy[masks].mean(), energy[others].mean()
    return float(inside / outside) if outside > 0 else float("inf")


def iou(maps, masks):
    """Intersection over union of the mask and the strongest pixels, as many as the mask has.

    Returns
    -------
    ndarray of shape (n,)
    """
    masks = np.asarray(masks, bool).reshape(len(masks), -1)
    values = _positive(maps).reshape(len(masks), -1)
    areas = masks.sum(axis=1)
    scores = np.empty(len(masks))
    for i, (value, mask, area) in enumerate(zip(values, masks, areas, strict=True)):
        chosen = np.zeros(len(value), bool)
        chosen[np.argsort(-value, kind="stable")[:area]] = True
        scores[i] = (chosen & mask & (value > 0)).sum() / (chosen | mask).sum()
    return scores


def rank_correlation(maps, others, where=None):
    """Spearman's correlation of two maps over the pixels, image by image; NaN if one is constant.

    Parameters
    ----------
    maps, others : array-like of shape (n, height, width)
    where : array-like of bool, shape (n, height, width), optional
        Pixels that count; all by default. Pixels that are zero in every map would make any two maps similar.

    Returns
    -------
    ndarray of shape (n,)
    """
    maps, others = np.asarray(maps), np.asarray(others)
    chosen = np.ones(maps.shape, bool) if where is None else np.asarray(where, bool)
    scores = np.full(len(maps), np.nan)
    for i, (one, other, pixels) in enumerate(zip(maps, others, chosen, strict=True)):
        a, b = (ranks - ranks.mean() for ranks in (rankdata(one[pixels]), rankdata(other[pixels])))
        scale = np.sqrt((a**2).sum() * (b**2).sum())
        if scale > 0:
            scores[i] = (a * b).sum() / scale
    return scores


def removal_curves(probability, images, maps, *, steps=20, insert=False):
    """Probability of the explained level while pixels turn black, strongest first, or appear on black.

    Parameters
    ----------
    probability : callable (images of shape (m, height, width, channels), rows of shape (m,)) → ndarray of shape (m,)
        Probability of the explained level; each image is a changed copy of the original image in that row.
    images : ndarray of shape (n, height, width, channels)
    maps : ndarray of shape (n, height, width)
    steps : int, default=20
        Steps over the pixels that are not black.
    insert : bool, default=False
        Begin with black and let the strongest pixels appear.

    Returns
    -------
    ndarray of shape (n, steps + 1)
        Its mean over the steps is the area under the deletion (small is good) or insertion curve (large is good) of
        V. Petsiuk et al., BMVC 2018.
    """
    n, height, width, channels = images.shape
    lit = images.reshape(n, height * width, channels).any(axis=-1)
    order = np.argsort(np.where(lit, -np.asarray(maps).reshape(n, -1), np.inf), axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.arange(height * width)[None], axis=1)
    limits = np.ceil(lit.sum(axis=1, keepdims=True) * np.arange(steps + 1) / steps)  # (n, steps + 1)
    shown = (rank[:, None] < limits[..., None]) == insert
    changed = images[:, None] * shown.reshape(n, steps + 1, height, width, 1)
    rows = np.repeat(np.arange(n), steps + 1)
    return probability(changed.reshape(-1, height, width, channels), rows).reshape(n, steps + 1)
