"""A trial's result as pictures and tables. Matplotlib's objects alone, no pyplot: nothing global, no window."""

import json


def write_files(folder, result):
    """Write the confusion matrix of every head, as a picture and a table, and the learning curves.

    Parameters
    ----------
    folder : pathlib.Path
        An empty one.
    result : dict
        Its ``confusion`` (head → square list of lists of counts), ``labels`` (head → names of the levels) and
        ``history`` (name → value an epoch) are used. The tables are JSON with ``columns`` and ``data``, as pandas
        reads them with ``orient="split"`` and as MLflow's pages show them.
    """
    (folder / "confusion").mkdir()
    for head, matrix in result["confusion"].items():
        labels = [str(label) for label in result["labels"][head]]
        table = {
            "columns": ["true \\ predicted", *labels],
            "data": [[label, *row] for label, row in zip(labels, matrix, strict=True)],
        }
        (folder / "confusion" / f"{head}.json").write_text(json.dumps(table), encoding="utf-8")
        _confusion_figure(head, matrix, labels).savefig(folder / "confusion" / f"{head}.png")
    if result["history"]:
        _curves_figure(result["history"]).savefig(folder / "curves.png")


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


def _curves_figure(history):
    from matplotlib.figure import Figure

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
            axes.legend(fontsize=8, title="solid: training, dashed: test", title_fontsize=8, frameon=False)
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.96)
    return figure
