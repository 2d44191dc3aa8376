"""What the networks are trained with: losses and metrics on level indices, optimizers, learning-rate schedules."""

import keras

LOSSES = ("crossentropy", "focal", "mse")
OPTIMIZERS = ("adam", "adamw", "nadam", "rmsprop", "sgd")
LR_SCHEDULES = ("constant", "inverse_time", "exponential", "cosine")


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
        """Return what rebuilds the loss."""
        return {**super().get_config(), "loss": self.loss}


def check_floatx():
    """Raise ValueError unless Keras' global float type is the one that the nets are made of.

    Nets set their own types, but losses and metrics inside Keras go by the global one, and training would fail late.
    """
    if keras.config.floatx() != "float32":
        raise ValueError(
            f"keras.config.floatx() must be 'float32' to train; got {keras.config.floatx()!r}, which "
            "keras.config.set_floatx('float32') sets back"
        )


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


def compile_model(model, loss, optimizer):
    """Compile a net of one or more heads, and make every variable that training needs.

    Left to itself Keras makes them in its first step, and TensorFlow then traces that step a second time, which takes
    as long as some hundred steps.

    Parameters
    ----------
    model : keras.Model
        Its targets are to come as a tuple of level indices of shape (n,), one a head.
    loss : str
        As in :func:`head_loss`, for each head.
    optimizer : keras.optimizers.Optimizer
    """
    units = [output.shape[-1] for output in model.outputs]
    model.compile(
        optimizer=optimizer,
        loss=[head_loss(loss, n) for n in units],
        metrics=[[head_accuracy(n)] for n in units],
    )
    optimizer.build(model.trainable_variables)
    targets = tuple(keras.ops.zeros(1, "int32") for _ in units)
    outputs = model(keras.ops.zeros((1, *model.input_shape[1:])))  # a call also drops what an earlier loss left behind
    model.compute_loss(None, targets, outputs)
    model.compute_metrics(None, targets, outputs)
    model.reset_metrics()


def make_optimizer(optimizer, learning_rate, *, lr_schedule="constant", lr_decay=1e-5, total_steps=1):
    """Optimizer with its learning-rate schedule.

    Parameters
    ----------
    optimizer : {"adam", "adamw", "nadam", "rmsprop", "sgd"}
        Keras' defaults, but for "sgd", which has Nesterov momentum 0.9.
    learning_rate : float
        Learning rate of the first step.
    lr_schedule : {"constant", "inverse_time", "exponential", "cosine"}
        Learning rate at step t of T: η; η / (1 + lr_decay·t), Keras' former ``decay``; η·0.01^(t/T); or
        η·(1 + cos(π·t/T)) / 2.
    lr_decay : float
        Of "inverse_time" only.
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
