"""What the cells of an ablation score and cost, and which are on the front. From results in long form."""

from lineclf.ablation._effects import HEADS, wide_frame
from lineclf.trials._frames import pareto_front

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
