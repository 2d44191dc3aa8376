"""Optimizers with their learning-rate schedules."""

import keras

__all__ = ["LR_SCHEDULES", "OPTIMIZERS", "make_optimizer"]

OPTIMIZERS = ("adam", "adamw", "nadam", "rmsprop", "sgd")
LR_SCHEDULES = ("constant", "inverse_time", "exponential", "cosine")


def make_optimizer(optimizer, learning_rate, *, lr_schedule="constant", lr_decay=1e-5, total_steps=1):
    """Optimizer with its learning-rate schedule.

    Parameters
    ----------
    optimizer : {"adam", "adamw", "nadam", "rmsprop", "sgd"}
        Keras' defaults, except "sgd", which has Nesterov momentum 0.9.
    learning_rate : float
        Learning rate of the first step.
    lr_schedule : {"constant", "inverse_time", "exponential", "cosine"}
        Learning rate at step t of T: η; η / (1 + lr_decay·t), Keras' former ``decay``; η·0.01^(t/T); or
        η·(1 + cos(π·t/T)) / 2.
    lr_decay : float
        For "inverse_time" only.
    total_steps : int
        T, the steps of the whole training.

    Returns
    -------
    keras.optimizers.Optimizer
    """
    schedules = keras.optimizers.schedules
    if lr_schedule == "inverse_time":
        learning_rate = schedules.InverseTimeDecay(learning_rate, decay_steps=1, decay_rate=lr_decay)
    elif lr_schedule == "exponential":
        learning_rate = schedules.ExponentialDecay(learning_rate, decay_steps=total_steps, decay_rate=0.01)
    elif lr_schedule == "cosine":
        learning_rate = schedules.CosineDecay(learning_rate, decay_steps=total_steps)
    config = {"learning_rate": learning_rate}
    if optimizer == "sgd":
        config |= {"momentum": 0.9, "nesterov": True}
    optimizers = {"adam": "Adam", "adamw": "AdamW", "nadam": "Nadam", "rmsprop": "RMSprop", "sgd": "SGD"}
    return getattr(keras.optimizers, optimizers[optimizer])(**config)
