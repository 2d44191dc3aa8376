"""Train one head of a fitted net, also on new levels, and leave everything else as it is."""

import math

import keras
import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils._param_validation import validate_parameter_constraints
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from lineclf import nets
from lineclf._labels import label_kind, read_column
from lineclf.estimators._batches import sample_images, shuffled_batches
from lineclf.estimators._inputs import check_weights

__all__ = ["add_levels", "fit_head"]


def add_levels(estimator, head, levels):
    """Give one head more levels; see :meth:`MultiHeadLineClassifier.add_levels`."""
    place = _place(estimator, head)
    known = estimator.target_encoder_.encoders_[place].classes_
    classes = _merged(known, read_column(levels, "levels"), head, "levels")
    if len(classes) > len(known):
        kept = np.searchsorted(classes, known)
        estimator.model_ = _widened(estimator.model_, place, kept, len(classes), estimator._seed)
        estimator._compiled_for = None
        _learn_labels(estimator, place, classes)
    return estimator


def fit_head(estimator, head, X, y, sample_weight, *, epochs, learning_rate):
    """Train one head; see :meth:`MultiHeadLineClassifier.fit_head`."""
    nets.check_floatx()
    epochs = estimator.epochs if epochs is None else epochs
    learning_rate = estimator.learning_rate if learning_rate is None else learning_rate
    given = {"epochs": epochs, "learning_rate": learning_rate}
    legal = {name: estimator._parameter_constraints[name] for name in given}
    validate_parameter_constraints(legal, given, caller_name="fit_head")
    place = _place(estimator, head)
    X = estimator._check_images(X)
    y = read_column(y)
    check_consistent_length(X, y, sample_weight)
    weight = check_weights(sample_weight)
    weight = None if weight is None else np.asarray(weight, dtype=np.float32)
    known = estimator.target_encoder_.encoders_[place].classes_
    classes = _merged(known, y, head)

    model = estimator.model_
    if len(classes) > len(known):
        model = _widened(model, place, np.searchsorted(classes, known), len(classes), estimator._seed)
    branch = keras.Model(model.inputs, model.outputs[place])
    shared = {layer.name for i, output in enumerate(model.outputs) if i != place for layer in _path(model, output)}
    steps = math.ceil(len(X) / estimator.batch_size)
    levels = np.searchsorted(classes, y).astype(np.int32).reshape(-1, 1)
    data = {
        "image_shape": estimator.image_shape_,
        "batch_size": estimator.batch_size,
        "seed": estimator._seed,
        "max_shift": estimator.max_shift,
    }
    try:
        for layer in branch.layers:
            layer.trainable = layer.name not in shared  # so their batch normalization keeps its statistics as well
        optimizer = nets.make_optimizer(
            estimator.optimizer,
            learning_rate,
            lr_schedule=estimator.lr_schedule,
            lr_decay=estimator.lr_decay,
            total_steps=epochs * steps,
        )
        nets.compile_model(branch, estimator.loss, optimizer)
        nets.reseed_dropout(branch, estimator._seed, estimator.n_epochs_)
        history = branch.fit(
            shuffled_batches(X, levels, weight, first_epoch=estimator.n_epochs_, epochs=epochs, **data),
            steps_per_epoch=steps,
            epochs=epochs,
            shuffle=False,  # the batches are
            verbose=int(estimator.verbose),
        ).history
        nets.recalibrate(branch, sample_images(X, **data))
    finally:
        for layer in branch.layers:
            layer.trainable = True
    estimator.model_ = model
    estimator._compiled_for = None  # the next fit compiles for all heads again
    _learn_labels(estimator, place, classes)
    estimator.head_history_ = {
        **getattr(estimator, "head_history_", {}),
        head: {key: [float(value) for value in values] for key, values in history.items()},
    }
    return estimator


def _place(estimator, head):
    check_is_fitted(estimator)
    if head not in estimator.heads_:
        raise ValueError(f"head must be one of {', '.join(map(repr, estimator.heads_))}; got {head!r}")
    return estimator.heads_.index(head)


def _merged(known, y, head, name="y"):
    """Sorted labels of a head, old and new."""
    if type_of_target(y, input_name=name).startswith("continuous"):
        raise ValueError(f"{name} must hold labels of head {head!r}, like {known[0].item()!r}; got continuous numbers")
    if label_kind(known) != label_kind(y):
        raise ValueError(f"{name} must hold labels of head {head!r}, like {known[0].item()!r}; got {y[0].item()!r}")
    return np.union1d(known, y)


def _path(model, output):
    return keras.Model(model.inputs, output).layers


def _widened(model, place, kept, n_levels, seed):
    """The same net with a softmax of `n_levels` for one head, the levels at `kept` as they were.

    Two levels on one sigmoid of z are a softmax of (0, z).
    """
    activation = model.get_layer(model.output_names[place])
    old = activation.input._keras_history.operation
    kernel, bias = old.get_weights()
    if kernel.shape[1] == 1:
        kernel, bias = np.hstack([np.zeros_like(kernel), kernel]), np.append(0, bias)
    new = keras.layers.Dense(
        n_levels,
        name=old.name,
        kernel_initializer=keras.initializers.GlorotUniform(seed=seed),
        kernel_regularizer=old.kernel_regularizer,
        dtype=old.dtype_policy,
    )
    outputs = list(model.outputs)
    outputs[place] = keras.layers.Activation("softmax", name=activation.name, dtype=old.dtype_policy)(new(old.input))
    wide_kernel, wide_bias = new.get_weights()
    wide_kernel[:, kept], wide_bias[kept] = kernel, bias
    new.set_weights([wide_kernel, wide_bias])
    return nets.Network(model.inputs[0], outputs, name=model.name)


def _learn_labels(estimator, place, classes):
    encoder = estimator.target_encoder_
    encoder.encoders_[place] = LabelEncoder()
    encoder.encoders_[place].classes_ = classes
    vars(estimator).update(encoder.get_metadata())
