"""What labelled images tell about the levels of length, width and angle, before any training."""

import numpy as np

from lineclf._scale import as_shares

__all__ = ["rank_and_turn"]

_MOST, _AT_ONCE = 8192, 512  # images


def rank_and_turn(images, factors, levels, n_levels):
    """Ranks of lengths and widths, and directions of angles, from the autocorrelation of their images.

    An autocorrelation forgets where a line is, and noise of independent pixels is only in its middle: the rest tells
    how large a line is, and which direction it has. Both are averaged over the images of a level as if it occurred
    equally often with the levels of the other factors (least-squares means). The order of the labels tells nothing.

    Parameters
    ----------
    images : ndarray of shape (n, height, width, channels)
    factors : sequence of str
        Factor of each column of labels: "length", "width", "angle" or "color".
    levels : ndarray of shape (n, n_factors), int
    n_levels : sequence of int

    Returns
    -------
    lengths, widths : list of int
        Rank of each level; [0] if the factor does not vary.
    angles : ndarray of shape (n_angles,)
        Radians, counter-clockwise; [0.0] if the angle does not vary.
    """
    rows = np.linspace(0, len(images) - 1, min(len(images), _MOST)).astype(int)
    parts = [_correlations(images[part]) for part in np.array_split(rows, -(-len(rows) // _AT_ONCE))]
    shown = np.hstack([np.eye(n)[column] for n, column in zip(n_levels, levels[rows].T, strict=True)])
    effects, *_ = np.linalg.lstsq(shown, np.concatenate(parts), rcond=None)
    effects = np.split(effects, np.cumsum(n_levels)[:-1])
    middle = sum(effect.mean(axis=0) for effect in effects)
    means = {factor: middle + effect - effect.mean(axis=0) for factor, effect in zip(factors, effects, strict=True)}
    lengths, widths, angles = (means.get(factor, np.zeros((1, 3))) for factor in ("length", "width", "angle"))
    return _ranks(lengths[:, 0]), _ranks(widths[:, 0]), np.arctan2(angles[:, 2], angles[:, 1]) / 2


def _ranks(values):
    return np.argsort(np.argsort(values)).tolist()


def _correlations(images):
    """Sum of each image's autocorrelation about its middle; the same times cosine and sine of twice the direction."""
    images = as_shares(images).astype(np.float32, copy=False)
    sides = [2 * side for side in images.shape[1:3]]  # or what leaves on one side would come in on the other
    spectrum = np.fft.rfft2(images - images.mean(axis=(1, 2), keepdims=True), s=sides, axes=(1, 2))
    correlation = np.fft.irfft2((np.abs(spectrum) ** 2).sum(axis=-1), s=sides, axes=(1, 2))
    up, right = (np.fft.fftfreq(side, 1 / side) for side in sides)
    up, right = -up[:, None], right[None]
    distance = np.hypot(up, right)
    near = (distance > 0) & (distance <= max(1, min(sides) / 8))
    direction = 2 * np.arctan2(up, right)
    weights = np.stack([near, near * np.cos(direction), near * np.sin(direction)])
    return np.einsum("nyx,wyx->nw", correlation, weights)
