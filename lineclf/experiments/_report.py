"""The report of an ablation: tables, a plot and a page, from stored results only."""

import io
from datetime import date
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from lineclf._files import write_files
from lineclf.experiments._effects import HEADS, effects_frame, results_frame

# Okabe and Ito's colours, told apart by any eye.
COLORS = {"joint": "#000000", "length": "#0072B2", "width": "#E69F00", "angle": "#009E73", "color": "#CC79A7"}


def write_report(folder, *, study, command, task, cells, seeds, results, failures):
    """Write ``results.csv``, ``effects.csv``, ``effects.png`` and ``ablation.md``.

    Parameters
    ----------
    folder : path-like
        Created where it is not there; each file is replaced as a whole.
    study : Ablation
    command : str
        What regenerates the report.
    task : Task
    cells : list of Cell
    seeds : list of int
    results : list of dict
        Results of the finished trials.
    failures : dict of str to str
        Error of each trial given up, by "cell · seed".

    Returns
    -------
    pandas.DataFrame
        The effects.
    """
    table = results_frame(results)
    effects = effects_frame(table, cells)
    contents = {
        "results.csv": table.to_csv(index=False),
        "effects.csv": effects.to_csv(index=False),
        "effects.png": _plot(effects, study, task),
        "ablation.md": _page(study, command, task, cells, seeds, results, failures, table, effects),
    }
    write_files(Path(folder), contents)
    return effects


def effects_table(effects):
    """The joint accuracy's effects as a Markdown table, with each head's difference beside; points of percent."""
    lines = [
        "| component | level | pairs | joint accuracy, % | Δ to the baseline, points | 95 % interval | p (Holm) | "
        + " | ".join(f"Δ {head}" for head in HEADS if head != "joint")
        + " |",
        "|---|---|---|---|---|---|---|" + "---|" * (len(HEADS) - 1),
    ]
    for (component, level), group in effects.groupby(["component", "level"], sort=False):
        row = group.set_index("head")
        joint = row.loc["joint"]
        interval = f"{_points(joint.low)} to {_points(joint.high)}" if np.isfinite(joint.low) else "–"
        p_holm = f"{joint.p_holm:.3f}" if np.isfinite(joint.p_holm) else "–"
        heads = " | ".join(_points(row.loc[head, "delta"]) for head in HEADS if head != "joint")
        lines.append(
            f"| {component} | {level} | {joint.n:.0f} | {100 * joint['mean']:.2f} | {_points(joint.delta)} | "
            f"{interval} | {p_holm} | {heads} |"
        )
    return "\n".join(lines)


def effects_text(effects):
    """The joint accuracy's effects for a terminal."""
    lines = [f"{'component':<14}{'level':<14}{'pairs':>5}{'joint %':>9}{'Δ points':>10}   95 % interval"]
    for _, row in effects[effects["head"] == "joint"].iterrows():
        interval = f"{_points(row.low)} to {_points(row.high)}" if np.isfinite(row.low) else "–"
        name = f"{row.component:<14}{row.level:<14}"
        lines.append(f"{name}{row.n:>5}{100 * row['mean']:>9.2f}{_points(row.delta):>10}   {interval}")
    return "\n".join(lines)


def _points(fraction):
    return f"{100 * fraction:+.2f}" if np.isfinite(fraction) else "–"


def _page(study, command, task, cells, seeds, results, failures, table, effects):
    wide = table.pivot_table(index=["cell", "seed"], columns="metric", values="value")
    lines = [f"# {study.name.capitalize()}: {study.question}", ""]
    if results:
        versions = ", ".join(f"{name} {number}" for name, number in results[0]["versions"].items())
        sizes = f"{wide['n_train'].mean():.0f} training and {wide['n_test'].mean():.0f} test images a trial (mean)"
        base = wide.loc["baseline"] if "baseline" in wide.index.get_level_values(0) else None
        if base is not None:
            joint = 100 * base["test_joint_accuracy"]
            lines += [
                f"Baseline: joint accuracy {joint.mean():.2f} % (mean of {len(joint)} seeds, {joint.min():.2f} to "
                f"{joint.max():.2f}), {base['parameters'].mean():,.0f} parameters, "
                f"{base['seconds'].mean():.1f} s to fit."
                if "parameters" in base
                else f"Baseline: joint accuracy {joint.mean():.2f} % (mean of {len(joint)} seeds).",
                "",
            ]
        lines += [
            effects_table(effects),
            "",
            "Each row changes one component of the baseline. Pairs share data, split, initial weights and order; the "
            "interval is Nadeau and Bengio's for overlapping training sets, p is adjusted over the rows.",
            "",
            "![Effects on the joint accuracy and on each head](effects.png)",
            "",
            f"- Data and split: track `{task.track}`, {task.n_per_class} draws a class, {sizes}; leak between the "
            f"sides {100 * wide['leak'].mean():.2f} % (mean).",
            f"- Estimator: `{task.estimator}` with {task.settings}, elsewhere its defaults.",
            f"- Trials: {len(cells)} cells × {len(seeds)} seeds ({', '.join(map(str, seeds))}), {len(results)} "
            f"finished, {len(failures)} failed; {wide['seconds'].sum() / 60:.1f} minutes of fitting.",
            f"- Versions: {versions}.",
        ]
    else:
        lines += ["No trial has finished."]
    lines += [
        f"- Written {date.today().isoformat()} by `{command}`, which continues where it stopped and rewrites this page "
        "from the stored results. `results.csv` has every metric of every trial, `effects.csv` every head's effects.",
    ]
    if failures:
        lines += ["", "## Failed trials", ""]
        lines += [f"- {name}: `{error.strip().splitlines()[-1]}`" for name, error in failures.items()]
    return "\n".join(lines) + "\n"


def png(figure):
    """Return a Matplotlib figure as PNG."""
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_png(buffer)
    return buffer.getvalue()


def _plot(effects, study, task):
    cells = list(effects.groupby(["component", "level"], sort=False).groups)
    figure = Figure(figsize=(8, 1.2 + 0.5 * len(cells)), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    axes.axvline(0, color="0.6", linewidth=1)
    for i, head in enumerate(HEADS):
        rows = effects[effects["head"] == head].set_index(["component", "level"]).loc[cells]
        place = np.arange(len(cells)) + (i - 2) * 0.15
        reach = 100 * np.vstack([rows["delta"] - rows["low"], rows["high"] - rows["delta"]])
        axes.errorbar(
            100 * rows["delta"],
            place,
            xerr=np.nan_to_num(reach),
            fmt="osDv^"[i],
            color=COLORS[head],
            markersize=6 if head == "joint" else 4,
            linewidth=1.6 if head == "joint" else 0.8,
            label=head,
        )
    n = sorted({int(count) for count in effects["n"]})
    axes.set_yticks(range(len(cells)), [f"{component} = {level}" for component, level in cells])
    axes.invert_yaxis()
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.set_xlabel(
        f"Δ test accuracy to the baseline, percentage points; 95 % interval, n = {'–'.join(map(str, n))} paired seeds"
    )
    axes.set_title(f"{study.name.capitalize()} on the {task.track} track", loc="left")
    axes.legend(title="head", loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return png(figure)
