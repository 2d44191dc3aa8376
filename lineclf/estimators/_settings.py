"""Settings of a training step that need no new trace: dropout rates, L2 penalties, the rate of each step.

A step that reads them from variables gives the same bits as one that has them as constants: each is the float32 that
TensorFlow makes of the constant, and goes through the same operations.
"""

import json
from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

__all__ = ["RateTable", "form_and_settings", "learning_rates", "settable"]

_DROPOUT = "lineclf>SetDropout"


def form_and_settings(net):
    """Split a net's configuration into form and settings.

    Parameters
    ----------
    net : keras.Model

    Returns
    -------
    form : str
        The traced part of its configuration; seeds are not in it, as the draws from them are in variables.
    settings : list of float
        Values in which a net of the same form may differ, none of them zero: a rate of zero leaves the operation out.
    """
    config = net.get_config()
    settings = []
    for place, name in _places(config):
        settings.append(place[name])
        place[name] = "set"
    return json.dumps(_without_seeds(config), sort_keys=True), settings


def settable(net):
    """Copy a net, untrained, with variables for its settings.

    Parameters
    ----------
    net : keras.Model

    Returns
    -------
    copy : keras.Model
    set_to : callable
        Takes the settings of a net of the same form.
    """
    config = net.get_config()
    for layer in config["layers"]:
        if _is_dropout(layer):
            layer["registered_name"] = _DROPOUT
    copy = type(net).from_config(config, custom_objects={_DROPOUT: _SetDropout})
    setters = []
    for layer in copy.layers:
        if isinstance(layer, _SetDropout):
            setters.append(layer.set_rate)
        elif _is_l2(keras.saving.serialize_keras_object(layer)):
            penalty = _variable(0.0)
            layer.kernel_regularizer.l2 = penalty
            setters.append(penalty.assign)

    def set_to(settings):
        for set_one, value in zip(setters, settings, strict=True):
            set_one(value)

    return copy, set_to


def _places(config):
    """Places of settings in a configuration: a dict and the key in it, layer by layer."""
    for layer in config["layers"]:
        if _is_dropout(layer):
            yield layer["config"], "rate"
        elif _is_l2(layer):
            yield layer["config"]["kernel_regularizer"]["config"], "l2"


def _is_dropout(layer):
    own = layer["config"]
    return _is_keras(layer, "layers", "Dropout") and own["rate"] > 0 and own["noise_shape"] is None


def _is_l2(layer):
    penalty = layer["config"].get("kernel_regularizer")
    return (
        _is_keras(layer, "layers", layer["class_name"])
        and penalty is not None
        and _is_keras(penalty, "regularizers", "L2")
        and penalty["config"]["l2"] > 0
    )


def _is_keras(config, module, class_name):
    """Whether this is Keras' own class: a derived class may use its rate in any way."""
    return config["module"] == f"keras.{module}" and config["class_name"] == class_name


def _without_seeds(config):
    if isinstance(config, dict):
        return {key: _without_seeds(value) for key, value in config.items() if key != "seed"}
    if isinstance(config, list | tuple):
        return [_without_seeds(each) for each in config]
    return config


def _variable(value, **options):
    return tf.Variable(value, trainable=False, dtype=tf.float32, **options)


class _SetDropout(keras.layers.Dropout):
    """Keras' layer, the same to the bit, with a rate that can be set if it is not zero."""

    def __init__(self, rate, **options):
        super().__init__(rate, **options)
        self._rate, self._scale = _variable(0.0), _variable(0.0)

    def set_rate(self, rate):
        self._rate.assign(rate)
        self._scale.assign(1 / (1 - rate))

    def call(self, inputs, training=False):
        if not training or self.rate == 0:  # which recalibration sets
            return inputs
        drawn = keras.random.uniform(tf.shape(inputs), dtype=inputs.dtype, seed=self.seed_generator)
        return tf.where(drawn >= self._rate, inputs * self._scale, 0.0)


class RateTable(keras.optimizers.schedules.LearningRateSchedule):
    """Learning rates of all steps of a training, from a table that can be set."""

    def __init__(self):
        self._rates = _variable([], shape=[None])

    def set_to(self, rates):
        self._rates.assign(rates)

    def __call__(self, step):
        return tf.gather(self._rates, step)


def learning_rates(optimizer, steps):
    """Learning rate of each step, as in a traced step.

    Parameters
    ----------
    optimizer : keras.optimizers.Optimizer
    steps : int

    Returns
    -------
    ndarray of shape (steps,), float32
    """
    return _learning_rates(json.dumps(optimizer.get_config()["learning_rate"]), steps)


@lru_cache(maxsize=16)
def _learning_rates(given, steps):
    given = json.loads(given)
    if not isinstance(given, dict):
        return np.full(steps, given, np.float32)
    schedule = keras.optimizers.schedules.deserialize(given)
    # Traced and one step at a time, as in training: eager, or for all steps at once, the last bit can be another.
    table = tf.function(lambda: tf.map_fn(schedule, tf.range(steps, dtype=tf.int64), fn_output_signature=tf.float32))
    return table().numpy()
