"""The report's net of task 1."""

import keras

from lineclf.nets._layers import DTYPE, LayerMaker
from lineclf.nets._network import Network

__all__ = ["one_layer_cnn"]


def one_layer_cnn(
    input_shape,
    n_classes,
    *,
    kernel_size=7,
    filters=32,
    depth=1,
    units=1024,
    pooling="max",
    dropout=0.0,
    l2=0.0,
    batch_norm=True,
    bn_momentum=0.9,
    seed=0,
):
    """The report's net of task 1: one convolution, a dense layer on every position, one softmax.

    7×7 convolution → ReLU → batch norm → 2×2 pooling → dense 1024 on each position → ReLU → flatten → softmax:
    1,274,570 parameters on MNIST, 11,933,536 on the 96 classes; with ``kernel_size=5`` the 1,509,322 of task 3.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    n_classes : int
        Number of classes.
    kernel_size, filters, depth, pooling, l2, batch_norm, bn_momentum, seed
        As in :func:`multi_head_cnn`; the convolutions are unpadded here.
    units : int, default=1024
        Units of the dense layer.
    dropout : float, default=0.0
        Dropout rate before the flatten, in [0, 1); 0 leaves the layer out.

    Returns
    -------
    keras.Model
        Uncompiled; one output of probabilities, float32 of shape (n, n_classes).
    """
    make = LayerMaker(seed, l2, bn_momentum)
    inputs = keras.Input(input_shape, dtype=DTYPE, name="input_1")
    x = make.conv_stage(
        inputs,
        filters=filters,
        kernel_size=kernel_size,
        padding="valid",
        depth=depth,
        pooling=pooling,
        pool_size=2,
        batch_norm=batch_norm,
    )
    x = make.activation(make.dense(x, units), "relu")
    if dropout:
        x = make.dropout(x, dropout)
    x = make.dense(make.flatten(x), n_classes)
    return Network(inputs, [make.activation(x, "softmax", name="class_output")], name="one_layer_cnn")
