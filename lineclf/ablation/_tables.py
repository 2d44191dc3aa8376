"""Tables of a crossed design as Markdown, and the shares of a component."""

import numpy as np

from lineclf.reporting._markdown import markdown_table
from lineclf.reporting._numbers import number

__all__ = ["anova_table", "importances_table", "variance_shares"]


def anova_table(table, aliases):
    """Analysis of variance as a Markdown table."""
    mixed = any(aliases.values())
    rows = [["term", "df", "sum of squares", "η², %", "F", "p", "p (Holm)"] + ["not told from"] * mixed]
    for _, row in table.iterrows():
        numbers = [number(row.f, ".2f"), number(row.p_value, ".2g"), number(row.p_holm, ".2g")]
        squares = format(row.sum_of_squares, ".4g")
        line = [row.term, f"{row.df:.0f}", squares, number(100 * row.eta_squared, ".2f"), *numbers]
        rows.append(line + [", ".join(aliases.get(row.term, ())) or "–"] * mixed)
    return markdown_table(rows)


def importances_table(shares, table, aliases):
    """Importance of each component: its share of the variance, alone and with its pairs, and by two estimators."""
    most = ", at most" if any(aliases.values()) else ""
    rows = [["component", "η² alone, %", f"η² with its pairs{most}, %", *(f"{name}, %" for name in shares.columns)]]
    for component, row in shares.iterrows():
        numbers = (*variance_shares(table, component, aliases), *row)
        rows.append([component, *(number(100 * x, ".1f") for x in numbers)])
    return markdown_table(rows)


def variance_shares(table, component, aliases):
    """Share of the total variance that a component explains alone, and with all of its pairs.

    A pair that the design cannot tell from others counts in full for each component that it may belong to.
    """
    shares = table.set_index("term")["eta_squared"]
    paired = sum(share for term, share in shares.items() if _has(component, (term, *aliases.get(term, ()))))
    return shares.get(component, np.nan), paired


def _has(component, terms):
    return any(component in term.split(" × ") for term in terms)
