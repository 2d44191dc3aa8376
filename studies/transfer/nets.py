"""The nets that a color is added to, trained once each and kept as files, and the stages that add it."""

import json
import math
import time
from pathlib import Path

import keras
import numpy as np

from lineclf.reporting import write_files
from lineclf.runs import child_seed
from transfer.data import jitter_colors

_BATCH_SIZE = 512


def _draw_glorot(kernel, rng):
    """Draw one channel's weights from the distribution that Keras draws the whole kernel from."""
    limit = math.sqrt(6 / (math.prod(kernel.shape[:2]) * sum(kernel.shape[2:])))
    return rng.uniform(-limit, limit, (*kernel.shape[:2], kernel.shape[3]))


#: What one input channel's weights are set to: callables (kernel, channel, generator) → weights.
WEIGHTS = {
    "zero": lambda kernel, channel, rng: np.zeros_like(kernel[:, :, channel]),
    "times three": lambda kernel, channel, rng: 3 * kernel[:, :, channel],
    "drawn anew": lambda kernel, channel, rng: _draw_glorot(kernel, rng),
    "mean of the others": lambda kernel, channel, rng: np.delete(kernel, channel, axis=2).mean(axis=2),
    "those of the first": lambda kernel, channel, rng: kernel[:, :, 0],
}


class BaseNet:
    """A net trained on the old colors, in a file that the trials of its seed share.

    Where the file is missing, the net is trained and saved there.

    Parameters
    ----------
    estimator : classifier
        Unfitted.
    pool : Pool
        Its old images are trained on, its test images scored.
    variant : Variant
    channel : int
        Input channel whose weights the variant may set.
    path : pathlib.Path
        The ``.keras`` file; what was measured in the training stands beside it as JSON.
    seed : int

    Attributes
    ----------
    facts : dict of str to float
        ``base_seconds``: duration of the training, s. ``channel_change``, ``other_channels_change``: the largest
        absolute change in it of a first layer's weight of the channel, and of the other ones.
    logits : dict of str to ndarray
        Of the test images, see :func:`head_logits`.
    """

    def __init__(self, estimator, pool, variant, channel, path, seed):
        self.variant, self.channel, self.path, self.seed = variant, channel, Path(path), seed
        self._class = type(estimator)
        facts = self.path.with_suffix(".json")
        if not (self.path.exists() and facts.exists()):
            self._train(estimator, pool, facts)
        self.facts = json.loads(facts.read_text(encoding="utf-8"))
        self.logits = head_logits(self.load(), pool.X[pool.test])

    def _train(self, estimator, pool, facts_file):
        X, y = pool.X[pool.old], pool.y[pool.old]
        if self.variant.jitter:
            X = jitter_colors(X, self.variant.jitter, child_seed(self.seed, "jitter"))
        initial = _InitialKernel()
        clock = time.perf_counter()
        estimator.set_params(callbacks=[initial]).fit(X, y)
        seconds = time.perf_counter() - clock
        change = np.abs(_first_layer(estimator.model_).get_weights()[0] - initial.kernel).max(axis=(0, 1, 3))
        facts = {
            "base_seconds": seconds,
            "channel_change": float(change[self.channel]),
            "other_channels_change": float(np.delete(change, self.channel).max()),
        }
        write_files(facts_file.parent, {facts_file.name: json.dumps(facts)})
        estimator.set_params(callbacks=None).save(self.path)

    def load(self):
        """Return the trained estimator, a new one each time, with the variant's weights."""
        estimator = self._class.load(self.path)
        if self.variant.weights is not None:
            layer = _first_layer(estimator.model_)
            kernel, *rest = layer.get_weights()
            rng = np.random.default_rng(child_seed(self.seed, "weights"))
            kernel[:, :, self.channel] = WEIGHTS[self.variant.weights](kernel, self.channel, rng)
            layer.set_weights([kernel, *rest])
        return estimator


class _InitialKernel(keras.callbacks.Callback):
    """Keeps the first layer's kernel as it is before the first step."""

    def on_train_begin(self, logs=None):
        self.kernel = _first_layer(self.model).get_weights()[0]


def _first_layer(model):
    return next(layer for layer in model.layers if layer.weights)


def head_logits(estimator, X):
    """Return what goes into each head's sigmoid or softmax: head → ndarray of shape (n, units), float32."""
    model = estimator.model_
    logits = keras.Model(model.inputs, [model.get_layer(name).input for name in model.output_names])
    outputs = logits.predict(estimator.as_images(X), batch_size=_BATCH_SIZE, verbose=0)
    return dict(zip(estimator.heads_, outputs, strict=True))


def most_probable_levels(logits):
    """Return the level indices that ``predict`` gives where labels are indices: ndarray of shape (n, n_heads), int64.

    Parameters
    ----------
    logits : dict of str to ndarray
        From :func:`head_logits`.
    """
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
        Optimizer steps, rounded to whole passes, at least one. "scratch" trains for the estimator's own epochs.
    learning_rate : float or None
        "scratch" trains at the estimator's own.

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


def copy_weights(model):
    """Return a copy of a net's trainable weights: path → ndarray."""
    return {weight.path: np.array(weight) for weight in model.trainable_weights}


def count_changed(before, model):
    """Return the number of trainable parameters in arrays that `before` lacks or has otherwise.

    Parameters
    ----------
    before : dict of str to ndarray
        From :func:`copy_weights`.
    model : keras.Model
    """
    return sum(
        weight.size for path, weight in copy_weights(model).items() if not np.array_equal(before.get(path), weight)
    )
