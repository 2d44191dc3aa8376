"""Nearest training image in Fourier magnitudes, which are blind to position."""

import numpy as np
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from lineclf._pixels import reshape_images
from lineclf._scale import as_shares
from lineclf.baselines._nearest import NearestClassifier

__all__ = ["fft_magnitudes", "fft_neighbor"]

_ROWS = 4096  # images worked on at a time


def fft_magnitudes(X):
    """Magnitudes of the two-dimensional Fourier transform, which do not change when an image is shifted in a circle.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels) or (n, height·width·channels)

    Returns
    -------
    ndarray of shape (n, height·(width // 2 + 1)·channels), float32
        In units of full scale.
    """
    images = reshape_images(X)
    parts = [_magnitudes(images[start : start + _ROWS]) for start in range(0, len(images), _ROWS)]
    return np.concatenate(parts).reshape(len(images), -1)


def _magnitudes(images):
    return np.abs(np.fft.rfft2(as_shares(images).astype(np.float32, copy=False), axes=(1, 2))).astype(np.float32)


def fft_neighbor():
    """Label of the training image nearest in Fourier magnitudes: memory that is blind to position."""
    return make_pipeline(FunctionTransformer(fft_magnitudes), NearestClassifier())
