"""Pictures of an ablation, from its frames alone. Matplotlib's objects, no pyplot."""

import itertools

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from lineclf.ablation._tables import variance_shares

__all__ = ["costs_figure", "importances_figure"]

_COSTS = {"fit_time": ("time to fit, s", "front"), "parameters": ("parameters", "front_parameters")}


def costs_figure(cells, scorer):
    """Score against cost, a point per cell; the cells of the front and the first cell are named.

    Parameters
    ----------
    cells : pandas.DataFrame
        As :attr:`AblationCV.cells_`.
    scorer : str
    """
    shown = {cost: about for cost, about in _COSTS.items() if cost in cells and cells[cost].notna().any()}
    figure = Figure(figsize=(5.2 * len(shown), 4.2), dpi=110, layout="constrained")
    for axes, (cost, (label, front)) in zip(
        figure.subplots(1, len(shown), squeeze=False)[0], shown.items(), strict=True
    ):
        best = cells[cells[front]].sort_values(cost)
        axes.plot(cells[cost], cells[scorer], "o", color="0.6", markersize=4)
        axes.plot(best[cost], best[scorer], "o-", color="#D55E00", markersize=6, drawstyle="steps-post")
        axes.plot(cells[cost][:1], cells[scorer][:1], "s", color="black", markersize=7)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        if cost == "parameters":
            axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.set_xlabel(f"{label}, mean over the seeds")
        axes.set_ylabel(scorer)
        axes.grid(color="0.92")
        axes.set_axisbelow(True)
        axes.margins(x=0.15, y=0.08)
    figure.suptitle(f"orange: nothing cheaper is as good; square: {cells['cell'][0]}", fontsize=9)
    figure.draw_without_rendering()  # places the axes, which names have to stay within
    for axes, (cost, (_, front)) in zip(figure.axes, shown.items(), strict=True):
        named = cells[(cells[front] | (cells.index == 0)) & cells[cost].notna()]
        _name_points(axes, named["cell"], named[cost], named[scorer])
    return figure


def _name_points(axes, names, x, y):
    """Write each name beside its point: inside, and clear of the names before, if one of eight places is."""
    taken: list = []
    for name, at in zip(names, zip(x, y, strict=True), strict=True):
        text = axes.annotate(name, at, xytext=(0, 0), textcoords="offset points", fontsize=7)
        for dx, dy in itertools.product((5, -5), (4, -10, 14, -20)):
            text.set(position=(dx, dy), ha="left" if dx > 0 else "right")
            box = text.get_window_extent()
            inside = axes.bbox.xmin <= box.xmin and box.xmax <= axes.bbox.xmax
            if inside and not any(box.overlaps(other) for other in taken):
                break
        taken.append(box)


def importances_figure(shares, table, effects, aliases, scorer):
    """Importance of each component by four measures, and a matrix of the effects of components and pairs.

    Parameters
    ----------
    shares, table : pandas.DataFrame
        As :attr:`AblationCV.importances_` and :attr:`AblationCV.anova_`.
    effects : pandas.DataFrame
        Effects on the score.
    aliases : dict of str to list of str
        Aliases of each component and pair.
    scorer : str
    """
    components = list(shares.index)
    n = len(components)
    figure = Figure(figsize=(11, 1.8 + 0.55 * n), dpi=110, layout="constrained")
    left, right = figure.subplots(1, 2)
    found = [variance_shares(table, each, aliases) for each in components]
    most = ", at most" if any(aliases.values()) else ""
    bars = {"η², alone": [alone for alone, _ in found], f"η², with its pairs{most}": [paired for _, paired in found]}
    bars |= {name: list(shares[name]) for name in shares.columns}
    for i, (name, values) in enumerate(bars.items()):
        color = ["#0072B2", "#56B4E9", "#E69F00", "#CC79A7"][i]
        place = np.arange(n) + (i - (len(bars) - 1) / 2) * 0.2
        left.barh(place, 100 * np.nan_to_num(values), height=0.18, color=color, label=name)
    left.set_yticks(range(n), components)
    left.invert_yaxis()
    left.set_xlabel("share, %: of all variance (η²), of importances (the others)")
    left.legend(fontsize=8, frameon=False)
    matrix = _effect_matrix(effects, components)
    reach = float(np.nanmax(np.abs(matrix), initial=0)) or 1.0
    right.imshow(matrix, cmap="PuOr", vmin=-reach, vmax=reach)
    for i, j in zip(*np.nonzero(np.isfinite(matrix)), strict=True):
        color = "white" if abs(matrix[i, j]) > 0.6 * reach else "black"
        right.text(j, i, f"{matrix[i, j]:+.3g}", ha="center", va="center", color=color, fontsize=8)
    right.set_xticks(range(n), components, rotation=30, ha="right")
    right.set_yticks(range(n), components)
    right.set_title(f"Δ {scorer}: its own, and by how much the other adds to it", loc="left", fontsize=9)
    return figure


def _effect_matrix(effects, components):
    """Effect of largest size of every component (diagonal) and pair."""
    matrix = np.full((len(components), len(components)), np.nan)
    for term, rows in effects.groupby("component", sort=False):
        at = [components.index(key) for key in term.partition(" = ")[0].split(" × ")]
        matrix[at[0], at[-1]] = matrix[at[-1], at[0]] = max(rows["delta"], key=abs)
    return matrix
