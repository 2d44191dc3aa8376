"""The fused layer against Keras' own."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes

from lineclf.nets import BatchNormalization


def pair(shape, **options):
    """Keras' layer and ours with the same random weights."""
    layers = [kind(**options) for kind in (keras.layers.BatchNormalization, BatchNormalization)]
    rng = np.random.default_rng(0)
    for layer in layers:
        layer.build(shape)
    weights = [rng.uniform(0.5, 2, weight.shape) for weight in layers[0].weights]
    for layer in layers:
        layer.set_weights(weights)
    return layers


def all_results(layer, x, training):
    """Outputs, gradients of a loss by inputs and weights, and weights afterwards."""
    x = tf.Variable(x)
    with tf.GradientTape() as tape:
        outputs = layer(x, training=training)
        loss = tf.reduce_mean(outputs**3)
    wanted = [x, *(weight.value for weight in layer.trainable_weights)]
    return [outputs.numpy(), *(each.numpy() for each in tape.gradient(loss, wanted)), *layer.get_weights()]


@settings(max_examples=10, deadline=None)
@given(shape=array_shapes(min_dims=4, max_dims=4, max_side=9), seed=st.integers(0, 99), scaled=st.booleans())
def test_the_fused_layer_is_keras_own_within_rounding(shape, seed, scaled):
    x = np.random.default_rng(seed).normal(2, 3, shape).astype(np.float32)
    layers = pair(shape, momentum=0.7, scale=scaled, center=scaled)
    for mode in (False, True, True, False):
        for own, fused in zip(*(all_results(layer, x, mode) for layer in layers), strict=True):
            np.testing.assert_allclose(fused, own, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "options"), [((4, 3), {}), ((4, 3, 2, 5), {"axis": 1}), ((4, 3, 2, 5), {"dtype": "float64"})]
)
def test_what_the_operation_does_not_know_is_left_to_keras(shape, options):
    x = np.random.default_rng(0).normal(size=shape)
    for own, same in zip(*(all_results(layer, x, True) for layer in pair(shape, **options)), strict=True):
        np.testing.assert_array_equal(same, own)


def test_a_frozen_layer_is_in_inference_and_keeps_its_statistics():
    x = np.random.default_rng(0).normal(size=(8, 3, 3, 2)).astype(np.float32)
    _, layer = pair(x.shape)
    expected, before = layer(x, training=False).numpy(), layer.get_weights()
    layer.trainable = False
    np.testing.assert_array_equal(layer(x, training=True).numpy(), expected)
    for one, other in zip(layer.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)
