"""The picture of an ablation."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from lineclf.trials._summary import COLORS

__all__ = ["AblationDisplay"]


class AblationDisplay:
    """Forest plot: effects with their intervals, a row per alternative.

    Made by :meth:`from_estimator`, or by :meth:`AblationCV.plot`.

    Parameters
    ----------
    effects : pandas.DataFrame
        As in :attr:`AblationCV.effects_`.
    scorer : str
        Name of the score to draw.
    rope : float, optional
        Largest difference that counts as none.
    confidence : float, optional
        Confidence of the intervals: of all together, if the score has verdicts.

    Attributes
    ----------
    ax_ : matplotlib.axes.Axes
    figure_ : matplotlib.figure.Figure

    Examples
    --------
    >>> from lineclf import AblationCV, AblationDisplay
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> ablation = AblationCV(DecisionTreeClassifier(), {"max_depth": [1]}, seeds=2).fit(*load_iris(return_X_y=True))
    >>> display = AblationDisplay.from_estimator(ablation)
    >>> [label.get_text() for label in display.ax_.get_yticklabels()]
    ['max_depth = 1']
    """

    def __init__(self, *, effects, scorer, rope=None, confidence=None):
        self.effects = effects
        self.scorer = scorer
        self.rope = rope
        self.confidence = confidence

    @classmethod
    def from_estimator(cls, estimator, *, scorer=None, ax=None, pairs=False):
        """Draw a fitted ablation.

        Parameters
        ----------
        estimator : AblationCV
            Fitted.
        scorer : str, optional
            Name of the score, the first one by default.
        ax : matplotlib.axes.Axes, optional
        pairs : bool, default=False
            As in :meth:`plot`.

        Returns
        -------
        AblationDisplay
        """
        check_is_fitted(estimator)
        scorer = estimator.scorers_[0] if scorer is None else scorer
        if scorer not in estimator.scorers_:
            raise ValueError(f"scorer must be one of {', '.join(estimator.scorers_)}; got {scorer!r}")
        display = cls(
            effects=estimator.effects_,
            scorer=scorer,
            rope=estimator.summary_.sample.rope.get(scorer),
            confidence=estimator.confidence,
        )
        return display.plot(ax=ax, pairs=pairs)

    def plot(self, ax=None, *, pairs=False):
        """Draw.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            A new figure by default.
        pairs : bool, default=False
            Whether to draw the pairs of a crossed design as well.

        Returns
        -------
        AblationDisplay
            Itself.
        """
        found = self.effects[(self.effects["scorer"] == self.scorer) & (self.effects["size"] <= 1 + pairs)]
        if ax is None:
            import matplotlib.pyplot as plt

            _, ax = plt.subplots(**_size(found))
        ax.axvline(0, color="0.6", linewidth=1)
        if self.rope:
            ax.axvspan(-self.rope, self.rope, color="0.92", zorder=0, label=f"±{self.rope:g}")
        for i, row in enumerate(found.itertuples()):
            color = COLORS.get(row.verdict, "black")
            known = np.isfinite([row.low, row.high])
            ends = np.array([[row.delta - row.low], [row.high - row.delta]]) if known.all() else None
            ax.errorbar(row.delta, i, xerr=ends, fmt="o", color=color, capsize=3)
        ax.set_yticks(range(len(found)), [f"{row.component} = {row.level}" for row in found.itertuples()])
        ax.set_ylim(len(found) - 0.5, -0.5)
        n = "–".join(map(str, sorted({int(found["n"].min()), int(found["n"].max())}))) if len(found) else "0"
        sure = f"{100 * self.confidence:g} % interval, " if self.confidence else ""
        ax.set_xlabel(f"Δ {self.scorer} to the baseline; {sure}n = {n} seeds")
        ax.locator_params(axis="x", nbins=6)  # effects of a few hundredths have long labels
        ax.grid(axis="x", color="0.92")
        ax.set_axisbelow(True)
        self._legend(ax, dict.fromkeys(found["verdict"]))
        self.ax_, self.figure_ = ax, ax.figure
        return self

    def figure(self):
        """Return a figure of its own, which pyplot does not know, for files."""
        from matplotlib.figure import Figure

        rows = self.effects[(self.effects["scorer"] == self.scorer) & (self.effects["size"] == 1)]
        figure = Figure(**_size(rows))
        self.plot(ax=figure.subplots())
        return figure

    def _legend(self, ax, verdicts):
        """Name the colours that occur."""
        from matplotlib.lines import Line2D

        marks = [Line2D([], [], color=COLORS[each], marker="o", label=each) for each in COLORS if each in verdicts]
        handles, _ = ax.get_legend_handles_labels()
        if marks or handles:
            ax.legend(handles=[*marks, *handles], loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)


def _size(rows):
    return {"figsize": (7, 1.3 + 0.36 * len(rows)), "layout": "constrained"}
