"""Ways to decide the rows of a study, for thousands of studies at once.

All of them see a row as its mean difference and standard deviation after n seeds. An interval of the mean whose half
width is c(n) standard deviations decides the row once its gap is at least c(n): the mean, or what lies between it and
the farther end of the region of equivalence, in standard deviations.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import stats

from lineclf.metrics import sequential_reach
from simulation.worlds import HIGH

LOW = 3
LOOKS = np.arange(LOW, HIGH + 1)
CONFIDENCE = 0.95
MIXTURE = 2.0  # as of sequential_interval
OVERLAP = 1 / 3  # test rows over training rows, of Nadeau and Bengio's correction
SOON = 10  # seeds from which on a row may be given up
FAR = 3 * HIGH  # seeds that are too many
N_CALIBRATION = 400_000  # rows that a level is calibrated with

OPEN, EQUIVALENT = 0, 2  # beside -1, worse, and 1, better


class Outcome(NamedTuple):
    """What became of rows, arrays of shape (studies, rows): seeds that they took, and verdicts."""

    seeds: np.ndarray
    verdict: np.ndarray


class Readings:
    """Means and standard deviations of rows after every number of seeds at which they are read.

    Parameters
    ----------
    differences : ndarray of shape (studies, rows, HIGH)
    rope : float, optional
        Differences up to this much count as none.
    """

    def __init__(self, differences, rope=None):
        n = np.arange(1, HIGH + 1)
        mean = np.cumsum(differences, axis=-1) / n
        square = np.cumsum(differences**2, axis=-1)
        variance = np.maximum(square[..., LOW - 1 :] - (n * mean**2)[..., LOW - 1 :], 0) / (LOOKS - 1)
        self.mean, self.spread = mean[..., LOW - 1 :], np.sqrt(variance)
        self.see(rope)

    def see(self, rope):
        """Take differences up to `rope` for none from now on."""
        self.rope = rope
        size = np.abs(self.mean)
        with np.errstate(divide="ignore", invalid="ignore"):  # rows whose differences are all equal
            self.gap = (size if rope is None else np.maximum(size, rope - size)) / self.spread
        self.gaps = np.moveaxis(self.gap, -1, 0).copy()  # by look, which is faster where looks are taken in turn

    @property
    def rows(self):
        """Rows of a study."""
        return self.gap.shape[1]

    def verdicts(self, look, reach):
        """Verdicts of rows that are decided at a look each, by intervals of a half width in standard deviations."""
        mean, spread = (np.take_along_axis(each, look[..., None], -1)[..., 0] for each in (self.mean, self.spread))
        return _verdicts(mean, spread, reach, self.rope)


def _verdicts(mean, spread, reach, rope):
    if rope is None:
        return np.sign(mean)
    with np.errstate(divide="ignore", invalid="ignore"):  # as in `Readings.see`, to the last bit
        return np.where((rope - np.abs(mean)) / spread >= reach, EQUIVALENT, np.sign(mean))


@cache
def sequential_reaches(level, mixture=MIXTURE, looks=tuple(LOOKS)):
    """Half widths of a confidence sequence at each look, in standard deviations, for an error of `level`.

    They are NaN where it has no ends yet, as then not even equal differences decide.
    """
    reaches = np.array([sequential_reach(int(n), 1.0, confidence=1 - level, mixture=mixture) for n in looks])
    return np.where(np.isinf(reaches), np.nan, reaches)


@cache
def plain_reaches(level):
    """Half widths of the plain paired t interval at each look, in standard deviations, for an error of `level`."""
    return stats.t.ppf(1 - level / 2, LOOKS - 1) / np.sqrt(LOOKS)


@cache
def _gaps_of_nothing():
    """Gaps of rows without an effect, normal, of shape (rows, looks). They are the same for every variance."""
    rng, chunks = np.random.default_rng(0), 20
    shape = N_CALIBRATION // chunks, 1, HIGH
    return np.concatenate([Readings(rng.standard_normal(shape)).gap[:, 0].astype(np.float32) for _ in range(chunks)])


@cache
def calibrated(reaches, share):
    """Level at which the looks together decide a share of the rows without an effect, by bisection."""
    gaps, low, high = _gaps_of_nothing(), share / 100, min(1, 20 * share)
    for _ in range(20):
        middle = float(np.sqrt(low * high))
        decided = (gaps >= reaches(middle).astype(np.float32)).any(axis=1).mean()
        low, high = (middle, high) if decided <= share else (low, middle)
    return low


@dataclass(frozen=True)
class Sequence:
    """Read a confidence sequence after every seed, each row at its share of the error, and stop where it decides.

    Parameters
    ----------
    mixture : float, default=2.0
        g of :func:`lineclf.metrics.sequential_interval`.
    futility : bool, default=False
        Give a row up, from 10 seeds on, where an effect of the size seen would need more than three times as many seeds
        as there can be.
    """

    mixture: float = MIXTURE
    futility: bool = False

    def __call__(self, readings):
        """Decide."""
        level = (1 - CONFIDENCE) / readings.rows
        reaches = sequential_reaches(level, self.mixture)
        hopeless = None
        if self.futility:
            (far,) = sequential_reaches(level, self.mixture, (FAR,))
            hopeless = (readings.gap < far) & (LOOKS >= SOON)
        return _first(readings, reaches, hopeless)


@dataclass(frozen=True)
class Looks:
    """Read an interval after every seed, each row at its share of the error, and stop where it decides.

    Parameters
    ----------
    reaches : callable
        Half widths at each look for an error of a level.
    is_calibrated : bool, default=False
        Whether all looks together have the row's share of the error, for normal differences, instead of each look.
    """

    reaches: Callable
    is_calibrated: bool = False

    def __call__(self, readings):
        """Decide."""
        share = (1 - CONFIDENCE) / readings.rows
        return _first(readings, self.reaches(calibrated(self.reaches, share) if self.is_calibrated else share))


def _first(readings, reaches, hopeless=None):
    """Stop each row at the first look that decides it, or that is hopeless."""
    decided = readings.gap >= reaches
    stop = decided if hopeless is None else decided | hopeless
    look = np.argmax(stop, axis=-1)
    look[~np.take_along_axis(stop, look[..., None], -1)[..., 0]] = len(LOOKS) - 1
    is_decided = np.take_along_axis(decided, look[..., None], -1)[..., 0]
    return Outcome(LOOKS[look], np.where(is_decided, readings.verdicts(look, reaches[look]), OPEN))


@dataclass(frozen=True)
class HolmSequence:
    """As :class:`Sequence`, but a row that is found better or worse gives its share of the error to the open ones.

    A row that is given up keeps its share.
    """

    mixture: float = MIXTURE
    futility: bool = False

    def __call__(self, readings):
        """Decide."""
        reaches = _by_rows_left(readings.rows, lambda level: sequential_reaches(level, self.mixture))
        far = _by_rows_left(readings.rows, lambda level: sequential_reaches(level, self.mixture, (FAR,)))[:, 0]
        verdict, left = _begin(readings)
        seeds = np.full(verdict.shape, HIGH)
        for look, n in enumerate(LOOKS):
            was_open = verdict == OPEN
            if self.futility and n >= SOON:
                verdict[was_open & (readings.gaps[look] < far[left][:, None])] = np.nan  # given up
            _step_down(readings, look, reaches, verdict, left)
            seeds[was_open & (verdict != OPEN)] = n
        return Outcome(seeds, np.where(np.isnan(verdict), OPEN, verdict))


def _by_rows_left(rows, reaches):
    """Half widths by the number of rows that share the error, and by look; none is left to share it, none decides."""
    known = [reaches((1 - CONFIDENCE) / left) for left in range(1, rows + 1)]
    return np.array([np.full_like(known[0], np.nan), *known])


def _begin(readings):
    """Verdicts, all open, and how many rows of each study share the error."""
    studies, rows, _ = readings.gap.shape
    return np.zeros((studies, rows)), np.full(studies, rows)


def _step_down(readings, look, reaches, verdict, left):
    """Decide what one look decides, in place, and again with what the decided rows give away."""
    while True:
        new = (verdict == OPEN) & (readings.gaps[look] >= reaches[left, look][:, None])
        if not new.any():
            return
        at = new.nonzero()
        mean, spread = readings.mean[*at, look], readings.spread[*at, look]
        verdict[at] = found = _verdicts(mean, spread, reaches[left[at[0]], look], readings.rope)
        left -= np.bincount(at[0][found != EQUIVALENT], minlength=len(left))


@dataclass(frozen=True)
class Former:
    """Read once, after so many seeds, as lineclf 0.2 did.

    Rows are better or worse where Nadeau and Bengio's test says so after Holm's adjustment, and equivalent where their
    posterior has 95 % of its mass within the region of equivalence.

    Parameters
    ----------
    seeds : int
    """

    seeds: int

    def __call__(self, readings):
        """Decide."""
        look, rows, df = self.seeds - LOW, readings.rows, self.seeds - 1
        mean, error = readings.mean[..., look], readings.spread[..., look] * np.sqrt(1 / self.seeds + OVERLAP)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.abs(mean) / error
        order = np.argsort(-t, axis=1)
        needed = stats.t.ppf(1 - (1 - CONFIDENCE) / (rows - np.arange(rows)) / 2, df)
        passed = np.logical_and.accumulate(np.take_along_axis(t, order, 1) >= needed, axis=1)
        differs = np.empty_like(passed)
        np.put_along_axis(differs, order, passed, 1)
        verdict = np.where(differs, np.sign(mean), OPEN)
        if readings.rope is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                inside = stats.t.cdf((readings.rope - mean) / error, df) - stats.t.cdf(
                    (-readings.rope - mean) / error, df
                )
            verdict = np.where(inside >= CONFIDENCE, EQUIVALENT, verdict)
        return Outcome(np.full(mean.shape, self.seeds), verdict)


@dataclass(frozen=True)
class Fixed:
    """The plain paired t after one number of seeds for all rows, each with its share of the error.

    Parameters
    ----------
    is_holm : bool, default=False
        Whether a row that is found better or worse gives its share to the others.
    """

    is_holm: bool = False

    def __call__(self, readings):
        """Return verdicts at every number of seeds that there can be, of shape (studies, rows, looks)."""
        if not self.is_holm:
            reaches = plain_reaches((1 - CONFIDENCE) / readings.rows)
            found = _verdicts(readings.mean, readings.spread, reaches, readings.rope)
            return np.where(readings.gap >= reaches, found, OPEN)
        reaches = _by_rows_left(readings.rows, plain_reaches)
        verdicts = []
        for look in range(len(LOOKS)):
            verdict, left = _begin(readings)
            _step_down(readings, look, reaches, verdict, left)
            verdicts.append(verdict)
        return np.stack(verdicts, axis=-1)


def is_false(verdict, truth, rope):
    """Whether a verdict is not so: better of no gain, worse of no loss, equivalent of `rope` or more."""
    wrong = np.where(verdict == OPEN, False, verdict * truth <= 0)
    if rope is None:
        return wrong
    return np.where(verdict == EQUIVALENT, np.abs(truth) >= rope * (1 - 1e-9), wrong)  # but for rounding


METHODS: dict[str, Callable[[Readings], Outcome]] = {
    "ours": Sequence(),
    "ours, g = 0.5": Sequence(0.5),
    "ours, g = 1": Sequence(1),
    "ours, g = 4": Sequence(4),
    "ours, g = 10": Sequence(10),
    "ours, futility": Sequence(futility=True),
    "ours, Holm": HolmSequence(),
    "ours, both": HolmSequence(futility=True),
    "ours, for 30 seeds": Looks(sequential_reaches, is_calibrated=True),
    "t, for 30 seeds": Looks(plain_reaches, is_calibrated=True),
    "naive": Looks(plain_reaches),
    "former, 3 seeds": Former(3),
    "former, 5 seeds": Former(5),
}
FIXED = {"one fixed n": Fixed(), "one fixed n, Holm": Fixed(is_holm=True)}


def rival(name):
    """Return the name of the fixed number of seeds that a method is compared with, None for those that are not."""
    if name.startswith("ours") or "for 30 seeds" in name:
        return "one fixed n, Holm" if isinstance(METHODS[name], HolmSequence) else "one fixed n"
    return None
