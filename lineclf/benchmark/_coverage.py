"""Sections of a benchmark's page: goals and results, and what was asked for and has run."""

from itertools import product

from lineclf.benchmark._entries import CEILING
from lineclf.reporting._markdown import columns_table
from lineclf.reporting._numbers import spans

__all__ = ["coverage_section", "goals_section"]


def goals_section(frame, goals):
    """Lines of Markdown: goals beside the values reached, and the goals for which nothing has run."""
    rows, unknown = [], []
    for goal in goals:
        score = goal.shown
        values = frame[(frame["model"] == goal.model) & (frame["metric"] == goal.metric)]
        if goal.track is not None:
            values = values[values["track"] == goal.track]
        by_track = values.groupby("track")["value"]
        bound = f"{'≤' if score.smaller_is_better else '≥'} {score.factor * goal.bound:,g}"
        if not len(by_track):
            unknown.append(f"{goal.track or 'every track'}, {score.title}")
            continue
        worst = (score.sign * by_track.mean()).idxmin()
        own = by_track.get_group(worst)
        reach = f"{score.text(own.min())} to {score.text(own.max())}, n = {len(own)}"
        met = score.sign * own.mean() >= score.sign * goal.bound
        what = goal.model, goal.track or "every track", f"{score.title}, {score.unit}".rstrip(", "), bound
        rows.append([*what, score.text(own.mean()), reach, "met" if met else "**missed**"])
    if not rows:
        return []
    titles = ("model", "track", "what", "goal", "mean", "smallest to largest", "")
    lines = columns_table(list(zip(titles, map(list, zip(*rows, strict=True)), strict=True)))
    return [*lines, "", f"Not run yet: {'; '.join(unknown)}."] if unknown else lines


def coverage_section(frame, plan, missing):
    """Lines of Markdown: what the run asked for, how much of it has run, and the seeds of each model on each track.

    Parameters
    ----------
    frame : pandas.DataFrame
    plan : BenchmarkPlan
    missing : list of str
        Tracks, test sets and curves for which nothing has run.
    """
    study = plan.study
    rows = frame[frame["track"].isin([each.name for each in study.arenas]) & (frame["metric"] == "n_test")]
    there = set(zip(rows["track"], rows["model"], rows["seed"], strict=True))
    asked = {(each["track"], each["model"], each["seed"]) for each in plan.trials.values() if each["model"] != CEILING}
    arenas, contestants = study.unasked(plan.profile)
    seeds = range(study.profiles[plan.profile].seeds)
    declared = set(product([each.name for each in arenas], [each.name for each in contestants], seeds))
    text = f"The last run asked for {_amount(asked, there)}."
    if asked != declared:
        text += f" The profile {plan.profile} has {_amount(declared, there)}."
    text += " The tables show every stored result of this size, whichever run it is of."
    if missing:
        text += f" Not run yet: {', '.join(missing)}."
    shown = [{trial[i] for trial in there | asked} for i in range(2)]
    tracks = [each.name for each in study.arenas if each.name in shown[0]]
    known = dict.fromkeys([*(each.name for each in study.contestants), *frame["model"]])
    models = [model for model in known if model in shown[1]]
    found = rows.groupby(["model", "track"])["seed"].agg(lambda each: spans(sorted(set(each))))
    columns = [("model", models)]
    columns += [(track, [found.get((model, track), "–") for model in models]) for track in tracks]
    return [text, "", "Seeds of every model on every track; – where none has run.", "", *columns_table(columns)]


def _amount(trials, there):
    """Trials as a phrase: how many models, tracks and seeds, and how many of the trials are stored."""
    tracks, models, seeds = (len({trial[i] for trial in trials}) for i in range(3))
    counts = ((len(trials), "trial"), (models, "model"), (tracks, "track"), (seeds, "seed"))
    total, *parts = (f"{n:,} {name}{'s' * (n != 1)}" for n, name in counts)
    return f"{total} ({', '.join(parts)}), {len(trials & there):,} finished"
