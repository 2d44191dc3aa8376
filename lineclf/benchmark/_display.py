"""The picture of a comparison."""

import numpy as np

from lineclf.trials._summary import COLORS

__all__ = ["BenchmarkDisplay"]


class BenchmarkDisplay:
    """Scores of models with their intervals, the best first, coloured by the verdict against the best.

    Made by :meth:`from_comparison`, or by :meth:`Comparison.plot`.

    Parameters
    ----------
    models, pairs : pandas.DataFrame
        As in :class:`Comparison`.
    scorer : str
        Name of the first score.
    confidence : float
        Confidence of the intervals.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
    figure_ : matplotlib.figure.Figure
    """

    def __init__(self, *, models, pairs, scorer, confidence):
        self.models = models
        self.pairs = pairs
        self.scorer = scorer
        self.confidence = confidence

    @classmethod
    def from_comparison(cls, comparison, *, ax=None):
        """Draw a comparison.

        Parameters
        ----------
        comparison : Comparison
        ax : matplotlib.axes.Axes, optional

        Returns
        -------
        BenchmarkDisplay
        """
        display = cls(
            models=comparison.models,
            pairs=comparison.pairs,
            scorer=comparison.scorers[0],
            confidence=comparison.sample.confidence,
        )
        return display.plot(ax=ax)

    def plot(self, ax=None):
        """Draw.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            A new figure by default.

        Returns
        -------
        BenchmarkDisplay
            Itself.
        """
        from matplotlib.lines import Line2D

        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots(figsize=(7, 1.3 + 0.36 * len(self.models)), layout="constrained")
        best = self.models["model"].iloc[0]
        verdicts = {best: "the best mean", **_standing(self.pairs, self.scorer, best)}
        colors = {**COLORS, "the best mean": "black"}
        for i, row in enumerate(self.models.to_dict("records")):
            mean = row[self.scorer]
            ends = np.array([[mean - row["low"]], [row["high"] - mean]])
            color = colors[verdicts[row["model"]]]
            ax.errorbar(mean, i, xerr=ends if np.isfinite(ends).all() else None, fmt="o", color=color, capsize=3)
        ax.set_yticks(range(len(self.models)), self.models["model"])
        ax.set_ylim(len(self.models) - 0.5, -0.5)
        n = int(self.models["n"].max())
        ax.set_xlabel(f"{self.scorer}; {100 * self.confidence:g} % interval of the mean, n = {n} seeds")
        ax.grid(axis="x", color="0.92")
        ax.set_axisbelow(True)
        marks = [
            Line2D(
                [],
                [],
                color=color,
                marker="o",
                label=name if name in ("the best mean", "open") else f"{name} than that",
            )
            for name, color in colors.items()
            if name in verdicts.values()
        ]
        ax.legend(handles=marks[::-1], loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
        self.ax_, self.figure_ = ax, ax.figure
        return self


def _standing(pairs, scorer, best):
    """Verdict of every other model against the best one, by name, as in `pairs`."""
    rows = pairs[pairs["scorer"] == scorer]
    turned = {"better": "worse", "worse": "better"}
    found: dict[str, str] = {}
    for row in rows.itertuples():
        if row.than == best:
            found[row.model] = row.verdict
        elif row.model == best:
            found[row.than] = turned.get(row.verdict, row.verdict)
    return found
