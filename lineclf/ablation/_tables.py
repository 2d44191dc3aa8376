"""Tables and sentences of an ablation's page, from its frames alone."""

import numpy as np
import pandas as pd

from lineclf.ablation._costs import COSTS
from lineclf.ablation._effects import HEADS, ROPE
from lineclf.reporting._markdown import markdown_table
from lineclf.reporting._numbers import number, p_value, points

WORDS = {
    "equivalent": f"equivalent within ±{100 * ROPE:g}",
    "floor": "none right on either side",
    "ceiling": "all right on either side",
}
_OTHERS = [head for head in HEADS if head != "joint"]
_COMPARED = ["Δ, points", "95 % interval", "p (Holm)", "P(better)", "verdict"]


def effects_table(effects, than="the baseline"):
    """The joint accuracy's effects as a Markdown table, with each head's difference beside; points of percent."""
    heads = [f"Δ {head}" for head in _OTHERS]
    rows = [["component", "level", "seeds", "joint accuracy, %", f"Δ to {than}, points", *_COMPARED[1:], *heads]]
    for joint, others in _by_level(effects):
        rows.append(
            [joint.component, joint.level, f"{joint.n:.0f}", f"{100 * joint['mean']:.2f}", *_compared(joint)]
            + [points(others[head]) for head in _OTHERS]
        )
    return markdown_table(rows)


def note_table(effects):
    """Effects on the joint accuracy alone as a narrow Markdown table, for a tracker: the decided ones first."""
    joint = effects[effects["head"] == "joint"]
    decided = joint[joint["verdict"] != "open"]
    rows = [["component", "level", "seeds", "Δ, points", "95 % interval", "verdict"]]
    rows += [
        [row.component, row.level, f"{row.n:.0f}", points(row.delta), _interval(row), _verdict(row)]
        for _, row in pd.concat([decided, joint.drop(decided.index)]).iterrows()
    ]
    return f"{len(decided)} of {len(joint)} levels have a verdict.\n\n{markdown_table(rows)}"


def pairs_table(effects, aliases):
    """Effects of pairs on the joint accuracy as a Markdown table."""
    mixed = any(aliases.values())
    rows = [["pair", "levels", "Δ of the first alone", "with the second", "grows by, points", *_COMPARED[1:]]]
    rows[0] += ["not told from"] * mixed
    for _, row in effects[(effects["head"] == "joint") & (effects["size"] == 2)].iterrows():
        shares = [row.term, row.level, points(row.baseline), points(row["mean"]), *_compared(row)]
        rows.append(shares + [", ".join(aliases[row.term]) or "–"] * mixed)
    return markdown_table(rows)


def anova_table(table, aliases, scale=100):
    """Analysis of variance as a Markdown table; at a scale of 100 in points of percent."""
    mixed = any(aliases.values())
    rows = [
        ["term", "df", "sum of squares, points²" if scale == 100 else "sum of squares", "η², %", "F", "p", "p (Holm)"]
        + ["not told from"] * mixed
    ]
    for _, row in table.iterrows():
        numbers = [number(row.f, ".2f"), number(row.p_value, ".2g"), number(row.p_holm, ".2g")]
        squares = format(scale**2 * row.sum_of_squares, ".1f" if scale == 100 else ".4g")
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


def variance_sentence(table, component, aliases):
    """How much of the variance a component explains, in words."""
    alone, paired = variance_shares(table, component, aliases)
    if not np.isfinite(alone):
        return ""
    most = "at most " if any(aliases.values()) else ""
    return f" It explains {100 * alone:.1f} % of the variance alone, {most}{100 * paired:.1f} % with its pairs."


def strongest_pair(effects, component, aliases):
    """Tell the pair that changes a component's effect most, and the pairs that it cannot be told from."""
    pairs = effects[(effects["head"] == "joint") & (effects["size"] == 2) & effects["delta"].notna()]
    mine = pairs[[_has(component, (term, *aliases[term])) for term in pairs["term"]]]
    if mine.empty:
        return ""
    row = mine.loc[mine["delta"].abs().idxmax()]
    others = f" (or {', '.join(aliases[row.term])}, which the design cannot tell from it)" if aliases[row.term] else ""
    return f" Its strongest pair is {row.term}{others} at {row.level}: {points(row.delta)} points, {row.verdict}."


def variance_shares(table, component, aliases):
    """Share of the total variance that a component explains alone, and with all of its pairs.

    Pairs that the design cannot tell from others count in full for each component that they may be of.
    """
    shares = table.set_index("term")["eta_squared"]
    paired = sum(share for term, share in shares.items() if _has(component, (term, *aliases.get(term, ()))))
    return shares.get(component, np.nan), paired


def _has(component, terms):
    return any(component in term.split(" × ") for term in terms)


def costs_table(costs):
    """What cells score and cost as a Markdown table, the best first; a star marks the front."""
    rows = [["cell", "seeds", "joint accuracy, %", "fit, s", "parameters"]]
    for _, row in costs.sort_values("joint", ascending=False, kind="stable").iterrows():
        stars = {cost: " ★" * bool(row[f"front_{cost}"]) for cost in COSTS}
        cells = [f"{row.seconds:.2f}{stars['seconds']}", number(row.parameters, ",.0f") + stars["parameters"]]
        rows.append([row.cell, f"{row.n}", f"{100 * row.joint:.2f}", *cells])
    return markdown_table(rows)


def effects_text(effects):
    """The joint accuracy's effects for a terminal."""
    lines = [f"{'component':<24}{'level':<14}{'seeds':>5}{'joint %':>9}{'Δ points':>10}   95 % interval      verdict"]
    for _, row in effects[(effects["head"] == "joint") & (effects.get("size", 1) == 1)].iterrows():
        name = f"{row.component:<24}{row.level:<14}"
        score = f"{row.n:>5}{100 * row['mean']:>9.2f}{points(row.delta):>10}"
        lines.append(f"{name}{score}   {_interval(row):<18} {_verdict(row)}")
    return "\n".join(lines)


def sentences(effects, costs=None, than="the baseline", lead="At {}"):
    """What happens at one component's levels, in words.

    Parameters
    ----------
    effects : pandas.DataFrame
        Of one component.
    costs : dict of str to pandas.Series, optional
        Row of :func:`costs_frame` of the cell of each level, and of the cell compared with by the name `than`.
    than : str
        What the levels are compared with.
    lead : str
        How a sentence begins, with a place for the level.

    Returns
    -------
    str
    """
    texts, costs = [], costs or {}
    for joint, others in _by_level(effects):
        if np.isnan(joint.delta):
            texts.append(f"{lead.format(joint.level)} no trial has finished.")
            continue
        # Half of a tie is a half.
        won = f"better in {joint.p_better * joint.n:g} of {joint.n:.0f} seeds"
        within = f"{_interval(joint)}; {won}" if np.isfinite(joint.low) else won
        text = f"{lead.format(joint.level)} the joint accuracy changes by {points(joint.delta)} points ({within}): "
        text += f"{_verdict(joint)}."
        most = max(_OTHERS, key=lambda head: abs(np.nan_to_num(others[head])))
        if others[most]:
            text += f" Of the heads, {most} changes most ({points(others[most])})."
        if joint.level in costs and than in costs:
            text += _cost_sentence(costs[joint.level], costs[than], than)
        texts.append(text)
    return " ".join(texts)


def _cost_sentence(here, there, than):
    text = f" Fitting takes {here.ratio:.2f} × {than}'s time ({here.ratio_low:.2f} to {here.ratio_high:.2f} × by seed)"
    if np.isfinite(here.parameters) and here.parameters != there.parameters:
        text += f", with {here.parameters:,.0f} instead of {there.parameters:,.0f} parameters"
    return text + "."


def _by_level(effects):
    """Joint effect, and each head's difference, of every component and level."""
    for _, group in effects.groupby(["component", "level"], sort=False):
        rows = group.set_index("head")
        yield group[group["head"] == "joint"].iloc[0], rows["delta"]


def _compared(row):
    return [points(row.delta), _interval(row), p_value(row.p_holm), number(row.p_better, ".2f"), _verdict(row)]


def _interval(row):
    return f"{points(row.low)} to {points(row.high)}" if np.isfinite(row.low) else "–"


def _verdict(row):
    return WORDS.get(row.verdict, row.verdict)
