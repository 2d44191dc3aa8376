"""Fit an estimator on a split and describe the result as plain JSON, so that the storage alone has all of it."""

import hashlib
import inspect
import json
import platform
import time
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import numpy as np
from joblib import cpu_count
from sklearn.metrics import f1_score
from sklearn.utils import get_tags

from lineclf import __version__
from lineclf.baselines import LabelPowersetClassifier
from lineclf.metrics import apply_temperature, confusion_matrices, fit_temperature
from lineclf.model_selection import audit_split
from lineclf.runs._identity import child_seed
from lineclf.runs._memory import peak_memory
from lineclf.runs._scores import classes_of, label_scores, probability_scores, seen_scores, unit_errors

__all__ = [
    "Split",
    "as_input",
    "audit_facts",
    "describe_sides",
    "evaluate",
    "for_several_targets",
    "load_estimator",
    "plain_params",
    "processor",
    "seed_estimator",
    "takes_images",
    "versions",
]

_LIBRARIES = ("tensorflow", "keras", "scikeras", "scikit-learn", "numpy")
_MOST_ERRORS = 2000  # indices of wrong test images are kept up to so many


def load_estimator(path, settings):
    """Estimator of the class at ``package.module:Class``, built with `settings`; ValueError if there is none."""
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(module), name)(**settings)
    except (ImportError, AttributeError, TypeError) as error:
        raise ValueError(f"estimator={path!r} with {settings} cannot be made: {error}") from error


def seed_estimator(estimator, seed, purpose="model"):
    """Set every ``random_state`` of an estimator and of its parts to a child seed; return the estimator."""
    names = [name for name in estimator.get_params() if name == "random_state" or name.endswith("__random_state")]
    return estimator.set_params(**dict.fromkeys(names, child_seed(seed, purpose)))


def for_several_targets(estimator):
    """The estimator; wrapped, unless its tags allow several targets, with a class for each combination of labels."""
    return estimator if get_tags(estimator).target_tags.multi_output else LabelPowersetClassifier(estimator)


@dataclass(frozen=True)
class Split:
    """Training and test data, and their description.

    Parameters
    ----------
    name : str
        Name for people: "lines distinct", "mnist".
    X_train, X_test : ndarray of shape (n, height, width, channels) or (n, features)
    y_train, y_test : ndarray of int, shape (n,) or (n, 4)
        Level indices.
    labels : dict of str to list of str
        Names of the levels of each target column.
    source : dict
        Arguments that make the data again.
    facts : dict
        Further facts for the result, such as track and fold; with a "leak", the audit's findings as well.
    held_out : tuple (X, y), optional
        Taken from the training side, so that a temperature can be fitted to the probabilities.
    levels : dict of str to sequence of float, optional
        The levels of each head as numbers (None if they are not numbers), for errors in their unit.
    """

    name: str
    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray
    labels: dict
    source: dict
    facts: dict = field(default_factory=dict)
    held_out: tuple[np.ndarray, np.ndarray] | None = None
    levels: dict | None = None


def as_input(estimator, X):
    """Images for an estimator: unchanged for the package's own estimators, flattened for others."""
    return X if takes_images(estimator) else X.reshape(len(X), -1)


def evaluate(estimator, split, on_fitted=None, *, learning=True):
    """Fit and score one estimator.

    Parameters
    ----------
    estimator : classifier
        Unfitted; a plain scikit-learn one gets flattened images.
    split : Split
    on_fitted : callable (estimator, split), optional
        Called with the estimator once it is fitted.
    learning : bool, default=True
        Whether to score the learning as well: the training side and, for the package's own estimators, the test side
        after each epoch, for the curves, if training has every label that is tested. Nothing is chosen by these scores.

    Returns
    -------
    dict
        JSON-able: params, revision, split, metrics, history, confusion matrices, F1 of every class, wrong test images,
        labels, data sets, versions, times.
    """
    started = time.time()
    y_train, y_test = split.y_train, split.y_test
    X_train, X_test = as_input(estimator, split.X_train), as_input(estimator, split.X_test)
    scored = learning and takes_images(estimator) and _has_outputs(estimator, y_train, y_test)
    curves = {"validation_data": (X_test, y_test)} if scored else {}
    with peak_memory() as memory:
        clock = time.perf_counter()
        estimator.fit(X_train, y_train, **curves)
        seconds = time.perf_counter() - clock
    if on_fitted:
        on_fitted(estimator, split)
    at_once = hasattr(estimator, "predict_with_proba")
    clock = time.perf_counter()
    predicted, proba = estimator.predict_with_proba(X_test) if at_once else (estimator.predict(X_test), None)
    seconds_predict = time.perf_counter() - clock
    if not at_once and hasattr(estimator, "predict_proba"):
        proba = estimator.predict_proba(X_test)

    heads = list(split.labels)
    metrics = label_scores("test", y_test, predicted, split.labels) | seen_scores(y_train, y_test, predicted)
    metrics |= {"seconds": seconds, "seconds_predict": seconds_predict, "cores": cpu_count(), **memory}
    if learning:
        metrics |= label_scores("train", y_train, estimator.predict(X_train), split.labels)
    metrics |= _probability_metrics(estimator, split, predicted, proba)
    if hasattr(estimator, "model_"):
        from lineclf.nets import count_parameters  # Keras is there by now

        metrics["parameters"], _, metrics["parameters_not_trainable"] = count_parameters(estimator.model_)
    history = getattr(estimator, "history_", {})
    if history:
        metrics["epochs"] = len(history["loss"])
    levels = [np.arange(len(names)) for names in split.labels.values()]
    confusion = confusion_matrices(y_test, predicted, heads=heads, labels=levels)
    wrong = np.flatnonzero((y_test != predicted).reshape(len(y_test), -1).any(axis=1))
    true, answered = (classes_of(y, split.labels) for y in (y_test, predicted))
    return {
        "params": plain_params(estimator),
        "revision": getattr(estimator, "revision", 1),
        "split": {
            **({} if "leak" in split.facts else audit_facts(split)),
            **split.facts,
            "n_train": len(y_train),
            "n_test": len(y_test),
        },
        "metrics": {name: float(value) for name, value in metrics.items()},
        "history": history,
        "confusion": {head: matrix.tolist() for head, matrix in confusion.items()},
        "f1": f1_score(true, answered, labels=np.unique(true), average=None, zero_division=0).tolist(),
        "wrong": wrong[:_MOST_ERRORS].tolist(),
        "labels": split.labels,
        "datasets": describe_sides(split),
        "versions": versions(),
        "processor": processor(),
        "started": started,
        "finished": time.time(),
    }


def audit_facts(split, *, distances=False):
    """Leak and label conflicts of a split, and its smallest train–test distance in units of full scale if asked for."""
    audit = audit_split(split.X_train, split.y_train, split.X_test, split.y_test, distances=distances)
    facts = {"leak": audit.leak, "label_conflicts": audit.label_conflicts}
    if distances:
        scale = 255 if split.X_train.dtype == np.uint8 else 1
        facts["smallest_distance"] = audit.smallest_distance / scale
    return facts


def takes_images(estimator):
    """Whether an estimator is one of this package's nets, which take images and can be scored after every epoch."""
    return "validation_data" in inspect.signature(estimator.fit).parameters


def _has_outputs(estimator, y_train, y_test):
    """Whether a net trained on one side has outputs for all labels of the other side."""
    trained, tested = (y.reshape(len(y), -1) for y in (y_train, y_test))
    if getattr(estimator, "combines_heads", False):
        return set(map(tuple, tested)) <= set(map(tuple, trained))
    return all(np.isin(there, here).all() for here, there in zip(trained.T, tested.T, strict=True))


def _probability_metrics(estimator, split, predicted, proba):
    """Scores of the probabilities, before and after a temperature, and errors in units, which need no probabilities."""
    heads, y_test = list(split.labels), split.y_test
    classes = None
    metrics: dict[str, float] = {}
    if proba is not None:
        classes = [estimator.classes_] if len(heads) == 1 else estimator.classes_
        metrics |= probability_scores("test", y_test, proba, classes, heads)
        if split.held_out is not None:
            X, y = split.held_out
            known = estimator.predict_proba(as_input(estimator, X))
            temperature = fit_temperature(y, known, heads=heads, labels=classes)
            scaled = apply_temperature([proba] if len(heads) == 1 else proba, temperature)
            metrics |= {f"temperature_{head}": value for head, value in temperature.items()}
            metrics |= probability_scores("scaled", y_test, scaled if len(heads) > 1 else scaled[0], classes, heads)
    if split.levels is not None:
        metrics |= unit_errors(y_test, predicted, split.levels, proba, classes)
    return metrics


def plain_params(estimator):
    """Parameters of an estimator, by name, in the form of JSON."""
    return {name: _plain(value) for name, value in estimator.get_params().items()}


def describe_sides(split):
    """Facts that identify the data of both sides: side → name, digest, source and profile."""
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
    """Versions of this package and of the packages that its results depend on."""
    return {"lineclf": __version__, **{name: version(name) for name in _LIBRARIES}}


@cache
def processor():
    """Name of this machine's processor: the same seed gives another net on another kind of processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):  # another system, or a processor that does not say
        return platform.processor() or platform.machine()


def _digest(X, y):
    digest = hashlib.sha256()
    for array in (X, y):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


def _plain(value):
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
