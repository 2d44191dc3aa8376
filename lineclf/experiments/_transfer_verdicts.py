"""What the results of a color added to a trained net say: about the claim, head by head, and about the variants."""

from typing import NamedTuple

import numpy as np

from lineclf.datasets import FACTORS
from lineclf.metrics import Interval, corrected_interval, holm

ROPE = 0.005  # differences of up to half a point count as none


class HeadVerdict(NamedTuple):
    """A head's accuracy on the new color and the trained net's on the old ones, their difference, and what follows."""

    head: str
    new: float
    old: float
    difference: Interval
    n: int
    verdict: str


class Effect(NamedTuple):
    """A variant's shape accuracy on the new color less the first variant's, over n pairs, and p adjusted by Holm."""

    variant: str
    difference: Interval
    n: int
    adjusted: float


def as_table(frame):
    """One row a trial, index (variant, method, shots, seed), a column a metric, from ``results.csv``'s frame."""
    index = ["variant", "method", "shots", "seed"]
    return frame.pivot_table(index=index, columns="metric", values="value", sort=False)


def of(table, variant, method, shots):
    """The trials of a variant, method and number of shots, by seed; none where they have not run."""
    try:
        return table.loc[(variant, method, shots)].sort_index()
    except KeyError:
        return table.iloc[:0].droplevel([0, 1, 2])


def interval(differences, trials, confidence=0.95):
    """Nadeau and Bengio's interval over the seeds; NaN but for the mean where there is only one."""
    differences = np.asarray(differences, dtype=float)
    if len(differences) < 2:
        return Interval(float(differences.mean()) if len(differences) else np.nan, np.nan, np.nan, np.nan)
    ratio = float((trials["n_test_old"] / trials["n_train_base"]).mean())
    return corrected_interval(differences, test_train_ratio=ratio, confidence=confidence)


def claim(trials):
    """Whether each head works on the new color as the trained net's did on the old ones.

    A head's verdict is "holds" where the whole 95 % interval of the difference lies above half a point below zero,
    "fails" where that of a confidence of 1 − 0.05 / 4 lies below, else "undecided". One head is enough for the claim to
    fail, which Bonferroni's adjustment allows for; it takes all of them to hold, which needs none.

    Parameters
    ----------
    trials : pandas.DataFrame
        From :func:`of`.

    Returns
    -------
    verdict : str
        "fails" if any head does, "holds" if all do, else "undecided".
    heads : list of HeadVerdict
    """
    heads = []
    for head in FACTORS:
        new, old = trials[f"new_accuracy_{head}"], trials[f"base_old_accuracy_{head}"]
        difference = interval(new - old, trials)
        surer = interval(new - old, trials, 1 - 0.05 / len(FACTORS))
        verdict = "holds" if difference.low > -ROPE else "fails" if surer.high < -ROPE else "undecided"
        heads.append(HeadVerdict(head, float(new.mean()), float(old.mean()), difference, len(trials), verdict))
    verdicts = {each.verdict for each in heads}
    return "fails" if "fails" in verdicts else "holds" if verdicts == {"holds"} else "undecided", heads


def effects(table, variants, method, shots):
    """Effect of each variant but the first on the shape accuracy on the new color, paired by seed.

    Returns
    -------
    dict of str to Effect
        By variant; those without a pair are left out.
    """
    baseline, *others = variants
    column = "new_shape_accuracy"
    found = []
    for name in others:
        trials = of(table, name, method, shots)
        differences = (trials[column] - of(table, baseline, method, shots)[column]).dropna()
        if len(differences):
            found.append((name, interval(differences, trials), len(differences)))
    known = [i for i, (_, difference, _) in enumerate(found) if np.isfinite(difference.pvalue)]
    adjusted = np.full(len(found), np.nan)
    if known:
        adjusted[known] = holm([found[i][1].pvalue for i in known])
    return {each[0]: Effect(*each, float(p)) for each, p in zip(found, adjusted, strict=True)}
