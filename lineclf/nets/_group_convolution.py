"""Convolutions that prefer no orientation: each kernel is used in all eight ways to lay a square."""

import keras
import numpy as np
from keras import ops

__all__ = ["GroupConvolution"]


def _lay(array, way):
    """Mirror and turn the first two axes."""
    mirrored, turns = divmod(way, 4)
    return np.rot90(array[:, ::-1] if mirrored else array, turns)


def _steps(n_ways):
    """The way that, followed by way `i`, is way `j`: int of shape (n_ways, n_ways)."""
    corners = np.arange(4).reshape(2, 2)  # no two ways leave these alike
    laid = [_lay(corners, way) for way in range(n_ways)]
    found = [[[np.array_equal(_lay(first, i), last) for first in laid] for last in laid] for i in range(n_ways)]
    return np.argmax(found, axis=2)


@keras.saving.register_keras_serializable(package="lineclf")
class GroupConvolution(keras.layers.Layer):
    """Convolution over places and over the eight ways to lay a square (the group p4m).

    A turned or mirrored image has the same maps, turned or mirrored, with the eight in another order.

    Parameters
    ----------
    filters : int
        Kernels, each of which gives eight maps.
    kernel_size : int
        Side of a kernel, px.
    first : bool
        Whether inputs are images, (n, side, side, channels); otherwise they are maps of such a layer, (n, side, side,
        8·maps), with the maps of one way side by side.
    padding : {"valid", "same"}, default="valid"
    strides : int, default=1
    kernel_initializer, kernel_regularizer, dtype, name
        As in :class:`keras.layers.Conv2D`.

    References
    ----------
    T. Cohen and M. Welling, "Group equivariant convolutional networks", ICML 2016.
    """

    n_ways = 8  # turned by 0°, 90°, 180° and 270°, then mirrored and turned so

    def __init__(
        self,
        filters,
        kernel_size,
        first,
        padding="valid",
        strides=1,
        kernel_initializer="glorot_uniform",
        kernel_regularizer=None,
        **options,
    ):
        super().__init__(**options)
        self.filters, self.kernel_size, self.first = filters, kernel_size, first
        self.padding, self.strides = padding, strides
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.kernel_regularizer = keras.regularizers.get(kernel_regularizer)

    def build(self, input_shape):
        """Make a kernel of shape (side, side, ways·channels, filters), of one or eight ways, and a bias per filter."""
        ways = 1 if self.first else self.n_ways
        side, channels = self.kernel_size, input_shape[-1] // ways
        self.kernel = self.add_weight(
            shape=(side, side, ways * channels, self.filters),
            initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
            name="kernel",
        )
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        places = np.arange(side * side * ways).reshape(side, side, ways)
        steps = _steps(self.n_ways) if ways > 1 else np.zeros((self.n_ways, 1), int)
        # Of each way laid: where in the kernel stands what comes to each place and way.
        self._places = np.stack(
            [np.stack([_lay(places[..., way], i) for way in steps[i]], axis=-1) for i in range(self.n_ways)]
        )

    def call(self, inputs):
        """Maps of shape (n, side, side, 8·filters), the maps of one way side by side."""
        side = self.kernel_size
        kernel = ops.reshape(self.kernel, (self._places[0].size, -1, self.filters))
        kernel = ops.take(kernel, self._places, axis=0)  # (8, side, side, ways, channels, filters)
        kernel = ops.reshape(ops.transpose(kernel, (1, 2, 3, 4, 0, 5)), (side, side, -1, self.n_ways * self.filters))
        maps = ops.conv(inputs, kernel, strides=self.strides, padding=self.padding, data_format="channels_last")
        return maps + ops.tile(self.bias, self.n_ways)

    def compute_output_shape(self, input_shape):
        """Shape of the maps."""
        shrink = 0 if self.padding == "same" else self.kernel_size - 1
        sides = [-(-(side - shrink) // self.strides) for side in input_shape[1:3]]
        return (input_shape[0], *sides, self.n_ways * self.filters)

    def get_config(self):
        """Arguments, for saving."""
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_size": self.kernel_size,
            "first": self.first,
            "padding": self.padding,
            "strides": self.strides,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "kernel_regularizer": keras.regularizers.serialize(self.kernel_regularizer),
        }
