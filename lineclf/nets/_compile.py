"""Make a net ready to train."""

import keras

from lineclf.nets._losses import head_accuracy, head_loss

__all__ = ["check_floatx", "compile_model"]


def check_floatx():
    """Raise ValueError unless Keras' global float type is that of the nets.

    Nets set their own types, but losses and metrics inside Keras use the global type, and training would fail late.
    """
    if keras.config.floatx() != "float32":
        raise ValueError(
            f"keras.config.floatx() must be 'float32' to train; got {keras.config.floatx()!r}, which "
            "keras.config.set_floatx('float32') sets back"
        )


def compile_model(model, loss, optimizer, *, trains=True):
    """Compile a net of one or more heads, and make every variable that training needs.

    Keras itself would make them in its first step, and TensorFlow then traces that step a second time, which takes as
    long as some hundred steps.

    Parameters
    ----------
    model : keras.Model
        A net whose targets are a tuple of level indices of shape (n,), one per head.
    loss : str
        As in :func:`head_loss`, for each head.
    optimizer : keras.optimizers.Optimizer
    trains : bool, default=True
        Whether this net does the training itself. Else its losses and metrics make their variables when they are used.
    """
    units = [output.shape[-1] for output in model.outputs]
    model.compile(
        optimizer=optimizer,
        loss=[head_loss(loss, n) for n in units],
        metrics=[[head_accuracy(n)] for n in units],
    )
    optimizer.build(model.trainable_variables)
    if not trains:
        return
    targets = tuple(keras.ops.zeros(1, "int32") for _ in units)
    outputs = model(keras.ops.zeros((1, *model.input_shape[1:])))  # a call also drops what an earlier loss left behind
    model.compute_loss(None, targets, outputs)
    model.compute_metrics(None, targets, outputs)
    model.reset_metrics()
