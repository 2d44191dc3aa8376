"""The ceiling under noise of known covariance: against SciPy's normal density, and at the limits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logsumexp
from scipy.stats import multivariate_normal

from lineclf.datasets import class_index, make_background_lines, make_lines
from lineclf.metrics import bayes_accuracy, bayes_log_ratios, bayes_posterior, bayes_predict, joint_accuracy_score
from tests.datasets.test_noise import covariance_by_cosines

TINY = {"image_size": 5, "lengths": [3], "widths": [1, 2], "angles": [0, 45, 90], "colors": ["red", "yellow"]}
GRAY = {"image_size": 4, "lengths": [2, 3], "widths": [1], "angles": [0, 90], "background": "gray", "antialias": True}


def log_ratios_by_scipy(X, noise, beta, world):
    size = world["image_size"]
    covariance = np.kron(noise**2 * covariance_by_cosines(size, beta), np.eye(3))  # channels vary fastest
    clean, y = make_lines(None, distinct=True, dtype="float32", shuffle=False, **world)
    shape = tuple(y.max(axis=0) + 1)
    index, X = class_index(y, shape), X.reshape(len(X), -1).astype(np.float64)

    def log_density(mean):
        return multivariate_normal(mean.ravel(), covariance).logpdf(X)

    empty = log_density(np.full((size, size, 3), 128 / 255 if world.get("background") else 0.0))
    densities = np.array([log_density(image) for image in clean])
    ratios = [logsumexp(densities[index == k], axis=0) - np.log((index == k).sum()) for k in range(np.prod(shape))]
    return np.transpose(ratios) - empty[:, None]


@pytest.mark.parametrize("world", [TINY, GRAY])
@pytest.mark.parametrize(("noise", "beta"), [(0.3, 2), (0.8, 1), (0.5, 0), (1.0, 3.5)])
def test_whitening_gives_the_normal_density_of_scipy(world, noise, beta):
    X, _ = make_background_lines(20, noise=noise, beta=beta, random_state=0, **world)
    expected = log_ratios_by_scipy(X, noise, beta, world)
    np.testing.assert_allclose(bayes_log_ratios(X, noise, beta=beta, **world), expected, rtol=1e-6, atol=1e-6)
    posterior = np.exp(expected - logsumexp(expected, axis=1, keepdims=True))
    np.testing.assert_allclose(bayes_posterior(X, noise, beta=beta, **world), posterior, rtol=1e-5, atol=1e-9)


@settings(max_examples=10)
@given(st.floats(0.05, 2), st.floats(0, 4), st.integers(0, 2**32))
def test_a_white_spectrum_is_the_default_and_flat_images_are_the_same(noise, beta, seed):
    X, _ = make_background_lines(12, noise=noise, beta=beta, random_state=seed, **TINY)
    np.testing.assert_array_equal(bayes_posterior(X, noise, beta=0.0, **TINY), bayes_posterior(X, noise, **TINY))
    flat = bayes_posterior(X.reshape(12, -1), noise, beta=beta, **TINY)
    np.testing.assert_array_equal(flat, bayes_posterior(X, noise, beta=beta, **TINY))
    np.testing.assert_allclose(flat.sum(axis=1), 1)


@pytest.mark.parametrize("beta", [1, 2])
def test_counting_agrees_with_the_estimate_and_the_wrong_spectrum_is_worse(beta):
    X, y = make_background_lines(4000, noise=0.9, beta=beta, random_state=0, **TINY)
    right, white = (joint_accuracy_score(y, bayes_predict(X, 0.9, beta=assumed, **TINY)) for assumed in (beta, 0))
    ceiling = bayes_accuracy(0.9, n=4000, beta=beta, random_state=1, **TINY)["joint"]
    assert abs(right - ceiling.accuracy) < 4 * np.hypot(np.sqrt(right * (1 - right) / 4000), ceiling.standard_error)
    assert white < right


@pytest.mark.parametrize("beta", [-0.1, 5, "2", None, np.inf])
def test_the_exponent_is_checked(beta):
    with pytest.raises(ValueError, match=r"beta must be a number from 0 \(white noise\) to 4; got"):
        bayes_predict(np.zeros((1, 5, 5, 3)), 0.5, beta=beta, **TINY)
