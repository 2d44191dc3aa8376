"""What the seeds of a cell say together."""

from lineclf.metrics import corrected_interval


def by_cell(plan, results):
    """Results of a plan's trials, in lists by the name of the cell that they repeat."""
    found: dict[str, list] = {}
    for key, result in results.items():
        if key in plan.cell_of:
            found.setdefault(plan.cell_of[key], []).append(result)
    return found


def summarize(results, *, resampled=True):
    """Return mean and interval of the trials' values, the mean of every metric, and the number of seeds.

    Parameters
    ----------
    results : list of TrialResult
        Of a cell, each with its ``value``, as the store gives them.
    resampled : bool, default=True
        Whether seeds draw overlapping data or splits: the interval is then Nadeau and Bengio's.

    Returns
    -------
    dict of str to float
        "value", "value_low" and "value_high" (of 95 %, from two seeds on), "n_seeds", and the metrics by their names.
    """
    rows = [result["metrics"] for result in results]
    values = [result["value"] for result in results]
    found = {name: _mean([row[name] for row in rows if name in row]) for row in rows for name in row}
    found |= {"value": _mean(values), "n_seeds": float(len(values))}
    if len(values) > 1:
        splits = [result.get("split", {}) for result in results]
        ratios = [each["n_test"] / each["n_train"] for each in splits if {"n_test", "n_train"} <= each.keys()]
        interval = corrected_interval(values, test_train_ratio=_mean(ratios) if resampled and ratios else 0)
        found |= {"value_low": interval.low, "value_high": interval.high}
    return found


def _mean(values):
    return sum(values) / len(values)
