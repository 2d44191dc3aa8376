"""Keras networks, one function a network.

Nothing here knows scikit-learn. Every random choice (initial weights, dropout) takes a seed of its own, derived from
one ``seed`` and the layer's name: nothing reads or sets a global seed, and adding a layer leaves the others' draws
as they were.
"""

import math
import zlib
from collections import Counter

import keras

from lineclf.normalization import BatchNormalization
from lineclf.templates import Marginal, MatchedFilter, PositionPooling

POOLINGS = ("max", "average", "stride")

# Given to every layer, so that a net does not hang on Keras' global settings.
_DTYPE, _ORDER = "float32", "channels_last"


@keras.saving.register_keras_serializable(package="lineclf")
class Network(keras.Model):
    """A Keras functional model that, with several outputs, also reports ``joint_accuracy``.

    Joint accuracy is the share of samples with every head right.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dtype_policy = _DTYPE
        self.joint_accuracy = keras.metrics.Mean(name="joint_accuracy") if len(self.outputs) > 1 else None

    def compute_metrics(self, x, y, y_pred, sample_weight=None):
        """Update the compiled metrics and the joint accuracy from one batch."""
        if self.joint_accuracy is not None:
            right = True
            for truth, output in zip(y, y_pred, strict=True):
                binary = output.shape[-1] == 1
                level = output[:, 0] > 0.5 if binary else keras.ops.argmax(output, axis=-1)
                hit = keras.ops.equal(keras.ops.cast(level, truth.dtype), keras.ops.reshape(truth, (-1,)))
                right = keras.ops.logical_and(right, hit)
            weights = keras.tree.flatten(sample_weight)  # the same for every head
            self.joint_accuracy.update_state(keras.ops.cast(right, "float32"), sample_weight=weights[0])
        return super().compute_metrics(x, y, y_pred, sample_weight=sample_weight)

    # SciKeras replaces keras.Model's pickling by one that registers the class under a name that holds in this
    # process only; this is Keras' own.
    def __reduce__(self):
        return super(keras.Model, self).__reduce__()

    def __deepcopy__(self, memo):
        rebuild, arguments = self.__reduce__()
        memo[id(self)] = rebuild(*arguments)
        return memo[id(self)]


def _child_seed(seed, name):
    return zlib.crc32(f"{seed}/{name}".encode()) & 0x7FFFFFFF


class _Layers:
    """Makes layers numbered as the report's tables number them, each seeded by its own name."""

    def __init__(self, seed, l2, bn_momentum):
        self.seed = seed
        self.bn_momentum = bn_momentum
        self.regularizer = keras.regularizers.L2(l2) if l2 else None
        self.counts: Counter[str] = Counter()

    def _name(self, kind):
        self.counts[kind] += 1
        return f"{kind}_{self.counts[kind]}"

    def _weighted(self, layer, kind, units, **options):
        name = self._name(kind)
        return layer(
            units,
            name=name,
            kernel_initializer=keras.initializers.GlorotUniform(seed=_child_seed(self.seed, name)),
            kernel_regularizer=self.regularizer,
            dtype=_DTYPE,
            **options,
        )

    def dense(self, x, units):
        return self._weighted(keras.layers.Dense, "dense", units)(x)

    def conv(self, x, filters, kernel_size, padding, strides=1):
        kernel = tuple(min(kernel_size, side) for side in x.shape[1:3])
        return self._weighted(
            keras.layers.Conv2D,
            "conv2d",
            filters,
            kernel_size=kernel,
            padding=padding,
            strides=strides,
            data_format=_ORDER,
        )(x)

    def activation(self, x, function, name=None):
        return keras.layers.Activation(function, name=name or self._name("activation"), dtype=_DTYPE)(x)

    def batch_norm(self, x):
        name = self._name("batch_normalization")
        return BatchNormalization(momentum=self.bn_momentum, name=name, dtype=_DTYPE)(x)

    def pool(self, x, kind, size):
        window = tuple(min(size, side) for side in x.shape[1:3])
        layer = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}[kind]
        return layer(window, data_format=_ORDER, name=self._name(f"{kind}_pooling2d"), dtype=_DTYPE)(x)

    def dropout(self, x, rate):
        name = self._name("dropout")
        return keras.layers.Dropout(rate, seed=_child_seed(self.seed, name), name=name, dtype=_DTYPE)(x)

    def flatten(self, x):
        return keras.layers.Flatten(data_format=_ORDER, name=self._name("flatten"), dtype=_DTYPE)(x)

    def conv_stage(self, x, *, filters, kernel_size, padding, depth, pooling, pool_size, batch_norm):
        """`depth` times conv → ReLU → batch norm, then pooling if any; "stride" lets the last convolution do it."""
        for step in range(depth):
            strided = pooling == "stride" and step == depth - 1
            x = self.conv(x, filters, kernel_size, padding, strides=pool_size if strided else 1)
            x = self.activation(x, "relu")
            if batch_norm:
                x = self.batch_norm(x)
        return x if pooling in (None, "stride") else self.pool(x, pooling, pool_size)


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
    """The report's net of task 2: one shared stage, then one branch a head.

    A head of two levels has one convolution of `filters` filters and ends in one sigmoid unit. A head of more
    levels, as the angle, has two convolutions of twice as many filters and ends in a softmax. With the defaults, on
    28×28×3 images and heads of 2, 2, 12 and 2 levels, the net has the report's 98,927 parameters, of which 512 are
    not trained, and the layer names of its table.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    heads : dict of str to int
        Each head's name and number of levels (≥ 2), in the order of the outputs.
    kernel_size : int, default=3
        Side of every convolution's kernel, px; clipped to the image where that is smaller.
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
        Share of the running mean and variance that a step keeps, in [0, 1). They lag behind the weights, at Keras' own
        0.99 for hundreds of steps: :func:`lineclf.normalization.recalibrate` sets them right.
    seed : int, default=0
        Seed of the initial weights and of dropout.

    Returns
    -------
    keras.Model
        Uncompiled; its outputs are named ``{head}_output`` and give probabilities, float32 of shape (n, 1) for two
        levels (of the second one), else (n, levels).
    """
    make = _Layers(seed, l2, bn_momentum)
    stage = {"kernel_size": kernel_size, "padding": "same", "pooling": pooling, "batch_norm": batch_norm}
    inputs = keras.Input(input_shape, dtype=_DTYPE, name="input_1")
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
    make = _Layers(seed, l2, bn_momentum)
    inputs = keras.Input(input_shape, dtype=_DTYPE, name="input_1")
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
    make = _Layers(seed, l2, bn_momentum)
    stage = {"pooling": pooling, "pool_size": 2, "batch_norm": batch_norm}
    inputs = keras.Input(input_shape, dtype=_DTYPE, name="input_1")
    x = make.conv_stage(inputs, filters=filters, kernel_size=5, padding="valid", depth=1, **stage)
    x = make.dropout(x, dropout)
    x = make.conv_stage(
        x, filters=round(1.25 * filters), kernel_size=kernel_size, padding="valid", depth=depth, **stage
    )
    x = make.dropout(x, dropout)
    stage["pooling"] = None
    x = make.conv_stage(x, filters=2 * filters, kernel_size=kernel_size, padding="same", depth=depth, **stage)
    x = keras.layers.GlobalAveragePooling2D(data_format=_ORDER, name="global_average_pooling2d_1", dtype=_DTYPE)(x)
    x = make.dense(make.dropout(x, dropout), n_classes)
    return Network(inputs, [make.activation(x, "softmax", name="class_output")], name="compact_cnn")


def matched_filter_net(input_shape, heads, *, factors, seed=0, pooling="logsumexp", **options):
    """Templates of all lines compared with the image at every place; probabilities of each factor's levels.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    heads : dict of str to int
        Each head's name and number of levels (≥ 2), in the order of the outputs.
    factors : sequence of str
        What each head is: "length", "width", "angle" or "color".
    seed : int, default=0
        Seed of the initial weights.
    pooling : {"logsumexp", "max", "mean"}, default="logsumexp"
        As in :class:`lineclf.templates.PositionPooling`.
    **options
        Of :class:`lineclf.templates.MatchedFilter`.

    Returns
    -------
    keras.Model
        Uncompiled; outputs as those of :func:`multi_head_cnn`.
    """
    levels = dict(zip(factors, heads.values(), strict=True))
    shape = [levels.get(factor, 1) for factor in ("length", "width", "angle", "color")]
    name = "matched_filter_1"
    inputs = keras.Input(input_shape, dtype=_DTYPE, name="input_1")
    x = MatchedFilter(shape, seed=_child_seed(seed, name), name=name, dtype=_DTYPE, **options)(inputs)
    x = PositionPooling(pooling, name="position_pooling_1", dtype=_DTYPE)(x)
    order = ("color", "length", "width", "angle")
    shape = [shape[-1], *shape[:-1]]
    outputs = []
    for factor, (head, n_levels) in zip(factors, heads.items(), strict=True):
        logits = Marginal(shape, order.index(factor), name=f"{head}_logits", dtype=_DTYPE)(x)
        activation = "softmax" if n_levels > 2 else "sigmoid"
        outputs.append(keras.layers.Activation(activation, name=f"{head}_output", dtype=_DTYPE)(logits))
    return Network(inputs, outputs, name="matched_filter_net")


def reseed_dropout(model, seed, epoch):
    """Let (`seed`, `epoch`, a layer's name) alone decide the dropout to come: Keras' files and copies forget it."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout) and layer.rate:
            layer.seed_generator.state.assign([_child_seed(seed, f"{layer.name}/{epoch}"), 0])


def count_parameters(model):
    """Return (all, trainable, non-trainable) parameters of a Keras model, as ints."""
    counts = [int(sum(math.prod(w.shape) for w in group)) for group in (model.trainable_weights, model.weights)]
    return counts[1], counts[0], counts[1] - counts[0]
