"""Format numbers for the reports."""

import math

__all__ = ["number", "p_text", "p_value", "points", "read_table", "spans"]


def read_table(path, **options):
    """Read a report's CSV file: only an empty cell is a missing value, and a level may be called "None" or "nan".

    Parameters
    ----------
    path : path-like
    **options
        Options of :func:`pandas.read_csv`.

    Returns
    -------
    pandas.DataFrame
    """
    import pandas as pd

    return pd.read_csv(path, keep_default_na=False, na_values=[""], **options)


def number(value, form):
    """Return a number in a format, "–" for one that is not finite."""
    return format(value, form) if math.isfinite(value) else "–"


def points(fraction):
    """Return a difference of fractions as points of percent, with its sign."""
    return number(100 * fraction, "+.2f")


def p_value(value):
    """Return a p-value with three digits, "–" for NaN."""
    return "< 0.001" if value < 0.001 else number(value, ".3f")


def p_text(value):
    """Return a p-value for a sentence: "p = 0.042", "p < 0.001"."""
    text = p_value(value)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def spans(seeds):
    """Return whole numbers in rising order, such as seeds, as text: "0–2, 5"."""
    runs: list[list[int]] = []
    for seed in seeds:
        if runs and seed == runs[-1][-1] + 1:
            runs[-1].append(seed)
        else:
            runs.append([seed])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)
