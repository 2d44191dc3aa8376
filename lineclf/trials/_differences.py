"""Differences of a contrast, seed by seed: their mean, interval and verdict, and the seeds needed for a verdict.

Draws are independent of each other, so their differences have the plain paired t interval. Folds of one sample share
training data, so their differences have Nadeau and Bengio's interval. If seeds go on until a row is decided, the row is
read after every seed, so its interval must hold at every look.
"""

import math

import numpy as np
from scipy import stats

from lineclf.metrics import corrected_interval, sequential_interval, sequential_reach, verdict
from lineclf.trials._sample import ALONE

__all__ = ["Differences"]

_MOST = 10_000  # seeds that `needed` looks for


class Differences:
    """Paired differences of a contrast in one score, from seeds that have all of its cells."""

    def __init__(self, trials, contrast, name, sample, seeds):
        cells = contrast.cells
        self._seeds, self._sample = seeds, sample
        self._is_whole = sample.low is not None or len(self._seeds) == len(sample.seeds)
        found = {cell: [trials[cell, seed] for seed in self._seeds] for cell in cells}
        scores = {cell: [np.asarray(each["folds"][name], float) for each in found[cell]] for cell in cells}
        even = len({len(folds) for each in scores.values() for folds in each}) == 1
        self._describes = sample.only_describes(contrast)
        if sample.kind in ALONE or not even:  # one number a seed
            scores = {cell: [np.array([folds.mean()]) for folds in each] for cell, each in scores.items()}
        elif sample.kind == "fixed" and self._seeds:  # seeds repeat the training, not the folds
            scores = {cell: [np.mean(each, axis=0)] for cell, each in scores.items()}
        self._before, self._after = (_sum(scores, weights) for weights in (contrast.before, contrast.after))
        self._compared = np.concatenate([fold for each in scores.values() for fold in each] or [np.empty(0)])
        self.deltas = (self._after - self._before).round(12).ravel()  # means of equal numbers differ by rounding
        splits = [each["split"] for trial in found.values() for each in trial]
        ratios = {cell: np.mean([_ratio(each["split"]) for each in found[cell]] or [0.0]) for cell in cells}
        self._ratio = 0.0 if sample.kind in ALONE else float(max(ratios.values()))
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
            found = self._found(confidence)
            return {"low": found.low, "high": found.high, "pvalue": found.pvalue}
        # Equal differences tell no variance. A score that moves in steps of a row is taken to vary as if one row of one
        # fold had another answer, the least that can be seen; others are equal only where the same was fitted twice.
        delta = float(self.deltas[0])
        if self._step:
            reach = self._reach(len(self._seeds), self._least(), confidence)
            error = self._least() * math.sqrt(1 / len(self.deltas) + self._ratio)
            pvalue = float(2 * stats.t.sf(abs(delta) / error, len(self.deltas) - 1))
            return {
                "low": delta - reach,
                "high": delta + reach,
                "pvalue": math.nan if self._is_sequential else min(1.0, pvalue / self._sample.part(len(self._seeds))),
            }
        return {"low": 0.0, "high": 0.0, "pvalue": 1.0} if delta == 0 else nothing

    @property
    def _is_sequential(self):
        return self._sample.low is not None and self._kind in ALONE

    def _found(self, confidence):
        if self._is_sequential:
            return sequential_interval(self.deltas, confidence=confidence)
        part = self._sample.part(len(self._seeds))
        confidence = 1 - (1 - confidence) * part
        found = corrected_interval(self.deltas, test_train_ratio=self._ratio, confidence=confidence)
        return found._replace(pvalue=min(1.0, found.pvalue / part))

    def _reach(self, n, spread, confidence):
        """Half the width of the interval after n seeds."""
        if self._is_sequential:
            return sequential_reach(n, spread, confidence=confidence)
        scores = n * self._folds
        t = stats.t.ppf(1 - (1 - confidence) * self._sample.part(n) / 2, scores - 1)
        return float(t) * spread * math.sqrt(1 / scores + self._ratio)

    def _least(self):
        """Standard deviation of the differences if one row of one fold changes."""
        return self._step / math.sqrt(len(self.deltas))

    def verdict(self, low, high, rope):
        if self._steps and self._compared.size and np.ptp(self._compared) == 0 and self._compared[0] in (0, 1):
            return "ceiling" if self._compared[0] else "floor"  # nobody could differ
        return verdict(low, high, rope=rope) if self._is_whole else "open"

    def needed(self, confidence, rope):
        """Seeds after which an effect of the size seen would be decided; infinite if no number is enough."""
        if len(self.deltas) < 2 or self._describes or (self._is_flat and not self._step):
            return math.nan
        size, spread = abs(self.deltas.mean()), self.deltas.std(ddof=1) or self._least()
        gap = max(size, (rope or 0.0) - size)
        if self._kind == "fixed":
            return math.inf
        low, high = max(2, len(self._seeds)), _MOST
        if self._reach(high, spread, confidence) > gap:
            return math.inf
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._reach(middle, spread, confidence) <= gap else (middle + 1, high)
        return float(low)


def _sum(scores, weights):
    """Weighted sum of cells: an array of shape (seeds, folds)."""
    if not all(scores[cell] for cell in weights):
        return np.empty((0, 0))
    return sum(weight * np.array(scores[cell]) for cell, weight in weights.items())


def _ratio(split):
    return split["n_test"] / split["n_train"]
