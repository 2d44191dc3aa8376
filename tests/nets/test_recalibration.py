"""Running statistics of batch normalization against those of the data."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from lineclf import nets
from lineclf.nets import BatchNormalization, Recalibration, recalibrate


@pytest.fixture
def net():
    heads = {"length": 2, "angle": 4}
    return nets.multi_head_cnn((6, 6, 1), heads, filters=3, dropout=0.5)


def inputs_of(net, name, images):
    layer = net.get_layer(name)
    return keras.Model(net.inputs[0], layer.input)(images, training=False).numpy()


def test_every_layer_gets_the_statistics_of_what_it_is_given(net):
    images = np.random.default_rng(0).normal(3, 2, (20, 6, 6, 1)).astype(np.float32)
    settings = [layer.get_config() for layer in net.layers]
    recalibrate(net, images)
    names = [layer.name for layer in net.layers if isinstance(layer, BatchNormalization)]
    assert len(names) == 4
    for name in names:
        x, layer = inputs_of(net, name, images), net.get_layer(name)
        np.testing.assert_allclose(layer.moving_mean, x.mean(axis=(0, 1, 2)), rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(layer.moving_variance, x.var(axis=(0, 1, 2)), rtol=1e-4, atol=1e-5)
    assert [layer.get_config() for layer in net.layers] == settings


def test_a_share_is_mixed_in_and_what_is_frozen_stays(net):
    images = np.random.default_rng(0).normal(3, 2, (20, 6, 6, 1)).astype(np.float32)
    first, frozen = net.get_layer("batch_normalization_1"), net.get_layer("batch_normalization_2")
    frozen.trainable = False
    kept = np.array(frozen.moving_mean)
    x = inputs_of(net, first.name, images)
    recalibrate(net, images, share=0.25)
    np.testing.assert_allclose(first.moving_mean, 0.25 * x.mean(axis=(0, 1, 2)), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(first.moving_variance, 0.75 + 0.25 * x.var(axis=(0, 1, 2)), rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(frozen.moving_mean, kept)


def test_a_net_without_the_layer_is_left_alone():
    net = nets.matched_filter_net((8, 8, 1), {"angle": 2}, factors=["angle"], size=5)
    before = net.get_weights()
    recalibrate(net, np.ones((2, 8, 8, 1), np.float32))
    for one, other in zip(net.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_evaluation_of_a_training_is_of_the_statistics_of_its_weights(net):
    rng = np.random.default_rng(0)
    images = rng.normal(3, 2, (20, 6, 6, 1)).astype(np.float32)
    targets = tuple(rng.integers(0, n, 20).astype(np.int32) for n in (2, 4))
    nets.compile_model(net, "crossentropy", nets.make_optimizer("adam", 0.01))
    seen = []

    class Check(keras.callbacks.Callback):
        def on_test_end(self, logs=None):
            layer = net.get_layer("batch_normalization_1")
            x = inputs_of(net, layer.name, images)
            seen.append(np.abs(np.array(layer.moving_mean) - x.mean(axis=(0, 1, 2))).max())

    data = tf.data.Dataset.from_tensors((images, targets))
    net.fit(data, epochs=2, validation_data=data, callbacks=[Recalibration(images), Check()], verbose=0)
    assert len(seen) == 2
    assert max(seen) < 1e-4
