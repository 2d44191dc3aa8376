"""Statistics of batch normalization that fit the trained weights."""

from contextlib import contextmanager

import keras

__all__ = ["Recalibration", "recalibrate"]


def recalibrate(model, images, share=1.0):
    """Set the running statistics of batch normalization to those of `images` under the present weights.

    In training each batch is normalized by its own statistics, in inference by running averages, which lag behind the
    weights: after a few dozen steps a net that is right in training can be at chance level in inference. Here every
    layer gets the exact mean and variance of its inputs, with dropout off; these inputs are normalized by the new
    statistics of the layers before [1]_. Layers that are not trainable keep their statistics.

    Parameters
    ----------
    model : keras.Model
    images : array of shape (n, height, width, channels), float32
        Images that the net was trained on, or a sample of them.
    share : float, default=1.0
        Weight of `images` in the new statistics, in (0, 1]; the old statistics have the rest.

    References
    ----------
    .. [1] Y. Wu and J. Johnson (2021), "Rethinking 'Batch' in BatchNorm", arXiv:2105.07576.
    """
    layers = _normalizations(model)
    if layers:
        with _settings(model, momentum=1 - share):
            keras.Model(model.inputs[0], [layer.output for layer in layers])(images, training=True)


class Recalibration(keras.callbacks.Callback):
    """Recalibrate before every evaluation, so that the scores after an epoch agree with the training.

    Parameters
    ----------
    images, share
        As in :func:`recalibrate`.
    each_epoch : bool, default=False
        Whether to do so at the end of each epoch as well, for callbacks that come later in the list.
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
    """Set this momentum and no dropout for the layers' next call, which is not traced."""
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
