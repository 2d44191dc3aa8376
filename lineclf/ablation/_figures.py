"""Pictures of an ablation, from its frames alone. Matplotlib's objects, no pyplot."""

import itertools

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, MaxNLocator

from lineclf.ablation._costs import COSTS
from lineclf.ablation._effects import HEADS, ROPE
from lineclf.ablation._tables import variance_shares
from lineclf.reporting._figures import COLORS

_LABELS = {"seconds": "time to fit, s", "parameters": "parameters"}


def effects_figure(effects, title, than):
    """Effects on the joint accuracy and on each head, with their intervals and the region of equivalence."""
    rows = list(effects.groupby(["component", "level"], sort=False).groups)
    figure = Figure(figsize=(8, 1.2 + 0.5 * len(rows)), dpi=110, layout="constrained")
    axes = figure.add_subplot()
    axes.axvspan(-100 * ROPE, 100 * ROPE, color="0.9", label=f"±{100 * ROPE:g}")
    axes.axvline(0, color="0.6", linewidth=1)
    for i, head in enumerate(HEADS):
        found = effects[effects["head"] == head].set_index(["component", "level"]).loc[rows]
        reach = 100 * np.vstack([found["delta"] - found["low"], found["high"] - found["delta"]])
        axes.errorbar(
            100 * found["delta"],
            np.arange(len(rows)) + (i - 2) * 0.15,
            xerr=np.nan_to_num(reach),
            fmt="osDv^"[i],
            color=COLORS[head],
            markersize=6 if head == "joint" else 4,
            linewidth=1.6 if head == "joint" else 0.8,
            label=head,
        )
    n = "–".join(map(str, sorted({int(count) for count in effects["n"]})))
    axes.set_yticks(range(len(rows)), [f"{component} = {level}" for component, level in rows])
    axes.invert_yaxis()
    low, high = axes.get_xlim()
    axes.set_xlim(max(low, -105), min(high, 105))  # intervals of a few seeds go beyond what accuracies can differ by
    axes.grid(axis="x", color="0.9")
    axes.set_axisbelow(True)
    axes.set_xlabel(f"Δ test accuracy to {than}, percentage points; 95 % interval, n = {n} paired seeds")
    axes.set_title(title, loc="left")
    axes.legend(title="head", loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return figure


def costs_figure(costs, title):
    """Joint accuracy against what it costs, a point a cell; the front's cells and the first one are named."""
    shown = [cost for cost in COSTS if costs[cost].notna().any()]
    figure = Figure(figsize=(5.2 * len(shown), 4.2), dpi=110, layout="constrained")
    for axes, cost in zip(figure.subplots(1, len(shown), squeeze=False)[0], shown, strict=True):
        front = costs[costs[f"front_{cost}"]].sort_values(cost)
        axes.plot(costs[cost], 100 * costs["joint"], "o", color="0.6", markersize=4)
        axes.plot(front[cost], 100 * front["joint"], "o-", color="#D55E00", markersize=6, drawstyle="steps-post")
        first = costs.iloc[:1]
        axes.plot(first[cost], 100 * first["joint"], "s", color="black", markersize=7)
        axes.xaxis.set_major_locator(MaxNLocator(5))
        if cost == "parameters":
            axes.xaxis.set_major_formatter(EngFormatter(sep=""))
        axes.set_xlabel(f"{_LABELS[cost]}, mean of n = {costs['n'].max()} seeds")
        axes.set_ylabel("joint test accuracy, %")
        axes.grid(color="0.92")
        axes.set_axisbelow(True)
        axes.margins(x=0.15, y=0.08)
    figure.suptitle(f"{title}\norange: nothing cheaper is as good; square: {costs['cell'][0]}", fontsize=9)
    figure.draw_without_rendering()  # places the axes, which names have to stay within
    for axes, cost in zip(figure.axes, shown, strict=True):
        named = costs[(costs[f"front_{cost}"] | (costs.index == costs.index[0])) & costs[cost].notna()]
        _name_points(axes, named["cell"], named[cost], 100 * named["joint"])
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


def importances_figure(shares, table, effects, aliases, title):
    """How much each component matters by four measures, and effects of components and pairs as a matrix."""
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
        right.text(j, i, f"{matrix[i, j]:+.1f}", ha="center", va="center", color=color, fontsize=8)
    right.set_xticks(range(n), components, rotation=30, ha="right")
    right.set_yticks(range(n), components)
    right.set_title("Δ joint accuracy, points\nits own, and by how much the other adds to it", loc="left", fontsize=9)
    figure.suptitle(f"{title}, n = {effects['n'].max()} seeds", x=0.01, ha="left", fontsize=10)
    return figure


def _effect_matrix(effects, components):
    """Effect of largest size of every component (diagonal) and pair, points of joint accuracy."""
    matrix = np.full((len(components), len(components)), np.nan)
    for term, rows in effects[effects["head"] == "joint"].groupby("term", sort=False):
        at = [components.index(key) for key in term.split(" × ")]
        matrix[at[0], at[-1]] = matrix[at[-1], at[0]] = 100 * max(rows["delta"], key=abs)
    return matrix
