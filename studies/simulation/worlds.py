"""Worlds whose truth is known: studies of many rows and one baseline, simulated or resampled from real trials."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

HIGH = 30  # seeds of a study, at most
ROWS = (3, 6, 12, 20)
VARIANCES = ("equal", "unequal")
SCORES = ("normal", "near 0", "near 1")
EFFECTS: tuple[float, ...] = (0, 0.5, 1, 1.5, 2, 3)  # in standard deviations of a row's paired difference
LARGE = 1  # effects of so many count as large
# Share of the rows that have each effect. Half of the mixed rows have none, or one that 30 seeds hardly show; few rows
# without an effect among many large ones are the hardest for who lets decided rows give their share of the error away.
SCENARIOS: dict[str, dict[float, float]] = {
    **{f"{effect:g}": {effect: 1.0} for effect in EFFECTS},
    "1–3": dict.fromkeys((1, 1.5, 2, 3), 1 / 4),
    "mixed": {0: 1 / 4, 0.5: 1 / 4, 1: 1 / 8, 1.5: 1 / 8, 2: 1 / 8, 3: 1 / 8},
    "0 and 3": {0: 1 / 4, 3: 3 / 4},
}
MEAN, SPREAD = 0.02, 0.015  # of the baseline's scores near 0; near 1 they are one minus that
N_TEST = 2000  # rows that a score near 1 counts
RATIOS = (0.5, 2)  # of a row's standard deviation to the baseline's, where variances are unequal
COLUMNS = ("cell", "seed", "score")
MIN_SEEDS = 40


class Drawn(NamedTuple):
    """Paired differences of many studies, and their truth.

    Parameters
    ----------
    differences : ndarray of shape (studies, rows, HIGH)
    truth : ndarray of shape (studies, rows)
        Mean that the differences are drawn with.
    kind : ndarray of int of shape (studies, rows)
        Of which of the world's kinds a row is.
    """

    differences: np.ndarray
    truth: np.ndarray
    kind: np.ndarray


@dataclass(frozen=True)
class World:
    """Studies whose rows share a baseline.

    Parameters
    ----------
    rows : int
    variances : {"equal", "unequal"}
        Of the rows' scores; unequal standard deviations are 0.5 to 2 times the baseline's.
    scores : {"normal", "near 0", "near 1"}
        Scores near 0 are of a beta distribution with mean 0.02. Scores near 1 are accuracies of 2,000 test rows, each
        right with a chance that a seed draws from a beta distribution with mean 0.98.
    """

    rows: int
    variances: str
    scores: str

    scenarios = tuple(SCENARIOS)
    matched = "1–3"  # the scenario in which a fixed number of seeds decides as many rows
    kinds = tuple(f"{effect:g}" for effect in EFFECTS)
    large = np.array(EFFECTS) >= LARGE

    @property
    def rope(self):
        """One standard deviation of a difference where variances are equal."""
        return np.sqrt(2) * self._spread

    @property
    def _spread(self):
        return 1.0 if self.scores == "normal" else SPREAD

    def draw(self, rng, studies, scenario):
        """Draw studies of a scenario."""
        shape = studies, self.rows
        effects, shares = zip(*SCENARIOS[scenario].items(), strict=True)
        kind = rng.choice([EFFECTS.index(effect) for effect in effects], shape, p=shares)
        ratio = np.ones(shape) if self.variances == "equal" else np.exp(rng.uniform(*np.log(RATIOS), shape))
        # From a score near an end there is but one way to go.
        way = {"normal": rng.choice([-1, 1], shape), "near 0": 1, "near 1": -1}[self.scores]
        truth = way * np.array(EFFECTS)[kind] * self._spread * np.sqrt(1 + ratio**2)
        base = self._draw(rng, np.zeros((studies, 1)), np.ones((studies, 1)))
        return Drawn(self._draw(rng, truth, ratio) - base, truth, kind)

    def _draw(self, rng, shift, ratio):
        """Scores with the baseline's mean plus `shift`, and `ratio` times its standard deviation."""
        shape, shift, spread = (*shift.shape, HIGH), shift[..., None], self._spread * ratio[..., None]
        if self.scores == "normal":
            return shift + spread * rng.standard_normal(shape)
        if self.scores == "near 0":
            return _beta(rng, MEAN + shift, spread**2, shape)
        mean = 1 - MEAN + shift
        counting = mean * (1 - mean) / N_TEST
        return rng.binomial(N_TEST, _beta(rng, mean, (spread**2 - counting) / (1 - 1 / N_TEST), shape)) / N_TEST


def _beta(rng, mean, variance, shape):
    size = mean * (1 - mean) / variance - 1
    return rng.beta(size * mean, size * (1 - mean), shape)


class Trials:
    """Studies resampled from real trials: each seed of a study is one of the real seeds, drawn with replacement.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns cell, seed and score, as of :func:`read_trials`.
    """

    variances = scores = "trials"
    scenarios = ("centred", "as measured")
    matched = "as measured"

    def __init__(self, table):
        scores = table.pivot_table(index="seed", columns="cell", values="score", sort=False).dropna()
        self._differences = scores.drop(columns="baseline").sub(scores["baseline"], axis=0).to_numpy()
        self.kinds = tuple(scores.columns.drop("baseline"))
        self.seeds, self.rows = self._differences.shape
        spread = self._differences.std(axis=0, ddof=1)
        self.effects = self._differences.mean(axis=0) / spread
        self.large = np.abs(self.effects) >= LARGE
        self.rope = float(np.median(spread))

    def draw(self, rng, studies, scenario):
        """Draw studies; centred ones have no effect."""
        truth = self._differences.mean(axis=0)
        source = self._differences
        if scenario == "centred":
            source, truth = source - truth, np.zeros(self.rows)
        drawn = source[rng.integers(self.seeds, size=(studies, HIGH))].transpose(0, 2, 1)
        shape = studies, self.rows
        return Drawn(drawn, np.broadcast_to(truth, shape), np.broadcast_to(np.arange(self.rows), shape))


def read_trials(path):
    """Read trials from a CSV file with the columns cell, seed and score.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    Trials

    Raises
    ------
    ValueError
        Unless a cell called "baseline" and two others have at least 40 seeds in common.
    """
    legal = (
        f'a CSV file with the columns {", ".join(COLUMNS)}, of a cell "baseline" and two others with at least '
        f"{MIN_SEEDS} seeds in common"
    )
    try:
        table = pd.read_csv(path, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise ValueError(f"{legal}; got {str(path)!r}: {error}") from None
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise ValueError(f"{legal}; got {str(path)!r} without {', '.join(missing)}")
    table["score"] = pd.to_numeric(table["score"], errors="coerce")
    cells = list(dict.fromkeys(table["cell"]))
    if "baseline" not in cells or len(cells) < 3:
        raise ValueError(f"{legal}; got {str(path)!r} with the cells {', '.join(map(str, cells)) or 'none'}")
    common = table.pivot_table(index="seed", columns="cell", values="score").dropna()
    if len(common) < MIN_SEEDS:
        raise ValueError(f"{legal}; got {str(path)!r} with {len(common)}")
    return Trials(table)
