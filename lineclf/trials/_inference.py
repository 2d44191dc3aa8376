"""From the folds' scores of all trials to effects: how large, how sure, and what it would take to be sure.

Draws are independent of each other, so their differences have the plain paired t interval. Folds of one sample have
training sets in common, so theirs is Nadeau and Bengio's. Where seeds go on until a row is decided, a row is read after
every seed, so that its interval is one that holds whenever one looks.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

from lineclf.metrics import corrected_interval, sequential_interval, sequential_reach, verdict

COLUMNS = ["component", "level", "scorer", "n", "baseline", "score", "delta", "low", "high", "pvalue", "verdict"]
ALONE = ("draw", "split")  # kinds of data whose trials have nothing in common that chance has made
_MOST = 10_000  # seeds that `needed` looks for
FUTILE = 10, 3  # from so many seeds on a row stops that would take so many times the most seeds
_LOOKS = 3  # at folds of one sample, which have no interval that holds at every seed


@dataclass(frozen=True)
class Sample:
    """What the seeds of a study are a sample of.

    Parameters
    ----------
    kind : {"draw", "cv", "fixed", "split"}
        Data drawn anew by each seed; folds of one sample that each seed shuffles; folds that are the same for all; one
        split, which each seed trains on anew.
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
    low : int, optional
        Seeds go on until a row is decided, from so many on; by default their number is fixed.
    """

    kind: str
    seeds: tuple[int, ...]
    confidence: float
    rope: dict
    first: str
    steps: bool
    low: int | None = None

    @property
    def method(self):
        """What intervals are, in words."""
        text = {
            "draw": "paired t over independent draws",
            "cv": "Nadeau and Bengio's, for the folds of one sample",
            "fixed": "Nadeau and Bengio's, over folds that no seed changes",
            "split": "paired t over trainings on one split",
        }[self.kind]
        if self.low is None:
            return text
        if self.kind in ALONE:
            return f"{text}, as a confidence sequence, which holds after every seed"
        return f"{text}, looked at after {', '.join(map(str, self.looks))} seeds, each with its share of the error"

    def only_describes(self, contrast):
        """Whether nothing is decided: other folds of the same sample are other test rows, which nothing pairs."""
        return self.kind != "draw" and "cv:" in contrast.component

    @property
    def looks(self):
        """Numbers of seeds at which a row is read."""
        n = len(self.seeds)
        if self.low is None:
            return [n]
        if self.kind in ALONE:
            return list(range(self.low, n + 1))
        return sorted({round(self.low + (n - self.low) * part / (_LOOKS - 1)) for part in range(_LOOKS)})


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
    reading = Reading(contrasts, names[0], sample)
    reading.update(trials, waits=False)
    rows = []
    for name in names:
        first = name == names[0]
        for i, each in enumerate(contrasts):
            seeds = reading.seeds(i, trials)
            found = _Differences(trials, each, name, sample, seeds)
            share = reading.share(i) if first else 1 - sample.confidence
            row = {
                "component": " = ".join([each.component, *each.aliases]),
                "level": each.level,
                "scorer": name,
                **found.means(),
            }
            row |= found.interval(1 - share)
            rope = sample.rope.get(name)
            n_sharing = (1 - sample.confidence) / share
            row["pvalue"] = float(np.minimum(1.0, row["pvalue"] * n_sharing)) if first else math.nan
            row["verdict"] = reading.verdict(i, found, row["low"], row["high"]) if first else ""
            row["needed"] = found.needed(1 - share, rope) if row["verdict"] == "open" else math.nan
            row["size"] = each.size
            rows.append(row)
    return pd.DataFrame(rows, columns=[*COLUMNS, "needed", "size"])


def minutes_needed(results, contrasts, effects):
    """Return the minutes of one process that the seeds take which open rows need, where so many would do.

    Parameters
    ----------
    results : list of dict
        Of trials.
    contrasts : list of Contrast
    effects : pandas.DataFrame
        As of :func:`effects_frame`.
    """
    seconds: dict[str, list[float]] = {}
    for each in results:
        seconds.setdefault(each["cell"], []).append(each["finished"] - each["started"])
    first = effects[effects["scorer"] == effects["scorer"].iloc[0]] if len(effects) else effects
    most: dict[str, float] = {}
    for contrast, row in zip(contrasts, first.itertuples(), strict=False):
        if math.isfinite(row.needed):
            more = {cell: row.needed - len(seconds.get(cell, ())) for cell in contrast.cells}
            most |= {cell: max(n, most.get(cell, 0.0)) for cell, n in more.items()}
    return sum(n * float(np.mean(seconds[cell])) for cell, n in most.items() if cell in seconds) / 60


class Reading:
    """Which rows of the first score are decided, read seed by seed in the order of the seeds, not of arrival.

    What is found hangs on the results alone, not on who computed them, nor on how many at once: a row is read with its
    first n seeds, at each n where it is looked at, and no further than where it is decided.

    Rows begin with equal shares of the error. Where independent runs go on until rows are decided, all are read at an n
    before the next, and a row that is found better or worse gives its share to those that are open, as Holm's procedure
    does. His proof does not cover rows that may be called equivalent: how often verdicts are false is simulated by
    ``studies/power.py``. Intervals for a fixed number of seeds keep equal shares, as they do not bear it.

    Parameters
    ----------
    contrasts : list of Contrast
    name : str
        Of the first score.
    sample : Sample
    """

    def __init__(self, contrasts, name, sample):
        self._contrasts, self._name, self._sample = contrasts, name, sample
        self._closed: dict[int, _Closed] = {}
        self._round, self._seen = 0, set[int]()
        self._of_round = self._share()

    def update(self, trials, failed=(), *, waits=True):
        """Read on in what has come; return the contrasts that are open, and that a further seed could still decide.

        Parameters
        ----------
        trials : mapping of tuple (str, int) to dict
            Results by cell and seed.
        failed : collection of tuple (str, int)
            Those that have none, and get none.
        waits : bool, default=True
            Whether rows that lack a seed may still get it; at the end, they do not.

        Returns
        -------
        list of Contrast
        """
        ready = {i: self._ready(self._contrasts[i], trials) for i in self._open()}
        lost = {i for i, n in ready.items() if any(pair in failed for pair in self._next(self._contrasts[i], n))}
        looks = self._sample.looks if self._sample.low is not None else []
        while self._round < len(looks):
            n = looks[self._round]
            there = [i for i in self._open() if ready[i] >= n]
            late = [i for i in self._open() if ready[i] < n and i not in lost]
            for i in there:
                if i not in self._seen:
                    self._look(i, n, trials, self._of_round)
            self._seen.update(there)
            if not there or (waits and late):
                break
            while self._share() != self._of_round:  # read again, with what others have given
                self._of_round = self._share()
                for i in there:
                    if i not in self._closed:
                        self._look(i, n, trials, self._of_round)
            self._round, self._seen = self._round + 1, set()
        return [self._contrasts[i] for i in self._open() if i not in lost]

    def _open(self):
        return [
            i
            for i, contrast in enumerate(self._contrasts)
            if i not in self._closed and not self._sample.only_describes(contrast)
        ]

    def _share(self):
        """Probability of error of an open row."""
        gave = 0
        if self._sample.low is not None and self._sample.kind in ALONE:
            gave = sum(each.verdict in ("better", "worse") for each in self._closed.values())
        return (1 - self._sample.confidence) / max(1, len(self._contrasts) - gave)

    @property
    def n_decided(self):
        """Number of rows that have a verdict."""
        return sum(each.verdict != "open" for each in self._closed.values())

    def share(self, i):
        """Probability of error of a row's interval."""
        return self._closed[i].share if i in self._closed else self._share()

    def seeds(self, i, trials):
        """Seeds that a row is about."""
        seeds = self._sample.seeds
        if self._sample.low is None:
            return [seed for seed in seeds if all((cell, seed) in trials for cell in self._contrasts[i].cells)]
        if i in self._closed:
            return list(seeds[: self._closed[i].n])
        ready = self._ready(self._contrasts[i], trials)
        looked = [n for n in self._sample.looks if n <= ready]
        return list(seeds[: looked[-1] if looked else ready])

    def verdict(self, i, found, low, high):
        """Verdict of a row."""
        if self._sample.low is None:
            return found.verdict(low, high, self._sample.rope.get(self._name))
        return self._closed[i].verdict if i in self._closed else "open"

    def _look(self, i, n, trials, share):
        found = _Differences(trials, self._contrasts[i], self._name, self._sample, list(self._sample.seeds[:n]))
        interval = found.interval(1 - share)
        rope = self._sample.rope.get(self._name)
        verdict = found.verdict(interval["low"], interval["high"], rope)
        if verdict != "open" or self._is_futile(n, found.needed(1 - share, rope)):
            self._closed[i] = _Closed(n, verdict, share)

    def _is_futile(self, n, needed):
        """Whether a row stops although it is open: no number of seeds is enough, or none that one would wait for."""
        least, times = FUTILE
        if self._sample.kind == "cv":
            return needed == math.inf
        return n >= least and needed > times * len(self._sample.seeds)

    def _ready(self, contrast, trials):
        """Number of the first seeds that have all of a contrast's cells."""
        missing = (
            n for n, seed in enumerate(self._sample.seeds) if not all((cell, seed) in trials for cell in contrast.cells)
        )
        return next(missing, len(self._sample.seeds))

    def _next(self, contrast, ready):
        """Trials of the first seed that a contrast lacks."""
        return [(cell, seed) for seed in self._sample.seeds[ready : ready + 1] for cell in contrast.cells]


class _Closed(NamedTuple):
    """A row that gets no further seed: the seeds that it was read with, its verdict, and its share of the error."""

    n: int
    verdict: str
    share: float


class _Differences:
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
                "pvalue": math.nan if self._is_sequential else min(1.0, pvalue * len(self._sample.looks)),
            }
        return {"low": 0.0, "high": 0.0, "pvalue": 1.0} if delta == 0 else nothing

    @property
    def _is_sequential(self):
        return self._sample.low is not None and self._kind in ALONE

    def _found(self, confidence):
        if self._is_sequential:
            return sequential_interval(self.deltas, confidence=confidence)
        confidence = self._of_a_look(confidence)
        found = corrected_interval(self.deltas, test_train_ratio=self._ratio, confidence=confidence)
        return found._replace(pvalue=min(1.0, found.pvalue * len(self._sample.looks)))

    def _of_a_look(self, confidence):
        return 1 - (1 - confidence) / len(self._sample.looks)

    def _reach(self, n, spread, confidence):
        """Half the width of the interval after n seeds."""
        if self._is_sequential:
            return sequential_reach(n, spread, confidence=confidence)
        scores = n * self._folds
        t = stats.t.ppf((1 + self._of_a_look(confidence)) / 2, scores - 1)
        return float(t) * spread * math.sqrt(1 / scores + self._ratio)

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
