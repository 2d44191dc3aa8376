"""Summary of a cell over its seeds."""

import math

__all__ = ["summarize"]


def summarize(results, ratio=0.0):
    """Return mean and interval of the trials' values, the mean of every metric, and the number of seeds.

    Parameters
    ----------
    results : list of TrialResult
        Results of a cell from the store, each with its ``value``.
    ratio : float, default=0.0
        As ``test_train_ratio`` in :func:`lineclf.metrics.corrected_interval`.

    Returns
    -------
    dict of str to float
        "value", "value_low" and "value_high" (of 95 %, NaN for one seed), "n_seeds", and the metrics by their names.
    """
    rows = [result["metrics"] for result in results]
    values = [result["value"] for result in results]
    found = {name: _mean([row[name] for row in rows if name in row]) for row in rows for name in row}
    found |= {"value": _mean(values), "n_seeds": float(len(values)), "value_low": math.nan, "value_high": math.nan}
    if len(values) > 1:
        from lineclf.metrics import corrected_interval  # loads scikit-learn, which not every study needs

        interval = corrected_interval(values, test_train_ratio=ratio)
        found |= {"value_low": interval.low, "value_high": interval.high}
    return found


def _mean(values):
    return sum(values) / len(values)
