"""The Bayes ceiling: against sums in plain loops, against counting, and at its limits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist
from scipy.special import logsumexp

from lineclf.datasets import FACTORS, class_index, factors_of, make_lines
from lineclf.metrics import bayes_accuracy, bayes_posterior, bayes_predict, head_accuracy_scores, joint_accuracy_score

TINY = {"image_size": 7, "lengths": [3, 6], "widths": [1], "angles": [0, 45, 90], "colors": ["red", "blue"]}
GRAY = {**TINY, "background": "gray", "colors": ["red", "white", "orange"], "angles": [0, 60], "antialias": True}
WORLDS = [TINY, GRAY]
SHAPES = [(2, 1, 3, 2), (2, 1, 2, 3)]


def draw(world, noise, n_per_class=2, seed=0):
    return make_lines(n_per_class, noise=noise, dtype="float32", random_state=seed, **world)


def posterior_in_loops(X, noise, world, shape):
    clean, y = make_lines(None, distinct=True, dtype="float32", **world)
    classes = [[] for _ in range(math.prod(shape))]
    for image, k in zip(clean, class_index(y, shape), strict=True):
        classes[k].append(image.ravel().tolist())
    result = []
    for x in X.reshape(len(X), -1).tolist():
        weights = []
        for images in classes:
            total = 0.0
            for image in images:
                total += math.exp(-sum((p - q) ** 2 for p, q in zip(x, image, strict=True)) / (2 * noise**2))
            weights.append(total / len(images))
        result.append([weight / sum(weights) for weight in weights])
    return np.array(result)


@pytest.mark.parametrize(("world", "shape"), zip(WORLDS, SHAPES, strict=True))
@pytest.mark.parametrize("noise", [0.25, 0.6, 2])
def test_posterior_is_bayes_rule_in_plain_loops(world, shape, noise):
    X, _ = draw(world, noise, n_per_class=1)
    expected = posterior_in_loops(X, noise, world, shape)
    posterior = bayes_posterior(X, noise, **world)
    np.testing.assert_allclose(posterior, expected, rtol=1e-9, atol=1e-15)
    y, proba = bayes_predict(X, noise, return_proba=True, **world)
    np.testing.assert_array_equal(y, factors_of(expected.argmax(axis=1), shape))
    levels = factors_of(np.arange(math.prod(shape)), shape)
    for head, marginal in enumerate(proba):
        summed = [expected[:, levels[:, head] == level].sum(axis=1) for level in range(shape[head])]
        np.testing.assert_allclose(marginal, np.transpose(summed), rtol=1e-9, atol=1e-15)


def test_the_default_world_agrees_with_distances_taken_one_by_one():
    noise = 0.5
    X, _ = make_lines(1, noise=noise, dtype="float32", random_state=0)
    X = X[:4].astype(np.float64)
    clean, y = make_lines(None, distinct=True, dtype="float32", shuffle=False)
    index = class_index(y)
    log_weight = np.empty((len(X), 96))
    for k in range(96):
        images = clean[index == k].reshape(-1, 28 * 28 * 3)
        squared = cdist(X.reshape(len(X), -1), images, "sqeuclidean")
        log_weight[:, k] = logsumexp(-squared / (2 * noise**2), axis=1) - math.log(len(images))
    expected = np.exp(log_weight - logsumexp(log_weight, axis=1, keepdims=True))
    np.testing.assert_allclose(bayes_posterior(X, noise), expected, rtol=1e-8, atol=1e-15)


@pytest.mark.parametrize("world", WORLDS)
def test_counting_right_predictions_agrees_with_the_estimate(world):
    noise, n = 0.7, 12_000
    ceiling = bayes_accuracy(noise, n=n, random_state=0, **world)
    X, y = draw(world, noise, n_per_class=1000, seed=1)
    y_pred, proba = bayes_predict(X, noise, return_proba=True, **world)
    best_heads = np.column_stack([marginal.argmax(axis=1) for marginal in proba])
    counted = {"joint": joint_accuracy_score(y, y_pred), **head_accuracy_scores(y, best_heads)}
    assert list(counted) == list(ceiling) == ["joint", *FACTORS]
    for name, accuracy in counted.items():
        of_counting = math.sqrt(accuracy * (1 - accuracy) / n)
        error = math.hypot(of_counting, ceiling[name].standard_error)
        assert abs(accuracy - ceiling[name].accuracy) <= 4 * error + 1e-12
        assert ceiling[name].standard_error <= of_counting + 1e-12


def test_standard_error_is_the_spread_of_the_estimate():
    ceilings = [bayes_accuracy(0.7, n=240, random_state=seed, **TINY)["joint"] for seed in range(60)]
    spread = np.std([ceiling.accuracy for ceiling in ceilings], ddof=1)
    assert np.mean([ceiling.standard_error for ceiling in ceilings]) == pytest.approx(spread, rel=0.35)


@pytest.mark.parametrize(("world", "shape"), zip(WORLDS, SHAPES, strict=True))
def test_little_noise_hides_nothing_and_endless_noise_everything(world, shape):
    for noise in (1e-6, 1e-3):
        X, y = draw(world, 0)
        np.testing.assert_array_equal(bayes_predict(X, noise, **world), y)
        assert set(bayes_accuracy(noise, n=1, random_state=0, **world).values()) == {(1, 0)}
    ceiling = bayes_accuracy(1e6, n=1, random_state=0, **world)
    for name, levels in {"joint": math.prod(shape), **dict(zip(FACTORS, shape, strict=True))}.items():
        assert ceiling[name].accuracy == pytest.approx(1 / levels, abs=1e-4)


def test_more_noise_lowers_the_ceiling_and_heads_are_easier_than_all_together():
    ceilings = [bayes_accuracy(noise, n=2000, random_state=0, **TINY) for noise in (0.3, 0.5, 0.8, 1.5)]
    for name in ("joint", "length", "angle", "color"):
        accuracies = [ceiling[name].accuracy for ceiling in ceilings]
        assert accuracies == sorted(accuracies, reverse=True)
        assert all(ceiling["joint"].accuracy <= ceiling[name].accuracy for ceiling in ceilings)
    assert all(ceiling["width"] == pytest.approx((1, 0)) for ceiling in ceilings)


@settings(max_examples=10)
@given(st.floats(0.01, 3), st.integers(0, 2**32), st.floats(-100, 100))
def test_a_channel_without_lines_says_nothing_and_swapped_colors_swap(noise, seed, offset):
    X, _ = draw(TINY, noise, n_per_class=1, seed=seed)
    posterior = bayes_posterior(X, noise, **TINY)
    assert (posterior >= 0).all()
    np.testing.assert_allclose(posterior.sum(axis=1), 1)
    green = X.copy()
    green[..., 1] += np.float32(offset)
    np.testing.assert_array_equal(bayes_posterior(green, noise, **TINY), posterior)
    swapped = bayes_posterior(X[..., ::-1].reshape(len(X), -1), noise, **TINY)
    np.testing.assert_allclose(swapped.reshape(-1, 6, 2)[..., ::-1].reshape(posterior.shape), posterior, atol=1e-9)


def test_blocks_of_images_are_independent_and_none_is_fine():
    X, _ = draw(TINY, 0.5, n_per_class=60)
    together = bayes_posterior(X, 0.5, **TINY)
    apart = np.concatenate([bayes_posterior(part, 0.5, **TINY) for part in np.array_split(X, 7)])
    np.testing.assert_allclose(together, apart, rtol=1e-9)
    y, proba = bayes_predict(X[:0], 0.5, return_proba=True, **TINY)
    assert (y.shape, [marginal.shape for marginal in proba]) == ((0, 4), [(0, 2), (0, 1), (0, 3), (0, 2)])


def test_estimate_repeats_with_its_seed_and_takes_levels_once_given():
    first, again = (bayes_accuracy(0.5, n=50, random_state=3, **TINY) for _ in range(2))
    assert first == again
    assert first != bayes_accuracy(0.5, n=50, random_state=4, **TINY)
    assert first == bayes_accuracy(0.5, n=50, random_state=3, **{**TINY, "lengths": iter([3, 6])})


@pytest.mark.parametrize("noise", [0, -1, 1e-7, 1e7, np.nan, np.inf, "0.5", None, True])
def test_noise_is_a_number_above_zero(noise):
    X, _ = draw(TINY, 0)
    for call in (lambda: bayes_predict(X, noise, **TINY), lambda: bayes_accuracy(noise, **TINY)):
        with pytest.raises(
            ValueError, match="noise must be a number from 1e-06 to 1e\\+06, a share of full scale; got"
        ):
            call()


@pytest.mark.parametrize(
    "X", [np.zeros((2, 7, 7, 3), np.uint8), np.zeros((2, 8, 8, 3)), np.zeros(147), np.full((1, 147), np.nan), 0.5]
)
def test_images_are_floats_of_the_world(X):
    with pytest.raises(ValueError, match=r"X must hold finite float images .* shape \(n, 7, 7, 3\) or \(n, 147\); got"):
        bayes_predict(X, 0.5, **TINY)


def test_other_arguments_are_checked():
    for n in (0, 2.5, "5", True):
        with pytest.raises(ValueError, match="n must be an integer ≥ 1; got"):
            bayes_accuracy(0.5, n=n, **TINY)
    with pytest.raises(ValueError, match="no two classes with the same pixels"):
        bayes_accuracy(0.5, **{**TINY, "angles": [0, 1]})
