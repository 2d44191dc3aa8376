"""One training of an estimator's net: data to score it on, steps, statistics and callbacks."""

import math
from contextlib import nullcontext

import keras
import numpy as np

from lineclf import nets
from lineclf.estimators import _twins
from lineclf.estimators._batches import ordered_batches, sample_images, shuffled_batches

__all__ = ["choose_data", "train"]


def choose_data(estimator, X, y, sample_weight, validation_data):
    """Choose the data to train on and the data to score after every epoch.

    Parameters
    ----------
    estimator : ImageClassifier
        With a net that is built, but need not be trained.
    X, y, sample_weight : ndarray, or None for the last
        Rows of pixels, encoded labels and weights of the fit.
    validation_data : tuple (X, y), or None
        As it was given to `fit`.

    Returns
    -------
    trained_on : tuple (X, y, sample_weight)
    held_out : tuple (X, y) or (X, y, sample_weight), or None
    """
    if validation_data is not None:
        if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
            raise ValueError(f"validation_data must be a pair (X, y); got {type(validation_data).__name__}")
        X_held_out, y_held_out = estimator._validate_data(*validation_data)
        return (X, y, sample_weight), (X_held_out, estimator.target_encoder_.transform(y_held_out))
    if estimator.validation_split:
        return _split((X, y, sample_weight), estimator.validation_split, estimator._seed)
    return (X, y, sample_weight), None


def _split(arrays, share, seed):
    n = len(arrays[0])
    order = np.random.default_rng([seed, n]).permutation(n)
    n_held_out = math.ceil(share * n)
    if n_held_out >= n:
        raise ValueError(f"validation_split={share} leaves none of {n} samples to train on")
    parts = [
        tuple(None if array is None else array[rows] for array in arrays)
        for rows in (np.sort(order[n_held_out:]), np.sort(order[:n_held_out]))
    ]
    return parts[0], parts[1]


def train(estimator, trained_on, held_out, *, epochs, initial_epoch, lr_schedule=None):
    """Train an estimator's net, and set its batch normalization to the statistics of the trained weights.

    Parameters
    ----------
    estimator : ImageClassifier
    trained_on, held_out : tuple
        From :func:`choose_data`.
    epochs : int
        Passes over the data, unless the estimator plans its steps itself.
    initial_epoch : int
        Number of epochs trained before.
    lr_schedule : str, optional
        Given for a step of `partial_fit`, which continues with the net's own optimizer. By default training begins
        anew, with the estimator's schedule.

    Returns
    -------
    dict of str to list of float
        Keras' history, a value per epoch.
    """
    is_partial = lr_schedule is not None
    stopping = _early_stopping(estimator.patience, held_out)
    X, y, sample_weight = trained_on
    shape = {"image_shape": estimator.image_shape_, "batch_size": estimator.batch_size}
    drawn = {"seed": estimator._seed, "max_shift": estimator.max_shift}
    statistics = {
        "images": sample_images(X, **shape, **drawn),
        # A step of partial_fit on less than a batch counts for its share of one, lest a few images decide.
        "share": min(1.0, len(X) / estimator.batch_size) if is_partial and estimator.n_epochs_ else 1.0,
    }
    # Each evaluation recalibrates; without one, each epoch's end does ahead of the user's callbacks,
    # or else the end of the training.
    each_epoch = held_out is None and bool(estimator.callbacks)
    recalibration = nets.Recalibration(**statistics, each_epoch=each_epoch)

    steps = math.ceil(len(X) / estimator.batch_size)
    if not is_partial:
        epochs, steps = estimator._plan_steps(epochs, steps)
    # Steps of partial_fit go on with this net's own optimizer; callbacks may look at this net, too.
    alone = is_partial or bool(estimator.callbacks)
    if not is_partial or estimator._compiled_for != lr_schedule:
        _compile(estimator, lr_schedule or estimator.lr_schedule, epochs * steps, trains=alone)
        estimator._compiled_for = lr_schedule
    nets.reseed_dropout(estimator.model_, estimator._seed, estimator.n_epochs_)
    twin = nullcontext(estimator.model_) if alone else _twins.trainer(estimator.model_, estimator.loss, epochs * steps)
    with twin as model:
        history = model.fit(
            shuffled_batches(X, y, sample_weight, first_epoch=estimator.n_epochs_, epochs=epochs, **shape, **drawn),
            steps_per_epoch=steps,
            epochs=initial_epoch + epochs,
            initial_epoch=initial_epoch,
            validation_data=None if held_out is None else ordered_batches(*held_out, **shape),
            callbacks=[recalibration, *(estimator.callbacks or []), *stopping],
            shuffle=False,  # the batches are
            verbose=int(estimator.verbose),
        ).history
    if held_out is None and not each_epoch:
        nets.recalibrate(estimator.model_, **statistics)
    return {key: [float(value) for value in values] for key, values in history.items()}


def _early_stopping(patience, held_out):
    if patience is None:
        return []
    if held_out is None:
        raise ValueError(f"patience={patience} needs data to watch: validation_split > 0, or validation_data in fit")
    return [keras.callbacks.EarlyStopping(patience=patience, restore_best_weights=True)]


def _compile(estimator, lr_schedule, total_steps, trains):
    optimizer = nets.make_optimizer(
        estimator.optimizer,
        estimator.learning_rate,
        lr_schedule=lr_schedule,
        lr_decay=estimator.lr_decay,
        total_steps=total_steps,
    )
    nets.compile_model(estimator.model_, estimator.loss, optimizer, trains=trains)
