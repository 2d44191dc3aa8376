"""Figures for people, and the rule of what they say: about the report's figures, and about targets."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from lineclf.metrics import Interval, corrected_interval, verdict
from lineclf.reporting import points

EXACT = ("n_train", "n_test", "n_features", "parameters", "parameters_not_trainable", "epochs")  # the same at any seed
COUNTS = (*EXACT, "seconds")
MARGIN = 0.005  # half a point, which counts as none in the package's ablations, too
LEAST = 3  # seeds that an interval is drawn from

#: What the package calls a difference, and what that makes of a figure of the report.
WORDS = {"equivalent": "reproduced", "better": "better", "worse": "worse", "open": "undecided"}

RULE = (
    "A figure of the report is one run's, so it scatters as one more seed of ours would: the difference, ours less the "
    "report's, has the 95 % interval mean ± t·s·√(1/n + 1), with n − 1 degrees of freedom. *Reproduced*: the whole "
    f"interval lies within the margin (two one-sided tests at 2.5 % each), which is ±{100 * MARGIN:g} points, but at "
    "most the report's own errors: a net with more than twice as many, or with any where the report has none, is not "
    "the same. *Better*, *worse*: else, where the interval lies beside zero. *Undecided*, which ablations call open: "
    f"neither, or fewer than {LEAST} seeds. That no difference is seen reproduces nothing. Counts are reproduced where "
    "they are equal. Nothing is corrected for the number of figures. The rule is younger than most of the results."
)
TARGETS_RULE = (
    "A target is *met* where the whole 95 % interval of the mean over seeds meets it, *missed* where the mean does "
    "not, and else *undecided*."
)


class Judgement(NamedTuple):
    """A figure's word, the difference (ours less the report's) with its interval, and the margin, as fractions."""

    word: str
    difference: Interval
    margin: float


def shown(metric, value):
    """Return a figure as text: counts as they are, everything else in percent."""
    return f"{value:,.0f}" if metric in COUNTS else f"{100 * value:.2f}"


def estimate(metric, values):
    """Return the mean as text, its interval where there are two seeds, and the number of seeds."""
    text = shown(metric, values.mean())
    if metric not in COUNTS and len(values) > 1:
        interval = corrected_interval(values, test_train_ratio=0)
        text += f" ± {100 * (interval.high - interval.mean):.2f}"
    return f"{text} ({len(values)})"


def seeds_interval(values, *, one_more=False):
    """Return the 95 % t interval of a mean over seeds; of fewer than three it has no ends.

    Parameters
    ----------
    values : array-like of shape (n,)
    one_more : bool, default=False
        Whether the interval is of the mean less one more value, so wider: t·s·√(1/n + 1).
    """
    values = np.asarray(values, dtype=float)
    if len(values) < LEAST:
        return Interval(float(values.mean()) if len(values) else np.nan, np.nan, np.nan, np.nan)
    return corrected_interval(values, test_train_ratio=float(one_more))


def judge(values, reported):
    """Judge a figure of the report by the same figure of our seeds; the rule is :data:`RULE`.

    Parameters
    ----------
    values : array-like of shape (n,)
        Fractions, larger ones are better; a seed each.
    reported : float

    Returns
    -------
    Judgement
        Its word is one of ``WORDS``.
    """
    margin = min(MARGIN, 1 - reported)
    difference = seeds_interval(np.asarray(values, dtype=float) - reported, one_more=True)
    return Judgement(WORDS[verdict(difference.low, difference.high, rope=margin)], difference, margin)


def interval_text(interval, n):
    """Return a difference in points of percent with its interval, or with what it lacks for one."""
    if np.isnan(interval.low):
        return f"{points(interval.mean)} points, {n} seed{'s' * (n > 1)}: no interval"
    return f"{points(interval.mean)} points, {points(interval.low)} to {points(interval.high)}, {n} seeds"


def figure_verdict(metric, values, item):
    """Judge the report's figure of a metric, if an item has one, by a model's values of all metrics."""
    if metric not in item.figures or metric not in values:
        return "–"
    own, reported = values[metric], item.figures[metric]
    if metric in COUNTS:
        return "reproduced" if np.all(own == reported) else "not reproduced"
    word, difference, margin = judge(own, reported)
    text = f"{word} ({interval_text(difference, len(own))}; margin {100 * margin:.2g})"
    return f"{text}, which says nothing: {item.chosen[metric]}" if metric in item.chosen else text


def target_verdict(target, values):
    """Say whether a target is met, missed or undecided, or nothing where a model of it has not run.

    Parameters
    ----------
    target : Target
    values : dict of Model to dict of str to pandas.Series
        As :func:`reproduction.frames.item_values` gives them.
    """
    metric, own = target.metric, values[target.model].get(target.metric)
    if own is not None and target.relative_to:
        other = values[target.relative_to].get(metric, pd.Series(dtype=float))
        own = (own / other).replace(np.inf, np.nan).dropna()
    if own is None or own.empty:
        return ""
    bound, sign = (target.at_least, 1) if target.at_most is None else (target.at_most, -1)
    percent = not target.relative_to and metric not in COUNTS
    exact = metric in EXACT and own.nunique() == 1
    mean = float(own.mean())
    interval = Interval(mean, mean, mean, np.nan) if exact else seeds_interval(own)
    if percent:
        interval = interval._replace(low=max(interval.low, 0.0), high=min(interval.high, 1.0))
    worst = interval.low if sign > 0 else interval.high
    word = "met" if sign * worst >= sign * bound else "undecided" if sign * mean >= sign * bound else "**missed**"
    what = metric.replace("_", " ") + (" over the report's" if target.relative_to else "")
    unit = " %" if percent else ""

    def text(number):
        return f"{number:.2f}" if target.relative_to else shown(metric, number)

    found = text(mean)
    if unit and found == text(bound) and mean != bound:
        found = f"{100 * mean:.4f}"  # rounded it would look like the target
    found += unit
    if not exact:
        ends = "no interval" if np.isnan(interval.low) else f"{text(interval.low)} to {text(interval.high)}"
        found += f" ({ends}, {len(own)} seed{'s' * (len(own) > 1)})"
    return f"{what} {found}, target {'≥' if sign > 0 else '≤'} {text(bound)}{unit}: {word}"
