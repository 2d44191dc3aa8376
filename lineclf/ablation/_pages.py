"""The report of an ablation: tables, pictures and a page, from stored results only."""

import json
from pathlib import Path

import pandas as pd

from lineclf._files import locked, write_files
from lineclf.ablation._anova import anova, complete_runs, crossed_effects, crossed_terms, name_of
from lineclf.ablation._costs import costs_frame
from lineclf.ablation._designs import DESIGNS
from lineclf.ablation._effects import HEADS, ROPE, SURE, effects_frame, results_frame, wide_frame
from lineclf.ablation._figures import costs_figure, effects_figure, importances_figure
from lineclf.ablation._index import FACTS, TOP, describe, refresh_index
from lineclf.ablation._optuna import importances
from lineclf.ablation._tables import (
    anova_table,
    costs_table,
    effects_table,
    effects_text,
    importances_table,
    note_table,
    pairs_table,
    sentences,
    strongest_pair,
    variance_sentence,
)
from lineclf.model_selection import get_track
from lineclf.reporting import read_table
from lineclf.reporting._figures import png
from lineclf.reporting._markdown import failures_section, made_with, written_by
from lineclf.runs import Report

CROSSED = ("factorial", "fractional")
EARLIER = "earlier.csv"
_DRAWN = ("effects", "costs", "importances")
_FOLLOWING = {"anova.csv", *(f"{name}.{kind}" for name in _DRAWN for kind in ("csv", "png"))}
_JOINT = HEADS["joint"]
_RULE = (
    "Pairs share data, split, initial weights and order. The interval is Nadeau and Bengio's for overlapping training "
    f"sets, p is adjusted by Holm's method over all rows{{}}, P(better) is the share of seeds. Equivalent: at least "
    f"{100 * SURE:.0f} % posterior probability (correlated t) of a mean within ±{100 * ROPE:g} points; else better or "
    f"worse where the adjusted p is at most {1 - SURE:.2f}; else open. No interval: one seed, or "
    f"equal differences where a test image weighs more than {100 * ROPE:g} points. Each head's effects are in "
    "`effects.csv`."
)


def write_report(folder, plan, results, failures, command):
    """Write ``ablation.md``, its pictures, ``results.csv``, ``effects.csv``, ``costs.csv``, ``design.json``, and more.

    Parameters
    ----------
    folder : path-like
        Created where it is not there; each file is replaced as a whole.
    plan : AblationPlan
    results : dict of str to dict
        Stored results of the plan's identity, by key. One component at a time, all of them are reported, and those
        that the folder's ``results.csv`` has beside them, so that parts and machines add up.
    failures : dict of str to str
        Error of each trial given up, by "cell · seed".
    command : str
        What regenerates the report.

    Returns
    -------
    Report
    """
    crossed = plan.design in CROSSED
    earlier, others = _read_earlier(Path(folder), plan)
    plan = plan.reported(results, earlier[["cell", "seed"]].itertuples(index=False, name=None))
    results = [results[key] for key in plan.trials if key in results]
    levels = {cell.name: cell.settings for cell in plan.cells} if crossed else None
    frame, n_before = _add(results_frame(results, levels), earlier)
    title = f"{plan.task.estimator.rpartition(':')[2]}, {plan.task.track} track, {plan.design}"
    files = {EARLIER: others.to_csv(index=False)} if len(others) else {}  # before the rows leave results.csv
    files["results.csv"] = frame.to_csv(index=False)
    sections, text = [], "No trial has finished."
    note, cells = text, {}
    if len(frame):
        make = _crossed_sections if crossed else _single_sections
        sections, more, text, note, cells = make(plan, frame, levels, title)
        files |= more
    page = [f"# {plan.study.name.capitalize()}: {plan.study.question}", "", *sections]
    page += ["## How it was run", "", *_facts(plan, frame, results, failures, command)]
    n_trials = len(frame[["cell", "seed"]].drop_duplicates())
    if n_before:
        page.append(f"- {n_before} of these trials are those of the report that was here, as it had them.")
    if len(others):
        page.append(f"- `{EARLIER}` keeps what was reported here before, of other settings or of an earlier revision.")
    page += failures_section(failures)
    files["design.json"] = describe(plan, plan.design, TOP, n_trials, plan.cells[0].name)
    Path(folder).mkdir(parents=True, exist_ok=True)
    with locked(folder):  # another run's list of reports goes onto this page
        written = write_files(Path(folder), {TOP: "\n".join(page) + "\n", **files})
    for name in _FOLLOWING - files.keys():  # an earlier run's, of other cells
        Path(folder, name).unlink(missing_ok=True)
    refresh_index(folder)
    return Report(text, written, note, cells)


def _read_earlier(folder, plan):
    """Rows of the ``results.csv`` that is there: of the same study, and of others, which ``earlier.csv`` keeps.

    Others are those of another identity: other settings, sizes, or an earlier revision of the estimator.
    """
    facts, path, kept = folder / FACTS, folder / "results.csv", folder / EARLIER
    others = _read(kept) if kept.exists() else pd.DataFrame()
    if not (facts.exists() and path.exists()):
        return pd.DataFrame(columns=["cell", "seed"]), others
    identity, rows = json.loads(facts.read_text(encoding="utf-8")).get("identity"), _read(path)
    if identity != plan.identity:
        others = pd.concat([others, rows.assign(identity=identity or "not known")]).drop_duplicates()
    if identity != plan.identity or plan.design != DESIGNS[0]:
        rows = pd.DataFrame(columns=["cell", "seed"])
    return rows, others


def _read(path):
    texts = dict.fromkeys(("component", "level"), str)
    return read_table(path, dtype=texts).fillna(dict.fromkeys(texts, ""))


def _add(frame, earlier):
    """Rows of results, added to those of an earlier report; only a run of all that it has takes its place.

    The same seed is another net on another processor, so what the report has paired stays as it is.
    """
    trials, before = (set(zip(rows["cell"], rows["seed"], strict=True)) for rows in (frame, earlier))
    if before <= trials:
        return frame, 0
    new = frame[[trial not in before for trial in zip(frame["cell"], frame["seed"], strict=True)]]
    rows = pd.concat([earlier, new]) if len(new) else earlier
    return rows[list(frame)].sort_values(["cell", "seed", "metric"], ignore_index=True), len(before)


def _cells(plan, effects):
    """Effect and verdict of every cell but the first, for a tracker."""
    joint = effects[effects["head"] == "joint"]
    return {
        cell.name: {
            "component": str(cell.component),
            "level": str(cell.level),
            "verdict": row.verdict,
            "delta": float(row.delta),
            "delta_low": float(row.low),
            "delta_high": float(row.high),
            "p_holm": float(row.p_holm),
        }
        for cell, row in zip(plan.cells[1:], joint.itertuples(), strict=True)
    }


def _single_sections(plan, frame, levels, title):
    """One component changed, or left out, at a time."""
    first = plan.cells[0].name
    effects, costs = effects_frame(frame, plan.cells), costs_frame(frame, plan.cells)
    than = f"the {first}" if first == "baseline" else f"the {first} net"
    lead = "Without it, at {}," if first == "full" else "At {}"
    rows = costs.set_index("cell")
    paragraphs = []
    for component in plan.components:
        cells = [cell for cell in plan.cells if cell.component == component.key]
        if cells:
            named = {first: than} | {cell.name: str(cell.level) for cell in cells}
            of_cells = {name: rows.loc[cell] for cell, name in named.items() if cell in rows.index}
            words = sentences(effects[effects["component"] == component.key], of_cells, than, lead)
            there = component.baseline if first == "baseline" else component.on
            paragraphs += [f"**{component.key}** ({there} in {than}). {words}", ""]
    what = "leaves one component out of the full net" if first == "full" else "changes one component of the baseline"
    sections = [
        *_first_cell(plan, frame),
        effects_table(effects, than),
        "",
        f"Each row {what}. {_RULE.format('')}",
        "",
        "![Effects on the joint accuracy and on each head](effects.png)",
        "",
        "## Component by component",
        "",
        *paragraphs,
        *_costs_section(costs),
    ]
    files = {
        "effects.csv": effects.to_csv(index=False),
        "effects.png": png(effects_figure(effects, title, than)),
        "costs.csv": costs.to_csv(index=False),
        "costs.png": png(costs_figure(costs, title)),
    }
    return sections, files, effects_text(effects), note_table(effects), _cells(plan, effects)


def _crossed_sections(plan, frame, levels, title):
    """All components crossed, in full or by a fraction."""
    runs, codes = complete_runs(frame, levels)
    costs = costs_frame(frame, plan.cells)
    files = {"costs.csv": costs.to_csv(index=False), "costs.png": png(costs_figure(costs, title))}
    if runs.empty:
        text = "No seed has all cells yet."
        return [text, "", *_costs_section(costs)], files, text, text, {}
    terms = crossed_terms(plan.components, plan.fraction)
    aliases = {name_of(term): [name_of(other) for other in others] for term, others in terms.items()}
    effects = crossed_effects(runs, codes, terms, plan.components)
    tables = {head: anova(runs, codes, terms, metric) for head, metric in HEADS.items()}
    table = tables["joint"]
    singles = effects[effects["size"] == 1]
    settings = [levels[cell] for cell in runs.index.get_level_values("cell")]
    shares = pd.DataFrame(importances(settings, runs[_JOINT].tolist()))
    files |= {
        "effects.csv": effects.drop(columns="component").to_csv(index=False),
        "effects.png": png(effects_figure(singles, title, "the baseline's level")),
        "anova.csv": pd.concat(tables, names=["head"]).reset_index("head").to_csv(index=False),
        "importances.csv": shares.to_csv(index_label="component"),
        "importances.png": png(importances_figure(shares, table, effects, aliases, title)),
    }
    paragraphs = []
    for component in plan.components:
        words = sentences(singles[singles["component"] == component.key])
        words += variance_sentence(table, component.key, aliases) + strongest_pair(effects, component.key, aliases)
        paragraphs += [f"**{component.key}** ({component.baseline} in the baseline). {words}", ""]
    sections = [
        *_first_cell(plan, frame),
        *_fraction_section(plan.fraction),
        "## Components",
        "",
        effects_table(singles, "the baseline's level"),
        "",
        "Each row compares the mean over all cells at a level with that over the cells at the baseline's level. "
        + _RULE.format(" of this and the pairs' table"),
        "",
        "![Effects on the joint accuracy and on each head](effects.png)",
        "",
        *paragraphs,
        "## Pairs",
        "",
        "How much the effect of the first grows when the second goes from the baseline's level to its own. Better: "
        "both together are worth more than what each is worth alone.",
        "",
        pairs_table(effects, aliases),
        "",
        "## Analysis of variance",
        "",
        anova_table(table, aliases),
        "",
        "Exact sums of squares of the joint accuracy, with the seeds as blocks; “higher” is what the cells differ by "
        "beyond components and pairs. F supposes independent runs, which overlapping training sets are not quite; p is "
        "adjusted over components and pairs. Each head's table is in `anova.csv`.",
        "",
        importances_table(shares, table, aliases),
        "",
        "fANOVA (a forest fitted to the results) and PED-ANOVA (what sets the best tenth apart) as Optuna computes "
        "them, shares of their sum; η² is exact.",
        "",
        "![Importances and effects](importances.png)",
        "",
        *_costs_section(costs),
    ]
    return sections, files, effects_text(effects), note_table(singles), {}


def _fraction_section(fraction):
    if fraction is None:
        return []
    roman = {3: "III", 4: "IV", 5: "V"}.get(fraction.resolution, str(fraction.resolution))
    follow = "; ".join(f"{key} follows {' × '.join(words)}" for key, words in fraction.generators.items())
    lines = [f"A fraction of resolution {roman}: {len(fraction.cells)} of {2 ** len(fraction.words):,} combinations."]
    lines[0] += f" {follow}." if follow else ""
    mixed = [" = ".join(name_of(term) for term in group) for group in fraction.aliases if len(group) > 1]
    if mixed:
        lines[0] += f" Of effects of up to two components these cannot be told apart: {'; '.join(mixed)}."
    if fraction.resolution < 4:
        lines += ["", "**Single components are mixed up with pairs here: an effect may be a pair's.**"]
    return [*lines, ""]


def _first_cell(plan, frame):
    table, name = wide_frame(frame), plan.cells[0].name
    if name not in table.index.get_level_values("cell"):
        return []
    base = table.loc[name]
    joint = 100 * base[_JOINT]
    text = f"{name.capitalize()}: joint accuracy {joint.mean():.2f} % (mean of {len(joint)} seeds"
    text += f", {joint.min():.2f} to {joint.max():.2f}), trained on {base['n_train'].mean():,.0f} images"
    epochs = {**plan.task.settings, **plan.cells[0].settings}.get("epochs")
    if epochs:  # what a net that is trained for longer would reach is another question
        text += f" for {epochs} epochs"
    if "parameters" in base:
        text += f", {base['parameters'].mean():,.0f} parameters"
    return [f"{text}, {base['seconds'].mean():.1f} s to fit.", ""]


def _costs_section(costs):
    return [
        "## Cost beside benefit",
        "",
        "![Joint accuracy against time and parameters](costs.png)",
        "",
        costs_table(costs),
        "",
        "★: on the front, no cell is as cheap and better, or cheaper and as good. Times depend on what else the "
        "machine was doing.",
        "",
    ]


def _facts(plan, frame, results, failures, command):
    task, seeds = plan.task, plan.seeds
    lines = []
    if len(frame):
        table = wide_frame(frame)
        n_splits = get_track(task.track).get_n_splits()
        folds = f", and takes fold seed mod {n_splits} of the track's {n_splits}" if n_splits > 1 else ""
        sizes = f"{table['n_train'].mean():.0f} training and {table['n_test'].mean():.0f} test images a trial (mean)"
        lines += [
            f"- Data and split: track `{task.track}`, {task.n_per_class} draws a class, {sizes}; leak between the "
            f"sides {100 * table['leak'].mean():.2f} % (mean). A seed draws data of its own{folds}.",
            f"- Estimator: `{task.estimator}` with {task.settings}, elsewhere its defaults.",
            f"- Design: {plan.design}, {len(plan.cells)} cells × {len(seeds)} seeds ({', '.join(map(str, seeds))}), "
            f"{len(table)} finished, {len(failures)} failed; {table['seconds'].sum() / 60:.1f} minutes of fitting.",
            *([f"- {made_with(results)}"] if results else []),
        ]
    return [
        *lines,
        f"- {written_by(command)}, which continues where it stopped and rewrites this page "
        "from the stored results. `results.csv` has every metric of every trial; all else follows from it.",
    ]
