"""The report's net of task 2."""

import keras

from lineclf.nets._layers import DTYPE, LayerMaker
from lineclf.nets._network import Network

__all__ = ["multi_head_cnn"]


def multi_head_cnn(
    input_shape,
    heads,
    *,
    kernel_size=3,
    filters=32,
    depth=1,
    pooling="max",
    dropout=0.1,
    l2=0.0,
    batch_norm=True,
    bn_momentum=0.9,
    seed=0,
):
    """The report's net of task 2: one shared stage, then one branch per head.

    A head of two levels has one convolution of `filters` filters and ends in one sigmoid unit. A head of more levels,
    such as the angle, has two convolutions of twice as many filters and ends in a softmax. With the defaults, on
    28×28×3 images and heads of 2, 2, 12 and 2 levels, the net has the report's 98,927 parameters, of which 512 are not
    trained, and the layer names of its table.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    heads : dict of str to int
        Each head's name and number of levels (≥ 2), in the order of the outputs.
    kernel_size : int, default=3
        Side of every convolution's kernel, px; clipped if the image is smaller.
    filters : int, default=32
        Filters of the shared stage and of the two-level heads.
    depth : int, default=1
        Convolutions in the shared stage.
    pooling : {"max", "average", "stride"}, default="max"
        How maps shrink; "stride" gives the stride to the convolution before.
    dropout : float, default=0.1
        Dropout rate after every pooling, in [0, 1).
    l2 : float, default=0.0
        Weight of the L2 penalty on every kernel.
    batch_norm : bool, default=True
        Whether batch normalization follows every ReLU.
    bn_momentum : float, default=0.9
        Share of the running mean and variance that a step keeps, in [0, 1). They lag behind the weights, with Keras'
        own 0.99 for hundreds of steps: :func:`lineclf.nets.recalibrate` corrects them.
    seed : int, default=0
        Seed of the initial weights and of dropout.

    Returns
    -------
    keras.Model
        Uncompiled; its outputs are named ``{head}_output`` and give probabilities, float32 of shape (n, levels) or, for
        two levels, (n, 1): of the second one.
    """
    make = LayerMaker(seed, l2, bn_momentum)
    stage = {"kernel_size": kernel_size, "padding": "same", "pooling": pooling, "batch_norm": batch_norm}
    inputs = keras.Input(input_shape, dtype=DTYPE, name="input_1")
    shared = make.conv_stage(inputs, filters=filters, depth=depth, pool_size=3, **stage)
    shared = make.dropout(shared, dropout)

    outputs = {}
    # The report's table numbers the many-level head first, then the others by name: color, length, width.
    for head, levels in sorted(heads.items(), key=lambda item: (item[1] <= 2, item[0])):
        many = levels > 2
        x = make.conv_stage(shared, filters=filters * (2 if many else 1), depth=2 if many else 1, pool_size=2, **stage)
        x = make.flatten(make.dropout(x, dropout))
        x = make.dense(x, levels if many else 1)
        outputs[head] = make.activation(x, "softmax" if many else "sigmoid", name=f"{head}_output")
    return Network(inputs, [outputs[head] for head in heads], name="multi_head_cnn")
