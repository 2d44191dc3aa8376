"""The report of a search: its settings, the chosen one, and its score on images that were not used to choose."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lineclf._files import write_files
from lineclf.ablation._index import FACTS, refresh_index
from lineclf.metrics import paired_difference
from lineclf.reporting._figures import png
from lineclf.reporting._html import with_html
from lineclf.reporting._markdown import failures_section, made_with, markdown_table, written_by
from lineclf.reporting._numbers import points
from lineclf.runs import Report
from lineclf.trials._columns import meanings
from lineclf.trials._levels import same

__all__ = [
    "JOINT",
    "PAGE",
    "VALIDATION",
    "chosen_setting",
    "search_figure",
    "search_frame",
    "settings_table",
    "write_search",
]

JOINT, VALIDATION = "test_joint_accuracy", "validation_joint_accuracy"
PAGE = "search.md"


def search_frame(results, keys):
    """Every score of every fold of a search in long form; on the test side only of the baseline and the chosen setting.

    Parameters
    ----------
    results : list of dict
        As :class:`SearchPlan` gives them.
    keys : iterable of str
        Keys of the tuned components.

    Returns
    -------
    pandas.DataFrame
        Columns setting (number, 0 for the baseline), one per tuned argument, fold, trial, metric, value.
    """
    shown = {0, chosen_setting(results)}
    rows = [
        {
            "setting": result["number"],
            **{key: str(result["settings"][key]) for key in keys},
            "fold": fold,
            "trial": result["optuna"]["trial"],
            "metric": metric,
            "value": value,
        }
        for result in results
        for fold, scores in enumerate(result["folds"])
        for metric, value in scores.items()
        if not metric.startswith("test_") or result["number"] in shown
    ]
    frame = pd.DataFrame(rows, columns=["setting", *keys, "fold", "trial", "metric", "value"])
    return frame.sort_values(["setting", "fold", "metric"], ignore_index=True)


def chosen_setting(results):
    """Number of the setting with the best mean validation accuracy, of those with every fold; None if there is none."""
    most = max((len(result["folds"]) for result in results), default=0)
    whole = [result for result in results if len(result["folds"]) == most]
    best = max(whole, key=lambda result: (result["metrics"][VALIDATION], -result["number"]), default=None)
    return None if best is None else best["number"]


def settings_table(frame):
    """Mean over the folds of each setting.

    Parameters
    ----------
    frame : pandas.DataFrame
        From :func:`search_frame`.

    Returns
    -------
    pandas.DataFrame
        By setting: folds, pruned (whether it was given up before the last fold), validation (joint accuracy), seconds
        (to fit), parameters.
    """
    wide = frame.pivot_table(index=["setting", "fold"], columns="metric", values="value")
    wide = wide.reindex(columns=[VALIDATION, "seconds", "parameters"]).rename(columns={VALIDATION: "validation"})
    table = wide.groupby(level="setting").mean()
    table.insert(0, "folds", wide.groupby(level="setting").size())
    table.insert(1, "pruned", table["folds"] < table["folds"].max())
    return table


def write_search(folder, plan, results, failures, command):
    """Write ``search.md``, its picture, ``results.csv`` and ``settings.csv``; return the Report.

    Parameters and results as those of :func:`write_report`.
    """
    keys = list(plan.baseline)
    frame = search_frame(results, keys)
    files = {"results.csv": frame.to_csv(index=False)}
    sections, text = ["No setting has finished.", ""], "No setting has finished."
    if results:
        chosen, table = chosen_setting(results), settings_table(frame)
        named = frame.drop_duplicates("setting").set_index("setting")[keys]
        named = named.rename(columns={key: f"{key} (component)" for key in keys if key in table})
        files |= {
            "settings.csv": named.join(table).to_csv(index_label="setting"),
            "search.png": png(search_figure(table, chosen, plan.title)),
        }
        changes = _changes(next(result for result in results if result["number"] == chosen), plan.baseline)
        outcome = _outcome(frame, table, chosen)
        sections = [
            f"Chosen: {changes}.",
            "",
            outcome,
            "",
            "A setting is chosen by its score on images of the training side that were not trained on; "
            "the best of many is a little lucky there. The test side has chosen nothing. All folds share it, so the "
            "interval, Nadeau and Bengio's, is over training sets and random seeds. **This is a tuned setting, "
            "not an effect: what a component is worth is told by the ablations.**",
            "",
            "![Validation accuracy of each setting](search.png)",
            "",
            _settings_markdown(table, named, plan.baseline, chosen),
            "",
        ]
        text = f"Chosen: {changes}.\n{outcome}"
    page = [f"# Search: {plan.study.question}", "", *sections, "## How it was run", ""]
    page += _facts(plan, results, failures, command)
    page += failures_section(failures)
    score = float(table.loc[chosen, "validation"]) if results else None
    facts = plan.study.facts(plan.options, plan.task.settings, plan.task.n_per_class) | {"page": PAGE}
    files[FACTS] = json.dumps({**facts, "trials": len(results), "score": score}, indent=2) + "\n"
    contents = {PAGE: "\n".join(page) + "\n", **files}
    written = write_files(Path(folder), with_html(contents, meanings(())))
    refresh_index(folder)
    return Report(text, written, "\n".join(sections[:3]))


def search_figure(table, chosen, title):
    """Validation accuracy of every setting in order, with the best so far."""
    figure = Figure(figsize=(7, 3.6), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    whole = table[~table["pruned"]]
    given_up = table[table["pruned"]]
    axes.plot(whole.index, 100 * whole["validation"], "o", color="0.45", label="all folds")
    axes.plot(given_up.index, 100 * given_up["validation"], "x", color="#D55E00", label="given up after some")
    axes.step(
        whole.index, 100 * whole["validation"].cummax(), where="post", color="#0072B2", label="best so far", zorder=0
    )
    axes.plot(chosen, 100 * whole.loc[chosen, "validation"], "*", color="#0072B2", markersize=14, label="chosen")
    if 0 in table.index:
        axes.axhline(100 * table.loc[0, "validation"], color="0.6", linestyle=":", label="baseline")
    axes.set_xlabel("setting, in the order tried; 0 is the baseline")
    axes.set_ylabel("joint validation accuracy, %")
    axes.set_title(f"{title}, mean of n = {table['folds'].max()} folds", loc="left", fontsize=10)
    axes.grid(color="0.92")
    axes.set_axisbelow(True)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return figure


def _outcome(frame, table, chosen):
    """Compare the scores of the chosen setting and the baseline, on both held-out sides."""
    text = f"Joint accuracy on the validation images {100 * table.loc[chosen, 'validation']:.2f} %"
    if 0 not in table.index or chosen == 0:
        return text + "; no setting was better than the baseline." if chosen == 0 else text + "."
    text += f", of the baseline {100 * table.loc[0, 'validation']:.2f} %."
    joint = frame[frame["metric"] == JOINT].pivot_table(index="fold", columns="setting", values="value")
    sizes = frame.pivot_table(index=["setting", "fold"], columns="metric", values="value")
    ratio = float((sizes["n_test"] / sizes["n_train"]).mean())
    found = paired_difference(joint[chosen], joint[0], test_train_ratio=ratio)
    text += f" On the test images {100 * joint[chosen].mean():.2f} % and {100 * joint[0].mean():.2f} %: "
    text += f"{points(found.delta)} points"
    if np.isfinite(found.low):
        text += f", 95 % interval {points(found.low)} to {points(found.high)}"
    return text + f", over {len(joint)} folds."


def _changes(result, baseline):
    settings = result["settings"]
    changed = {key: value for key, value in settings.items() if not same(value, baseline[key])}
    return ", ".join(f"{key} = {_shown(value)}" for key, value in changed.items()) or "the baseline"


def _settings_markdown(table, named, baseline, chosen):
    rows = [["setting", "what differs from the baseline", "folds", "joint validation accuracy, %", "fit, s"]]
    for number, row in table.sort_values(["pruned", "validation"], ascending=[True, False], kind="stable").iterrows():
        differs = [f"{key}={_shown(text)}" for key, text in named.loc[number].items() if text != str(baseline[key])]
        name = f"{number} (chosen)" if number == chosen else str(number)
        score = f"{100 * row['validation']:.2f}"
        rows.append([name, ", ".join(differs) or "–", f"{row['folds']:.0f}", score, f"{row['seconds']:.2f}"])
    return markdown_table(rows)


def _shown(value):
    """Value, with three digits if it is a number that is not whole."""
    try:
        return f"{float(value):.3g}" if not float(value).is_integer() else str(value)
    except (TypeError, ValueError):
        return str(value)


def _facts(plan, results, failures, command):
    n_given_up = sum(len(result["folds"]) < plan.n_folds for result in results)
    n_fits = sum(len(result["folds"]) for result in results)
    lines = [
        f"- Searched: {', '.join(f'{key} {_choices(choices)}' for key, choices in plan.space.items())}.",
        f"- Sampler {plan.sampler.upper()}, {len(plan.trials)} settings, {len(results)} finished, {len(failures)} "
        f"failed; {n_given_up} given up by Wilcoxon's test; {n_fits} of {plan.n_folds * len(results)} fits made.",
        f"- Data and split: track `{plan.task.track}`, {plan.task.n_per_class} draws a class, seed {plan.seed}; each "
        f"of {plan.n_folds} folds holds a random quarter of the training side's distinct images out.",
        f"- Estimator: `{plan.task.estimator}` with {plan.task.settings}, elsewhere its defaults.",
    ]
    if results:
        lines.append(f"- {made_with(results)}")
    return [
        *lines,
        f"- {written_by(command)}, which continues where it stopped; more `--trials` go on "
        "from these. `results.csv` has every fold's scores, those on the test side of the baseline and the chosen "
        "setting alone; all else follows from it.",
    ]


def _choices(choices):
    if isinstance(choices, tuple):
        return f"∈ {{{', '.join(map(str, choices))}}}"
    return f"{choices.low}–{choices.high}" + " (log)" * choices.log
