"""From results to effects: what a level changes against the design's first cell, paired by seed, and what it costs."""

import numpy as np
import pandas as pd

from lineclf.datasets import FACTORS
from lineclf.metrics import bayesian_correlated_t, holm, paired_difference

HEADS = {"joint": "test_joint_accuracy", **{head: f"test_accuracy_{head}" for head in FACTORS}}
ROPE = 0.005  # differences of half a point of accuracy count as none
SURE = 0.95
ENDS = ("floor", "ceiling")  # verdicts where no level could have shown a difference


def results_frame(results, levels=None):
    """Results of trials in long form, one row a metric.

    Parameters
    ----------
    results : iterable of dict
        As :func:`run_trial` gives them.
    levels : dict of str to dict, optional
        Of a crossed design: the level of every component in each cell, by the cell's name.

    Returns
    -------
    pandas.DataFrame
        Columns cell, component, level, seed, trial, metric, value, in a fixed order of rows. With `levels`, one column
        a component stands in the place of component and level.
    """
    rows = [
        {
            "cell": result["cell"],
            **(_difference(result) if levels is None else _texts(levels[result["cell"]])),
            "seed": result["seed"],
            "trial": result["optuna"]["trial"],
            "metric": metric,
            "value": value,
        }
        for result in results
        for metric, value in {**result["metrics"], **_numbers(result["split"])}.items()
    ]
    names = ["component", "level"] if levels is None else list(next(iter(levels.values()), {}))
    frame = pd.DataFrame(rows, columns=["cell", *names, "seed", "trial", "metric", "value"])
    return frame.sort_values(["cell", "seed", "metric"], ignore_index=True)


def wide_frame(frame):
    """The same with a row a cell and seed and a column a metric."""
    return frame.pivot_table(index=["cell", "seed"], columns="metric", values="value")


def effects_frame(results, cells):
    """Effect of every cell on every head: its accuracy less the first cell's at the same seeds.

    Parameters
    ----------
    results : pandas.DataFrame
        From :func:`results_frame`.
    cells : iterable of Cell
        The design, the cell that the others are compared with first; its order is kept.

    Returns
    -------
    pandas.DataFrame
        Columns component, level, head, n (pairs), baseline and mean (accuracies), and those of :func:`compare` and
        :func:`judge`. Accuracies are fractions.
    """
    table = wide_frame(results)
    first, *others = cells
    ratio, step = test_train_ratio(table), 1 / table["n_test"].mean() if len(table) else np.nan
    rows = []
    for head, metric in HEADS.items():
        for cell in others:
            pairs = _pairs(table, metric, cell.name, first.name)
            rows.append(
                {
                    "component": cell.component,
                    "level": str(cell.level),
                    "head": head,
                    "n": len(pairs),
                    "baseline": pairs["first"].mean(),
                    "mean": pairs["cell"].mean(),
                    "extreme": extreme(pairs),
                    **compare(pairs["cell"] - pairs["first"], ratio, step),
                }
            )
    return judge(pd.DataFrame(rows))


def test_train_ratio(table):
    """Images tested over images trained on, mean over the trials; NaN without one."""
    return float((table["n_test"] / table["n_train"]).mean()) if len(table) else np.nan


def extreme(accuracies):
    """Say "floor" where all are 0, "ceiling" where all are 1, else None: no level could have shown a difference."""
    values = np.unique(accuracies)
    return dict(zip((0, 1), ENDS, strict=True)).get(values[0]) if len(values) == 1 else None


def compare(deltas, ratio, step=0.0):
    """Statistics of paired differences.

    Parameters
    ----------
    deltas : array-like of shape (n,)
        One a seed.
    ratio : float
        Images tested over images trained on.
    step : float, default=0.0
        What one test image weighs. Where that is more than ``ROPE``, differences may be equal for no other reason.

    Returns
    -------
    dict
        delta (mean), low, high (95 % interval of Nadeau and Bengio), p_value, p_better (share of the seeds with a
        difference above 0, ties half), p_equivalent (posterior probability that the mean is within ``ROPE`` of 0).
        Without at least two differences there is no interval, nor with equal ones in steps larger than ``ROPE``.
    """
    deltas = np.asarray(deltas, dtype=np.float64).round(12)  # means of equal numbers differ by rounding
    pairs = paired_difference(deltas, np.zeros_like(deltas), test_train_ratio=ratio)
    found = {"delta": pairs.delta, "low": np.nan, "high": np.nan, "p_value": np.nan}
    found |= {"p_better": pairs.better, "p_equivalent": np.nan}
    if len(deltas) >= 2 and (step <= ROPE or np.ptp(deltas) > 0):
        found |= {"low": pairs.low, "high": pairs.high, "p_value": pairs.pvalue}
        found["p_equivalent"] = bayesian_correlated_t(deltas, test_train_ratio=ratio, rope=ROPE).equivalent
    return found


def judge(effects):
    """Add p_holm, adjusted over all rows of a head, and the verdict, to effects with the columns of :func:`compare`.

    The verdict is what :func:`extreme` says in the column of that name, which goes; "equivalent" where `p_equivalent`
    is at least ``SURE``; else "better" or "worse" where p_holm is at most 1 − ``SURE``; else "open".
    """
    effects = effects.assign(p_holm=np.nan)
    for _, group in effects.dropna(subset=["p_value"]).groupby("head"):
        effects.loc[group.index, "p_holm"] = holm(group["p_value"])
    sign = np.where(effects["delta"] > 0, "better", "worse")
    at_end = effects.pop("extreme")
    effects["verdict"] = np.select(
        [at_end.notna(), effects["p_equivalent"] >= SURE, effects["p_holm"] <= 1 - SURE],
        [at_end, "equivalent", sign],
        default="open",
    )
    return effects


def _pairs(table, metric, cell, first):
    columns = {}
    for name, cell_name in (("cell", cell), ("first", first)):
        known = cell_name in table.index.get_level_values("cell")
        columns[name] = table.loc[cell_name, metric] if known else pd.Series(dtype=float)
    return pd.DataFrame(columns).dropna()


def _difference(result):
    changed = result["component"] is not None
    return {"component": result["component"] or "", "level": str(result["level"]) if changed else ""}


def _texts(levels):
    return {component: str(level) for component, level in levels.items()}


def _numbers(split):
    return {name: float(value) for name, value in split.items() if isinstance(value, int | float)}
