"""What each way to decide comes to: false verdicts, rows decided, seeds and trials."""

import numpy as np
import pandas as pd
from scipy import stats

from simulation.deciding import FIXED, LOOKS, METHODS, OPEN, Readings, is_false, rival
from simulation.worlds import HIGH, ROWS, SCORES, VARIANCES, World

SURE = 0.95  # of the intervals of shares of studies
CHUNK = 600_000  # differences at once, which a processor's cache still holds
STUDY = ["scores", "variances", "rows", "effects", "rope", "method"]  # that tell a line's study and method
ENDS = ("false_low", "false_high")
COLUMNS = [
    *STUDY,
    "studies",
    "false",  # share of studies with a false verdict, and its interval
    *ENDS,
    "trials",  # a study, in the mean
    "fixed_n",  # seeds that decide as many of the large rows, where all rows get the same number
    "over_fixed",  # trials over those of so many seeds
    "row",  # what the rest is about: rows with this effect
    "decided",
    "seeds",  # until half of them are decided
]


def worlds():
    """All worlds that are simulated."""
    return [World(rows, variances, scores) for scores in SCORES for variances in VARIANCES for rows in ROWS]


def measure(world, studies, rng):
    """Measure every method on the same studies of every scenario of a world.

    Parameters
    ----------
    world : World or Trials
    studies : int
        Of each scenario.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        With the columns `COLUMNS`, a line a scenario, rope, method and kind of row.
    """
    tallies: dict = {}
    for scenario in world.scenarios:
        chunk = max(1, CHUNK // (world.rows * HIGH))
        for start in range(0, studies, chunk):
            drawn = world.draw(rng, min(chunk, studies - start), scenario)
            readings = Readings(drawn.differences)
            for rope in (None, world.rope):
                readings.see(rope)
                for name, method in METHODS.items():
                    tally = tallies.setdefault((scenario, rope, name), Tally(world))
                    tally.add(method(readings), drawn, rope)
                for name, method in FIXED.items():
                    fixed = tallies.setdefault((scenario, rope, name), FixedTally(world))
                    fixed.add(method(readings), drawn, rope)
    lines = []
    for scenario in world.scenarios:
        for rope in (None, world.rope):
            for name in METHODS:
                other, n = rival(name), None
                if other:
                    share = tallies[world.matched, rope, name].share(world.large)
                    n = tallies[world.matched, rope, other].enough(share, world.large)
                lines += tallies[scenario, rope, name].lines(scenario, rope, name, n)
                if n and name in ("ours", "ours, Holm"):
                    lines += tallies[scenario, rope, other].lines(scenario, rope, other, n)
    table = pd.DataFrame(lines, columns=[name for name in COLUMNS if name not in ENDS])
    ends = _ends((table["false"] * table["studies"]).round(), table["studies"])
    return table.assign(**dict(zip(ENDS, ends, strict=True)))[COLUMNS]


def _ends(counts, studies):
    """Clopper and Pearson's interval of shares."""
    low = stats.beta.ppf((1 - SURE) / 2, counts, studies - counts + 1)
    high = stats.beta.ppf((1 + SURE) / 2, counts + 1, studies - counts)
    return np.where(counts == 0, 0, low), np.where(counts == studies, 1, high)


class Tally:
    """Counts of what a method came to.

    Parameters
    ----------
    world : World or Trials
    """

    def __init__(self, world):
        self._world = world
        self.studies = self.false = self.trials = 0
        self.rows = np.zeros(len(world.kinds), int)  # by kind
        self.decided = np.zeros((len(world.kinds), HIGH + 1), int)  # by kind and number of seeds

    def add(self, outcome, drawn, rope):
        """Count studies."""
        kind, is_decided = drawn.kind, outcome.verdict != OPEN
        self.studies += len(kind)
        self.false += int(is_false(outcome.verdict, drawn.truth, rope).any(axis=1).sum())
        self.trials += int(outcome.seeds.sum() + outcome.seeds.max(axis=1).sum())  # the baseline goes on to the last
        self.rows += np.bincount(kind.ravel(), minlength=len(self.rows))
        cells = kind[is_decided] * (HIGH + 1) + outcome.seeds[is_decided]
        self.decided += np.bincount(cells, minlength=self.decided.size).reshape(self.decided.shape)

    def share(self, large):
        """Share of the rows of some kinds that are decided, NaN without such rows."""
        rows = self.rows[large].sum()
        return self.decided[large].sum() / rows if rows else np.nan

    def lines(self, scenario, rope, name, n):
        """Lines of the table; `n` is the fixed number of seeds to compare with, None if there is none."""
        trials = self.trials / self.studies
        over = trials / (n * (self._world.rows + 1)) if n else np.nan
        study = _study(self._world, scenario, rope, name, self.studies, self.false, trials, n, over)
        found = []
        for kind, rows, decided in zip(self._world.kinds, self.rows, self.decided, strict=True):
            if rows:
                reached = np.flatnonzero(2 * decided.cumsum() >= rows)
                found.append([*study, kind, decided.sum() / rows, reached[0] if len(reached) else np.nan])
        return found


class FixedTally:
    """Counts of what every fixed number of seeds would come to.

    Parameters
    ----------
    world : World or Trials
    """

    def __init__(self, world):
        self._world = world
        self.studies = 0
        self.false = np.zeros(len(LOOKS), int)
        self.rows = np.zeros(len(world.kinds), int)
        self.decided = np.zeros((len(world.kinds), len(LOOKS)), int)

    def add(self, verdict, drawn, rope):
        """Count studies."""
        self.studies += len(verdict)
        self.false += is_false(verdict, drawn.truth[..., None], rope).any(axis=1).sum(axis=0)
        self.rows += np.bincount(drawn.kind.ravel(), minlength=len(self.rows))
        for kind in np.unique(drawn.kind):
            self.decided[kind] += (verdict[drawn.kind == kind] != OPEN).sum(axis=0)

    def enough(self, share, large):
        """Smallest number of seeds that decides such a share of the rows of some kinds, None if there is none."""
        rows = self.rows[large].sum()
        is_enough = self.decided[large].sum(axis=0) >= share * rows * (1 - 1e-12)
        return int(LOOKS[is_enough.argmax()]) if rows and is_enough.any() else None

    def lines(self, scenario, rope, name, n):
        """Lines of the table for a fixed number of seeds."""
        look, trials = n - LOOKS[0], n * (self._world.rows + 1)
        study = _study(self._world, scenario, rope, name, self.studies, int(self.false[look]), trials, n, 1)
        found = []
        for kind, rows, decided in zip(self._world.kinds, self.rows, self.decided[:, look], strict=True):
            if rows:
                found.append([*study, kind, decided / rows, n if 2 * decided >= rows else np.nan])
        return found


def _study(world, scenario, rope, name, studies, false, trials, n, over):
    who = [world.scores, world.variances, world.rows, scenario, "none" if rope is None else "one", name]
    return [*who, studies, false / studies, trials, n or np.nan, over]
