"""Scores of predictions as flat metrics: of labels, of probabilities, and errors in the factors' own units."""

import numpy as np

from lineclf.metrics import (
    circular_mae,
    head_augrc,
    head_brier,
    head_ece,
    head_log_loss,
    head_report,
    interpolated_angle,
    joint_accuracy_score,
    joint_augrc,
    joint_ece,
)

__all__ = ["classes_of", "label_scores", "probability_scores", "seen_scores", "unit_errors"]

_PERIODS = {"angle": 180}
_HEAD_SCORES = {"log_loss": head_log_loss, "brier": head_brier, "ece": head_ece, "augrc": head_augrc}
_JOINT_SCORES = {"ece": joint_ece, "augrc": joint_augrc}


def classes_of(y, labels):
    """The classes of a single target, or the combinations of several; `labels` names each head's levels."""
    return y if y.ndim == 1 else np.ravel_multi_index(tuple(y.T), [len(names) for names in labels.values()])


def label_scores(side, y, predicted, labels):
    """Accuracies; and macro F1, precision and recall over all classes (with four heads: over the combinations)."""
    (over_all,) = head_report(classes_of(y, labels), classes_of(predicted, labels), heads=["class"]).values()
    scores = {f"{side}_{name}_macro": over_all[name] for name in ("f1", "precision", "recall")}
    if len(labels) == 1:
        return {f"{side}_accuracy": over_all["accuracy"], **scores}
    scores[f"{side}_joint_accuracy"] = joint_accuracy_score(y, predicted)
    for head, report in head_report(y, predicted, heads=list(labels)).items():
        scores |= {f"{side}_{name}_{head}": score for name, score in report.items()}
    return scores


def seen_scores(y_train, y, predicted):
    """Joint accuracy of the heads whose tested levels were all trained, if some head has other levels; else nothing."""
    seen = (
        [np.isin(column, trained).all() for column, trained in zip(y.T, y_train.T, strict=True)] if y.ndim > 1 else []
    )
    if all(seen) or not any(seen):
        return {}
    return {"test_joint_accuracy_seen": joint_accuracy_score(y[:, seen], predicted[:, seen])}


def probability_scores(prefix, y, proba, classes, heads):
    """Log loss, Brier score, calibration error and AUGRC of each head; the last two also of all heads together.

    Parameters
    ----------
    prefix : str
        Prefix of the metrics' names.
    y : ndarray of shape (n,) or (n, n_heads)
    proba : ndarray of shape (n, n_levels), or list of them
    classes : list of ndarray
        Labels of the columns of each head's probabilities. A head that is tested on other labels has no scores.
    heads : list of str

    Returns
    -------
    dict of str to float
    """
    columns = y.reshape(len(y), -1).T
    probas = [proba] if len(heads) == 1 else list(proba)
    scores = {}
    seen = [np.isin(column, known).all() for column, known in zip(columns, classes, strict=True)]
    for head, column, each, known, scored in zip(heads, columns, probas, classes, seen, strict=True):
        for name, score in _HEAD_SCORES.items() if scored else ():
            key = f"{prefix}_{name}" if len(heads) == 1 else f"{prefix}_{name}_{head}"
            scores[key] = score(column, each, heads=[head], labels=[known])[head]
    if len(heads) > 1 and all(seen):
        for name, score in _JOINT_SCORES.items():
            scores[f"{prefix}_{name}_joint"] = score(y, probas, heads=heads, labels=classes)
    return scores


def unit_errors(y, predicted, levels, proba=None, classes=None):
    """Mean absolute errors of the heads whose levels are numbers: degrees modulo 180, pixels.

    A classifier cannot name a level that it has not seen, but its probabilities can point between levels. With
    probabilities the answer is their mean, and for the angle :func:`lineclf.metrics.interpolated_angle`.

    Parameters
    ----------
    y, predicted : ndarray of int, shape (n, n_heads)
        Level indices.
    levels : dict of str to sequence of float
        Head → its levels as numbers, or None if they are not numbers.
    proba, classes : list of ndarray, optional
        As in :func:`probability_scores`.

    Returns
    -------
    dict of str to float
        "test_mae_<head>" of that answer, and "test_mae_level_<head>" of the level predicted.
    """
    errors = {}
    for i, (head, numbers) in enumerate(levels.items()):
        if numbers is None:
            continue
        numbers, period = np.asarray(numbers, dtype=np.float64), _PERIODS.get(head)
        answer = named = numbers[predicted[:, i]]
        if proba is not None:
            answer = _between_levels(np.asarray(proba[i], dtype=np.float64), numbers[classes[i]], period)
        for name, values in (("mae", answer), ("mae_level", named)):
            true = numbers[y[:, i]]
            error = circular_mae(true, values, period=period) if period else np.abs(values - true).mean()
            errors[f"test_{name}_{head}"] = float(error)
    return errors


def _between_levels(proba, numbers, period):
    return interpolated_angle(proba, numbers, period=period) if period else proba @ numbers
