"""Losses and metrics of one head, for targets that are level indices."""

import keras

__all__ = ["LOSSES", "OneHotLoss", "head_accuracy", "head_loss"]

LOSSES = ("crossentropy", "focal", "mse")


@keras.saving.register_keras_serializable(package="lineclf")
class OneHotLoss(keras.losses.Loss):
    """A loss on probabilities that Keras defines for one-hot targets only, for targets given as level indices.

    Parameters
    ----------
    loss : {"focal", "mse"}
        Focal cross-entropy (γ = 2, [1]_) or mean squared error of the probabilities (the Brier score, divided by
        the number of levels).

    References
    ----------
    .. [1] Lin et al., "Focal loss for dense object detection", ICCV 2017.
    """

    def __init__(self, loss, name="one_hot_loss", **kwargs):
        super().__init__(name=name, **kwargs)
        self.loss = loss

    def call(self, y_true, y_pred):
        """Loss of each sample, shape (n,)."""
        levels = y_pred.shape[-1]
        index = keras.ops.cast(keras.ops.reshape(y_true, (-1,)), "int32")
        if levels == 1:
            y_pred = keras.ops.concatenate([1 - y_pred, y_pred], axis=-1)
            levels = 2
        target = keras.ops.one_hot(index, levels, dtype=y_pred.dtype)
        if self.loss == "mse":
            return keras.losses.mean_squared_error(target, y_pred)
        return keras.losses.categorical_focal_crossentropy(target, y_pred, alpha=1.0)

    def get_config(self):
        """Return the configuration that rebuilds the loss."""
        return {**super().get_config(), "loss": self.loss}


def head_loss(loss, n_units):
    """Keras loss of one head, for targets that are level indices.

    Parameters
    ----------
    loss : {"crossentropy", "focal", "mse"}
        The loss; cross-entropy is binary for a sigmoid head and categorical for a softmax head.
    n_units : int
        Units of the head's output: 1 for a sigmoid.

    Returns
    -------
    keras.losses.Loss
    """
    if loss != "crossentropy":
        return OneHotLoss(loss)
    return keras.losses.BinaryCrossentropy() if n_units == 1 else keras.losses.SparseCategoricalCrossentropy()


def head_accuracy(n_units):
    """Keras accuracy metric of one head, for targets that are level indices; `n_units` as in :func:`head_loss`."""
    metric = keras.metrics.BinaryAccuracy if n_units == 1 else keras.metrics.SparseCategoricalAccuracy
    return metric(name="accuracy")
