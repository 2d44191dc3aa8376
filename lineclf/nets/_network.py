"""The Keras model of every net in the package."""

import math

import keras

from lineclf.nets._layers import DTYPE

__all__ = ["Network", "count_parameters"]


@keras.saving.register_keras_serializable(package="lineclf")
class Network(keras.Model):
    """A Keras functional model that, with several outputs, also reports ``joint_accuracy``.

    Joint accuracy is the share of images with every head right.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.dtype_policy = DTYPE
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


def count_parameters(model):
    """Return (all, trainable, non-trainable) parameters of a Keras model, as ints."""
    counts = [int(sum(math.prod(w.shape) for w in group)) for group in (model.trainable_weights, model.weights)]
    return counts[1], counts[0], counts[1] - counts[0]
