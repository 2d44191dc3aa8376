"""What the page shows for an item beside its table.

Each section is a function of the item, the results of each of its models, and their values as
:func:`reproduction.frames.item_values` gives them. It returns lines of Markdown, and pictures: file → PNG and its text.
"""

from itertools import pairwise

import numpy as np
import pandas as pd

from lineclf.metrics import paired_difference
from lineclf.reporting import columns_table, markdown_table, p_text, points
from reproduction import figures
from reproduction.claims import REGION, bottleneck, head_areas
from reproduction.confusion import confusion_section
from reproduction.layers import architecture_figure, layers_table, outputs_of, read_layers


def curves_section(item, trials, values):
    """Show the curves of every model, and say how far training and test are apart."""
    rows = _histories(item, trials)
    lines = []
    for title, histories in rows:
        gaps = [history["accuracy"][-1] - history["val_accuracy"][-1] for history in histories]
        rises = [sum(b > a for a, b in pairwise(history["val_loss"])) for history in histories]
        lines.append(
            f"- {title}: in the last epoch the training accuracy is {points(np.mean(gaps))} points from the test "
            f"accuracy (mean of {len(gaps)} seeds); the test loss rises in {np.mean(rises):.1f} of "
            f"{len(histories[0]['loss']) - 1} steps from epoch to epoch."
        )
    return lines, {"curves.png": (figures.curves_figure(rows), "Accuracy and loss against epochs")}


def head_curves_section(item, trials, values):
    """Show the curves of every head."""
    picture = figures.head_curves_figure(_histories(item, trials))
    return [], {"head_curves.png": (picture, "Accuracy and loss of each head against epochs")}


def f1_section(item, trials, values):
    """Show the F1 of every class."""
    rows = [(model.name, [result["f1"] for result in trials[model]]) for model in item.models if trials[model]]
    lines = [
        f"- {title}: F1 is exactly 1 for {np.sum(np.min(scores, axis=0) == 1)} of {len(scores[0])} classes in all "
        f"{len(scores)} seeds; the smallest is {100 * np.min(scores):.2f} %."
        for title, scores in rows
    ]
    return lines, {"f_scores.png": (figures.f_scores_figure(rows), "F1 of all 96 classes")}


def equivalence_section(item, trials, values):
    """Show the scores of the first two models, paired by seed, and their differences."""
    first, second = (values[model].get(item.score, pd.Series(dtype=float)) for model in item.models[:2])
    scores = pd.concat([first, second], axis=1, join="inner", keys=range(2)).sort_index()
    differences = scores[1] - scores[0]
    each = [(f"{model.name}, %", [f"{100 * x:.2f}" for x in scores[i]]) for i, model in enumerate(item.models[:2])]
    lines = columns_table([("seed", scores.index), *each, ("difference, points", map(points, differences))])
    if len(scores) < 2:
        return [*lines, "", f"{len(scores)} paired seeds have finished: no interval."], {}
    pairs = paired_difference(scores[1], scores[0])
    mean, low, high = (f"{100 * x:+.3f}" for x in (pairs.delta, pairs.low, pairs.high))
    text = (
        f"Mean difference {mean} points, 95 % interval {low} to {high}, {p_text(pairs.pvalue)} (paired t over "
        f"{pairs.n} seeds; data and test set are the same, initial weights and order are those of the seed). The "
        f"region of equivalence is ±{100 * REGION:g} points."
    )
    picture = figures.differences_figure(differences, pairs, REGION, "Δ test accuracy, dropout 0.2 less none")
    return [*lines, "", text], {"dropout.png": (picture, "Differences of paired seeds")}


def bottleneck_section(item, trials, values):
    """Show which heads are slowest, and which err most in the end."""
    lines, rows = [], []
    for model in item.models:
        areas = head_areas(values[model])
        if areas:
            n_test = int(values[model]["n_test"].iloc[0])
            rows.append((model.name, [result["history"] for result in trials[model]], n_test))
            table = markdown_table(_head_rows(values[model], areas, n_test))
            lines += [f"{model.name}, n = {len(trials[model])} seeds:", "", table]
            lines += ["", f"{bottleneck([values[model]], [model.name]).text}.", ""]
    return lines, {"bottleneck.png": (figures.head_errors_figure(rows), "Test errors of each head against epochs")}


def _head_rows(values, areas, n_test):
    errors = f"test errors of {n_test:,} after the last epoch"
    rows = [["head", "first epoch with 99 % on test", errors, "mean test error over all epochs, %"]]
    areas = {head: float(area.mean()) for head, area in areas.items()}
    for head in sorted(areas, key=areas.__getitem__, reverse=True):
        wrong = values[f"test_errors_{head}"]
        reached = values.get(f"epochs_to_99_{head}", pd.Series(dtype=float)).reindex(wrong.index)
        epochs = ["never" if np.isnan(epoch) else f"{epoch:.0f}" for epoch in reached]
        rows.append([head, ", ".join(epochs), ", ".join(f"{n:.0f}" for n in wrong), f"{100 * areas[head]:.3f}"])
    return rows


def layers_section(item, trials, values):
    """List the layers of the first model's net beside the report's, and draw it where it has several outputs."""
    layers = read_layers(item.architecture)
    lines = layers_table(layers, item.architecture.layers)
    if len(outputs_of(layers)) == 1:
        return lines, {}
    text = "Architecture, as in the report's figure 5, drawn from the net itself"
    return lines, {"architecture.png": (architecture_figure(layers), text)}


def _histories(item, trials):
    return [(model.name, [result["history"] for result in trials[model]]) for model in item.models if trials[model]]


SECTIONS = {
    "bottleneck": bottleneck_section,
    "confusion": confusion_section,
    "curves": curves_section,
    "equivalence": equivalence_section,
    "f1": f1_section,
    "head_curves": head_curves_section,
    "layers": layers_section,
}
