"""From results to effects: what a level changes against the baseline, paired by seed."""

import numpy as np
import pandas as pd

from lineclf.datasets import FACTORS
from lineclf.metrics import corrected_interval, holm

HEADS = {"joint": "test_joint_accuracy", **{head: f"test_accuracy_{head}" for head in FACTORS}}


def results_frame(results):
    """Results of trials in long form, one row a metric.

    Parameters
    ----------
    results : iterable of dict
        As :func:`run_trial` gives them.

    Returns
    -------
    pandas.DataFrame
        Columns cell, component, level, seed, trial, metric, value, in a fixed order of rows.
    """
    rows = [
        (r["cell"], r["component"] or "", "" if r["component"] is None else str(r["level"]), r["seed"],
         r["optuna"]["trial"], metric, value)
        for r in results
        for metric, value in {**r["metrics"], **_numbers(r["split"])}.items()
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["cell", "component", "level", "seed", "trial", "metric", "value"])
    return frame.sort_values(["cell", "seed", "metric"], ignore_index=True)


def effects_frame(results, cells):
    """Effect of every cell on every head: its accuracy less the baseline's at the same seeds.

    Parameters
    ----------
    results : pandas.DataFrame
        From :func:`results_frame`.
    cells : iterable of Cell
        The design, the baseline first; its order is kept.

    Returns
    -------
    pandas.DataFrame
        Columns component, level, head, n (pairs), baseline and mean (accuracies), delta, low, high (95 % interval of
        Nadeau and Bengio), p_value, p_holm (over the cells, head by head). Accuracies are fractions; with fewer than
        two pairs there is no interval.
    """
    table = results.pivot_table(index=["cell", "seed"], columns="metric", values="value")
    baseline, *others = cells
    rows = []
    for head, metric in HEADS.items():
        for cell in others:
            pairs = _pairs(table, metric, cell.name, baseline.name)
            deltas = pairs["cell"] - pairs["baseline"]
            interval = (np.nan,) * 4
            if len(pairs) >= 2:
                sizes = table.loc[baseline.name]
                ratio = float((sizes["n_test"] / sizes["n_train"]).mean())
                interval = corrected_interval(deltas, test_train_ratio=ratio)
            rows.append(
                {
                    "component": cell.component,
                    "level": str(cell.level),
                    "head": head,
                    "n": len(pairs),
                    "baseline": pairs["baseline"].mean(),
                    "mean": pairs["cell"].mean(),
                    "delta": deltas.mean(),
                    "low": interval[1],
                    "high": interval[2],
                    "p_value": interval[3],
                }
            )
    effects = pd.DataFrame(rows)
    effects["p_holm"] = np.nan
    for _, group in effects.dropna(subset=["p_value"]).groupby("head"):
        effects.loc[group.index, "p_holm"] = holm(group["p_value"])
    return effects


def _pairs(table, metric, cell, baseline):
    columns = {}
    for name, cell_name in (("cell", cell), ("baseline", baseline)):
        known = cell_name in table.index.get_level_values("cell")
        columns[name] = table.loc[cell_name, metric] if known else pd.Series(dtype=float)
    return pd.DataFrame(columns).dropna()


def _numbers(split):
    return {name: float(value) for name, value in split.items() if isinstance(value, int | float)}
