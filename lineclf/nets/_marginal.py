"""Layer that sums over combinations of levels, for the levels of one factor."""

import keras
from keras import ops

__all__ = ["Marginal"]


@keras.saving.register_keras_serializable(package="lineclf")
class Marginal(keras.layers.Layer):
    """Logits of one factor from the log-probabilities of all combinations.

    Parameters
    ----------
    shape : tuple of 4 ints
        Number of levels of each factor of the input, in its order.
    factor : int
        Index of the factor to keep.
    """

    def __init__(self, shape, factor, **kwargs):
        super().__init__(**kwargs)
        self.shape, self.factor = tuple(shape), factor

    def get_config(self):
        """Return the configuration that rebuilds the layer."""
        return {**super().get_config(), "shape": self.shape, "factor": self.factor}

    def call(self, values):
        """Logits (n, n_levels) or, for two levels, (n, 1): the logit of the second level."""
        values = ops.reshape(values, (-1, *self.shape))
        logits = ops.logsumexp(values, axis=tuple(i + 1 for i in range(len(self.shape)) if i != self.factor))
        return logits[:, 1:] - logits[:, :1] if self.shape[self.factor] == 2 else logits
