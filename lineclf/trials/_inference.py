"""From the folds' scores of all trials to effects: how large, how sure, and what it would take to be sure.

Draws are independent of each other, so their differences have the plain paired t interval. Folds of one sample have
training sets in common, so theirs is Nadeau and Bengio's.
"""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from lineclf.metrics import corrected_interval, verdict

COLUMNS = ["component", "level", "scorer", "n", "baseline", "score", "delta", "low", "high", "pvalue", "verdict"]
_MOST = 10_000  # seeds that `needed` looks for


@dataclass(frozen=True)
class Sample:
    """What the seeds of a study are a sample of.

    Parameters
    ----------
    kind : {"draw", "cv", "fixed"}
        Data drawn anew by each seed; folds of one sample that each seed shuffles; folds that are the same for all.
    seeds : tuple of int
        Those that were asked for.
    confidence : float
        Of all verdicts of a table together.
    rope : dict of str to float
        Largest difference that counts as none, by score.
    first : str
        Name of the first score.
    steps : bool
        Whether that moves in steps of one row, so that equal differences may be chance.
    """

    kind: str
    seeds: tuple[int, ...]
    confidence: float
    rope: dict
    first: str
    steps: bool

    @property
    def method(self):
        """What intervals are, in words."""
        return {
            "draw": "paired t over independent draws",
            "cv": "Nadeau and Bengio's, for the folds of one sample",
            "fixed": "Nadeau and Bengio's, over folds that no seed changes",
        }[self.kind]


def effects_frame(results, contrasts, names, sample):
    """Effect of every contrast on every score.

    Parameters
    ----------
    results : iterable of dict
        Of trials, with ``cell``, ``seed``, ``folds`` and ``split``.
    contrasts : list of Contrast
    names : list of str
        Of the scores; the first one is what verdicts are about.
    sample : Sample

    Returns
    -------
    pandas.DataFrame
        As of :attr:`AblationCV.effects_`.
    """
    trials = {(each["cell"], each["seed"]): each for each in results}
    rows = []
    for name in names:
        first = name == names[0]
        for each in contrasts:
            found = _Differences(trials, each, name, sample)
            share = (1 - sample.confidence) / (len(contrasts) if first else 1)
            row = {
                "component": " = ".join([each.component, *each.aliases]),
                "level": each.level,
                "scorer": name,
                **found.means(),
            }
            row |= found.interval(1 - share)
            rope = sample.rope.get(name)
            row["pvalue"] = float(np.minimum(1.0, row["pvalue"] * len(contrasts))) if first else math.nan
            row["verdict"] = found.verdict(row["low"], row["high"], rope) if first else ""
            row["needed"] = found.needed(1 - share, rope) if row["verdict"] == "open" else math.nan
            row["size"] = each.size
            rows.append(row)
    return pd.DataFrame(rows, columns=[*COLUMNS, "needed", "size"])


class _Differences:
    """Paired differences of a contrast in one score, from the seeds that have all of its cells."""

    def __init__(self, trials, contrast, name, sample):
        cells = contrast.cells
        self._seeds = [seed for seed in sample.seeds if all((cell, seed) in trials for cell in cells)]
        self._is_whole = len(self._seeds) == len(sample.seeds)
        found = {cell: [trials[cell, seed] for seed in self._seeds] for cell in cells}
        scores = {cell: [np.asarray(each["folds"][name], float) for each in found[cell]] for cell in cells}
        even = len({len(folds) for each in scores.values() for folds in each}) == 1
        # Other folds of the same sample are other test rows, which nothing pairs: their rows only describe.
        self._describes = sample.kind != "draw" and "cv:" in contrast.component
        if sample.kind == "draw" or not even:  # one number a seed
            scores = {cell: [np.array([folds.mean()]) for folds in each] for cell, each in scores.items()}
        elif sample.kind == "fixed" and self._seeds:  # seeds repeat the training, not the folds
            scores = {cell: [np.mean(each, axis=0)] for cell, each in scores.items()}
        self._before, self._after = (_sum(scores, weights) for weights in (contrast.before, contrast.after))
        self._compared = np.concatenate([fold for each in scores.values() for fold in each] or [np.empty(0)])
        self.deltas = (self._after - self._before).round(12).ravel()  # means of equal numbers differ by rounding
        splits = [each["split"] for trial in found.values() for each in trial]
        ratios = {cell: np.mean([_ratio(each["split"]) for each in found[cell]] or [0.0]) for cell in cells}
        self._ratio = 0.0 if sample.kind == "draw" else float(max(ratios.values()))
        self._folds = self.deltas.size / max(1, len(self._seeds))
        steps = sample.steps and name == sample.first
        self._step = 1 / np.mean([split["n_test"] for split in splits]) if splits and steps else 0.0
        self._is_flat = len(self.deltas) > 1 and np.ptp(self.deltas) == 0
        self._steps, self._kind = steps, sample.kind

    def means(self):
        before, after, deltas = (
            float(each.mean()) if each.size else math.nan for each in (self._before, self._after, self.deltas)
        )
        return {"n": len(self._seeds), "baseline": before, "score": after, "delta": deltas}

    def interval(self, confidence):
        nothing = {"low": math.nan, "high": math.nan, "pvalue": math.nan}
        if len(self.deltas) < 2 or self._describes:
            return nothing
        if not self._is_flat:
            found = corrected_interval(self.deltas, test_train_ratio=self._ratio, confidence=confidence)
            return {"low": found.low, "high": found.high, "pvalue": found.pvalue}
        # Equal differences tell no variance. A score that moves in steps of a row is taken to vary as if one row of one
        # fold had another answer, the least that can be seen; others are equal only where the same was fitted twice.
        delta = float(self.deltas[0])
        if self._step:
            error = self._least() * math.sqrt(1 / len(self.deltas) + self._ratio)
            t = stats.t(len(self.deltas) - 1)
            reach = float(t.ppf((1 + confidence) / 2)) * error
            return {"low": delta - reach, "high": delta + reach, "pvalue": float(2 * t.sf(abs(delta) / error))}
        return {"low": 0.0, "high": 0.0, "pvalue": 1.0} if delta == 0 else nothing

    def _least(self):
        """Standard deviation of the differences where one row of one fold is another."""
        return self._step / math.sqrt(len(self.deltas))

    def verdict(self, low, high, rope):
        if self._steps and self._compared.size and np.ptp(self._compared) == 0 and self._compared[0] in (0, 1):
            return "ceiling" if self._compared[0] else "floor"  # nobody could differ
        return verdict(low, high, rope=rope) if self._is_whole else "open"

    def needed(self, confidence, rope):
        """Seeds after which an effect of the size seen would be decided; infinite where no number of them is enough."""
        if len(self.deltas) < 2 or self._describes or (self._is_flat and not self._step):
            return math.nan
        size, spread = abs(self.deltas.mean()), self.deltas.std(ddof=1) or self._least()
        gap = max(size, (rope or 0.0) - size)
        if self._kind == "fixed":
            return math.inf

        def reach(n):
            scores = n * self._folds
            t = stats.t.ppf((1 + confidence) / 2, scores - 1)
            return t * spread * math.sqrt(1 / scores + self._ratio)

        low, high = max(2, len(self._seeds)), _MOST
        if reach(high) > gap:
            return math.inf
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if reach(middle) <= gap else (middle + 1, high)
        return float(low)


def _sum(scores, weights):
    """Weighted sum of cells: an array of shape (seeds, folds)."""
    if not all(scores[cell] for cell in weights):
        return np.empty((0, 0))
    return sum(weight * np.array(scores[cell]) for cell, weight in weights.items())


def _ratio(split):
    return split["n_test"] / split["n_train"]
