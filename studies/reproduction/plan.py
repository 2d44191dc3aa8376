"""A reproduction's plan: which model on which data at which seed, and results in long form."""

import json

import numpy as np
import pandas as pd

from lineclf.runs import MEANING, Plan, evaluate, fingerprint, identity_params, load_estimator, seed_estimator
from reproduction.data import load_split

COLUMNS = ("item", "model", "seed", "metric", "value", "revision")


class ReproductionPlan(Plan):
    """The trials of a :class:`Reproduction` under the command line's options."""

    def __init__(self, study, models, profile, seeds):
        self.study, self.profile = study, profile
        self.n_per_class = study.profiles[profile].n_per_class
        self.queue_name = study.name
        self.title = f"{study.name} · {profile}"
        self.params = {"profile": profile, "n_per_class": self.n_per_class}
        self._fingerprints = {model: self._fingerprint(model) for model in study.models}
        most = study.profiles[profile].seeds
        keys = {}
        for model in models:
            for seed in range(min(model.seeds, most)) if seeds is None else seeds:
                keys[self._key(model, seed)] = model, seed
        # Seed by seed, so that models whose times are compared take turns.
        keys = dict(sorted(keys.items(), key=lambda item: item[1][1]))
        self.trials = {key: {"model": model.name, "seed": seed} for key, (model, seed) in keys.items()}
        self.names = {key: f"{model.name} · seed {seed}" for key, (model, seed) in keys.items()}

    def revision(self, model):
        """Present revision of a model's estimator."""
        return getattr(load_estimator(model.estimator, dict(model.settings)), "revision", 1)

    def _fingerprint(self, model):
        """Hash of everything that gives a model's result its meaning."""
        params = identity_params(load_estimator(model.estimator, dict(model.settings)))
        known = {"data": model.data, "n_per_class": self.n_per_class, "estimator": model.estimator}
        known |= {"params": params, "version": MEANING}
        return fingerprint(known, default=str)

    def _key(self, model, seed):
        return json.dumps({"model": model.name, "seed": seed, "fingerprint": self._fingerprints[model]})

    def run(self, key, on_fitted=None):
        """Result of one trial, and its value."""
        known = json.loads(key)
        model = next(model for model in self.study.models if model.name == known["model"])
        estimator = load_estimator(model.estimator, dict(model.settings))
        # One seed for all models: those of one shape begin from the same weights, in the same order.
        seed_estimator(estimator, known["seed"])
        result = evaluate(estimator, load_split(model.data, self.n_per_class), on_fitted)
        metrics = result["metrics"]
        return metrics.get("test_joint_accuracy", metrics.get("test_accuracy")), {
            "name": model.name,
            "tags": {"model": model.name, "profile": self.profile},
            "model": model.name,
            "seed": known["seed"],
            **result,
        }

    def by_model(self, results):
        """Results of this study at this size, whichever options they were made with: model → list, by seed."""
        found: dict = {model: [] for model in self.study.models}
        keys = {self._fingerprints[model]: model for model in found}
        for key, result in results.items():
            known = json.loads(key)
            model = keys.get(known["fingerprint"])
            if model is not None and model.name == known["model"]:
                found[model].append(result)
        return {model: sorted(trials, key=lambda result: result["seed"]) for model, trials in found.items()}

    def report(self, folder, results, failures, command):
        """Write the report; what to print, and the files."""
        from reproduction.page import write_reproduction

        return write_reproduction(folder, self, self.by_model(results), failures, command)


def reproduction_frame(study, by_model):
    """Results in long form, one row an item, model, seed and metric; accuracies are fractions.

    Parameters
    ----------
    study : Reproduction
    by_model : dict of Model to list of dict

    Returns
    -------
    pandas.DataFrame
        Columns item, model, seed, metric, value; revision, of the estimator.
    """
    rows = [
        (item.name, model.name, result["seed"], metric, value, result.get("revision", 1))
        for item in study.items
        for model in item.models
        for result in by_model[model]
        for metric, value in sorted({**result["metrics"], **_facts(result)}.items())
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _facts(result):
    """More of a result as metrics; an accuracy that was never reached has no epoch."""
    facts = {name: result["split"][name] for name in ("leak", "label_conflicts", "n_train", "n_test")}
    facts["n_features"] = int(np.prod(result["datasets"]["train"]["profile"]["shape"]))
    for head, matrix in result["confusion"].items():
        suffix = "" if len(result["confusion"]) == 1 else f"_{head}"
        facts[f"test_errors{suffix}"] = int(np.sum(matrix) - np.trace(matrix))
        accuracies = np.array(result["history"].get(f"val{suffix}_accuracy", []))
        if len(accuracies):
            facts[f"test_error_over_epochs{suffix}"] = float(1 - accuracies.mean())
        if (accuracies >= 0.99).any():
            facts[f"epochs_to_99{suffix}"] = int(np.argmax(accuracies >= 0.99)) + 1
    return facts


def curves_frame(by_model):
    """Learning curves in long form: columns model, seed, epoch, metric, value."""
    rows = [
        (model.name, result["seed"], epoch, metric, value)
        for model, results in by_model.items()
        for result in results
        for metric, values in result["history"].items()
        for epoch, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows, columns=["model", "seed", "epoch", "metric", "value"])


def confusion_frame(by_model):
    """Confusion matrices in long form, cells that are not zero: columns model, seed, head, true, predicted, count."""
    rows = [
        (model.name, result["seed"], head, result["labels"][head][i], result["labels"][head][j], matrix[i][j])
        for model, results in by_model.items()
        for result in results
        for head, matrix in result["confusion"].items()
        for i, j in zip(*np.nonzero(matrix), strict=True)
    ]
    return pd.DataFrame(rows, columns=["model", "seed", "head", "true", "predicted", "count"])
