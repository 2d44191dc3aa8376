"""Nets that share kernels over the eight ways to lay a square."""

import keras
import numpy as np
import pytest

from lineclf import nets

WAYS = [lambda x, turns=turns: np.rot90(x, turns, axes=(1, 2)) for turns in range(4)]
WAYS += [lambda x, turns=turns: np.rot90(x[:, ::-1], turns, axes=(1, 2)) for turns in range(4)]


def pooled(net, images):
    """What the net's heads see: of each image the mean of every filter, for each way, (n, 8, filters)."""
    body = keras.Model(net.inputs, net.get_layer("global_average_pooling2d_1").output)
    maps = np.asarray(body(np.ascontiguousarray(images)))
    return maps.reshape(len(images), nets.GroupConvolution.n_ways, -1)


@pytest.mark.parametrize("options", [{}, {"residual": True}, {"pooling": "average", "depth": 1}], ids=str)
def test_an_image_laid_otherwise_has_the_same_features_in_another_order(options):
    net = nets.compact_cnn((16, 16, 2), {"a": 2, "b": 3}, filters=3, symmetry="p4m", seed=1, **options)
    images = np.random.default_rng(0).random((2, 16, 16, 2), dtype=np.float32)
    rng = np.random.default_rng(2)
    for layer in net.layers:  # scales, offsets, means and variances as after a training
        if isinstance(layer, nets.BatchNormalization):
            lows = (0.5, -0.5, -0.5, 0.5)
            layer.set_weights([low + rng.random(w.shape) for low, w in zip(lows, layer.get_weights(), strict=True)])
    before = pooled(net, images)
    orders = set()
    for lay in WAYS:
        after = pooled(net, lay(images))
        distance = np.abs(after[:, :, None] - before[:, None]).max(axis=(0, 3))  # of each way now to each way before
        order = tuple(distance.argmin(axis=1))
        assert sorted(order) == list(range(8))
        np.testing.assert_allclose(after, before[:, order], rtol=1e-4, atol=1e-5)
        orders.add(order)
    assert len(orders) == 8
    assert np.abs(pooled(net, images[:, ::-1, :, ::-1]).mean(axis=1) - before.mean(axis=1)).max() > 1e-3


def test_a_filter_has_one_kernel_for_all_eight():
    layer = nets.GroupConvolution(5, 3, first=True)
    assert layer(np.zeros((1, 7, 7, 2))).shape == (1, 5, 5, 40)
    assert layer.kernel.shape == (3, 3, 2, 5)
    deeper = nets.GroupConvolution(4, 3, first=False, padding="same", strides=2)
    assert deeper(np.zeros((1, 7, 7, 40))).shape == deeper.compute_output_shape((1, 7, 7, 40)) == (1, 4, 4, 32)
    assert deeper.kernel.shape == (3, 3, 40, 4)
    again = nets.GroupConvolution.from_config(deeper.get_config())
    assert again.get_config() == deeper.get_config()


def test_images_must_be_square():
    with pytest.raises(ValueError, match="symmetry='p4m' must have square images; they are 20×22"):
        nets.compact_cnn((20, 22, 3), 5, symmetry="p4m")
