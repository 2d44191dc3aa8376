"""Layers for the nets of convolutions: numbered, seeded by their names, of fixed type and order of axes."""

from collections import Counter

import keras

from lineclf.nets._batch_normalization import BatchNormalization
from lineclf.nets._group_convolution import GroupConvolution
from lineclf.nets._seeds import child_seed

__all__ = ["DATA_FORMAT", "DTYPE", "POOLINGS", "SYMMETRIES", "LayerMaker"]

POOLINGS = ("max", "average", "stride")
SYMMETRIES = ("p4m",)

# Given to every layer, so that a net does not hang on Keras' global settings.
DTYPE, DATA_FORMAT = "float32", "channels_last"


class LayerMaker:
    """Makes layers with the numbers of the report's tables, each seeded by its own name.

    With the `symmetry` "p4m" each filter has eight maps, one for each way to lay a square.
    """

    def __init__(self, seed, l2, bn_momentum, symmetry=None):
        self.seed = seed
        self.ways = GroupConvolution.n_ways if symmetry else 1
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
            kernel_initializer=keras.initializers.GlorotUniform(seed=child_seed(self.seed, name)),
            kernel_regularizer=self.regularizer,
            dtype=DTYPE,
            **options,
        )

    def dense(self, x, units):
        return self._weighted(keras.layers.Dense, "dense", units)(x)

    def conv(self, x, filters, kernel_size, padding, strides=1):
        kernel = tuple(min(kernel_size, side) for side in x.shape[1:3])
        if self.ways > 1:
            side = min(kernel)
            side -= (
                side < kernel_size and side % 2 == 0
            )  # where it is clipped it stays odd, as an even one has no middle
            first = not self.counts["conv2d"]
            options = {"kernel_size": side, "first": first, "padding": padding, "strides": strides}
            return self._weighted(GroupConvolution, "conv2d", filters, **options)(x)
        return self._weighted(
            keras.layers.Conv2D,
            "conv2d",
            filters,
            kernel_size=kernel,
            padding=padding,
            strides=strides,
            data_format=DATA_FORMAT,
        )(x)

    def activation(self, x, function, name=None):
        return keras.layers.Activation(function, name=name or self._name("activation"), dtype=DTYPE)(x)

    def batch_norm(self, x):
        name = self._name("batch_normalization")
        layer = BatchNormalization(momentum=self.bn_momentum, name=name, dtype=DTYPE)
        if self.ways == 1:
            return layer(x)
        # The eight maps of a filter share scale and offset: they lie side by side meanwhile.
        height, width, maps = x.shape[1:]
        x = layer(self._reshape(x, (height, width * self.ways, maps // self.ways)))
        return self._reshape(x, (height, width, maps))

    def _reshape(self, x, shape):
        return keras.layers.Reshape(shape, name=self._name("reshape"), dtype=DTYPE)(x)

    def pool(self, x, kind, size):
        window = tuple(min(size, side) for side in x.shape[1:3])
        layer = {"max": keras.layers.MaxPooling2D, "average": keras.layers.AveragePooling2D}[kind]
        return layer(window, data_format=DATA_FORMAT, name=self._name(f"{kind}_pooling2d"), dtype=DTYPE)(x)

    def dropout(self, x, rate):
        name = self._name("dropout")
        return keras.layers.Dropout(rate, seed=child_seed(self.seed, name), name=name, dtype=DTYPE)(x)

    def flatten(self, x):
        return keras.layers.Flatten(data_format=DATA_FORMAT, name=self._name("flatten"), dtype=DTYPE)(x)

    def conv_stage(self, x, *, filters, kernel_size, padding, depth, pooling, pool_size, batch_norm, residual=False):
        """`depth` times conv → ReLU → batch norm, then pooling if any; "stride" lets the last convolution do it.

        With `residual`, a 1×1 convolution of the input is added before the pooling.
        """
        strides = pool_size if pooling == "stride" else 1
        shortcut = self.conv(x, filters, 1, padding, strides=strides) if residual else None
        for step in range(depth):
            x = self.conv(x, filters, kernel_size, padding, strides=strides if step == depth - 1 else 1)
            x = self.activation(x, "relu")
            if batch_norm:
                x = self.batch_norm(x)
        if residual:
            x = keras.layers.Add(name=self._name("add"), dtype=DTYPE)([x, shortcut])
        return x if pooling in (None, "stride") else self.pool(x, pooling, pool_size)
