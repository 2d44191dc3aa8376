"""A small net of convolutions only."""

import keras

from lineclf.nets._layers import DATA_FORMAT, DTYPE, LayerMaker
from lineclf.nets._network import Network

__all__ = ["compact_cnn"]


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
    residual=False,
    symmetry=None,
    seed=0,
):
    """Small net: convolutions in three stages, the mean over positions, one softmax or one output per head.

    5×5 convolution of `filters` filters → pooling → `depth` unpadded convolutions of 1.25·`filters` → pooling →
    `depth` padded ones of 2·`filters` → mean over positions → softmax; ReLU and batch norm follow each convolution.
    With the defaults 88,474 parameters on MNIST and 95,664 on the 96 classes of lines. Without the dense layers of
    :func:`one_layer_cnn`, nearly all parameters are shared over positions.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    n_classes : int or dict of str to int
        Number of classes; or each head's name and number of levels, for one output per head.
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
    residual : bool, default=False
        Whether the second and the third stage add their input, through a 1×1 convolution, to their output. The second
        stage is padded then.
    symmetry : {None, "p4m"}, default=None
        "p4m" shares each kernel over the eight ways to lay a square, so that each filter has eight maps:
        :class:`~lineclf.nets.GroupConvolution`. Images must be square.

    Returns
    -------
    keras.Model
        Uncompiled; one output of probabilities, float32 of shape (n, n_classes), or those of :func:`multi_head_cnn`.

    Raises
    ------
    ValueError
        If a symmetry is asked for and images are not square.
    """
    if symmetry and input_shape[0] != input_shape[1]:
        raise ValueError(f"symmetry={symmetry!r} must have square images; they are {input_shape[0]}×{input_shape[1]}")
    make = LayerMaker(seed, l2, bn_momentum, symmetry)
    stage = {"pooling": pooling, "pool_size": 2, "batch_norm": batch_norm}
    inputs = keras.Input(input_shape, dtype=DTYPE, name="input_1")
    x = make.conv_stage(inputs, filters=filters, kernel_size=5, padding="valid", depth=1, **stage)
    x = make.dropout(x, dropout)
    stage |= {"kernel_size": kernel_size, "depth": depth, "residual": residual}
    x = make.conv_stage(x, filters=round(1.25 * filters), padding="same" if residual else "valid", **stage)
    x = make.dropout(x, dropout)
    x = make.conv_stage(x, filters=2 * filters, padding="same", **stage | {"pooling": None})
    x = keras.layers.GlobalAveragePooling2D(data_format=DATA_FORMAT, name="global_average_pooling2d_1", dtype=DTYPE)(x)
    x = make.dropout(x, dropout)
    if not isinstance(n_classes, dict):
        return Network(
            inputs, [make.activation(make.dense(x, n_classes), "softmax", "class_output")], name="compact_cnn"
        )
    outputs = []
    for head, levels in n_classes.items():
        many = levels > 2
        output = make.dense(x, levels if many else 1)
        outputs.append(make.activation(output, "softmax" if many else "sigmoid", f"{head}_output"))
    return Network(inputs, outputs, name="compact_cnn")
