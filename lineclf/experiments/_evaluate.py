"""Fit an estimator on a split and say everything about it as plain JSON, so that storage alone can tell the result."""

import hashlib
import inspect
import json
import time
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import version

import numpy as np
from sklearn.metrics import f1_score

from lineclf import __version__
from lineclf.datasets import class_index
from lineclf.metrics import confusion_matrices, head_log_loss, head_report, joint_accuracy_score
from lineclf.model_selection import audit_split

_LIBRARIES = ("tensorflow", "keras", "scikeras", "scikit-learn", "numpy")
_MOST_ERRORS = 2000  # indices of wrong test images are kept up to so many


def load_estimator(path, settings):
    """Estimator of the class at ``package.module:Class``, built with `settings`; ValueError if there is none."""
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(module), name)(**settings)
    except (ImportError, AttributeError, TypeError) as error:
        raise ValueError(f"estimator={path!r} with {settings} cannot be made: {error}") from error


@dataclass(frozen=True)
class Split:
    """Training and test data, and what they are.

    Parameters
    ----------
    name : str
        For people: "lines distinct", "mnist".
    X_train, X_test : ndarray of shape (n, height, width, channels) or (n, features)
    y_train, y_test : ndarray of int, shape (n,) or (n, 4)
        Level indices.
    labels : dict of str to list of str
        Names of the levels of each target column.
    source : dict
        What makes the data again.
    facts : dict
        More that belongs into the result, such as track and fold.
    """

    name: str
    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    labels: dict
    source: dict
    facts: dict = field(default_factory=dict)


def evaluate(estimator, split, on_fitted=None):
    """Fit and score one estimator.

    Parameters
    ----------
    estimator : classifier
        Unfitted; a plain scikit-learn one gets flattened images. The package's own also score the test side after
        each epoch, for the curves; nothing is chosen by them.
    split : Split
    on_fitted : callable (estimator, split), optional
        Given the estimator once it is fitted.

    Returns
    -------
    dict
        JSON-able: params, split, metrics, history, confusion matrices, F1 of every class, wrong test images, labels,
        data sets, versions, times.
    """
    started = time.time()
    X_train, y_train, X_test, y_test = split.X_train, split.y_train, split.X_test, split.y_test
    curves = {"validation_data": (X_test, y_test)}
    if "validation_data" not in inspect.signature(estimator.fit).parameters:
        X_train, X_test, curves = X_train.reshape(len(X_train), -1), X_test.reshape(len(X_test), -1), {}

    clock = time.perf_counter()
    estimator.fit(X_train, y_train, **curves)
    seconds = time.perf_counter() - clock
    if on_fitted:
        on_fitted(estimator, split)
    clock = time.perf_counter()
    predicted = estimator.predict(X_test)
    seconds_predict = time.perf_counter() - clock

    heads = list(split.labels)
    metrics = {
        **_scores("train", y_train, estimator.predict(X_train), heads),
        **_scores("test", y_test, predicted, heads),
        "seconds": seconds,
        "seconds_predict": seconds_predict,
    }
    if hasattr(estimator, "predict_proba"):
        known = [estimator.classes_] if len(heads) == 1 else estimator.classes_
        losses = head_log_loss(y_test, estimator.predict_proba(X_test), heads=heads, labels=known)
        metrics |= {_name("test_log_loss", head, heads): loss for head, loss in losses.items()}
    if hasattr(estimator, "model_"):
        from lineclf.networks import count_parameters  # Keras is there by now

        metrics["parameters"], _, metrics["parameters_not_trainable"] = count_parameters(estimator.model_)
    history = getattr(estimator, "history_", {})
    if history:
        metrics["epochs"] = len(history["loss"])
    audit = audit_split(split.X_train, y_train, split.X_test, y_test)
    levels = [np.arange(len(names)) for names in split.labels.values()]
    confusion = confusion_matrices(y_test, predicted, heads=heads, labels=levels)
    wrong = np.flatnonzero((y_test != predicted).reshape(len(y_test), -1).any(axis=1))
    return {
        "params": plain_params(estimator),
        "split": {
            **split.facts,
            "n_train": len(y_train),
            "n_test": len(y_test),
            "leak": audit.leak,
            "label_conflicts": audit.label_conflicts,
        },
        "metrics": {name: float(value) for name, value in metrics.items()},
        "history": history,
        "confusion": {head: matrix.tolist() for head, matrix in confusion.items()},
        "f1": f1_score(
            _classes(y_test), _classes(predicted), labels=np.unique(_classes(y_test)), average=None, zero_division=0
        ).tolist(),
        "wrong": wrong[:_MOST_ERRORS].tolist(),
        "labels": split.labels,
        "datasets": describe_sides(split),
        "versions": versions(),
        "started": started,
        "finished": time.time(),
    }


def _name(metric, head, heads):
    return metric if len(heads) == 1 else f"{metric}_{head}"


def _classes(y):
    """The classes of a single target, or the combinations of the four factors."""
    return y if y.ndim == 1 else class_index(y)


def _scores(side, y, predicted, heads):
    """Accuracies, and of all classes (with four heads: of the combinations) macro F1, precision and recall."""
    (over_all,) = head_report(_classes(y), _classes(predicted), heads=["class"]).values()
    scores = {f"{side}_{name}_macro": over_all[name] for name in ("f1", "precision", "recall")}
    if len(heads) == 1:
        return {f"{side}_accuracy": over_all["accuracy"], **scores}
    scores[f"{side}_joint_accuracy"] = joint_accuracy_score(y, predicted)
    for head, report in head_report(y, predicted, heads=heads).items():
        scores |= {f"{side}_{name}_{head}": score for name, score in report.items()}
    return scores


def plain_params(estimator):
    """Parameters of an estimator, by name, as JSON has them."""
    return {name: _plain(value) for name, value in estimator.get_params().items()}


def describe_sides(split):
    """What tells the data of both sides apart from any other: side → name, digest, source and profile."""
    return {
        side: {
            "name": f"{split.name} {side}",
            "digest": _digest(X, y),
            "source": json.dumps(split.source),
            "profile": {"n": len(X), "shape": list(X.shape[1:]), "dtype": str(X.dtype)},
        }
        for side, X, y in (("train", split.X_train, split.y_train), ("test", split.X_test, split.y_test))
    }


def versions():
    """Versions of this package and of those that its results depend on."""
    return {"lineclf": __version__, **{name: version(name) for name in _LIBRARIES}}


def _digest(X, y):
    digest = hashlib.sha256()
    for array in (X, y):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


def _plain(value):
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
