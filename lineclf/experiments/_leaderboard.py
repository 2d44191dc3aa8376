"""The pages of a benchmark: a table a track, and a picture of all models on all tracks."""

from datetime import date

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lineclf._files import write_files
from lineclf.datasets import FACTORS
from lineclf.experiments._benchmark import benchmark_frame
from lineclf.experiments._report import png
from lineclf.metrics import corrected_interval


def write_leaderboard(folder, plan, results, failures, command):
    """Write ``leaderboard.md``, ``leaderboard.png`` and ``results.csv``.

    Parameters
    ----------
    folder : pathlib.Path
    plan : BenchmarkPlan
    results : list of dict
        Of the finished trials.
    failures : dict of str to str
        Error of each trial given up, by name.
    command : str
        What regenerates the report.

    Returns
    -------
    text : str
        For a terminal.
    files : list of pathlib.Path
        The page first.
    """
    frame = benchmark_frame(results)
    contents = {
        "leaderboard.md": _page(plan, frame, failures, command),
        "leaderboard.png": png(_picture(plan, frame)),
        "results.csv": frame.to_csv(index=False),
    }
    return overview(plan, frame), write_files(folder, contents)


def overview(plan, frame):
    """Mean score of every model on every track as Markdown, in percent; best models first."""
    table = _scores(plan, frame)
    lines = [f"| model | {' | '.join(table.columns)} |", "|---|" + "---|" * len(table.columns)]
    best = table.max()
    for model, row in table.iterrows():
        cells = [
            "–" if np.isnan(score) else f"**{100 * score:.1f}**" if score == best[track] else f"{100 * score:.1f}"
            for track, score in row.items()
        ]
        lines.append(f"| {model} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _scores(plan, frame):
    """Mean score, a row a model and a column a track, the models in the order of their mean over the tracks."""
    columns = {}
    for name, arena in plan.arenas.items():
        rows = frame[(frame["track"] == name) & (frame["metric"] == arena.score)]
        columns[name] = rows.groupby("model")["value"].mean()
    table = pd.DataFrame(columns).reindex(list(plan.contestants))
    return table.loc[table.mean(axis=1).sort_values(ascending=False, kind="stable").index]


def _page(plan, frame, failures, command):
    study = plan.study
    lines = [f"# Leaderboard: {study.question}", ""]
    if plan.n_per_class is not None:
        lines += [f"**A small run**: {plan.n_per_class} images a class instead of every distinct one.", ""]
    lines += [
        overview(plan, frame),
        "",
        "Joint accuracy in percent (all four labels right), mean over the seeds; bold: the best of a track.",
        "",
        "![Joint accuracy of every model on every track](leaderboard.png)",
    ]
    for name, arena in plan.arenas.items():
        lines += ["", f"## {name}: {arena.asks}", "", *_track_table(frame[frame["track"] == name], arena)]
    if failures:
        lines += ["", "## Failed trials", ""]
        for name, error in failures.items():
            lines += [f"- {name}", "", *(f"      {line}" for line in error.strip().splitlines()), ""]
    lines += [
        "",
        "## How to read this",
        "",
        "- ± is the 95 % interval of Nadeau and Bengio over the seeds, each with data, split, initial weights and "
        "order of its own, the same for every model; n is their number.",
        "- Leak: test images that occur pixel for pixel in training. Conflicts: images that carry two labels; without "
        "any the ceiling is 100 %.",
        "- `fit` and images a second are wall time on the machine of the run, beside whatever ran there.",
        "",
        f"Written {date.today().isoformat()} by `{command}`, which continues where it stopped; every figure is in "
        "`results.csv`.",
    ]
    return "\n".join(lines) + "\n"


def _track_table(rows, arena):
    if rows.empty:
        return ["Not run yet."]
    wide = rows.pivot_table(index=["model", "seed"], columns="metric", values="value")
    means = wide.groupby("model").mean()
    heads = [f"test_accuracy_{head}" for head in FACTORS]
    facts = means.iloc[0]
    lines = [
        f"{facts['n_train']:,.0f} images to train on, {facts['n_test']:,.0f} to test; leak "
        f"{100 * facts['leak']:.1f} %, conflicts {facts['label_conflicts']:,.0f}.",
        "",
        f"| model | {arena.score.removeprefix('test_').replace('_', ' ')}, % | {' | '.join(FACTORS)} | fit, s "
        "| images/s | parameters |",
        "|---|---|" + "---|" * (len(FACTORS) + 3),
    ]
    for model in means[arena.score].sort_values(ascending=False, kind="stable").index:
        row, values = means.loc[model], wide.loc[model, arena.score]
        score = f"{100 * row[arena.score]:.2f}"
        if len(values) > 1:
            interval = corrected_interval(values, test_train_ratio=facts["n_test"] / facts["n_train"])
            score += f" ± {100 * (interval.high - interval.mean):.2f}"
        cells = [
            model,
            f"{score} (n = {len(values)})",
            *(f"{100 * row[head]:.1f}" for head in heads),
            f"{row['seconds']:.1f}",
            f"{row['images_per_second']:,.0f}",
            f"{row['parameters']:,.0f}" if row.get("parameters", np.nan) > 0 else "–",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _picture(plan, frame):
    table = 100 * _scores(plan, frame)
    height, width = table.shape
    figure = Figure(figsize=(2.6 + 0.85 * width, 1.4 + 0.36 * height), dpi=110, layout="constrained")
    axes = figure.subplots()
    drawn = axes.imshow(table, cmap="cividis", vmin=0, vmax=100, aspect="auto")
    for i, j in np.ndindex(table.shape):
        score = table.iat[i, j]
        if not np.isnan(score):
            axes.text(j, i, f"{score:.1f}", ha="center", va="center", fontsize=8, color="w" if score < 55 else "k")
    axes.set_xticks(range(width), table.columns, rotation=30, ha="right", fontsize=8)
    axes.set_yticks(range(height), table.index, fontsize=8)
    bar = figure.colorbar(drawn, ax=axes, fraction=0.04, pad=0.02)
    bar.set_label("joint accuracy, %", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    seeds = frame.groupby(["track", "model"])["seed"].nunique()
    axes.set_title(f"mean of n = {seeds.min()} to {seeds.max()} seeds" if len(seeds) else "", fontsize=9, loc="left")
    return figure
