"""One trial: data, split, fit, evaluation; its result is plain JSON, so that storage alone can tell everything."""

import hashlib
import inspect
import json
import time
from dataclasses import asdict, dataclass
from importlib import import_module
from importlib.metadata import version

import numpy as np
from sklearn.base import clone

from lineclf import __version__
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.experiments._design import child_seed
from lineclf.metrics import confusion_matrices, head_log_loss, head_report, joint_accuracy_score
from lineclf.model_selection import audit_split, get_track

_LIBRARIES = ("tensorflow", "keras", "scikeras", "scikit-learn", "numpy")


def load_estimator(path, settings):
    """Estimator of the class at ``package.module:Class``, built with `settings`; ValueError if there is none."""
    module, _, name = path.partition(":")
    try:
        return getattr(import_module(module), name)(**settings)
    except (ImportError, AttributeError, TypeError) as error:
        raise ValueError(f"estimator={path!r} with {settings} cannot be made: {error}") from error


@dataclass(frozen=True)
class Task:
    """What all trials of a run have in common; its fingerprint keeps results of different ones apart.

    Parameters
    ----------
    estimator : str
        Import path of the classifier.
    settings : dict
        Constructor arguments of the baseline, beside the defaults.
    track : str
        Split protocol.
    n_per_class : int
        Images drawn a class.
    """

    estimator: str
    settings: dict
    track: str
    n_per_class: int

    def baseline(self):
        """Return the unfitted baseline."""
        return load_estimator(self.estimator, self.settings)

    def fingerprint(self):
        """Hash of everything that gives a result its meaning: another default, size, track or version, another hash."""
        defaults = self.baseline().get_params()
        known = {**asdict(self), "defaults": defaults, "version": __version__}
        return hashlib.sha256(json.dumps(known, sort_keys=True, default=str).encode()).hexdigest()[:10]


def check_components(task, components):
    """Raise ValueError unless the estimator has every component, and at its baseline level."""
    params = task.baseline().get_params()
    for component in components:
        if component.name not in params:
            raise ValueError(f"components: {task.estimator} has no argument {component.name!r}, only {list(params)}")
        if params[component.name] != component.baseline:
            raise ValueError(
                f"component {component.name!r}: its baseline {component.baseline!r} is not what the baseline has, "
                f"{params[component.name]!r}"
            )


def run_trial(task, cell, seed):
    """Train and evaluate one cell at one seed.

    The seed fixes data, split and the estimator's own randomness, each by a child seed, so that cells are paired.

    Parameters
    ----------
    task : Task
    cell : Cell
    seed : int

    Returns
    -------
    dict
        JSON-able: params, split, metrics, history, confusion matrices, data sets, versions, times.
    """
    started = time.time()
    X, y, positions = make_lines(task.n_per_class, return_positions=True, random_state=child_seed(seed, "data"))
    track = get_track(task.track, random_state=child_seed(seed, "split"))
    fold = seed % track.get_n_splits()
    train, test = list(track.split(X, y, positions))[fold]
    estimator = clone(task.baseline()).set_params(**cell.settings)
    if "random_state" in estimator.get_params():
        estimator.set_params(random_state=child_seed(seed, "model"))
    if "validation_data" not in inspect.signature(estimator.fit).parameters:  # a plain scikit-learn classifier
        X = X.reshape(len(X), -1)
        curves = {}
    else:
        curves = {"validation_data": (X[test], y[test])}  # for the curves; nothing is chosen by them

    clock = time.perf_counter()
    estimator.fit(X[train], y[train], **curves)
    seconds_fit = time.perf_counter() - clock
    clock = time.perf_counter()
    predicted = estimator.predict(X[test])
    seconds_predict = time.perf_counter() - clock

    metrics = {
        "test_joint_accuracy": joint_accuracy_score(y[test], predicted),
        "train_joint_accuracy": joint_accuracy_score(y[train], estimator.predict(X[train])),
        "seconds_fit": seconds_fit,
        "seconds_predict": seconds_predict,
    }
    for head, scores in head_report(y[test], predicted).items():
        metrics |= {f"test_{name}_{head}": score for name, score in scores.items()}
    if hasattr(estimator, "predict_proba"):
        losses = head_log_loss(y[test], estimator.predict_proba(X[test]), labels=estimator.classes_)
        metrics |= {f"test_log_loss_{head}": loss for head, loss in losses.items()}
    if hasattr(estimator, "model_"):
        metrics["parameters"] = estimator.model_.count_params()
    history = getattr(estimator, "history_", {})
    if history:
        metrics["epochs"] = len(history["loss"])
    audit = audit_split(X[train], y[train], X[test], y[test])
    confusion = confusion_matrices(y[test], predicted, labels=[np.arange(len(names)) for names in TARGET_NAMES])
    source = {"function": "lineclf.datasets.make_lines", "n_per_class": task.n_per_class, "seed": seed}
    return {
        "cell": cell.name,
        "component": cell.component,
        "level": cell.level,
        "seed": seed,
        "params": {name: _plain(value) for name, value in estimator.get_params().items()},
        "split": {
            "track": task.track,
            "fold": fold,
            "n_train": len(train),
            "n_test": len(test),
            "leak": audit.leak,
            "label_conflicts": audit.label_conflicts,
        },
        "metrics": {name: float(value) for name, value in metrics.items()},
        "history": history,
        "confusion": {head: matrix.tolist() for head, matrix in confusion.items()},
        "labels": dict(zip(FACTORS, TARGET_NAMES, strict=True)),
        "datasets": {
            context: {
                "name": f"lines {task.track} {context}",
                "digest": _digest(X[rows], y[rows]),
                "source": json.dumps(source),
                "profile": {"n": len(rows), "shape": list(X.shape[1:]), "dtype": str(X.dtype)},
            }
            for context, rows in (("train", train), ("test", test))
        },
        "versions": {"lineclf": __version__, **{name: version(name) for name in _LIBRARIES}},
        "started": started,
        "finished": time.time(),
    }


def _digest(X, y):
    digest = hashlib.sha256()
    for array in (X, y):
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()[:16]


def _plain(value):
    return value if isinstance(value, str | int | float | bool | None) else repr(value)
