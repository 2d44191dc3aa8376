"""Crossed designs: exact analysis of variance, and the effects of components and of their pairs."""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from lineclf.ablation._effects import HEADS, compare, extreme, judge, test_train_ratio, wide_frame
from lineclf.metrics import holm


def crossed_terms(components, fraction=None):
    """Terms of a crossed design, single components and pairs, with what each is mixed up with.

    Parameters
    ----------
    components : iterable of Component
    fraction : Fraction, optional
        The design, where it is one.

    Returns
    -------
    dict of tuple of str to list of tuple of str
        Keys of a term's components → its aliases, none in a full factorial. Of each alias group the first term stands.
    """
    keys = [component.key for component in components]
    if fraction is None:
        return {some: [] for size in (1, 2) for some in combinations(keys, size)}
    return {first: others for first, *others in fraction.aliases}


def complete_runs(results, levels):
    """Metrics and levels of the seeds that have every cell: only with those is a crossed design balanced.

    Parameters
    ----------
    results : pandas.DataFrame
        From :func:`results_frame`.
    levels : dict of str to dict
        The level of every component in each cell, by the cell's name.

    Returns
    -------
    runs : pandas.DataFrame
        A row a cell and seed, by these; a column a metric.
    codes : pandas.DataFrame of int
        Of the same rows: the number of each component's level in the order in which they occur, so 0 is the baseline.
    """
    runs = wide_frame(results)
    counts = runs.groupby(level="seed").size()
    whole = counts.index[counts == len(levels)]
    runs = runs[runs.index.get_level_values("seed").isin(whole)]
    return runs, codes_of(runs, levels)


def codes_of(runs, levels):
    """Return the number of each component's level, in the order in which they occur, in each of the runs."""
    known = pd.DataFrame.from_dict(levels, orient="index").astype(object)
    codes = known.apply(lambda column: pd.factorize(column.map(repr))[0])
    codes = codes.loc[runs.index.get_level_values("cell")]
    codes.index = runs.index
    return codes


def anova(runs, codes, terms, metric):
    """Exact analysis of variance of a balanced crossed design, with the seeds as blocks.

    Sums of squares add up to the total: of single components and pairs, of what remains between the cells ("higher":
    three components and more), of the seeds, and the residual. F is the mean square over the residual's; it supposes
    independent runs of equal variance.

    Parameters
    ----------
    runs, codes : pandas.DataFrame
        From :func:`complete_runs`.
    terms : iterable of tuple of str
        Keys of single components and of pairs, as :func:`crossed_terms` gives them.
    metric : str
        Column of `runs`.

    Returns
    -------
    pandas.DataFrame
        Columns term ("a", "a × b", then "higher", "seeds", "residual", "total"), df, sum_of_squares, eta_squared (share
        of the total), f, p_value, p_holm (over components and pairs). Without a residual there is no F.
    """
    y = runs[metric].to_numpy(dtype=np.float64)
    y = y - y[:1]  # of equal values nothing is left, not even rounding
    grand = y.mean()

    def between(groups):
        means = pd.Series(y, index=runs.index).groupby(groups).transform("mean").to_numpy()
        return float(((means - grand) ** 2).sum())

    sums: dict[tuple[str, ...], float] = {}
    degrees: dict[tuple[str, ...], int] = {}
    for term in sorted(terms, key=len):
        parts = [codes[key] for key in term]
        lower = [(key,) for key in term] if len(term) > 1 else []
        degrees[term] = int(np.prod([part.nunique() - 1 for part in parts]))
        singles = sum(between([codes[key]]) for (key,) in lower)
        sums[term] = max(0.0, between(parts) - singles)
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
    residual = table.set_index("term").loc["residual"]
    tested = (table["df"] > 0) & ~table["term"].isin(["residual", "total"]) & (residual["df"] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        f = (table["sum_of_squares"] / table["df"]) / (residual["sum_of_squares"] / residual["df"])
    table["f"] = f.where(tested)
    table["p_value"] = stats.f.sf(table["f"], table["df"], residual["df"])
    table["p_holm"] = np.nan
    family = table.index[(table.index < len(sums)) & table["p_value"].notna()]
    table.loc[family, "p_holm"] = holm(table.loc[family, "p_value"])
    return table


def crossed_effects(runs, codes, terms, components):
    """Effects of components and of pairs on every head, over all combinations of the others, paired by seed.

    A component's effect at a level is the mean accuracy of the cells at that level less that of the cells at its
    baseline. A pair's is how much the one's effect grows when the other goes from its baseline to its level.

    Parameters
    ----------
    runs, codes : pandas.DataFrame
        From :func:`complete_runs`.
    terms : iterable of tuple of str
    components : iterable of Component

    Returns
    -------
    pandas.DataFrame
        Columns term, component, level (of pairs "a × b" and "x × y"), size (1 or 2), head, n (seeds), baseline and mean
        (accuracies; of pairs, the one's effect at the other's baseline and level), and those of :func:`compare` and
        :func:`judge`. Holm's adjustment is over the rows of a head, pairs included.
    """
    levels = {component.key: component.levels for component in components}
    ratio = test_train_ratio(runs)
    rows = []
    for head, metric in HEADS.items():
        for term in terms:
            parts = [codes[key].rename(None) for key in term]
            means = runs[metric].groupby([runs.index.get_level_values("seed"), *parts]).mean()
            step = len(means) / (len(runs) * runs["n_test"].mean())  # of a mean over cells
            for chosen in np.ndindex(*(part.max() for part in parts)):
                at = [index + 1 for index in chosen]
                compared = np.all([part.isin([0, level]) for part, level in zip(parts, at, strict=True)], axis=0)
                before, after = _before_and_after(means, at)
                rows.append(
                    {
                        "term": name_of(term),
                        "component": name_of(term),
                        "level": " × ".join(str(levels[key][index]) for key, index in zip(term, at, strict=True)),
                        "size": len(term),
                        "head": head,
                        "n": len(before),
                        "baseline": before.mean(),
                        "mean": after.mean(),
                        "extreme": extreme(runs.loc[compared, metric]),
                        **compare(after - before, ratio, step),
                    }
                )
    return judge(pd.DataFrame(rows))


def _before_and_after(means, at):
    """Accuracies by seed at the baseline and at a level; of a pair, the first one's effect at these of the second."""
    if len(at) == 1:
        return means.xs(0, level=1), means.xs(at[0], level=1)
    first, second = at
    effects = means.xs(first, level=1) - means.xs(0, level=1)
    return effects.xs(0, level=1), effects.xs(second, level=1)


def name_of(term):
    """Name of a term for people."""
    return " × ".join(term)
