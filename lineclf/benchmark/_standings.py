"""Who leads on a track, by how much, and how sure that is: paired by seed, corrected for overlap and for number."""

import numpy as np
import pandas as pd

from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._frame import values_of
from lineclf.metrics import corrected_interval, holm, paired_difference
from lineclf.reporting._numbers import spans

COLUMNS = ("mean", "reach", "n", "seeds", "behind", "p_holm", "beaten")


def standings(frame, track, metric, *, sign=1, ratio=0.0):
    """Models on a track, the best mean first, each compared with that best one on the seeds that both have.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns track, model, seed, metric, value.
    track, metric : str
    sign : {1, -1}
        1 where large values are good.
    ratio : float
        n_test / n_train of a split, for the correction of Nadeau and Bengio.

    Returns
    -------
    pandas.DataFrame
        A row a model, without the ceiling, of equal means that of more seeds first: "mean" of the metric; "reach",
        half the 95 % interval of the mean, NaN for one seed; "n" and "seeds"; "behind", by how much the model is worse
        than the best one in the mean over common seeds; "p_holm" of that, two-sided, adjusted over the track's models;
        "beaten", the share of common seeds in which the best one is better, ties counting half. The best one's own
        last three are NaN.
    """
    values = values_of(frame, track, metric)
    values = values[values.index.get_level_values("model") != CEILING]
    by_model = values.groupby("model", sort=False)
    order = pd.DataFrame({"mean": sign * by_model.mean(), "n": by_model.size()})
    means = order.sort_values(["mean", "n"], ascending=False, kind="stable")["mean"]  # of equals the best known first
    rows = {model: _row(values.loc[model], values.loc[means.index[0]], sign, ratio) for model in means.index}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=list(COLUMNS))
    if len(table):
        table.loc[means.index[0], ["behind", "p_holm", "beaten"]] = np.nan
        tested = table["p_holm"].notna()
        table.loc[tested, "p_holm"] = holm(table.loc[tested, "p_holm"].astype(float))
    return table


def _row(own, best, sign, ratio):
    reach = np.nan
    if len(own) > 1:
        interval = corrected_interval(own, test_train_ratio=ratio)
        reach = interval.high - interval.mean
    pairs = paired_difference(sign * best, sign * own, test_train_ratio=ratio)
    return float(own.mean()), reach, len(own), spans(sorted(own.index)), pairs.delta, pairs.pvalue, pairs.better
