"""Batch normalization: Keras' layer on TensorFlow's fused operation."""

import keras

if keras.backend.backend() == "tensorflow":
    import tensorflow as tf

__all__ = ["BatchNormalization"]


@keras.saving.register_keras_serializable(package="lineclf")
class BatchNormalization(keras.layers.BatchNormalization):
    """Keras' layer as one operation for images; Keras builds it from about 120 operations.

    Arguments, weights and results (within rounding) are Keras' own. Keras does what the fused operation cannot do:
    masks, an axis other than the last, dtypes other than float32, other backends.
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
