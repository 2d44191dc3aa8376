"""Results of a transfer as tables, and what they say: about the claim, head by head, and about the variants."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lineclf.datasets import FACTORS
from lineclf.metrics import Interval, corrected_interval, holm

ROPE = 0.005  # differences of up to half a point count as none
COLUMNS = ("variant", "method", "shots", "seed", "metric", "value")


class HeadVerdict(NamedTuple):
    """A head's accuracy on the new color and the trained net's on the old ones, their difference, and what follows."""

    head: str
    new: float
    old: float
    difference: Interval
    verdict: str


class Effect(NamedTuple):
    """A variant's shape accuracy on the new color less the first variant's, and its p-value adjusted by Holm."""

    difference: Interval
    adjusted: float


def results_frame(results):
    """Return results in long form.

    Parameters
    ----------
    results : list of dict
        Of trials.

    Returns
    -------
    pandas.DataFrame
        One row a variant, method, number of shots, seed and metric; accuracies are fractions.
    """
    rows = [
        (result["variant"], result["method"], result["shots"], result["seed"], metric, value)
        for result in results
        for metric, value in sorted({**result["metrics"], **result["split"]}.items())
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def trials_table(frame):
    """Return one row a trial, index (variant, method, shots, seed), and a column a metric, from long form."""
    return frame.pivot_table(index=list(COLUMNS[:4]), columns="metric", values="value", sort=False)


def trials_of(table, variant, method, shots):
    """Return the trials of a variant, method and number of shots, by seed; none where they have not run."""
    try:
        return table.loc[(variant, method, shots)].sort_index()
    except KeyError:
        return table.iloc[:0].droplevel([0, 1, 2])


def seeds_interval(values, trials, confidence=0.95):
    """Return Nadeau and Bengio's interval of the mean over the seeds.

    Parameters
    ----------
    values : array-like of shape (n,)
        Of each trial, such as differences.
    trials : pandas.DataFrame
        From :func:`trials_of`; its sizes of the training and test sides are what the interval is corrected by.
    confidence : float, default=0.95

    Returns
    -------
    Interval
        NaN but for the mean where there is only one value, and all NaN where there is none.
    """
    values = np.asarray(values, dtype=float)
    if len(values) < 2:
        return Interval(float(values.mean()) if len(values) else np.nan, np.nan, np.nan, np.nan)
    ratio = float((trials["n_test_old"] / trials["n_train_base"]).mean())
    return corrected_interval(values, test_train_ratio=ratio, confidence=confidence)


def judge_claim(trials):
    """Judge whether each head works on the new color as the trained net's did on the old ones.

    A head's verdict is "holds" where the whole 95 % interval of the difference lies above half a point below zero,
    "fails" where that of a confidence of 1 − 0.05 / 4 lies below, else "undecided". One head is enough for the claim to
    fail, which Bonferroni's adjustment allows for; it takes all of them to hold, which needs none.

    Parameters
    ----------
    trials : pandas.DataFrame
        From :func:`trials_of`.

    Returns
    -------
    verdict : str
        "fails" if any head does, "holds" if all do, else "undecided".
    heads : list of HeadVerdict
    """
    heads = []
    for head in FACTORS:
        new, old = trials[f"new_accuracy_{head}"], trials[f"base_old_accuracy_{head}"]
        difference = seeds_interval(new - old, trials)
        surer = seeds_interval(new - old, trials, 1 - 0.05 / len(FACTORS))
        verdict = "holds" if difference.low > -ROPE else "fails" if surer.high < -ROPE else "undecided"
        heads.append(HeadVerdict(head, float(new.mean()), float(old.mean()), difference, verdict))
    verdicts = {each.verdict for each in heads}
    return "fails" if "fails" in verdicts else "holds" if verdicts == {"holds"} else "undecided", heads


def variant_effects(table, variants, method, shots):
    """Compare the shape accuracy on the new color of each variant with the first one's, paired by seed.

    Parameters
    ----------
    table : pandas.DataFrame
        From :func:`trials_table`.
    variants : list of str
    method, shots : str

    Returns
    -------
    dict of str to Effect
        By variant; those without a pair are left out.
    """
    baseline, *others = variants
    column = "new_shape_accuracy"
    differences = {}
    for name in others:
        trials = trials_of(table, name, method, shots)
        pairs = (trials[column] - trials_of(table, baseline, method, shots)[column]).dropna()
        if len(pairs):
            differences[name] = seeds_interval(pairs, trials)
    tested = [name for name, difference in differences.items() if np.isfinite(difference.pvalue)]
    adjusted = holm([differences[name].pvalue for name in tested]) if tested else []
    pvalues = dict(zip(tested, map(float, adjusted), strict=True))
    return {name: Effect(difference, pvalues.get(name, np.nan)) for name, difference in differences.items()}
