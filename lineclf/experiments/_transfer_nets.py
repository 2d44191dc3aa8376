"""The nets that a color is added to, trained once each and kept as files, and the stages that add it."""

import json
import math
import time
from pathlib import Path

import keras
import numpy as np

from lineclf._files import write_files
from lineclf.experiments._transfer_data import jitter_colors
from lineclf.runs._identity import child_seed

_BATCH_SIZE = 512


def _glorot(kernel, rng):
    """One channel's weights as Keras draws them for the whole kernel."""
    limit = math.sqrt(6 / (math.prod(kernel.shape[:2]) * sum(kernel.shape[2:])))
    return rng.uniform(-limit, limit, (*kernel.shape[:2], kernel.shape[3]))


#: What becomes of one input channel's weights: callables (kernel, channel, generator) → weights.
WEIGHTS = {
    "zero": lambda kernel, channel, rng: np.zeros_like(kernel[:, :, channel]),
    "times three": lambda kernel, channel, rng: 3 * kernel[:, :, channel],
    "drawn anew": lambda kernel, channel, rng: _glorot(kernel, rng),
    "mean of the others": lambda kernel, channel, rng: np.delete(kernel, channel, axis=2).mean(axis=2),
    "those of the first": lambda kernel, channel, rng: kernel[:, :, 0],
}


class BaseNet:
    """A net trained on the old colors, kept as a file that the trials of its seed share.

    Parameters
    ----------
    estimator : classifier
        Unfitted.
    pool : Pool
    variant : Variant
    channel : int
        Channel that only the new color lights.
    path : pathlib.Path
        The ``.keras`` file; where it is missing the net is trained and written there, with its facts as JSON beside.
    seed : int

    Attributes
    ----------
    facts : dict of str to float
        ``base_seconds`` of the training; ``channel_change``, the most that a first layer's weight of the channel moved
        in it, and ``other_channels_change``.
    logits : dict of str to ndarray
        Of the test images, see :func:`head_logits`.
    """

    def __init__(self, estimator, pool, variant, channel, path, seed):
        self.variant, self.channel, self.path, self.seed = variant, channel, Path(path), seed
        self._class = type(estimator)
        self._facts = self.path.with_suffix(".json")
        if not (self.path.exists() and self._facts.exists()):
            self._train(estimator, pool)
        self.facts = json.loads(self._facts.read_text(encoding="utf-8"))
        self.logits = head_logits(self.fresh(), pool.X[pool.test])

    def _train(self, estimator, pool):
        X, y = pool.X[pool.old], pool.y[pool.old]
        if self.variant.jitter:
            X = jitter_colors(X, self.variant.jitter, child_seed(self.seed, "jitter"))
        callback, initial = _keep_first_kernel()
        clock = time.perf_counter()
        estimator.set_params(callbacks=[callback]).fit(X, y)
        seconds = time.perf_counter() - clock
        change = np.abs(_first_layer(estimator.model_).get_weights()[0] - initial[0]).max(axis=(0, 1, 3))
        facts = {
            "base_seconds": seconds,
            "channel_change": float(change[self.channel]),
            "other_channels_change": float(np.delete(change, self.channel).max()),
        }
        write_files(self.path.parent, {self._facts.name: json.dumps(facts)})
        estimator.set_params(callbacks=None).save(self.path)

    def fresh(self):
        """The trained estimator, to train on; with the variant's weights."""
        estimator = self._class.load(self.path)
        if self.variant.weights is not None:
            layer = _first_layer(estimator.model_)
            kernel, *rest = layer.get_weights()
            rng = np.random.default_rng(child_seed(self.seed, "weights"))
            kernel[:, :, self.channel] = WEIGHTS[self.variant.weights](kernel, self.channel, rng)
            layer.set_weights([kernel, *rest])
        return estimator


def _first_layer(model):
    return next(layer for layer in model.layers if layer.weights)


def _keep_first_kernel():
    """Give a callback that puts the first layer's kernel into a list before the first step; and the list."""
    kept = []

    class Keep(keras.callbacks.Callback):  # the estimator copies it: what is kept must stand outside
        def on_train_begin(self, logs=None):
            kept.append(_first_layer(self.model).get_weights()[0])

    return Keep(), kept


def head_logits(estimator, X):
    """What goes into each head's sigmoid or softmax: head → ndarray of shape (n, units), float32."""
    model = estimator.model_
    logits = keras.Model(model.inputs, [model.get_layer(name).input for name in model.output_names])
    outputs = logits.predict(estimator.as_images(X), batch_size=_BATCH_SIZE, verbose=0)
    return dict(zip(estimator.heads_, outputs, strict=True))


def most_probable(logits):
    """Level indices, (n, n_heads), that ``predict`` gives from these logits where labels are indices themselves."""
    levels = [each[:, 0] > 0 if each.shape[1] == 1 else each.argmax(axis=1) for each in logits.values()]
    return np.column_stack(levels).astype(np.int64)


def run_stage(stage, estimator, X, y, *, new, steps, learning_rate):
    """Run one stage of a method.

    Parameters
    ----------
    stage : {"head", "net", "scratch"}
    estimator : classifier
        Fitted; for "scratch" unfitted.
    X, y : ndarray
        Images and their four labels.
    new : int
        Label of the new color.
    steps : int
        About so many optimizer steps: whole passes, at least one. "scratch" trains for the estimator's own epochs.
    learning_rate : float or None
        Likewise.

    Returns
    -------
    dict of str to list of float
        Loss and accuracies an epoch.
    """
    epochs = max(1, round(steps / math.ceil(len(X) / estimator.batch_size)))
    if stage == "head":
        estimator.fit_head("color", X, y[:, 3], epochs=epochs, learning_rate=learning_rate)
        return {f"head_{name}": values for name, values in estimator.head_history_["color"].items()}
    if stage == "net":
        estimator.add_levels("color", [new])
        estimator.set_params(warm_start=True, epochs=epochs, learning_rate=learning_rate)
    return estimator.fit(X, y).history_


def count_changed(before, model):
    """Number of trainable parameters whose array differs from the one of that name in `before`, path → array."""
    return sum(
        math.prod(weight.shape)
        for weight in model.trainable_weights
        if not np.array_equal(before.get(weight.path), np.array(weight))
    )
