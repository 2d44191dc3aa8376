"""Batch normalization: Keras' layer on TensorFlow's fused operation, and statistics that fit the trained weights."""

from contextlib import contextmanager

import keras

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf


@keras.saving.register_keras_serializable(package="lineclf")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras' layer, for images in one operation where Keras builds it from about 120.

    Arguments, weights and results (within rounding) are Keras' own. What the fused operation does not know, such as
    masks, another axis than the last, other dtypes than float32 or another backend, is left to Keras.
    """

    def call(self, inputs, training=None, mask=None):
        """Normalize `inputs` of shape (n, height, width, channels), as Keras' layer does."""
        if mask is not None or not self._is_fused(inputs):
            return super().call(inputs, training=training, mask=mask)
        options = {
            "x": inputs,
            "scale": self.gamma if self.scale else tf.ones_like(self.moving_mean),
            "offset": self.beta if self.center else tf.zeros_like(self.moving_mean),
            "epsilon": self.epsilon,
        }
        if not (training and self.trainable):
            return tf.raw_ops.FusedBatchNormV3(
                **options, mean=self.moving_mean, variance=self.moving_variance, is_training=False
            ).y
        found = tf.raw_ops.FusedBatchNormV3(**options, mean=[], variance=[], is_training=True)
        # The operation gives the unbiased variance; Keras keeps the biased one.
        n = tf.cast(tf.size(inputs) // inputs.shape[-1], inputs.dtype)
        variance = found.batch_variance * tf.maximum(n - 1, 1) / n
        for kept, new in ((self.moving_mean, found.batch_mean), (self.moving_variance, variance)):
            kept.assign(kept * self.momentum + new * (1 - self.momentum))
        return found.y

    def _is_fused(self, inputs):
        return (
            keras.backend.backend() == "tensorflow"
            and len(inputs.shape) == 4
            and self.axis in (-1, 3)
            and inputs.dtype == "float32"
            and not (self.renorm or self.synchronized)
        )


def recalibrate(model, images, share=1.0):
    """Set the running statistics of batch normalization to those of `images` under the present weights.

    In training each batch is normalized by its own statistics, in inference by running averages, which lag behind the
    weights: after a few dozen steps a net that is right in training can be at chance in inference. Here every layer
    gets the exact mean and variance of its inputs, dropout off, each layer's inputs normalized by what the layers
    before it have just got [1]_. Layers that are not trainable keep theirs.

    Parameters
    ----------
    model : keras.Model
    images : array of shape (n, height, width, channels), float32
        What the net was trained on, or a sample of it.
    share : float, default=1.0
        Weight of `images` in the new statistics, in (0, 1]; the rest is that of the old ones.

    References
    ----------
    .. [1] Y. Wu and J. Johnson (2021), "Rethinking 'Batch' in BatchNorm", arXiv:2105.07576.
    """
    layers = _normalizations(model)
    if layers:
        with _settings(model, momentum=1 - share):
            keras.Model(model.inputs[0], [layer.output for layer in layers])(images, training=True)


class Recalibration(keras.callbacks.Callback):
    """Recalibrate before every evaluation, so that what is scored after an epoch agrees with what was trained.

    Parameters
    ----------
    images, share
        As in :func:`recalibrate`.
    each_epoch : bool, default=False
        Whether to do so at each epoch's end too, for callbacks that come later in the list.
    """

    def __init__(self, images, share=1.0, each_epoch=False):
        super().__init__()
        self.images, self.share, self.each_epoch = images, share, each_epoch

    def on_test_begin(self, logs=None):
        """Recalibrate the net that is about to be evaluated."""
        recalibrate(self.model, self.images, self.share)

    def on_epoch_end(self, epoch, logs=None):
        """Recalibrate the net that callbacks may save."""
        if self.each_epoch:
            self.on_test_begin()


def _normalizations(model):
    kind = keras.layers.BatchNormalization
    return [layer for layer in model.layers if isinstance(layer, kind) and layer.trainable]


@contextmanager
def _settings(model, momentum):
    """Let the layers' next call, which is not traced, have this momentum and no dropout."""
    changed = [(layer, "momentum", momentum) for layer in _normalizations(model)]
    changed += [(layer, "rate", 0) for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    before = [(layer, name, getattr(layer, name)) for layer, name, _ in changed]
    try:
        for each in changed:
            setattr(*each)
        yield
    finally:
        for each in before:
            setattr(*each)
