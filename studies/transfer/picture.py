"""Accuracy against the number of new images, a line a method. Matplotlib's objects alone, no pyplot."""

from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from lineclf.reporting import png
from transfer.data import SHAPE
from transfer.verdicts import trials_of

_COLORS = ("#000000", "#E69F00", "#D55E00", "#0072B2", "#009E73", "#CC79A7", "#56B4E9")  # Okabe and Ito's
_MARKERS = "osD^vPX"


def draw_picture(plan, table, constants):
    """Draw joint accuracy on the new color and on the old ones; length, width and angle on the new one.

    Parameters
    ----------
    plan : TransferPlan
    table : pandas.DataFrame
        From :func:`transfer.verdicts.trials_table`.
    constants : dict of str to float
        What one answer for all scores on the new color, by factor; empty where it is not known.

    Returns
    -------
    bytes
        PNG.
    """
    new, old = plan.study.new, "/".join(plan.study.old)
    figure = Figure(figsize=(10, 5.6), dpi=110, layout="constrained")
    panels = figure.subplots(2, 3)
    for axes, title, metric in (
        (panels[0, 0], f"all four labels, {new}", "new_joint_accuracy"),
        (panels[0, 1], f"all four labels, {old}", "old_joint_accuracy"),
        *((axes, f"{head}, {new}", f"new_accuracy_{head}") for axes, head in zip(panels[1], SHAPE, strict=True)),
    ):
        _draw_panel(axes, plan, table, metric)
        axes.set_title(title, loc="left", fontsize=9)
    for axes, head in zip(panels[1], SHAPE, strict=True):
        if head in constants:
            axes.axhline(100 * constants[head], color="0.5", linestyle=":", linewidth=1, label="constant answer")
    for axes in (panels[0, 1], *panels[1]):
        axes.set_xlabel(f"{new} training images", fontsize=8)
    for axes in panels[:, 0]:
        axes.set_ylabel("test accuracy, %", fontsize=8)
    panels[0, 2].axis("off")
    seeds = table.index.get_level_values("seed").nunique()
    panels[0, 2].legend(
        *panels[1, 0].get_legend_handles_labels(),
        loc="center left",
        frameon=False,
        fontsize=9,
        title=f"mean of n = {seeds} seed{'s' * (seeds != 1)}; dots: each seed",
        title_fontsize=9,
    )
    return png(figure)


def _draw_panel(axes, plan, table, metric):
    places = set()
    for i, method in enumerate(plan.study.methods):
        groups = [trials_of(table, plan.study.variants[0].name, method.name, shots) for shots in plan.shots]
        groups = [trials for trials in groups if len(trials)]
        x = [trials["n_train_new"].mean() for trials in groups]
        places.update(x)
        color, marker = _COLORS[i % len(_COLORS)], _MARKERS[i % len(_MARKERS)]
        means = [100 * trials[metric].mean() for trials in groups]
        axes.plot(x, means, color=color, marker=marker, markersize=5, linewidth=1.5, label=method.name)
        for place, trials in zip(x, groups, strict=True):
            axes.plot([place] * len(trials), 100 * trials[metric], ".", color=color, markersize=3, alpha=0.6)
    if places:
        axes.set_xscale("log")
        axes.set_xticks(sorted(places), [f"{place:,.0f}" for place in sorted(places)])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.set_ylim(-3, 103)
    axes.grid(color="0.9")
    axes.tick_params(labelsize=8)
