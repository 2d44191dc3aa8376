"""What the cells of an ablation score and cost, and which are on the front. From results in long form."""

import numpy as np

from lineclf.ablation._effects import HEADS, wide_frame

COSTS = ("seconds", "parameters")


def costs_frame(results, cells):
    """What every cell scores and costs, mean over its seeds.

    Parameters
    ----------
    results : pandas.DataFrame
        From :func:`results_frame`.
    cells : iterable of Cell

    Returns
    -------
    pandas.DataFrame
        Columns cell, n (seeds), joint (accuracy), seconds (to fit), parameters (NaN for models without); ratio,
        ratio_low and ratio_high: of the seconds to the first cell's at the same seed the median, the smallest and the
        largest; and for both costs front_seconds and front_parameters: whether no cell is cheaper and as good, or
        better and as cheap.
    """
    table = wide_frame(results).reindex(columns=[HEADS["joint"], *COSTS]).rename(columns={HEADS["joint"]: "joint"})
    known = table.index.get_level_values("cell")
    means = table.groupby(level="cell").mean()
    costs = means.loc[[cell.name for cell in cells if cell.name in known]].reset_index(names="cell")
    costs.insert(1, "n", [int((known == cell).sum()) for cell in costs["cell"]])
    seconds = table["seconds"].unstack("cell").reindex(columns=[cell.name for cell in cells])
    ratios = seconds.div(seconds.iloc[:, 0], axis=0)[list(costs["cell"])]
    for name, share in (("ratio", 0.5), ("ratio_low", 0.0), ("ratio_high", 1.0)):
        costs[name] = ratios.quantile(share).to_numpy()
    for cost in COSTS:
        costs[f"front_{cost}"] = pareto_front(costs[cost], costs["joint"])
    return costs


def pareto_front(costs, scores):
    """Whether each point is on the front: no other costs less and scores as much, or costs as much and scores more.

    Parameters
    ----------
    costs, scores : array-like of shape (n,)
        A point that lacks its cost is not on the front.

    Returns
    -------
    ndarray of shape (n,), bool
    """
    costs, scores = np.asarray(costs, dtype=np.float64), np.asarray(scores, dtype=np.float64)
    cheap, good = costs[None] <= costs[:, None], scores[None] >= scores[:, None]
    strictly = (costs[None] < costs[:, None]) | (scores[None] > scores[:, None])
    return ~(cheap & good & strictly).any(axis=1) & np.isfinite(costs)
