"""Which model leads on a track, by how much, and how sure that is: paired by seed, without favour to the leader."""

import numpy as np
import pandas as pd

from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._frame import values_of
from lineclf.metrics import compare_with_best, corrected_interval
from lineclf.reporting._numbers import spans

__all__ = ["COLUMNS", "half_interval", "standings"]

COLUMNS = ("mean", "reach", "n", "seeds")


def standings(frame, track, metric, *, sign=1, least=5):
    """Models on a track by their mean; ranked ones come first.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns track, model, seed, metric, value.
    track, metric : str
    sign : {1, -1}
        1 if large values are good.
    least : int, default=5
        Number of seeds that a model needs to be ranked.

    Returns
    -------
    pandas.DataFrame
        A row per model, without the ceiling: "mean" of the metric; "reach", half the 95 % interval of the mean, NaN for
        one seed; "n", "seeds" and "ranked". Of ranked models also, from :func:`lineclf.metrics.compare_with_best`:
        "behind", by how much the model is worse than the best of the others; "at_most", upper bound of that, 0 for the
        only model that may be the best; "may_be_best". These are NaN for other models, and if there is nothing to
        compare with.
    """
    values = values_of(frame, track, metric)
    values = values[values.index.get_level_values("model") != CEILING]
    table = pd.DataFrame([_row(own) for _, own in values.groupby("model", sort=False)], columns=list(COLUMNS))
    table.index = list(values.index.unique("model"))
    table["ranked"] = table["n"] >= least
    table[["behind", "at_most"]], table["may_be_best"] = np.nan, pd.Series(np.nan, table.index, dtype=object)
    ranked = table.index[table["ranked"]]
    if len(ranked) > 1:
        found = compare_with_best(sign * values.unstack("model")[ranked])
        table.loc[ranked, ["behind", "at_most"]] = np.column_stack([found["behind"], 0.0 - found["low"]])
        table.loc[ranked, "may_be_best"] = found["may_be_best"].astype(object)
    place = pd.DataFrame({"ranked": table["ranked"], "mean": sign * table["mean"], "n": table["n"]})
    return table.iloc[
        place.reset_index(drop=True).sort_values(["ranked", "mean", "n"], ascending=False, kind="stable").index
    ]


def _row(own):
    return float(own.mean()), half_interval(own), len(own), spans(sorted(own.index.get_level_values("seed")))


def half_interval(values):
    """Half the 95 % interval of the mean of independent values, by t; NaN for a single one."""
    if len(values) < 2:
        return np.nan
    interval = corrected_interval(values, test_train_ratio=0.0)
    return interval.high - interval.mean
