"""The report of a reproduction: its page, with every item, its pictures, and its CSV files."""

from lineclf.reporting import failures_section, made_with, write_files, written_by
from lineclf.runs import Report
from reproduction import claims
from reproduction.data import unseen_rows
from reproduction.frames import confusion_frame, curves_frame, item_values, reproduction_frame
from reproduction.revisions import earlier_revisions, revisions_table
from reproduction.sections import SECTIONS
from reproduction.tables import item_table, summary_table
from reproduction.verdicts import RULE, TARGETS_RULE, target_verdict


def write_reproduction(folder, plan, trials, failures, command):
    """Write ``reproduction.md``, its pictures, ``results.csv``, ``curves.csv`` and ``confusion.csv``.

    Parameters
    ----------
    folder : pathlib.Path
    plan : ReproductionPlan
    trials : dict of Model to list of dict
        Results of the finished trials.
    failures : dict of str to str
        Error of each trial given up, by name.
    command : str
        What regenerates the report.

    Returns
    -------
    Report
    """
    frame = reproduction_frame(plan.study, trials, _unseen(plan, trials))
    earlier = earlier_revisions(folder, plan)
    summary = summary_table(plan.study, frame, full=plan.full)
    lines = [f"# Reproduction: {plan.study.question}", "", *_summary_lines(plan, summary)]
    if len(earlier):
        lines += _earlier_lines(revisions_table(plan.study, frame, earlier))
    pictures: dict[str, bytes] = {}
    for item in plan.study.items:
        lines += _item_lines(item, frame, full=plan.full)
        if trials[item.models[0]]:
            for name in item.shows:
                section, drawn = SECTIONS[name](item, trials, item_values(frame, item))
                shown = [line for file, (_, text) in drawn.items() for line in ("", f"![{text}]({file})")]
                lines += ["", *section, *shown]
                pictures |= {file: picture for file, (picture, _) in drawn.items()}
        lines.append("")
    lines += ["## How this was made", "", *_facts(plan.study, trials, command), *failures_section(failures)]
    tables = {
        **({"earlier.csv": earlier.to_csv(index=False)} if len(earlier) else {}),  # before the rows leave results.csv
        "results.csv": frame.to_csv(index=False),
        "curves.csv": curves_frame(trials).to_csv(index=False, float_format="%.6g"),
        "confusion.csv": confusion_frame(trials).to_csv(index=False),
    }
    files = write_files(folder, {"reproduction.md": "\n".join(lines) + "\n", **pictures, **tables})
    return Report(summary, files)


def _summary_lines(plan, summary):
    lines = []
    if not plan.full:
        lines += [
            f"**A quick run on less data** ({plan.n_per_class} lines a class, 5,000 digits): its figures are real, but "
            "not comparable with the report's. `--profile full` has the report's sizes.",
            "",
        ]
    return [
        *lines,
        summary,
        "",
        'Accuracies in percent, on the test side after the last epoch. "Leak" is the share of test images that occur '
        "pixel for pixel in training; with much of it a high score shows memory as well as recognition. ± is the 95 % "
        "t-interval of the mean over seeds (initial weights, order, dropout; data and test set stay the same). "
        "Seconds are wall time of the fit beside whatever else ran: compare them within an item only.",
        "",
        *(f"- {rule}" for rule in (RULE, TARGETS_RULE, claims.RULE)),
        "",
    ]


def _unseen(plan, trials):
    """Return which test images do not occur in training, for each model that a claim asks this of."""
    asked = {
        model for item in plan.study.items for each in item.claims if each.about == "no gap" for model in each.models
    }
    return {model: unseen_rows(model.data, plan.n_per_class) for model in trials if model in asked and trials[model]}


def _earlier_lines(table):
    return [
        "## Before: the same nets under earlier revisions",
        "",
        "A revision is raised by hand with each change that gives the same settings and seed another net; the "
        "changelog says what changed. Results of different revisions are never pooled. Every figure of before is "
        "in `earlier.csv`.",
        "",
        table,
        "",
    ]


def _item_lines(item, frame, *, full):
    lines = [f"## {item.name}: {item.title}", "", f"> {item.says}", ""]
    if item.note:
        lines += [item.note, ""]
    lines.append(item_table(item, frame, full=full))
    values = item_values(frame, item)
    verdicts = [(target.model.name, target_verdict(target, values)) for target in item.targets if full]
    reached = [f"- {name}: {verdict}" for name, verdict in verdicts if verdict]
    for claim in item.claims if full else ():
        word, text = claims.try_claim(claim, values)
        reached.append(f"- “{claim.says}”: **{word}**. {text}.")
    return [*lines, "", *reached] if reached else lines


def _facts(study, trials, command):
    lines = []
    done = [result for results in trials.values() for result in results]
    if done:
        minutes = sum(result["metrics"]["seconds"] for result in done) / 60
        lines += [
            f"- {model.name}: `{model.estimator}` on `{model.data}` with {dict(model.settings)}."
            for model in study.models
        ]
        lines.append(f"- {len(done)} trials finished, {minutes:.0f} minutes of fitting. {made_with(done)}")
    return [
        *lines,
        f"- {written_by(command)}, which continues where it stopped and rewrites this page from the stored results. "
        "`results.csv` has every metric of every seed, `curves.csv` every epoch, `confusion.csv` every confusion "
        "matrix.",
    ]
