"""Layer that pools maps over all places."""

import keras
from keras import ops

__all__ = ["POSITION_POOLINGS", "PositionPooling"]

POSITION_POOLINGS = ("logsumexp", "max", "mean")


@keras.saving.register_keras_serializable(package="lineclf")
class PositionPooling(keras.layers.Layer):
    """One value per map: the log of the sum of exponentials over all places, the largest value, or the mean.

    Parameters
    ----------
    pooling : {"logsumexp", "max", "mean"}, default="logsumexp"
        The first turns log-probabilities of a line at each place into the log-probability of a line anywhere.
    """

    def __init__(self, pooling="logsumexp", **kwargs):
        super().__init__(**kwargs)
        self.pooling = pooling

    def get_config(self):
        """Return the configuration that rebuilds the layer."""
        return {**super().get_config(), "pooling": self.pooling}

    def call(self, maps):
        """Values (n, n_maps) of maps (n, height, width, n_maps)."""
        return {"logsumexp": ops.logsumexp, "max": ops.max, "mean": ops.mean}[self.pooling](maps, axis=(1, 2))
