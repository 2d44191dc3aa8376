"""Layers that match templates, against direct summation."""

import keras
import numpy as np
import pytest
from scipy.special import logsumexp

from lineclf.nets import Marginal, MatchedFilter, PositionPooling

SHAPE = (2, 2, 4, 2)


def images(n=3, height=9, width=8, channels=3, seed=0):
    return np.random.default_rng(seed).random((n, height, width, channels), dtype=np.float32)


def filled(shape=SHAPE, **options):
    """A layer with random weights, and the maps that it gives."""
    layer = MatchedFilter(shape, size=5, knots=2, **options)
    layer(images())
    rng = np.random.default_rng(1)
    for weight in layer.weights:
        weight.assign(rng.uniform(0.2, 1.2, weight.shape))
    return layer


def by_hand(layer, x):
    """Log-likelihood of each template at each place, pixel by pixel, plus the log-prior of the place."""
    n, height, width, _ = x.shape
    color, cut = np.asarray(layer.color), float(layer.cut)
    precision = np.exp(float(layer.log_precision))
    sets = np.asarray(layer.line_templates())
    rows, columns = sets.shape[-2:]
    maps = []
    for c in range(len(color)):
        for template in sets[0 if len(sets) == 1 else c].reshape(-1, rows, columns):
            score, prior = np.zeros((n, height, width)), np.zeros((height, width))
            for i, j in np.ndindex(height, width):
                shown, area = np.zeros((height, width, len(color[c]))), np.zeros((height, width))
                for a, b in np.ndindex(rows, columns):
                    row, column = i + a - rows // 2, j + b - columns // 2
                    if 0 <= row < height and 0 <= column < width:
                        shown[row, column] = template[a, b] * color[c]
                        area[row, column] = layer.disc[a, b]
                seen = shown.sum(axis=-1) / color[c].sum()
                if layer.centered:
                    share = 1 - 0.1 * float(layer.unshare)
                    shown = shown - share * area[..., None] * color[c] * seen.sum() / area.sum()
                score[:, i, j] = (x * shown).sum(axis=(1, 2, 3)) - (shown**2).sum() / 2
                prior[i, j] = cut * ((seen**2).sum() - (template**2).sum())
            prior = precision * prior
            maps.append(precision * score + prior - logsumexp(prior))
    return np.stack(maps, axis=-1)


@pytest.mark.parametrize("centered", [False, True])
@pytest.mark.parametrize("share_colors", [False, True])
@pytest.mark.parametrize("templates", ["separable", "free"])
def test_maps_are_log_likelihoods_and_priors_of_places(templates, share_colors, centered):
    layer = filled((2, 1, 3, 2), templates=templates, share_colors=share_colors, centered=centered)
    np.testing.assert_allclose(layer(images()), by_hand(layer, images()), rtol=1e-4, atol=1e-4)


def test_with_all_of_the_mean_taken_off_the_background_changes_nothing():
    layer = filled(centered=True)
    layer.unshare.assign(0.0)
    np.testing.assert_allclose(layer(images() + 0.7), layer(images()), rtol=1e-4, atol=1e-3)


def test_the_loss_beside_the_labels_is_the_squared_distance_to_the_nearest_line():
    x = images()
    layer = filled((2, 1, 3, 2), reconstruction=0.3)
    maps = by_hand(layer, x).reshape(len(x), -1)
    precision = np.exp(float(layer.log_precision))
    far = (x**2).sum(axis=(1, 2, 3)) / 2 - maps.max(axis=1) / precision
    layer(x, training=True)
    np.testing.assert_allclose(layer.losses, [0.3 * far.mean()], rtol=1e-4)
    layer = filled((2, 1, 3, 2), reconstruction=0.3)
    layer(x)
    assert not layer.losses


def test_a_turn_by_90_degrees_turns_the_template():
    layer = filled(centered=False)
    layer.turn.assign(10 * (np.radians([[0.0, 90.0, 45.0, 0.0]]) - layer.angle))
    flat, upright, _, again = np.moveaxis(np.asarray(layer.line_templates()), 3, 0)
    np.testing.assert_allclose(np.rot90(flat, axes=(-2, -1)), upright, atol=1e-5)
    np.testing.assert_array_equal(flat, again)
    inner = flat[..., 1:4, 1:4]  # all of it in the disc
    assert (np.linalg.matrix_rank(inner) == 1).all()  # a product of two profiles


def test_pooling_and_marginals_add_probabilities():
    maps = np.random.default_rng(0).normal(size=(5, 3, 4, 24)).astype(np.float32)
    for pooling, expected in (
        ("logsumexp", logsumexp(maps, axis=(1, 2))),
        ("max", maps.max(axis=(1, 2))),
        ("mean", maps.mean(axis=(1, 2))),
    ):
        np.testing.assert_allclose(PositionPooling(pooling)(maps), expected, rtol=1e-5, atol=1e-5)
    values = maps[:, 0, 0]
    table = values.reshape(5, 2, 3, 4)
    np.testing.assert_allclose(Marginal((2, 3, 4), 1)(values), logsumexp(table, axis=(1, 3)), rtol=1e-5)
    first, second = logsumexp(table, axis=(2, 3)).T
    np.testing.assert_allclose(Marginal((2, 3, 4), 0)(values)[:, 0], second - first, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "layer",
    [
        MatchedFilter(
            SHAPE, size=5, knots=2, templates="free", share_colors=False, centered=False, reconstruction=2.0, seed=3
        ),
        PositionPooling("max"),
        Marginal((2, 2), 1),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_a_layer_is_rebuilt_from_its_configuration(layer):
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert again.get_config() == layer.get_config()
