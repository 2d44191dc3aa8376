"""Which rows are decided, and which seeds could still decide one."""

import math
from typing import NamedTuple

from lineclf.trials._differences import Differences
from lineclf.trials._sample import ALONE

__all__ = ["FUTILE", "Reading"]

FUTILE = 10, 3  # from so many seeds on a row stops that would take so many times the most seeds


class Reading:
    """Rows of the first score that are decided, read seed by seed in the order of the seeds, not of arrival.

    The findings depend only on the results, not on who computed them or on how many ran at once: a row is read with its
    first n seeds, at each n of a look, and not after it is decided.

    Rows begin with equal shares of the error. If independent runs go on until rows are decided, all rows are read at
    one n before the next n, and a row that is found better or worse gives its share to the open rows, as in Holm's
    procedure. Holm's proof does not cover rows that may be called equivalent: ``studies/power.py`` simulates how often
    verdicts are false. Intervals for a fixed number of seeds keep equal shares, because they do not allow this.

    Parameters
    ----------
    contrasts : list of Contrast
    name : str
        Name of the first score.
    sample : Sample
    """

    def __init__(self, contrasts, name, sample):
        self._contrasts, self._name, self._sample = contrasts, name, sample
        self._closed: dict[int, _Closed] = {}
        self._round, self._seen = 0, set[int]()
        self._of_round = self._share()

    def update(self, trials, failed=(), *, waits=True):
        """Read the new results; return the open contrasts that a further seed could still decide.

        Parameters
        ----------
        trials : mapping of tuple (str, int) to dict
            Results by cell and seed.
        failed : collection of tuple (str, int)
            Trials that have no result, and will get none.
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
        """Seeds that a row is based on."""
        seeds = self._sample.seeds
        if self._sample.low is None:
            return [seed for seed in seeds if all((cell, seed) in trials for cell in self._contrasts[i].cells)]
        if i in self._closed:
            return list(seeds[: self._closed[i].n])
        ready = self._ready(self._contrasts[i], trials)
        looked = [n for n in self._sample.looks if n <= ready]
        return list(seeds[: looked[-1] if looked else ready])

    def is_read(self, i, n):
        """Whether a row of `n` seeds is looked at: between looks its interval says nothing."""
        return self._sample.low is None or i in self._closed or n in self._sample.looks

    def verdict(self, i, found, low, high):
        """Verdict of a row."""
        if self._sample.low is None:
            return found.verdict(low, high, self._sample.rope.get(self._name))
        return self._closed[i].verdict if i in self._closed else "open"

    def _look(self, i, n, trials, share):
        found = Differences(trials, self._contrasts[i], self._name, self._sample, list(self._sample.seeds[:n]))
        interval = found.interval(1 - share)
        rope = self._sample.rope.get(self._name)
        verdict = found.verdict(interval["low"], interval["high"], rope)
        if verdict != "open" or self._is_futile(n, found.needed(1 - share, rope)):
            self._closed[i] = _Closed(n, verdict, share)

    def _is_futile(self, n, needed):
        """Whether a row stops although it is open: no number of seeds is enough, or it is too large to wait for."""
        least, times = FUTILE
        if self._sample.kind == "cv":
            return needed == math.inf
        return n >= least and needed > times * len(self._sample.seeds)

    def _ready(self, contrast, trials):
        """Number of first seeds that have all of a contrast's cells."""
        missing = (
            n for n, seed in enumerate(self._sample.seeds) if not all((cell, seed) in trials for cell in contrast.cells)
        )
        return next(missing, len(self._sample.seeds))

    def _next(self, contrast, ready):
        """Trials of the first seed that a contrast lacks."""
        return [(cell, seed) for seed in self._sample.seeds[ready : ready + 1] for cell in contrast.cells]


class _Closed(NamedTuple):
    """A row that gets no further seed: the seeds it was read with, its verdict, and its share of the error."""

    n: int
    verdict: str
    share: float
