"""A small net for one target."""

import keras

from lineclf.nets._layers import DATA_FORMAT, DTYPE, LayerMaker
from lineclf.nets._network import Network


def compact_cnn(
    input_shape,
    n_classes,
    *,
    kernel_size=3,
    filters=32,
    depth=2,
    pooling="max",
    dropout=0.1,
    l2=0.0,
    batch_norm=True,
    bn_momentum=0.9,
    seed=0,
):
    """Small net for one target: convolutions in three stages, global average pooling, one softmax.

    5×5 convolution of `filters` filters → pooling → `depth` unpadded convolutions of 1.25·`filters` → pooling →
    `depth` padded ones of 2·`filters` → mean over positions → softmax; ReLU and batch norm follow each convolution.
    With the defaults 88,474 parameters on MNIST and 95,664 on the 96 classes of lines. Without the dense layers of
    :func:`one_layer_cnn`, nearly all parameters are shared over positions.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    n_classes : int
        Number of classes.
    kernel_size : int, default=3
        Side of the kernels of the second and third stage, px.
    filters : int, default=32
        Filters of the first stage.
    depth : int, default=2
        Convolutions in the second and in the third stage.
    pooling, l2, batch_norm, bn_momentum, seed
        As in :func:`multi_head_cnn`.
    dropout : float, default=0.1
        Dropout rate after every pooling, in [0, 1).

    Returns
    -------
    keras.Model
        Uncompiled; one output of probabilities, float32 of shape (n, n_classes).
    """
    make = LayerMaker(seed, l2, bn_momentum)
    stage = {"pooling": pooling, "pool_size": 2, "batch_norm": batch_norm}
    inputs = keras.Input(input_shape, dtype=DTYPE, name="input_1")
    x = make.conv_stage(inputs, filters=filters, kernel_size=5, padding="valid", depth=1, **stage)
    x = make.dropout(x, dropout)
    x = make.conv_stage(
        x, filters=round(1.25 * filters), kernel_size=kernel_size, padding="valid", depth=depth, **stage
    )
    x = make.dropout(x, dropout)
    stage["pooling"] = None
    x = make.conv_stage(x, filters=2 * filters, kernel_size=kernel_size, padding="same", depth=depth, **stage)
    x = keras.layers.GlobalAveragePooling2D(data_format=DATA_FORMAT, name="global_average_pooling2d_1", dtype=DTYPE)(x)
    x = make.dense(make.dropout(x, dropout), n_classes)
    return Network(inputs, [make.activation(x, "softmax", name="class_output")], name="compact_cnn")
