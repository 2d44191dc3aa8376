"""Models over all tracks that rank: each score as a share of the way from the constant answer to the best possible."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from scipy.stats import trim_mean

from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._frame import values_of
from lineclf.reporting._markdown import markdown_table

__all__ = ["overall", "overall_section", "profile_picture", "profiles", "shares"]

_TIMES, _CONFIDENCE = 2000, 0.95


def shares(frame, study):
    """Share that each model reaches on each track that ranks, at each seed.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns track, model, seed, metric, value.
    study : Benchmark

    Returns
    -------
    pandas.DataFrame
        A column per track, or per group of tracks by their mean; a row per model and seed, for models that have the
        study's least number of seeds on every one of them. 0 is the score of the study's floor, 1 that of its ceiling
        or, without one, the perfect score; both as means over their seeds.
    """
    columns: dict[str, list] = {}
    for arena in study.arenas:
        if not arena.ranks:
            continue
        values = values_of(frame, arena.name, arena.metric)
        there = values.groupby("model").mean()
        if study.floor not in there or len(there) < 2:
            continue
        top = there.get(CEILING, arena.shown.perfect)
        if top is None or top == there[study.floor]:
            continue
        share = (values - there[study.floor]) / (top - there[study.floor])
        columns.setdefault(arena.group or arena.name, []).append(share.drop(CEILING, level="model", errors="ignore"))
    if not columns:
        return pd.DataFrame(index=pd.MultiIndex.from_arrays([[], []], names=["model", "seed"]))
    joined = {name: pd.concat(parts, axis=1).dropna().mean(axis=1) for name, parts in columns.items()}
    table = pd.DataFrame(joined)
    complete = table.groupby("model").count().min(axis=1) >= study.least
    return table[table.index.get_level_values("model").isin(complete.index[complete])]


def overall(table, *, random_state=0):
    """Summarise shares over the tracks.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`shares`.
    random_state : int, default=0
        Seed of the bootstrap, which resamples the seeds within each model and track.

    Returns
    -------
    pandas.DataFrame
        A row per model, the best first: "iqm", the mean of the middle half of its shares [1]_; "gap", the mean distance
        to 1, in which no track counts for more than 1; each with the ends "_low" and "_high" of its 95 % interval.

    References
    ----------
    .. [1] R. Agarwal, M. Schwarzer, P. S. Castro, A. Courville and M. G. Bellemare, "Deep reinforcement learning at
       the edge of the statistical precipice", NeurIPS 2021.
    """
    rng = np.random.default_rng(random_state)
    rows = {}
    for model, own in table.groupby("model", sort=False):
        tracks = [own[name].dropna().to_numpy() for name in own]
        drawn = [rng.choice(values, (_TIMES, len(values))) for values in tracks]
        row = {}
        for name, measure in (("iqm", _iqm), ("gap", _gap)):
            row[name] = float(measure([values[None] for values in tracks])[0])
            tail = (1 - _CONFIDENCE) / 2
            row[f"{name}_low"], row[f"{name}_high"] = np.quantile(measure(drawn), [tail, 1 - tail])
        rows[model] = row
    names = [f"{name}{end}" for name in ("iqm", "gap") for end in ("", "_low", "_high")]
    found = pd.DataFrame.from_dict(rows, orient="index", columns=names)
    return found.sort_values("iqm", ascending=False, kind="stable")


def _iqm(tracks):
    return trim_mean(np.concatenate(tracks, axis=1), 0.25, axis=1)


def _gap(tracks):
    return np.mean([1 - np.minimum(values, 1).mean(axis=1) for values in tracks], axis=0)


def profiles(table, levels):
    """Share of a model's tracks and seeds that get further than each level; every track counts the same.

    Parameters
    ----------
    table : pandas.DataFrame
        Of :func:`shares`.
    levels : ndarray of shape (n,)

    Returns
    -------
    pandas.DataFrame
        A row per model, a column per level.
    """
    rows = {
        model: np.mean([(own[name].dropna().to_numpy()[:, None] > levels).mean(axis=0) for name in own], axis=0)
        for model, own in table.groupby("model", sort=False)
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=levels)


def overall_section(ranking, table, study):
    """Lines of Markdown: the ranking over all tracks; none without one.

    Parameters
    ----------
    ranking : pandas.DataFrame
        Of :func:`overall`.
    table : pandas.DataFrame
        Of :func:`shares`.
    study : Benchmark
    """
    if ranking.empty:
        return []
    told = {each.name: each.told for each in study.contestants}
    rows = [["model", "told", "interquartile mean, %", "95 % interval", "gap to the ceiling, %", "95 % interval"]]
    for model, row in ranking.iterrows():
        cells = [model, told.get(model, "–")]
        for name in ("iqm", "gap"):
            value, low, high = (100 * row[f"{name}{end}"] for end in ("", "_low", "_high"))
            cells += [f"{value:.1f}", f"{low:.1f} to {high:.1f}"]
        rows.append(cells)
    return [
        f"A score counts as the share of the way from {study.floor} (0 %) to the ceiling (100 %; what is perfect, "
        f"where no ceiling is known). {table.shape[1]} tracks count: {', '.join(table)}; of models with {study.least} "
        "seeds or more on every one. Interquartile mean: of the middle half of all tracks and seeds. Gap: what is "
        "missing to the ceiling, in the mean over the tracks. Intervals: bootstrap of the seeds within each track. The "
        "tracks are those that were chosen, no sample of anything: the intervals say nothing of other tracks.",
        "",
        markdown_table(rows),
        "",
        "![Share of tracks and seeds that get further than so much of the way](profiles.png)",
    ]


def profile_picture(table, ranking):
    """Figure of the performance profiles."""
    levels = np.linspace(-0.05, 1.05, 221)
    figure = Figure(figsize=(7, 3.6), dpi=110, layout="constrained")
    axes = figure.subplots()
    lines = profiles(table, levels).loc[ranking.index]
    for i, (model, values) in enumerate(lines.iterrows()):
        axes.plot(100 * levels, 100 * values, label=model, color=f"C{i % 10}", linestyle="-" if i < 10 else "--")
    axes.set_xlabel("share of the way from the constant answer to the ceiling, %")
    axes.set_ylabel("tracks and seeds that get further, %")
    axes.set_xlim(-5, 105)
    axes.set_ylim(0, 102)
    axes.legend(fontsize=7, loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return figure
