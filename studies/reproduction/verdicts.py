"""Figures for people, and what they say: about the report's figures, the targets, and the report's claims."""

import math

import numpy as np
import pandas as pd
from scipy import stats

from lineclf.datasets import FACTORS
from lineclf.metrics import corrected_interval, paired_difference, verdict
from lineclf.reporting import points

COUNTS = ("n_train", "n_test", "n_features", "parameters", "parameters_not_trainable", "epochs", "seconds")
REGION = 0.002  # of equivalence, as a fraction: 20 of MNIST's test images, under two standard errors of one net's score


def shown(metric, value):
    """Return a figure as text: counts as they are, everything else in percent."""
    return f"{value:,.0f}" if metric in COUNTS else f"{100 * value:.2f}"


def estimate(metric, values):
    """Return the mean as text, its interval where there are two seeds, and the number of seeds."""
    text = shown(metric, values.mean())
    if metric not in COUNTS and len(values) > 1:
        interval = corrected_interval(values, test_train_ratio=0)
        text += f" ± {100 * (interval.high - interval.mean):.2f}"
    return f"{text} ({len(values)})"


def compare(values, reported):
    """Judge a figure of the report: does it lie where another seed of ours would, with 95 %?

    The prediction interval is mean ± t·s·√(1 + 1/n) with n − 1 degrees of freedom.
    """
    mean = float(values.mean())
    if np.all(values == reported):
        return "the same"
    difference = f"{points(mean - reported)} points"
    if len(values) < 3:
        return f"{difference}, too few seeds for an interval"
    reach = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) * math.sqrt(1 + 1 / len(values))
    if abs(mean - reported) <= reach:
        return f"reproduced ({difference}, within seeds' scatter)"
    return f"{'above' if mean > reported else 'below'} the report ({difference})"


def figure_verdict(metric, values, figures):
    """Judge the report's figure of a metric, if it has one, by a model's values of all metrics."""
    if metric not in figures or metric not in values:
        return "–"
    if metric in COUNTS:
        return "the same" if np.all(values[metric] == figures[metric]) else "different"
    return compare(values[metric], figures[metric])


def target_verdict(target, values):
    """Say whether a target is met, or nothing where a model of it has not run.

    Parameters
    ----------
    target : Target
    values : dict of Model to dict of str to pandas.Series
        As :func:`reproduction.frames.item_values` gives them.
    """
    metric, own = target.metric, values[target.model]
    other = values[target.relative_to] if target.relative_to else own
    if metric not in own or metric not in other:
        return ""
    value = float(own[metric].mean())
    bound, sign = (target.at_least, "≥") if target.at_most is None else (target.at_most, "≤")
    what = metric.replace("_", " ")
    if target.relative_to:
        value /= float(other[metric].mean())
        what += " over the report's"
    met = value >= bound if target.at_most is None else value <= bound
    if target.relative_to:
        texts = [f"{number:.2f}" for number in (value, bound)]
    else:
        unit = "" if metric in COUNTS else " %"
        texts = [shown(metric, number) + unit for number in (value, bound)]
        if unit and texts[0] == texts[1] and not met:
            texts[0] = f"{100 * value:.4f} %"  # rounded it would look like the target
    return f"{what} {texts[0]}, target {sign} {texts[1]}: {'met' if met else '**missed**'}"


def paired_scores(item, values):
    """Return the scores of an item's first two models, columns in this order, at the seeds that both have."""
    scores = [values[model].get(item.score, pd.Series(dtype=float)) for model in item.models[:2]]
    return pd.concat(scores, axis=1, join="inner", keys=range(2)).sort_index()


def _dropout_verdict(item, values):
    scores = paired_scores(item, values)
    if len(scores) < 2:
        return ""
    pairs = paired_difference(scores[1], scores[0])
    return (
        f"dropout 0.2: {points(pairs.delta)} points ({points(pairs.low)} to {points(pairs.high)}, "
        f"{pairs.n} pairs), region ±{100 * REGION:g}: {verdict(pairs.low, pairs.high, rope=REGION)}"
    )


def head_areas(values):
    """Return the mean test error of each head over epochs and seeds; nothing where a model has no curves of them.

    Parameters
    ----------
    values : dict of str to pandas.Series
        Of one model, by metric.

    Returns
    -------
    dict of str to float
        By head, as fractions.
    """
    names = {head: f"test_error_over_epochs_{head}" for head in FACTORS}
    if not values.keys() >= set(names.values()):
        return {}
    return {head: float(values[name].mean()) for head, name in names.items()}


def bottleneck_verdict(areas):
    """Say which two heads err most, beside what the report says: angle and colour."""
    slowest = sorted(FACTORS, key=areas.__getitem__, reverse=True)[:2]
    right = [head for head in ("angle", "color") if head in slowest]
    found = f"most errors over the epochs: {slowest[0]} and {slowest[1]}"
    if len(right) == 2:
        return f"{found}, as the report says"
    return f"{found}; the report says angle and colour" + (f", of which {right[0]} holds" if right else "")


def _bottleneck_verdict(item, values):
    areas = head_areas(values[item.models[0]])
    return bottleneck_verdict(areas) if areas else ""


CLAIMS = {"bottleneck": _bottleneck_verdict, "equivalence": _dropout_verdict}  # of items that show these sections


def item_verdicts(item, model, values):
    """Return all that an item's figures say about one of its models, which is the report's own if it is the first."""
    found = []
    if model is item.models[0]:
        if item.score in item.figures:
            found.append(figure_verdict(item.score, values[model], item.figures))
        found += [CLAIMS[name](item, values) for name in item.shows if name in CLAIMS]
    found += [target_verdict(target, values) for target in item.targets if target.model is model]
    return [verdict for verdict in found if verdict]
