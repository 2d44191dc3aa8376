"""The pages of a reproduction: the summary that the README shows too, and the report with every item."""

import math
from datetime import date

import numpy as np
import pandas as pd
from scipy import stats

from lineclf.datasets import FACTORS
from lineclf.metrics import corrected_interval
from lineclf.reporting import cause, write_files
from reproduction.plan import COLUMNS, confusion_frame, curves_frame, reproduction_frame
from reproduction.sections import SECTIONS, VERDICTS

_COUNTS = ("n_train", "n_test", "n_features", "parameters", "parameters_not_trainable", "epochs", "seconds")
_ALSO = (  # in every item's table, where a model has it
    "train_accuracy",
    "test_accuracy",
    "train_joint_accuracy",
    "test_joint_accuracy",
    *(f"test_accuracy_{head}" for head in FACTORS),
    "parameters",
    "epochs",
    "seconds",
    "leak",
)


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
    text : str
        For a terminal.
    files : list of pathlib.Path
        The page first.
    """
    study = plan.study
    frame = reproduction_frame(study, trials)
    earlier = earlier_revisions(folder, plan)
    sections: dict[str, list[str]] = {}
    contents: dict[str, bytes] = {}
    for item in study.items:
        for name in item.shows if all(trials[model] for model in item.models[:1]) else ():
            lines, pictures = SECTIONS[name](item, trials)
            for file, (picture, text) in pictures.items():
                contents[file] = picture
                lines = [*lines, "", f"![{text}]({file})"]
            sections.setdefault(item.name, []).extend(["", *lines])
    contents["results.csv"] = frame.to_csv(index=False).encode()
    contents["curves.csv"] = curves_frame(trials).to_csv(index=False, float_format="%.6g").encode()
    contents["confusion.csv"] = confusion_frame(trials).to_csv(index=False).encode()
    if len(earlier):
        contents["earlier.csv"] = earlier.to_csv(index=False).encode()
    contents["reproduction.md"] = _page(plan, trials, frame, earlier, sections, failures, command)
    files = write_files(folder, contents)
    return summary_table(study, frame, full=plan.n_per_class is None), files[-1:] + files[:-1]


def earlier_revisions(folder, plan):
    """Stored results of models whose estimator has another revision by now: rows of ``results.csv``, kept for good."""
    stored = [folder / name for name in ("earlier.csv", "results.csv")]
    frames = [read_results(path) for path in stored if path.exists()]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat([frame.assign(revision=frame.get("revision", 1)) for frame in frames])
    present = {model.name: plan.revision(model) for model in plan.study.models}
    found = found[[present.get(model) != revision for model, revision in found[["model", "revision"]].to_numpy()]]
    return found.drop_duplicates(["item", "model", "seed", "metric", "revision"])


def revisions_table(study, frame, earlier):
    """What each summarised model had under earlier revisions, beside what it has now, as Markdown.

    Parameters
    ----------
    study : Reproduction
    frame, earlier : pandas.DataFrame
        As :func:`reproduction.plan.reproduction_frame` gives them.

    Returns
    -------
    str
        The difference has a 95 % interval by Welch's t test: revisions are other nets, also at equal seeds.
    """
    lines = [
        "| item | model | measured | revision | then (seeds) | now (seeds) | now − then | fit then, s | fit now, s |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for item in study.items:
        for model in _summarised(item):
            now = _values(frame, item, model)
            for revision, rows in earlier.groupby("revision"):
                then = _values(rows, item, model)
                if item.score not in then:
                    continue
                pair = [each.get(item.score) for each in (then, now)]
                fits = [f"{each['seconds'].mean():.0f}" if "seconds" in each else "–" for each in (then, now)]
                cells = [item.name, model.name, item.score.replace("_", " "), f"{revision}"]
                cells += ["not run yet" if each is None else estimate(item.score, each) for each in pair]
                cells += [_difference(item.score, *pair), *fits]
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _difference(metric, then, now):
    if now is None or metric in _COUNTS:
        return "–"
    text = f"{100 * (now.mean() - then.mean()):+.2f} points"
    if min(len(now), len(then)) < 2 or now.std() + then.std() == 0:
        return text
    low, high = stats.ttest_ind(now, then, equal_var=False).confidence_interval(0.95)
    return f"{text} ({100 * low:+.2f} to {100 * high:+.2f})"


def summary_table(study, frame, *, full=True):
    """The report's claims and what was found, as Markdown: a line an item, and one for each model with a target.

    Parameters
    ----------
    study : Reproduction
    frame : pandas.DataFrame
        ``results.csv``: columns item, model, seed, metric, value.
    full : bool, default=True
        Whether the data have the report's sizes; only then figures are compared.

    Returns
    -------
    str
    """
    lines = [
        "| item | model | measured | the report | here (seeds) | leak, % | parameters | fit, s | verdict |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for item in study.items:
        for model in _summarised(item):
            values = _values(frame, item, model)
            if item.score not in values:
                lines.append(f"| {item.name} | {model.name} | | | not run yet | | | | |")
                continue
            reported = item.figures.get(item.score) if model is item.models[0] else None
            trained = "parameters" in values
            cells = [
                item.name,
                model.name,
                item.score.replace("_", " ") + ("" if item.score in _COUNTS else ", %"),
                "–" if reported is None else shown(item.score, reported),
                estimate(item.score, values[item.score]),
                f"{100 * values['leak'].mean():.1f}",
                f"{values['parameters'].mean():,.0f}" if trained else "–",
                f"{values['seconds'].mean():.0f}" if trained else "–",
                "; ".join(_verdicts(item, model, frame)) if full else "not compared",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _summarised(item):
    """Models that have something to say of their own: the report's, and those with a target."""
    aimed = [target.model for target in item.targets]
    return [model for i, model in enumerate(item.models) if (i == 0 and _speaks(item)) or model in aimed]


def _speaks(item):
    return bool(item.figures) or any(name in VERDICTS for name in item.shows)


def _values(frame, item, model):
    """Values of an item's model by metric, each a Series by seed."""
    rows = frame[(frame["item"] == item.name) & (frame["model"] == model.name)]
    return {metric: group.set_index("seed")["value"].sort_index() for metric, group in rows.groupby("metric")}


def shown(metric, value):
    """A figure for people: counts as they are, everything else in percent."""
    return f"{value:,.0f}" if metric in _COUNTS else f"{100 * value:.2f}"


def estimate(metric, values):
    """Mean, its interval where there are two seeds, and the number of seeds."""
    text = shown(metric, values.mean())
    if metric not in _COUNTS and len(values) > 1:
        interval = corrected_interval(values, test_train_ratio=0)
        text += f" ± {100 * (interval.high - interval.mean):.2f}"
    return f"{text} ({len(values)})"


def compare(values, reported):
    """Verdict on a figure of the report: does it lie where another seed of ours would, with 95 %?

    The prediction interval is mean ± t·s·√(1 + 1/n) with n − 1 degrees of freedom.
    """
    mean = float(values.mean())
    if np.all(values == reported):
        return "the same"
    points = f"{100 * (mean - reported):+.2f} points"
    if len(values) < 3:
        return f"{points}, too few seeds for an interval"
    reach = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) * math.sqrt(1 + 1 / len(values))
    if abs(mean - reported) <= reach:
        return f"reproduced ({points}, within seeds' scatter)"
    return f"{'above' if mean > reported else 'below'} the report ({points})"


def _verdicts(item, model, frame):
    verdicts = []
    if model is item.models[0]:
        if item.score in item.figures:
            verdicts.append(_figure_verdict(item.score, _values(frame, item, model), item.figures))
        found = {each: _values(frame, item, each) for each in item.models}
        verdicts += [VERDICTS[name](item, found) for name in item.shows if name in VERDICTS]
    verdicts += [_target_verdict(item, target, frame) for target in item.targets if target.model is model]
    return [verdict for verdict in verdicts if verdict]


def _figure_verdict(metric, values, figures):
    if metric not in figures or metric not in values:
        return "–"
    if metric in _COUNTS:
        return "the same" if np.all(values[metric] == figures[metric]) else "different"
    return compare(values[metric], figures[metric])


def _target_verdict(item, target, frame):
    values = _values(frame, item, target.model)
    if target.metric not in values:
        return ""
    value = float(values[target.metric].mean())
    what = target.metric.replace("_", " ")
    if target.relative_to is not None:
        other = _values(frame, item, target.relative_to)
        if target.metric not in other:
            return ""
        value /= float(other[target.metric].mean())
        what += " over the report's"
    bound, sign = (target.at_least, "≥") if target.at_most is None else (target.at_most, "≤")
    met = value >= bound if target.at_most is None else value <= bound
    if target.relative_to is not None:
        texts = [f"{number:.2f}" for number in (value, bound)]
    else:
        unit = "" if target.metric in _COUNTS else " %"
        texts = [shown(target.metric, number) + unit for number in (value, bound)]
        if unit and texts[0] == texts[1] and not met:
            texts[0] = f"{100 * value:.4f} %"  # rounded it would look like the target
    return f"{what} {texts[0]}, target {sign} {texts[1]}: {'met' if met else '**missed**'}"


def _page(plan, trials, frame, earlier, sections, failures, command):
    study = plan.study
    small = plan.n_per_class is not None
    done = [result for results in trials.values() for result in results]
    lines = [f"# Reproduction: {study.question}", ""]
    if small:
        lines += [
            f"**A quick run on less data** ({plan.n_per_class} lines a class, 5,000 digits): its figures are real, but "
            "not comparable with the report's. `--profile full` has the report's sizes.",
            "",
        ]
    lines += [
        summary_table(study, frame, full=not small),
        "",
        'Accuracies in percent, on the test side after the last epoch. "Leak" is the share of test images that occur '
        "pixel for pixel in training; with much of it a high score shows memory as well as recognition. ± is the 95 % "
        "t-interval of the mean over seeds (initial weights, order, dropout; data and test set stay the same). A "
        "figure counts as reproduced where it lies in the 95 % prediction interval of one more seed. Seconds are wall "
        "time of the fit beside whatever else ran: compare them within an item only.",
        "",
    ]
    if len(earlier):
        lines += [
            "## Before: the same nets under earlier revisions",
            "",
            "A revision is raised by hand with each change that gives the same settings and seed another net; the "
            "changelog says what changed. Results of different revisions are never pooled. Every figure of before is "
            "in `earlier.csv`.",
            "",
            revisions_table(study, frame, earlier),
            "",
        ]
    for item in study.items:
        lines += [f"## {item.name}: {item.title}", "", f"> {item.says}", ""]
        if item.note:
            lines += [item.note, ""]
        lines += [_item_table(item, frame, not small), *sections.get(item.name, []), ""]
    lines += ["## How this was made", ""]
    if done:
        versions = ", ".join(f"{name} {number}" for name, number in done[-1]["versions"].items())
        minutes = sum(result["metrics"]["seconds"] for result in done) / 60
        lines += [
            *(
                f"- {model.name}: `{model.estimator}` on `{model.data}` with {dict(model.settings)}."
                for model in study.models
            ),
            f"- {len(done)} trials finished, {minutes:.0f} minutes of fitting. Versions: {versions}.",
        ]
    lines += [
        f"- Written {date.today().isoformat()} by `{command}`, which continues where it stopped and rewrites this page "
        "from the stored results. `results.csv` has every metric of every seed, `curves.csv` every epoch, "
        "`confusion.csv` every confusion matrix.",
    ]
    if failures:
        lines += ["", "## Failed trials", ""]
        lines += [f"- {name}: `{cause(error)}`" for name, error in failures.items()]
    return "\n".join(lines) + "\n"


def _item_table(item, frame, full):
    """Every figure that the report gives for the item, and what our models have in its place."""
    found = {model: _values(frame, item, model) for model in item.models}
    metrics = dict.fromkeys([*item.figures, item.score, *_ALSO])
    lines = [
        f"| metric | the report | {' | '.join(model.name for model in item.models)} | verdict |",
        "|---|---|" + "---|" * (len(item.models) + 1),
    ]
    for metric in metrics:
        if not any(metric in values for values in found.values()):
            continue
        reported = shown(metric, item.figures[metric]) if metric in item.figures else "–"
        ours = " | ".join(estimate(metric, values[metric]) if metric in values else "–" for values in found.values())
        verdict = _figure_verdict(metric, found[item.models[0]], item.figures) if full else "not compared"
        lines.append(f"| {metric.replace('_', ' ')} | {reported} | {ours} | {verdict} |")
    if full:
        verdicts = [(target.model.name, _target_verdict(item, target, frame)) for target in item.targets]
        lines += ["", *(f"- {name}: {verdict}" for name, verdict in verdicts if verdict)]
    return "\n".join(lines).rstrip()


def read_results(path):
    """Read a stored ``results.csv``."""
    return pd.read_csv(path, dtype={"item": str, "model": str})
