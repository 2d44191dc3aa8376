"""What the same nets had under earlier revisions: kept for good, and shown beside what they have now."""

import pandas as pd
from scipy import stats

from lineclf.reporting import markdown_table, points
from reproduction.frames import COLUMNS, item_values, read_results
from reproduction.tables import summarised
from reproduction.verdicts import COUNTS, estimate


def earlier_revisions(folder, plan):
    """Return the stored rows of ``results.csv`` of models whose estimator has another revision by now.

    Parameters
    ----------
    folder : pathlib.Path
        Of a report: its ``results.csv``, and the ``earlier.csv`` that such rows have been put into.
    plan : ReproductionPlan

    Returns
    -------
    pandas.DataFrame
        As :func:`reproduction.frames.reproduction_frame` gives it.
    """
    stored = [folder / name for name in ("earlier.csv", "results.csv")]
    frames = [read_results(path) for path in stored if path.exists()]
    if not frames:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat([frame.assign(revision=frame.get("revision", 1)) for frame in frames])
    present = {model.name: plan.revision(model) for model in plan.study.models}
    found = found[[present.get(model) != revision for model, revision in found[["model", "revision"]].to_numpy()]]
    return found.drop_duplicates(["item", "model", "seed", "metric", "revision"])


def revisions_table(study, frame, earlier):
    """Return what each summarised model had under earlier revisions, beside what it has now, as Markdown.

    Parameters
    ----------
    study : Reproduction
    frame, earlier : pandas.DataFrame
        As :func:`reproduction.frames.reproduction_frame` gives them.

    Returns
    -------
    str
        The difference has a 95 % interval by Welch's t test: revisions are other nets, also at equal seeds.
    """
    head = ["item", "model", "measured", "revision", "then (seeds)", "now (seeds)", "now − then"]
    rows = [[*head, "fit then, s", "fit now, s"]]
    for item in study.items:
        present = item_values(frame, item)
        former = {revision: item_values(group, item) for revision, group in earlier.groupby("revision")}
        for model in summarised(item):
            for revision, values in former.items():
                then, now = values[model], present[model]
                if item.score in then:
                    rows.append([item.name, model.name, *_revision_cells(item.score, revision, then, now)])
    return markdown_table(rows)


def _revision_cells(metric, revision, then, now):
    pair = [each.get(metric) for each in (then, now)]
    estimates = ["not run yet" if each is None else estimate(metric, each) for each in pair]
    fits = [f"{each['seconds'].mean():.0f}" if "seconds" in each else "–" for each in (then, now)]
    return [metric.replace("_", " "), revision, *estimates, _difference(metric, *pair), *fits]


def _difference(metric, then, now):
    if now is None or metric in COUNTS:
        return "–"
    text = f"{points(now.mean() - then.mean())} points"
    if min(len(now), len(then)) < 2 or now.std() + then.std() == 0:
        return text
    low, high = stats.ttest_ind(now, then, equal_var=False).confidence_interval(0.95)
    return f"{text} ({points(low)} to {points(high)})"
