"""Several models on the same seeds: which may be the best, if the best one is known only from the scores."""

import numpy as np
import pandas as pd
from scipy import stats

from lineclf._checks import check_fraction

__all__ = ["compare_with_best"]


def compare_with_best(scores, *, confidence=0.95):
    """Compare each model with the best of the others, by multiple comparisons with the best.

    The leader is known only from the same scores, so a test against the leader favours it. Hsu's constrained intervals
    [1]_ do not need to know the leader: each model is compared as if it were the best. Here they are made from paired t
    intervals with Bonferroni's correction, because differences between models vary unequally. All statements of the
    table hold together with the given confidence.

    Parameters
    ----------
    scores : pandas.DataFrame
        A row per seed, a column per model; larger is better. Two models are compared on the seeds that both have.
    confidence : float, default=0.95

    Returns
    -------
    pandas.DataFrame
        A row per model, in the order of the columns: "behind", by how much its mean is below that of the best of the
        others (negative for the leader); "low" ≤ 0 and "high" ≥ 0, the interval of its difference to the best of the
        others: a high of 0 says that it is not the best; "may_be_best". If a pair has fewer than two seeds in common,
        the interval is NaN, and the model may be the best.

    Raises
    ------
    ValueError
        If there are fewer than two models.

    References
    ----------
    .. [1] J. C. Hsu, "Constrained simultaneous confidence intervals for multiple comparisons with the best", Annals of
       Statistics 12 (1984), 1136–1144.

    Examples
    --------
    >>> import pandas as pd
    >>> from lineclf.metrics import compare_with_best
    >>> scores = pd.DataFrame({"a": [0.90, 0.92, 0.91], "b": [0.89, 0.93, 0.91], "c": [0.50, 0.52, 0.50]})
    >>> compare_with_best(scores)["may_be_best"].to_dict()
    {'a': True, 'b': True, 'c': False}
    """
    check_fraction("confidence", confidence)
    if scores.shape[1] < 2:
        raise ValueError(f"scores must have a column for each of two models or more; got {scores.shape[1]}")
    values = scores.to_numpy(float)
    difference = values[:, :, None] - values[:, None, :]  # seed, model, other
    n = np.isfinite(difference).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(difference, axis=0) / n
        deviation = np.sqrt(np.nansum((difference - mean) ** 2, axis=0) / (n - 1))
        reach = stats.t.isf((1 - confidence) / (len(n) - 1), np.maximum(n - 1, 1)) * deviation / np.sqrt(n)
    mean, reach = mean.round(12), np.where(n > 1, reach, np.nan)  # equal numbers differ by rounding once they are means
    upper, lower = mean + reach, mean - reach
    np.fill_diagonal(upper, np.inf)
    high = upper.min(axis=1)
    may = ~(high < 0)
    rivals = np.where(may[None, :] & ~np.eye(len(may), dtype=bool), lower, np.inf).min(axis=1)
    np.fill_diagonal(mean, np.inf)
    return pd.DataFrame(
        {
            "behind": -np.nanmin(mean, axis=1),
            "low": np.minimum(rivals, 0),  # of the only one that may be the best: not below the others
            "high": np.maximum(high, 0),
            "may_be_best": may,
        },
        index=scores.columns,
    )
