"""Pictures of a reproduction: curves, confusion matrices, F-scores. Matplotlib's objects alone, no pyplot."""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from lineclf.datasets import FACTORS, TARGET_NAMES
from lineclf.reporting import COLORS, png

_TRAIN, _TEST = "#0072B2", "#D55E00"


def curves_figure(rows):
    """Draw accuracy and loss against epochs, training and test: one row of panels a model, a line a seed.

    Parameters
    ----------
    rows : list of (title, histories)
        Histories as an estimator's ``history_``, one a seed.

    Returns
    -------
    bytes
        PNG.
    """
    figure = Figure(figsize=(8.5, 2.9 * len(rows)), dpi=110, layout="constrained")
    for panels, (title, histories) in zip(figure.subplots(len(rows), 2, squeeze=False), rows, strict=True):
        for axes, metric, scale in zip(panels, ("accuracy", "loss"), (100, 1), strict=True):
            for prefix, color, side in (("", _TRAIN, "training (during the epoch)"), ("val_", _TEST, "test")):
                values = scale * np.array([history[prefix + metric] for history in histories])
                epochs = np.arange(1, values.shape[1] + 1)
                axes.plot(epochs, values.T, color=color, linewidth=0.7, alpha=0.5)
                dashes = "o-" if prefix == "" else "s--"
                axes.plot(epochs, values.mean(axis=0), dashes, color=color, markersize=4, label=side)
            _epochs_axis(axes, "accuracy, %" if metric == "accuracy" else "cross-entropy, nats")
        panels[0].set_title(f"{title}, n = {len(histories)} seeds (thin), mean (thick)", loc="left", fontsize=9)
        panels[0].legend(fontsize=8, frameon=False)
    return png(figure)


def head_curves_figure(rows):
    """Draw accuracy and loss of each head against epochs, as :func:`curves_figure` does; the mean over the seeds."""
    figure = Figure(figsize=(8.5, 2.9 * len(rows)), dpi=110, layout="constrained")
    for panels, (title, histories) in zip(figure.subplots(len(rows), 2, squeeze=False), rows, strict=True):
        for axes, metric, scale in zip(panels, ("accuracy", "loss"), (100, 1), strict=True):
            for head in FACTORS:
                for prefix, dashes in (("", "-"), ("val_", "--")):
                    values = scale * _mean(histories, f"{prefix}{head}_{metric}")
                    label = head if prefix == "" else None
                    axes.plot(range(1, len(values) + 1), values, dashes, color=COLORS[head], label=label, marker=".")
            _epochs_axis(axes, "accuracy, %" if metric == "accuracy" else "cross-entropy, nats")
        panels[1].set_yscale("log")
        panels[0].set_title(f"{title}, mean of n = {len(histories)} seeds", loc="left", fontsize=9)
        title = "solid: training, dashed: test"
        panels[1].legend(
            fontsize=8, frameon=False, title=title, title_fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5)
        )
    return png(figure)


def head_errors_figure(rows):
    """Draw the share of test images that each head has wrong against epochs, logarithmic; mean over the seeds.

    Parameters
    ----------
    rows : list of (title, histories, n_test)

    Returns
    -------
    bytes
        PNG.
    """
    figure = Figure(figsize=(4.3 * len(rows), 3.2), dpi=110, layout="constrained")
    for axes, (title, histories, n_test) in zip(figure.subplots(1, len(rows), squeeze=False)[0], rows, strict=True):
        for i, head in enumerate(FACTORS):
            errors = 100 * (1 - _mean(histories, f"val_{head}_accuracy"))
            floor = 100 / n_test / 3  # no error at all has no place on a logarithmic axis: a little below one error
            epochs = range(1, len(errors) + 1)
            axes.plot(epochs, np.maximum(errors, floor), "osv^"[i] + "-", color=COLORS[head], label=head, markersize=4)
        axes.axhline(1, color="0.5", linewidth=0.8, linestyle=":")
        axes.set_yscale("log")
        _epochs_axis(axes, f"test errors, % of {n_test:,} (bottom: none)")
        axes.set_title(f"{title}, n = {len(histories)} seeds", loc="left", fontsize=9)
    axes.legend(fontsize=8, frameon=False, loc="center left", bbox_to_anchor=(1.01, 0.5))
    return png(figure)


def confusion_figure(reported, ours, different, n_seeds):
    """Draw the report's confusion matrix, ours, and the difference.

    Parameters
    ----------
    reported : ndarray of int, shape (n_classes, n_classes)
    ours : ndarray of float, shape (n_classes, n_classes)
        Mean over the seeds.
    different : list of (int, int)
        Cells that differ beyond chance, which are framed.
    n_seeds : int

    Returns
    -------
    bytes
        PNG.
    """
    figure = Figure(figsize=(12.5, 4.4), dpi=110, layout="constrained")
    n = len(reported)
    difference = ours - reported
    panels = (
        ("the report", reported, "Blues", "{:.0f}"),
        (f"ours, mean of n = {n_seeds} seeds", ours, "Blues", "{:.1f}"),
        ("ours − the report", difference, "PuOr", "{:+.1f}"),
    )
    for axes, (title, matrix, colors, form) in zip(figure.subplots(1, 3), panels, strict=True):
        off = np.where(np.eye(n, dtype=bool), np.nan, matrix)
        largest = max(1.0, float(np.nanmax(np.abs(np.where(np.eye(n, dtype=bool), np.nan, difference)))))
        low, high = (-largest, largest) if colors == "PuOr" else (0, float(np.nanmax(off)))
        axes.imshow(off, cmap=colors, vmin=low, vmax=high)
        for i in range(n):
            for j in range(n):
                if abs(matrix[i, j]) >= 0.05:
                    dark = i != j and abs(matrix[i, j]) > 0.6 * high
                    text = f"{matrix[i, j]:+.0f}" if i == j and colors == "PuOr" else form.format(matrix[i, j])
                    if i == j and colors == "Blues":
                        text = f"{matrix[i, j]:.0f}"
                    axes.text(j, i, text, ha="center", va="center", fontsize=6, color="white" if dark else "black")
        for i, j in different:
            frame = Rectangle((j - 0.5, i - 0.5), 1, 1, fill=False, edgecolor="#D55E00", linewidth=1.6)
            axes.add_patch(frame)
        axes.set_xticks(range(n))
        axes.set_yticks(range(n))
        axes.set_xlabel("predicted digit")
        axes.set_ylabel("true digit")
        axes.set_title(f"{title} (test images)", loc="left", fontsize=9)
    return png(figure)


def f_scores_figure(rows):
    """Draw the F1 of all 96 classes: one panel a model, rows length × width × colour, columns angles.

    Parameters
    ----------
    rows : list of (title, scores)
        Scores of the classes in their order, one list a seed.

    Returns
    -------
    bytes
        PNG.
    """
    lengths, widths, angles, colors = TARGET_NAMES
    figure = Figure(figsize=(8.5, 2.9 * len(rows)), dpi=110, layout="constrained")
    for axes, (title, scores) in zip(figure.subplots(len(rows), 1, squeeze=False)[:, 0], rows, strict=True):
        shape = tuple(map(len, TARGET_NAMES))
        grid = np.mean(scores, axis=0).reshape(shape).transpose(0, 1, 3, 2).reshape(-1, shape[2])
        low = min(0.98, float(grid.min()))
        image = axes.imshow(100 * grid, cmap="cividis", vmin=100 * low, vmax=100, aspect="auto")
        for i, j in np.ndindex(grid.shape):
            color = "white" if grid[i, j] < (1 + low) / 2 else "black"
            axes.text(j, i, f"{100 * grid[i, j]:.2f}", ha="center", va="center", fontsize=6, color=color)
        axes.set_xticks(range(len(angles)), angles, fontsize=7)
        names = [f"{length} × {width} px, {color}" for length in lengths for width in widths for color in colors]
        axes.set_yticks(range(len(names)), names, fontsize=7)
        axes.set_xlabel("angle, degrees")
        axes.set_title(f"{title}: F1 of 96 classes, %, mean of n = {len(scores)} seeds", loc="left", fontsize=9)
        figure.colorbar(image, ax=axes, label="F1, %")
    return png(figure)


def differences_figure(deltas, pairs, region, label):
    """Draw differences of paired seeds in points, their mean with its interval, and the region of equivalence.

    Parameters
    ----------
    deltas : array-like of shape (n,)
        As fractions.
    pairs : PairedDifference
    region : float
        Half-width of the region, a fraction.
    label : str
        What the differences are.

    Returns
    -------
    bytes
        PNG.
    """
    figure = Figure(figsize=(8, 1.9), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan(-100 * region, 100 * region, color="0.9", label=f"region of equivalence, ±{100 * region:g}")
    axes.axvline(0, color="0.5", linewidth=0.8)
    axes.plot(100 * np.asarray(deltas), np.zeros(len(deltas)), "o", color=_TRAIN, alpha=0.6, label="a seed")
    reach = [[100 * (pairs.delta - pairs.low)], [100 * (pairs.high - pairs.delta)]]
    axes.errorbar([100 * pairs.delta], [1], xerr=reach, fmt="D", color=_TEST, capsize=4, label="mean, 95 % interval")
    axes.set_yticks([])
    axes.set_ylim(-0.7, 1.7)
    axes.set_xlabel(f"{label}, points; n = {len(deltas)} paired seeds")
    figure.legend(fontsize=8, frameon=False, loc="outside right upper")
    return png(figure)


def _mean(histories, name):
    return np.mean([history[name] for history in histories], axis=0)


def _epochs_axis(axes, label):
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(color="0.92")
    axes.set_axisbelow(True)
