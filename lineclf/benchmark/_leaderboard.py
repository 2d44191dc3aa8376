"""The pages of a benchmark: an overview of all models on all tracks, a table per track, and pictures."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from lineclf._files import write_files
from lineclf.benchmark._columns import meanings
from lineclf.benchmark._coverage import coverage_section, goals_section
from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._frame import derived, paired_means, values_of
from lineclf.benchmark._overall import overall, overall_section, profile_picture, shares
from lineclf.benchmark._standings import standings
from lineclf.benchmark._tables import (
    color_section,
    corruption_section,
    curve_section,
    further_section,
    parts_section,
    track_section,
)
from lineclf.reporting._figures import png
from lineclf.reporting._html import with_html
from lineclf.reporting._markdown import failures_section, markdown_table, written_by
from lineclf.runs import Report

__all__ = ["overview", "score_table", "without_variants", "write_leaderboard"]

_NOTES = (
    "± is half the 95 % interval of the mean over the seeds, by t; n is their number. Each seed has data, split, "
    "initial weights and order of its own, the same for every model. Where a split has a few fixed folds, each seed "
    "trains on all of them, and its score is their mean: there seeds tell how training varies, not how images do. "
    "Without any error the least that the accuracy is stands there instead (95 %, from the number of answers).",
    "†: too few seeds; the model is shown and not ranked.",
    "Behind the best: how much worse the mean is than that of the best other model, on the seeds that both have; at "
    "most: as far as it is behind at most; may be the best: whether it is not shown to be worse than another one. "
    "These are multiple comparisons with the best (Hsu; paired t with Bonferroni's correction): all statements of a "
    "table hold together with 95 %, though the best one is known from the same scores. Each table is a family of its "
    "own, and tracks are not independent of each other.",
    "Leak: test images that occur pixel for pixel in training. Conflicts: images that carry two labels; without any "
    "the ceiling is 100 %. Smallest distance: Euclidean, from a test image to the nearest training image, in units of "
    "full scale, over a sample of 1,000 test images.",
    "Ceiling: a rule that is told the world, on the same test images; of each label, its own best answers. No "
    "classifier exceeds it but by chance, as the images are drawn independently of those of the training. Regret is "
    "what is missing to it at the same seed; NLL regret the same of the negative log-likelihood: the mean divergence "
    "from the exact probabilities.",
    "NLL: negative log-likelihood summed over the labels; Brier: its mean over them; ECE (15 bins) and AUGRC of "
    "all labels together; – without probabilities. The fitted temperature comes from a tenth of the training side that "
    "nobody trains on.",
    "Without probabilities the answer in pixels and degrees is the level named; with them their mean, and for the "
    "angle the vertex of a parabola through the logarithms of the most probable level's and its neighbours'.",
    "Fit and images a second are wall time on the machine of the run, beside whatever ran there; memory is what the "
    "fit took beyond what the process held before.",
)


def write_leaderboard(folder, plan, results, failures, command):
    """Write ``leaderboard.md`` and ``.html``, its pictures, and ``results.csv``, the source of every number.

    Parameters
    ----------
    folder : pathlib.Path
    plan : BenchmarkPlan
    results : dict of str to dict
        Stored results, by key. A ``results.csv`` that is in the folder adds its trials that are not among them, so that
        results of machines without a common storage add up.
    failures : dict of str to str
        Error of each trial that was given up, by name.
    command : str
        Command that writes the report again.

    Returns
    -------
    Report
    """
    study = plan.study
    path = folder / "results.csv"
    earlier = _read(path) if path.exists() else None
    frame = plan.frame(results, earlier)
    retired = _retired(folder / "earlier.csv", earlier, frame)
    frame = pd.concat([frame, derived(frame, study, plan.points)], ignore_index=True)
    ranked = without_variants(frame, study)
    table = shares(ranked, study)
    ranking = overall(table)
    if len(ranking) < 2:  # the floor alone
        ranking = ranking.iloc[:0]
    scores = score_table(ranked, study, ranking.index)
    contents = {
        "leaderboard.md": _page(plan, frame, ranked, scores, overall_section(ranking, table, study), failures, command),
        **({} if scores.empty else {"leaderboard.png": png(_picture(scores, study.scores))}),
        **({} if ranking.empty else {"profiles.png": png(profile_picture(table, ranking))}),
        path.name: frame.to_csv(index=False),
    }
    if len(retired):
        contents["earlier.csv"] = retired.to_csv(index=False)
    files = write_files(folder, with_html(contents, meanings(study)))
    return Report(overview(ranked, scores, study), files, cells=_cells(ranked, study))


def _cells(ranked, study):
    """How far each ranked model is behind the best of its track, and whether it may be the best; for a tracker."""
    cells: dict[str, dict] = {}
    for arena in study.arenas:
        rows = ranked[ranked["track"] == arena.name]
        if rows.empty:
            continue
        for row in standings(ranked, arena.name, arena.metric, sign=arena.shown.sign, least=study.least).itertuples():
            if row.may_be_best in (True, False):
                verdict = "may be the best" if row.may_be_best else "worse"
                cells[f"{arena.name} · {row.Index}"] = {
                    "behind": float(row.behind),
                    "at_most": float(row.at_most),
                    "verdict": verdict,
                }
    return cells


def _read(path):
    return pd.read_csv(path, dtype={"trial": str, "guest": str})


def _retired(path, earlier, frame):
    """Rows of trials that now have another meaning, such as those of a net's earlier revision: kept for ever."""
    frames = [_read(path)] if path.exists() else []
    if earlier is not None and "trial" in earlier:
        present = set(frame["trial"])
        frames.append(earlier[[isinstance(trial, str) and trial not in present for trial in earlier["trial"]]])
    return pd.concat(frames).drop_duplicates(["trial", "seed", "track", "metric"]) if frames else pd.DataFrame()


def without_variants(frame, study):
    """Rows of the models that are ranked."""
    return frame[~frame["model"].isin([each.name for each in study.contestants if each.variant_of])]


def score_table(frame, study, order=()):
    """Mean score: a row per model, a column (track, metric) per track of the study that was run.

    A track's models are compared on the same seeds, see :func:`paired_means`. Models stand in the order given; others
    follow by the mean share, over their tracks, of the models that they beat.
    """
    columns = {}
    for each in (*(arena for arena in study.arenas if arena.curve is None), *study.further):
        values = values_of(frame[frame["model"] != CEILING], each.name, each.metric)
        if len(values):
            columns[each.name, each.metric] = paired_means(values)
    table = pd.DataFrame(columns).reindex([model for model in frame["model"].unique() if model != CEILING])
    others = _places(table, study.scores).drop(list(order)).sort_values(kind="stable").index
    return table.loc[[*order, *others]]


def _places(table, known):
    """Mean place of each model, 0 the best and 1 the last of a track."""
    good = table * [known[metric].sign for _, metric in table.columns]
    return ((good.rank(ascending=False) - 1) / (good.notna().sum() - 1).clip(lower=1)).mean(axis=1)


def overview(frame, scores, study):
    """Mean score of every model on every track as Markdown; models that may be the best of a track are bold."""
    if scores.columns.empty:  # nothing has run
        return markdown_table([["model"]])
    known, told = study.scores, {each.name: each.told for each in study.contestants}
    rows = [["model", "told", *(f"{track}{_unit(known[metric])}" for track, metric in scores.columns)]]
    best = {
        column: standings(frame, *column, sign=known[column[1]].sign, least=study.least)["may_be_best"]
        for column in scores.columns
    }
    for model, row in scores.iterrows():
        rows.append([model, told.get(model, "–")])
        for column, value in row.items():
            text = known[column[1]].text(value, _digits(known[column[1]]))
            rows[-1].append(f"**{text}**" if best[column].get(model) is True else text)
    return markdown_table(rows)


def _digits(score):
    return max(1, score.digits - 1)


def _unit(score):
    if score.is_common:
        return ""
    more = [score.unit] * bool(score.unit) + ["smaller is better"] * bool(score.name and score.smaller_is_better)
    return f", {score.title}" + (f" ({'; '.join(more)})" if more else "")


def _page(plan, frame, ranked, scores, over_all, failures, command):
    study = plan.study
    lines = [f"# Leaderboard: {study.question}", ""]
    if plan.n_per_class is not None:
        lines += [f"**A small run**: {plan.n_per_class} images a class instead of every distinct one.", ""]
    lines += [
        overview(ranked, scores, study),
        "",
        "Where nothing else is said joint accuracy in percent (all labels right); mean over the seeds that most "
        "of a track's models [have run](#what-has-run), – for a model without one of these; bold: what may be the best "
        f"of a track, of models with {study.least} seeds or more. Told: what a model is told beside pixels and labels."
        f"{_tests_line(study, scores)}",
        *([] if scores.empty else ["", "![Score of every model on every track](leaderboard.png)"]),
    ]
    for title, section in {"Over all tracks": over_all, **_sections(plan, frame, ranked)}.items():
        if section:
            lines += ["", f"## {title}", "", *section]
    lines += ["", "## Models", ""]
    shown = {*frame["model"], *(params["model"] for params in plan.trials.values())}
    made = {each.name: each for each in (*study.contestants, *plan.models)}
    for each in made.values():
        if each.name in shown:
            settings = ", ".join(f"{name}={value!r}" for name, value in each.settings.items())
            lines.append(f"- {each.name}: `{each.estimator.replace(':', '.')}({settings})`")
    guests = frame.loc[~frame["model"].isin(made), ["model", "guest"]].dropna().drop_duplicates()
    lines += [f"- {name}: `{path.replace(':', '.')}`" for name, path in guests.itertuples(index=False)]
    lines += [f"- {note}" for note in study.notes]
    lines += failures_section(failures, whole=True)
    lines += [
        "",
        "## How to read this",
        "",
        *(f"- {note}" for note in _NOTES),
        "",
        f"{written_by(command)} from every stored result of this size and those "
        "that `results.csv` had before, so that runs of some tracks, models or seeds add up; it continues where it "
        "stopped. Every figure follows from `results.csv`; what has another meaning by now, such as results of a net's "
        "earlier revision, goes to `earlier.csv`.",
    ]
    return "\n".join(lines) + "\n"


def _tests_line(study, scores):
    """Name the columns that are further tests of models trained on another track."""
    shown = {name for name, _ in scores.columns}
    texts = [
        f" What was trained on {arena.name} is tested on {' and '.join(tests)} too."
        for arena in study.arenas
        for tests in [[name for name in arena.tests if name in shown]]
        if tests
    ]
    return "".join(texts)


def _sections(plan, frame, ranked):
    """Lines of each section of the page, by its title; none if nothing has run for it."""
    study = plan.study
    sections = {"Goals": goals_section(frame, study.goals)}
    for model in dict.fromkeys(each.variant_of for each in study.contestants if each.variant_of):
        sections[f"What the parts of {model} buy"] = parts_section(frame, study, model)
    tables = {arena: track_section(ranked, arena, study.least) for arena in study.arenas if arena.curve is None}
    for each in study.further:
        if each.test is not None:
            tables[each] = further_section(ranked, each, study.least)
        elif each.name == "corruptions":
            tables[each] = corruption_section(ranked, each, study.least, study.reference)
        elif each.name == "color-shift":
            tables[each] = color_section(ranked, each, study.least)
        else:
            points = [arena for arena in plan.points if arena.curve == each.name]
            tables[each] = curve_section(ranked, each, study.least, points)
    sections |= {f"{each.name}: {each.asks}": table for each, table in tables.items()}
    missing = [each.name for each, table in tables.items() if not table]
    return sections | {"What has run": coverage_section(frame, plan, missing)}


def _picture(scores, known):
    height, width = scores.shape
    figure = Figure(figsize=(max(5.4, 2.8 + 0.72 * width), 1.8 + 0.36 * height), dpi=110, layout="constrained")
    axes = figure.subplots()
    in_percent = [known[metric].unit == "%" for _, metric in scores.columns]
    drawn = axes.imshow(
        np.where(in_percent, 100 * scores.to_numpy(float), np.nan), cmap="cividis", vmin=0, vmax=100, aspect="auto"
    )
    for i, j in np.ndindex(scores.shape):
        score, value = known[scores.columns[j][1]], scores.iat[i, j]
        if not np.isnan(value):
            dark = in_percent[j] and 100 * value < 55
            text = score.text(value, _digits(score))
            axes.text(j, i, text, ha="center", va="center", fontsize=8, color="w" if dark else "k")
    names = [
        f"{track}{f' ({known[metric].unit})' if known[metric].unit not in ('', '%') else ''}"
        for track, metric in scores.columns
    ]
    axes.set_xticks(range(width), names, rotation=35, ha="right", fontsize=8)
    axes.set_yticks(range(height), scores.index, fontsize=8)
    bar = figure.colorbar(drawn, ax=axes, fraction=0.04, pad=0.02)
    bar.set_label("%, where no other unit is named", fontsize=8)
    bar.ax.tick_params(labelsize=7)
    axes.set_title("mean over the seeds that most models of a track have", fontsize=9, loc="left")
    return figure
