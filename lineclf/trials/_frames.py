"""Trials as tables: every fold, and every cell."""

import numpy as np
import pandas as pd

__all__ = ["cells_frame", "pareto_front", "results_frame"]

_TIMES = ("fit_time", "score_time", "cpu_time")


def results_frame(results):
    """Every fold of every trial: cell, component, level, seed, fold, and a column per score.

    Parameters
    ----------
    results : list of dict
        Of trials.

    Returns
    -------
    pandas.DataFrame
    """
    rows = [
        {
            **{name: result[name] for name in ("cell", "component", "level", "seed")},
            "fold": fold,
            **{name: scores[fold] for name, scores in result["folds"].items()},
        }
        for result in results
        for fold in range(int(result["split"]["folds"]))
    ]
    return pd.DataFrame(rows)


def cells_frame(results, cells, names):
    """Scores and costs of each cell, as means over its seeds.

    Parameters
    ----------
    results : list of dict
        Of trials.
    cells : list of Cell
    names : list of str
        Of the scores.

    Returns
    -------
    pandas.DataFrame
        Columns cell, n (seeds), the scores (of a cell with other seeds than the first cell: the first cell's mean plus
        the mean difference on the seeds of both), fit_time and score_time (seconds per fold, wall time), cpu_time (the
        same of the process on all cores), ratio (median over the seeds of the fit time to the first cell's) and front
        (whether no other cell fits as fast and scores more, or scores as much and fits faster); for nets also
        parameters, and front_parameters, the front of these.
    """
    trials = {(each["cell"], each["seed"]): each["metrics"] for each in results}
    rows = []
    for cell in cells:
        found = {seed: metrics for (name, seed), metrics in trials.items() if name == cell.name}
        means = {name: _paired_mean(trials, cells[0].name, cell.name, f"test_{name}") for name in names}
        times = {name: _mean([each[name] for each in found.values() if name in each]) for name in _TIMES}
        ratios = [
            metrics["fit_time"] / trials[cells[0].name, seed]["fit_time"]
            for seed, metrics in found.items()
            if trials.get((cells[0].name, seed), {}).get("fit_time")
        ]
        ratio = float(np.median(ratios)) if ratios else np.nan
        sizes = [each["parameters"] for each in found.values() if "parameters" in each]
        rows.append({"cell": cell.name, "n": len(found), **means, **times, "ratio": ratio, "parameters": _mean(sizes)})
    frame = pd.DataFrame(rows)
    known = frame[names[0]].notna()
    frame["front"] = pareto_front(frame["fit_time"], frame[names[0]]) & known
    if frame["parameters"].isna().all():
        return frame.drop(columns="parameters")
    frame["front_parameters"] = pareto_front(frame["parameters"], frame[names[0]]) & known
    return frame


def _paired_mean(trials, first, name, metric):
    """Mean over a cell's seeds; if the first cell has others, its mean plus the mean difference on shared seeds.

    So cells with fewer seeds, because they were decided early, can be compared with the others.
    """
    found, there = (
        {seed: metrics[metric] for (cell, seed), metrics in trials.items() if cell == each} for each in (name, first)
    )
    common = found.keys() & there.keys()
    if found.keys() == there.keys() or not common:
        return _mean(list(found.values()))
    return _mean(list(there.values())) + _mean([found[seed] - there[seed] for seed in sorted(common)])


def _mean(values):
    return float(np.mean(values)) if values else np.nan


def pareto_front(costs, scores):
    """Whether each point is on the front: no other costs less and scores as much, or costs as much and scores more.

    Parameters
    ----------
    costs, scores : array-like of shape (n,)
        A point without a cost is not on the front.

    Returns
    -------
    ndarray of shape (n,), bool
    """
    costs, scores = np.asarray(costs, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    cheap, good = costs[None] <= costs[:, None], scores[None] >= scores[:, None]
    strictly = (costs[None] < costs[:, None]) | (scores[None] > scores[:, None])
    return ~(cheap & good & strictly).any(axis=1) & np.isfinite(costs)
