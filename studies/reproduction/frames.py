"""Results in long form, as the report's CSV files have them: every metric, every epoch, every confusion."""

from types import MappingProxyType

import numpy as np
import pandas as pd

COLUMNS = ("item", "model", "seed", "metric", "value", "revision")
_GOOD = 0.99  # the accuracy whose first epoch is noted
_LOSSES = {"train": "loss", "test": "val_loss"}  # as a history calls them


def reproduction_frame(study, by_model, unseen=MappingProxyType({})):
    """Return every metric of every result, one row an item, model, seed and metric; accuracies are fractions.

    Parameters
    ----------
    study : Reproduction
    by_model : dict of Model to list of dict
        Results.
    unseen : mapping of Model to ndarray of bool, optional
        Which test images do not occur in training, for models that are scored on these, too.

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
        for metric, value in sorted(
            {**result["metrics"], **_facts(result), **_unseen_facts(result, unseen.get(model))}.items()
        )
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
        if (accuracies >= _GOOD).any():
            facts[f"epochs_to_99{suffix}"] = int(np.argmax(accuracies >= _GOOD)) + 1
        if not suffix and len(accuracies) > 1:
            facts["test_accuracy_half_way"] = float(accuracies[len(accuracies) // 2 - 1])
            facts |= {f"{side}_loss_slope": _slope(result["history"][name]) for side, name in _LOSSES.items()}
    return facts


def _slope(values):
    """Rise an epoch, by least squares."""
    return float(np.polyfit(np.arange(len(values)), values, 1)[0])


def _unseen_facts(result, unseen):
    """Accuracy on the test images that do not occur in training, where all that are wrong are stored."""
    wrong, errors = result.get("wrong", ()), {int(np.sum(m) - np.trace(m)) for m in result["confusion"].values()}
    if unseen is None or errors != {len(wrong)}:
        return {}
    return {"test_accuracy_unseen": float(1 - unseen[list(wrong)].sum() / unseen.sum())}


def curves_frame(by_model):
    """Return the learning curves: columns model, seed, epoch, metric, value."""
    rows = [
        (model.name, result["seed"], epoch, metric, value)
        for model, results in by_model.items()
        for result in results
        for metric, values in result["history"].items()
        for epoch, value in enumerate(values, start=1)
    ]
    return pd.DataFrame(rows, columns=["model", "seed", "epoch", "metric", "value"])


def confusion_frame(by_model):
    """Return every cell of the confusion matrices but zeros: columns model, seed, head, true, predicted, count."""
    rows = [
        (model.name, result["seed"], head, result["labels"][head][i], result["labels"][head][j], matrix[i][j])
        for model, results in by_model.items()
        for result in results
        for head, matrix in result["confusion"].items()
        for i, j in zip(*np.nonzero(matrix), strict=True)
    ]
    return pd.DataFrame(rows, columns=["model", "seed", "head", "true", "predicted", "count"])


def read_results(path):
    """Read a stored ``results.csv``."""
    return pd.read_csv(path, dtype={"item": str, "model": str})


def item_values(frame, item):
    """Return what an item's models have in a frame of :func:`reproduction_frame`.

    Returns
    -------
    dict of Model to dict of str to pandas.Series
        The values of each metric, by seed.
    """
    rows = frame[frame["item"] == item.name]
    return {model: _by_metric(rows[rows["model"] == model.name]) for model in item.models}


def _by_metric(rows):
    return {metric: group.set_index("seed")["value"].sort_index() for metric, group in rows.groupby("metric")}
