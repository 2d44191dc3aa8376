"""Summaries of trials, as tables and pictures. Matplotlib's objects only: nothing global, no window."""

import json

import numpy as np

__all__ = ["add_confusions", "confusion_tables", "draw_trials"]


def confusion_tables(confusion, labels):
    """Return each head's confusion matrix as JSON that pandas reads with ``orient="split"`` and MLflow's pages show."""
    files = {}
    for head, matrix in confusion.items():
        names = [str(label) for label in labels[head]]
        data = [[label, *row] for label, row in zip(names, matrix, strict=True)]
        table = {"columns": ["true \\ predicted", *names], "data": data}
        files[f"confusion/{head}.json"] = json.dumps(table).encode()
    return files


def add_confusions(matrices):
    """Sum the confusion matrices of several trials, by head; matrices of other levels than the first are left out."""
    found: dict[str, np.ndarray] = {}
    for each in matrices:
        for head, matrix in each.items():
            counts = np.asarray(matrix)
            if head not in found or found[head].shape == counts.shape:
                found[head] = found.get(head, 0) + counts
    return {head: matrix.tolist() for head, matrix in found.items()}


def draw_trials(confusion, labels, histories):
    """Draw the confusion matrix of every head, and the learning curves.

    Parameters
    ----------
    confusion : dict of str to list of list of int
        Head → counts, rows are true levels.
    labels : dict of str to list
        Head → names of its levels.
    histories : list of dict of str to list of float
        For each trial: name → a value per epoch.

    Returns
    -------
    dict of str to bytes
        File name → PNG.
    """
    from lineclf.reporting._figures import png

    files = {
        f"confusion/{head}.png": png(_confusion_figure(head, matrix, [str(label) for label in labels[head]]))
        for head, matrix in confusion.items()
    }
    if histories:
        files["curves.png"] = png(_curves_figure(histories))
    return files


def _confusion_figure(head, matrix, labels):
    from matplotlib.figure import Figure

    n = len(labels)
    longest = max(map(len, labels))
    cell, margin = 0.36, max(1.0, 0.4 + 0.09 * longest)  # inches
    crowded = longest > 4
    bottom = margin if crowded else 0.7
    width, height = margin + max(cell * n, 1.1) + 0.3, bottom + cell * n + 0.3
    figure = Figure(figsize=(width, height), dpi=90)
    axes = figure.add_axes((margin / width, bottom / height, cell * n / width, cell * n / height))
    largest = max(1, max(map(max, matrix)))
    axes.imshow(matrix, cmap="Blues", vmin=0, vmax=largest)
    for i, row in enumerate(matrix):
        for j, count in enumerate(row):
            if count:
                color = "white" if count > 0.6 * largest else "black"
                axes.text(j, i, count, ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(n), labels, fontsize=8, rotation=90 if crowded else 0)
    axes.set_yticks(range(n), labels, fontsize=8)
    axes.set_xlabel("predicted level", fontsize=9)
    axes.set_ylabel("true level", fontsize=9)
    axes.set_title(f"{head}, n = {sum(map(sum, matrix))}", fontsize=9)
    return figure


def _curves_figure(histories):
    from matplotlib.figure import Figure

    history = _mean(histories)
    figure = Figure(figsize=(9, 3.6), dpi=90)
    colors = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]  # Okabe and Ito's
    lines: dict[str, str] = {}  # the same head, the same colour in both
    for axes, kind, whole in zip(figure.subplots(1, 2), ("accuracy", "loss"), ("joint", "sum"), strict=True):
        for name in (name for name in history if name.endswith(kind) and not name.startswith("val_")):
            label = name.removesuffix(kind).rstrip("_") or whole
            color = "#000000" if label == whole else lines.setdefault(label, colors[len(lines) % len(colors)])
            for key, dashes in ((name, "-"), (f"val_{name}", "--")):
                if key in history:
                    epochs = range(1, len(history[key]) + 1)
                    shown = label if key == name else None
                    axes.plot(epochs, history[key], dashes, color=color, label=shown, marker=".")
        axes.set_xlabel("epoch")
        axes.set_ylabel(kind)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(color="0.9")
        if axes.lines:
            title = f"mean of {len(histories)}; solid: training, dashed: test"
            axes.legend(fontsize=8, title=title, title_fontsize=8, frameon=False)
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.96)
    return figure


def _mean(histories):
    """Mean of each curve over the trials that have it, up to the longest one."""
    found = {}
    for name in dict.fromkeys(name for history in histories for name in history):
        curves = [history[name] for history in histories if name in history]
        longest = max(map(len, curves))
        filled = np.array([[*curve, *[np.nan] * (longest - len(curve))] for curve in curves], float)
        known = ~np.isnan(filled)
        sums, n = np.where(known, filled, 0).sum(axis=0), known.sum(axis=0)
        found[name] = np.where(n > 0, sums / np.maximum(n, 1), np.nan).tolist()
    return found
