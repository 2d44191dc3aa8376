"""Findings of an ablation, as rows of text: for a terminal, a notebook, a page."""

import html
import math

from lineclf.reporting._markdown import markdown_table
from lineclf.reporting._numbers import number, p_value
from lineclf.trials._reading import FUTILE
from lineclf.trials._sample import ALONE

__all__ = ["COLORS", "Summary", "aligned", "with_interval"]

COLORS = {  # Okabe and Ito's, told apart by any eye
    "better": "#009E73",
    "worse": "#D55E00",
    "equivalent": "#0072B2",
    "open": "#767676",
    "floor": "#767676",
    "ceiling": "#767676",
}
_LEFT = ("component", "level", "pair", "levels", "model", "compared with", "verdict")


class Summary:
    """The tables of an :class:`AblationCV` as text.

    Parameters
    ----------
    effects : pandas.DataFrame
    sample : Sample
    scorers : list of str
    n_failed : int
        Number of failed trials.
    names : tuple of str
        Titles of the columns "component" and "level".
    note : str
        What else a reader must know about the design.
    minutes : float
        Minutes that the seeds needed by open rows would take.
    n_left : int
        Number of trials that did not run.
    """

    def __init__(
        self, effects, sample, scorers, n_failed, names=("component", "level"), note="", minutes=0.0, n_left=0
    ):
        self.effects, self.sample, self.scorers, self.n_failed = effects, sample, scorers, n_failed
        self._names, self._note, self._minutes, self._n_left = names, note, minutes, n_left

    def rows(self, scorer=None, size=1):
        """Return the effects on one score as rows of text, the head first; `size` 2 for pairs."""
        scorer = scorer or self.scorers[0]
        first = scorer == self.scorers[0]
        found = self.effects[(self.effects["scorer"] == scorer) & (self.effects["size"] == size)]
        what = self._names if size == 1 else ["pair", "levels"]
        rows = [[*what, "seeds", scorer if size == 1 else "first's effect", "Δ", "interval"]]
        rows[0] += ["p", "verdict", "needed"] if first else []
        for row in found.itertuples():
            interval = f"{_signed(row.low)} to {_signed(row.high)}" if math.isfinite(row.low) else "–"
            cells = [row.component, row.level, str(row.n), number(row.score, ".4f"), _signed(row.delta), interval]
            rows.append(cells + ([p_value(row.pvalue), row.verdict, _needed(row.needed)] if first else []))
        return rows

    def lead(self):
        """Return a sentence on what the rows are compared with."""
        first = self.effects[(self.effects["scorer"] == self.scorers[0]) & (self.effects["size"] == 1)]
        known = first.dropna(subset=["baseline"])
        if known.empty:
            return "No row has a trial of both sides yet."
        decided = int((~first["verdict"].isin(["open"])).sum())
        text = f"{decided} of {len(first)} rows have a verdict."
        most = known.loc[known["n"].idxmax()]
        if self._names[0] == "component" and (self.sample.low or known["baseline"].nunique() == 1):
            seeds = f" ({most['n']} seed{'' if most['n'] == 1 else 's'})" if self.sample.low else ""
            text = f"Baseline: {self.scorers[0]} {number(most['baseline'], '.4f')}{seeds}. {text}"
        return text

    def rule(self):
        """Return sentences on how intervals and verdicts are made."""
        sample, first = self.sample, self.scorers[0]
        n = int((self.effects["scorer"] == first).sum())
        rope = sample.rope.get(first)
        level = f"{100 * sample.confidence:g} %"
        rows = f"all {n} rows of {first} hold together" if n > 1 else "the row holds"
        text = f"Intervals: {sample.method}; {rows} with {level} confidence"
        if n > 1 and sample.low and sample.kind in ALONE:
            text += ", as rows found better or worse give their share of the error to the others (Holm)"
        text += ". "
        text += "Better, worse: the interval excludes 0; "
        text += f"equivalent: it lies within ±{rope:g}; " if rope else "nothing is called equivalent without rope=; "
        text += "open: neither. Needed: seeds to decide an effect of the size seen"
        text += f", some {number(self._minutes, '.2g')} minutes of one process in all." if self._minutes > 0.1 else "."
        if sample.low and sample.kind in ALONE:
            text += f" From {FUTILE[0]} seeds on, rows stop that would take more than {FUTILE[1]} times the most seeds."
        if sample.low:
            text += " Each row has seeds of its own, over which its Δ is."
        if sample.kind == "split":
            text += " The verdict is about this split alone: other training or test data may give another."
        elif sample.kind != "draw":
            text += " The verdict is about training sets of this size from where these data are from."
        if sample.kind != "draw" and self.effects["component"].str.contains("cv:", regex=False).any():
            text += " Rows of cv: describe only, as other folds of one sample are no pairs."
        if sample.kind == "fixed":
            text += " No seed changes the folds, so they count once."
        if self._note:
            text += f" {self._note}"
        if self._n_left:
            more = "rows that further seeds could decide" if sample.low else f"{self._n_left} trials to run"
            text += f" The run ended early (max_time=, or stopped), with {more}."
        if self.n_failed:
            text += f" {self.n_failed} trials failed: rows that lack a seed stay open."
        return text

    def text(self, *, others=True):
        """Return the summary for a terminal, with or without the tables of the other scores."""
        blocks = [self.lead(), *map(aligned, self._tables(others))]
        return "\n\n".join([*blocks, self.rule()])

    def markdown(self, scorer=None, size=1):
        """Return a table as Markdown."""
        return markdown_table(self.rows(scorer, size))

    def html(self):
        """Return the summary for a notebook, with coloured verdicts."""
        tables = "".join(map(_html_table, self._tables()))
        return f"<p>{html.escape(self.lead())}</p>{tables}<p><small>{html.escape(self.rule())}</small></p>"

    def _tables(self, others=True):
        tables = [self.rows()]
        if (self.effects["size"] == 2).any():
            tables.append(self.rows(size=2))
        return tables + [self.rows(scorer) for scorer in self.scorers[1:] if others]


def _signed(value):
    return number(round(value, 4) + 0.0, "+.4f")  # no minus before a zero


def with_interval(row):
    """Return an effect as text, with its interval if there is one."""
    interval = f" ({_signed(row.low)} to {_signed(row.high)})" if math.isfinite(row.low) else ""
    return _signed(row.delta) + interval if math.isfinite(row.delta) else "–"


def _needed(seeds):
    return "more data" if seeds == math.inf else f"{seeds:.0f}" if math.isfinite(seeds) else "–"


def aligned(rows):
    """Return rows of text for a terminal; words are aligned left, numbers right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    left = [name in _LEFT for name in rows[0]]
    lines = [
        "  ".join(
            f"{cell:{'<' if to_left else '>'}{width}}" for cell, width, to_left in zip(row, widths, left, strict=True)
        )
        for row in rows
    ]
    return "\n".join(line.rstrip() for line in lines)


def _html_table(rows):
    head, *body = rows
    cells = "".join(f"<th>{html.escape(name)}</th>" for name in head)
    lines = [f"<tr>{cells}</tr>"]
    for row in body:
        styled = (
            f'<td style="color: {COLORS[cell]}; font-weight: bold">{cell}</td>'
            if name == "verdict" and cell in COLORS
            else f"<td>{html.escape(cell)}</td>"
            for name, cell in zip(head, row, strict=True)
        )
        lines.append(f"<tr>{''.join(styled)}</tr>")
    return f"<table>{''.join(lines)}</table>"
