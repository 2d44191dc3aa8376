"""Crossed designs: exact analysis of variance."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from lineclf.metrics import holm

__all__ = ["anova", "codes_of", "crossed_terms", "name_of"]


def crossed_terms(components, fraction=None):
    """Terms of a crossed design, single components and pairs, each with its aliases.

    Parameters
    ----------
    components : iterable of Component
    fraction : Fraction, optional
        The design, if it is a fraction.

    Returns
    -------
    dict of tuple of str to list of tuple of str
        Keys of a term's components → its aliases, none in a full factorial. Each alias group is listed by its first
        term.
    """
    keys = [component.key for component in components]
    if fraction is None:
        return {some: [] for size in (1, 2) for some in combinations(keys, size)}
    return {first: others for first, *others in fraction.aliases}


def codes_of(runs, levels):
    """Return the number of each component's level in each run; levels count in their order of appearance."""
    known = pd.DataFrame.from_dict(levels, orient="index").astype(object)
    codes = known.apply(lambda column: pd.factorize(column.map(repr))[0])
    codes = codes.loc[runs.index.get_level_values("cell")]
    codes.index = runs.index
    return codes


def anova(runs, codes, terms, metric):
    """Exact analysis of variance of a balanced crossed design, with the seeds as blocks.

    The sums of squares of single components, of pairs, of what remains between the cells ("higher": three components
    and more), of the seeds and of the residual add up to the total. F is the mean square of a term over that of its own
    stratum: how much the term's effect varies from seed to seed. A pooled residual would suppose that all effects vary
    alike.

    Parameters
    ----------
    runs : pandas.DataFrame
        A row per cell and seed, which are its index; every cell at every seed. A column per metric.
    codes : pandas.DataFrame of int
        The number of each component's level in the same rows, from :func:`codes_of`.
    terms : iterable of tuple of str
        Keys of single components and of pairs, as :func:`crossed_terms` gives them.
    metric : str
        Column of `runs`.

    Returns
    -------
    pandas.DataFrame
        Columns term ("a", "a × b", then "higher", "seeds", "residual", "total"), df, sum_of_squares, eta_squared (share
        of the total), f, p_value, p_holm (over components and pairs). With one seed there is no F.
    """
    y = runs[metric].to_numpy(dtype=np.float64)
    y = y - y[:1]  # of equal values nothing is left, not even rounding
    grand = y.mean()

    def between(groups):
        means = pd.Series(y, index=runs.index).groupby(groups).transform("mean").to_numpy()
        return float(((means - grand) ** 2).sum())

    sums: dict[tuple[str, ...], float] = {}
    strata: dict[tuple[str, ...], float] = {}
    degrees: dict[tuple[str, ...], int] = {}
    by_seed = runs.index.get_level_values("seed")
    for term in sorted(terms, key=len):
        parts = [codes[key] for key in term]
        lower = [(key,) for key in term] if len(term) > 1 else []
        degrees[term] = int(np.prod([part.nunique() - 1 for part in parts]))
        singles = sum(between([codes[key]]) for (key,) in lower)
        sums[term] = max(0.0, between(parts) - singles)
        varying = between([*parts, by_seed]) - sum(between([codes[key], by_seed]) for (key,) in lower)
        varying += between(by_seed) * (len(lower) - 1)
        strata[term] = varying - sums[term]
    cells, seeds = (between(runs.index.get_level_values(name)) for name in ("cell", "seed"))
    n_cells, n_seeds = (runs.index.get_level_values(name).nunique() for name in ("cell", "seed"))
    total = float(((y - grand) ** 2).sum())
    rows = [(name_of(term), degrees[term], sums[term]) for term in terms]
    rows += [
        ("higher", n_cells - 1 - sum(degrees.values()), max(0.0, cells - sum(sums.values()))),
        ("seeds", n_seeds - 1, seeds),
        ("residual", (n_cells - 1) * (n_seeds - 1), max(0.0, total - cells - seeds)),
        ("total", n_cells * n_seeds - 1, total),
    ]
    table = pd.DataFrame(rows, columns=["term", "df", "sum_of_squares"])
    table["eta_squared"] = table["sum_of_squares"] / total if total else np.nan
    least = 1e-12 * total  # less is rounding
    found = [_f_test(sums[term], strata[term] - least, degrees[term], n_seeds - 1) for term in terms]
    table["f"], table["p_value"] = np.array([*found, *[(np.nan, np.nan)] * 4]).T
    table["p_holm"] = np.nan
    family = table.index[(table.index < len(sums)) & table["p_value"].notna()]
    table.loc[family, "p_holm"] = holm(table.loc[family, "p_value"])
    return table


def _f_test(squares, varying, df, n):
    """F of a term against its own stratum, and p; NaN where nothing varies, or with one seed."""
    if not n or not df or varying <= 0:
        return np.nan, np.nan
    f = (squares / df) / (varying / (df * n))
    return f, float(stats.f.sf(f, df, df * n))


def name_of(term):
    """Name of a term, for people to read."""
    return " × ".join(term)
