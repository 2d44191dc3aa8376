"""The study of power at a glance. Matplotlib's objects alone, no pyplot."""

from matplotlib.figure import Figure

from lineclf.reporting import png
from simulation.measuring import STUDY
from simulation.page import MOST_FALSE, MOST_TRIALS, NAMES, SHOWN
from simulation.worlds import EFFECTS

_SCORES = {"normal": "#000000", "near 0": "#0072B2", "near 1": "#E69F00"}  # Okabe and Ito's
_METHODS = {
    "ours": ("#000000", "o"),
    "ours, futility": ("#009E73", "s"),
    "ours, both": ("#0072B2", "D"),
    "one fixed n": ("#E69F00", "^"),
    "former, 5 seeds": ("#CC79A7", "v"),
}
_EFFECTS = {"1–3": "-", "mixed": "--", "0": ":"}


def draw_picture(table):
    """Draw false verdicts by method, rows decided by effect, and trials by the number of rows, as PNG.

    Parameters
    ----------
    table : pandas.DataFrame
        As of :func:`simulation.page.page`.
    """
    figure = Figure(figsize=(13, 4.4), dpi=110, layout="constrained")
    wrong, decided, trials = figure.subplots(1, 3)
    table = table[table["scores"] != "trials"]
    _draw_false(wrong, table)
    _draw_decided(decided, table)
    _draw_trials(trials, table)
    for axes in (wrong, decided, trials):
        axes.grid(color="0.92")
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
    return png(figure)


def _draw_false(axes, table):
    studies = table.drop_duplicates(STUDY)
    for i, (scores, color) in enumerate(_SCORES.items()):
        for y, name in enumerate(NAMES):
            shares = studies.loc[(studies["scores"] == scores) & (studies["method"] == name), "false"]
            place = [y + 0.22 * (i - 1)] * len(shares)
            axes.plot(100 * shares, place, "|", color=color, alpha=0.5, markersize=5, label=scores if not y else None)
    axes.axvline(100 * MOST_FALSE, color="#D55E00", linewidth=1)
    axes.set_xscale("symlog", linthresh=1)
    axes.set_xlim(-0.05, 110)
    axes.set_xticks([0, 1, 5, 10, 100], ["0", "1", "5", "10", "100"])
    axes.set_yticks(range(len(NAMES)), NAMES)
    axes.set_ylim(len(NAMES) - 0.5, -0.5)
    axes.set_xlabel("studies with a false verdict, %", fontsize=8)
    axes.set_title("False verdicts: a mark a kind of study", loc="left", fontsize=9)
    axes.legend(title="scores", title_fontsize=8, fontsize=8, frameon=False, loc="upper right")


def _draw_decided(axes, table):
    scores, variances, rows = SHOWN
    shown = table[(table["scores"] == scores) & (table["variances"] == variances) & (table["rows"] == rows)]
    shown = shown[shown["rope"] == "none"].set_index(["method", "effects"])["decided"]
    for name, (color, marker) in _METHODS.items():
        found = [(effect, 100 * shown[name, f"{effect:g}"]) for effect in EFFECTS if (name, f"{effect:g}") in shown]
        if found:
            axes.plot(*zip(*found, strict=True), color=color, marker=marker, markersize=4, linewidth=1.2, label=name)
    axes.set_ylim(-3, 103)
    axes.set_xlabel("effect, standard deviations of the paired difference", fontsize=8)
    axes.set_ylabel("rows decided, %", fontsize=8)
    axes.set_title(f"Rows decided: {scores}, {variances} variances, {rows} rows", loc="left", fontsize=9)
    axes.legend(fontsize=8, frameon=False)


def _draw_trials(axes, table):
    studies = table[table["rope"] == "none"].drop_duplicates(STUDY).dropna(subset="over_fixed")
    for name in ("ours", "ours, futility", "ours, both"):
        color, marker = _METHODS[name]
        for effects, line in _EFFECTS.items():
            some = studies[(studies["method"] == name) & (studies["effects"] == effects)]
            over = some.groupby("rows")[["trials"]].sum()["trials"]
            fixed = (some["fixed_n"] * (some["rows"] + 1)).groupby(some["rows"]).sum()
            label = f"{name}; effects {effects}"
            axes.plot(
                over.index, over / fixed, line, color=color, marker=marker, markersize=4, linewidth=1.2, label=label
            )
    axes.axhline(MOST_TRIALS, color="#D55E00", linewidth=1)
    axes.set_xticks(sorted(table["rows"].unique()))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("rows of a study", fontsize=8)
    axes.set_ylabel("trials over those of one fixed n", fontsize=8)
    axes.set_title("Trials, all worlds together", loc="left", fontsize=9)
    axes.legend(fontsize=7, frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
