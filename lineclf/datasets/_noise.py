"""Gaussian noise whose power falls with spatial frequency: its spectrum, and adding it to images."""

from typing import Any

import numpy as np

from lineclf._checks import check_count, is_number
from lineclf._words import fail

__all__ = ["add_power_law_noise", "check_beta", "filter_images", "power_law_spectrum"]

_STEEPEST = 4.0  # steeper, and single precision no longer holds the weakest frequencies
_CHUNK = 1024  # images at a time


def power_law_spectrum(image_size: int, beta: float) -> np.ndarray:
    """Return the power of 1/f^β noise at every spatial frequency of a square image.

    The power is proportional to max(f, 1/image_size)^−β, where f is the length of the frequency vector in cycles per
    pixel: the mean of the image varies as much as its slowest waves. The powers have mean 1, so that every pixel has
    variance 1. They are the eigenvalues of the pixels' covariance, and the discrete Fourier transform has the
    eigenvectors: the noise continues across the edges of the image, as on a torus.

    Parameters
    ----------
    image_size : int
        Height and width in pixels.
    beta : float
        Exponent β from 0 to 4: 0 is white noise, 1 pink; photographs have about 2 [1]_.

    Returns
    -------
    ndarray of float64, shape (image_size, image_size)
        Power, all of it above 0, in the order of :func:`numpy.fft.fft2`.

    Raises
    ------
    ValueError
        If an argument is not as above.

    References
    ----------
    .. [1] D. J. Field, "Relations between the statistics of natural images and the response properties of cortical
       cells", Journal of the Optical Society of America A 4 (1987), 2379–2394.

    Examples
    --------
    >>> from lineclf.datasets import power_law_spectrum
    >>> power_law_spectrum(4, 0).tolist() == [[1.0] * 4] * 4
    True
    >>> power = power_law_spectrum(28, 2)
    >>> print(f"{power.mean():.3f} {power[0, 1] / power[0, 4]:.3f}")
    1.000 16.000
    """
    image_size, beta = check_count("image_size", image_size), check_beta(beta)
    axis = np.fft.fftfreq(image_size)
    frequency = np.maximum(np.hypot(axis[:, None], axis), 1 / image_size)
    power = frequency**-beta
    return power / power.mean()


def filter_images(images: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """Multiply each channel of images (n, size, size, channels) by a gain (size, size), real and even, of frequency."""
    size = gain.shape[0]
    transform = np.fft.rfft2(images, axes=(1, 2))
    transform *= gain[:, : size // 2 + 1, None]
    return np.fft.irfft2(transform, s=(size, size), axes=(1, 2))


def add_power_law_noise(images: np.ndarray, noise: float, beta: float, rng: np.random.Generator) -> None:
    """Add noise of standard deviation `noise` in place to float images, drawn anew for each image and channel."""
    gain = noise * np.sqrt(power_law_spectrum(images.shape[1], beta))
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK]
        chunk += filter_images(rng.standard_normal(chunk.shape), gain).astype(images.dtype)


def check_beta(beta: Any) -> float:
    """Return the exponent as a float, or raise ValueError."""
    if not is_number(beta) or not 0 <= beta <= _STEEPEST:
        raise fail("beta", f"a number from 0 (white noise) to {_STEEPEST:g}", beta)
    return float(beta)
