"""Noise with a spectrum: against covariances summed by hand, and against what periodograms show."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.datasets import make_background_lines, power_law_spectrum

SMALL = {"image_size": 6, "lengths": [3], "widths": [1], "angles": [0, 90]}


def noise_alone(n, noise, beta, seed=0, **world):
    noisy, clean = (
        make_background_lines(n, noise=each, beta=beta, random_state=seed, **world)[0] for each in (noise, 0)
    )
    return noisy.astype(np.float64) - clean


def covariance_by_cosines(size, beta):
    """Of all pixels of an image, from waves around a torus; the power of each as the definition says, in loops."""
    power = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            f = np.hypot(min(i, size - i), min(j, size - j)) / size
            power[i, j] = max(f, 1 / size) ** -beta
    power /= power.mean()
    row, column = np.divmod(np.arange(size**2), size)
    down, across = row[:, None] - row, column[:, None] - column
    total = np.zeros((size**2, size**2))
    for i in range(size):
        for j in range(size):
            total += power[i, j] * np.cos(2 * np.pi * (i * down + j * across) / size)
    return total / size**2


@given(st.integers(1, 40), st.floats(0, 4))
def test_a_spectrum_has_mean_one_is_even_and_falls(size, beta):
    power = power_law_spectrum(size, beta)
    assert power.shape == (size, size)
    assert power.min() > 0
    assert power.mean() == pytest.approx(1)
    mirrored = np.roll(power[::-1, ::-1], 1, axis=(0, 1))
    np.testing.assert_allclose(power, mirrored)
    np.testing.assert_array_equal(power, power.T)
    assert power[0, 0] == pytest.approx(power.max())


@pytest.mark.parametrize("beta", [0, 1, 2.5])
def test_pixels_have_the_stated_covariance_and_channels_none(beta):
    n, sigma = 8000, 0.7
    noise = noise_alone(n, sigma, beta, **SMALL)
    expected = sigma**2 * covariance_by_cosines(6, beta)
    assert np.diag(expected) == pytest.approx(sigma**2)
    pixels = noise.transpose(0, 3, 1, 2).reshape(n, 108)
    found = pixels.T @ pixels / n
    error = 5 * sigma**2 / np.sqrt(n)  # of an entry at most √2 σ²/√n, 5 of them
    stated = np.kron(np.eye(3), expected)
    assert np.abs(found - stated).max() < error * np.sqrt(2)
    assert np.abs(pixels.mean(axis=0)).max() < 5 * sigma / np.sqrt(n)


@pytest.mark.parametrize("beta", [0, 1, 2])
def test_a_periodogram_falls_by_the_exponent(beta):
    noise = noise_alone(200, 0.5, beta, image_size=28)
    power = (np.abs(np.fft.fft2(noise, axes=(1, 2))) ** 2).mean(axis=(0, 3))
    axis = np.fft.fftfreq(28)
    frequency = np.hypot(axis[:, None], axis)
    ring = frequency > 0
    slope, _ = np.polyfit(np.log(frequency[ring]), np.log(power[ring]), 1)
    assert slope == pytest.approx(-beta, abs=0.03)
    assert power.mean() / 28**2 == pytest.approx(0.25, rel=0.02)


@pytest.mark.parametrize(("size", "beta"), [(0, 1), (4, -1), (4, 4.1), (4, np.nan), (4, "1"), (4, None), (2.5, 1)])
def test_refusals(size, beta):
    name = "beta must be a number from 0" if size == 4 else "image_size must be an integer ≥ 1"
    with pytest.raises(ValueError, match=f"{name}.*; got"):
        power_law_spectrum(size, beta)
