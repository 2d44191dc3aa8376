"""From the folds' scores of all trials to effects: how large, how sure, and how many seeds a verdict needs."""

import math

import numpy as np
import pandas as pd

from lineclf.trials._differences import Differences
from lineclf.trials._reading import Reading

__all__ = ["COLUMNS", "effects_frame", "minutes_needed"]

COLUMNS = ["component", "level", "scorer", "n", "baseline", "score", "delta", "low", "high", "pvalue", "verdict"]


def effects_frame(results, contrasts, names, sample):
    """Effect of every contrast on every score.

    Parameters
    ----------
    results : iterable of dict
        Of trials, with ``cell``, ``seed``, ``folds`` and ``split``.
    contrasts : list of Contrast
    names : list of str
        Names of the scores; the first one gets the verdicts.
    sample : Sample

    Returns
    -------
    pandas.DataFrame
        As in :attr:`AblationCV.effects_`.
    """
    trials = {(each["cell"], each["seed"]): each for each in results}
    reading = Reading(contrasts, names[0], sample)
    reading.update(trials, waits=False)
    rows = []
    for name in names:
        first = name == names[0]
        for i, each in enumerate(contrasts):
            seeds = reading.seeds(i, trials)
            found = Differences(trials, each, name, sample, seeds)
            share = reading.share(i) if first else 1 - sample.confidence
            row = {
                "component": " = ".join([each.component, *each.aliases]),
                "level": each.level,
                "scorer": name,
                **found.means(),
            }
            is_read = reading.is_read(i, len(seeds))
            row |= found.interval(1 - share) if is_read else dict.fromkeys(("low", "high", "pvalue"), math.nan)
            rope = sample.rope.get(name)
            n_sharing = (1 - sample.confidence) / share
            row["pvalue"] = float(np.minimum(1.0, row["pvalue"] * n_sharing)) if first else math.nan
            row["verdict"] = reading.verdict(i, found, row["low"], row["high"]) if first else ""
            row["needed"] = found.needed(1 - share, rope) if row["verdict"] == "open" and is_read else math.nan
            row["size"] = each.size
            rows.append(row)
    return pd.DataFrame(rows, columns=[*COLUMNS, "needed", "size"])


def minutes_needed(results, contrasts, effects):
    """Return the minutes of one process for the seeds that open rows need, if that number is finite.

    Parameters
    ----------
    results : list of dict
        Of trials.
    contrasts : list of Contrast
    effects : pandas.DataFrame
        From :func:`effects_frame`.
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
