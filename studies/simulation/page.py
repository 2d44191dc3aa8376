"""The report of the study of power: goals met or missed, and the tables they come from."""

import numpy as np

from lineclf.reporting import markdown_table, number, written_by
from simulation.deciding import FAR, FIXED, LOW, METHODS, N_CALIBRATION, rival
from simulation.measuring import STUDY
from simulation.worlds import EFFECTS, HIGH, MIN_SEEDS

MOST_FALSE = 0.05
MOST_TRIALS = 0.8
NAMES = [*METHODS, *FIXED]
SHOWN = ("normal", "equal", 12)  # scores, variances and rows of the tables by effect
ROPES = {"none": "without a region of equivalence", "one": "with one"}


def page(table, studies, trials, command):
    """Return the report as Markdown.

    Parameters
    ----------
    table : pandas.DataFrame
        As of :func:`simulation.measuring.measure`, of all worlds.
    studies : int
        Of each kind.
    trials : Trials or None
        That were resampled, too.
    command : str
        That made it.
    """
    real, simulated = table[table["scores"] == "trials"], table[table["scores"] != "trials"]
    scores, variances, n_rows = SHOWN
    kinds = len(simulated[STUDY[:4]].drop_duplicates())
    return f"""# Are verdicts right, and do they come?

Studies of 3, 6, 12 and 20 rows that share a baseline, simulated with known effects: {studies:,} of each of {kinds}
kinds, each read with and without a region of equivalence. Ours reads every row after each seed from {LOW} to {HIGH} by
a confidence sequence, at 95 % for all rows of a study together (Bonferroni), and stops a row where it is decided.
`AblationCV` does so with the stop for futility and with Holm's shares: "ours, both".

{markdown_table(goals(simulated))}

![Studies with a false verdict, rows decided, trials over those of a fixed n](power.png)

## False verdicts

Share of studies, in percent, with any verdict that is not so: better where there is no gain, worse where there is no
loss, equivalent where the difference is as large as the region. Each cell is the worst of all numbers of rows, effects
and regions; in brackets the 95 % interval of its share.

{_false_table(simulated)}

## Rows decided, and seeds until half of them are

{scores.capitalize()} scores, {variances} variances, {n_rows} rows of one effect, in standard deviations of the paired
difference. Rows in percent; after "at", the median number of seeds, open rows counted as later than all.

Without a region of equivalence:

{_decided(simulated, "none")}

With one of a standard deviation to either side, in which rows of 0 and 0.5 lie, and those of 1 do not:

{_decided(simulated, "one")}

## Trials

Mean trials of a study, baseline included, over those of one fixed n for all rows: the plain paired t, Bonferroni (Holm
for "ours, Holm" and "ours, both"), with the smallest n that decides as many of the rows of at least one standard
deviation, where rows have 1, 1.5, 2 and 3 in equal parts ("1–3"). That n stands for the other effects, too, as nobody
knows them beforehand. In all kinds of study together; in brackets the least and the most.

{_trials_table(simulated)}

Ours by the number of rows, effects of 1–3:

{_rows_table(simulated)}

What a stop for futility does without a region of equivalence, the loss as the mean over the effects that there are:

{_futility(simulated)}

## Real trials, resampled

{_real(real, trials)}

## How

Effects are in standard deviations of a row's own paired difference: "1–3" gives a row 1, 1.5, 2 or 3 in equal parts;
"mixed" no effect to a quarter of the rows, 0.5 to a quarter, and the others to an eighth each; "0 and 3" no effect to a
quarter and 3 to the others. Unequal standard deviations of the rows' scores are 0.5 to 2 times the baseline's. Scores
near 0 are of a beta distribution with mean 0.02 and standard deviation 0.015 at the baseline, where rows can only gain;
those near 1 are accuracies of 2,000 test rows, as far below 1, where rows can only lose. The region of equivalence ends
one standard deviation of a difference of equal variances to either side.

- **ours**: `sequential_interval`, mixture variance g = 2 unless another is said. **futility**: from 10 seeds on a row
  is given up where an effect of the size seen (or equivalence, if that is nearer) would need more than {FAR} seeds.
  **Holm**: a row that is found better or worse gives its share of the error to the open ones. That keeps the error of
  tests for a difference; nothing proves it where the same interval may say equivalent.
- **for 30 seeds**: the same sequence, or the plain paired t, read after every seed at a level at which all looks
  together have the row's share of the error, found with {N_CALIBRATION:,} normal rows without an effect. It holds up
  to {HIGH} seeds and no further, where ours holds for any number.
- **naive**: the plain paired t at each row's share of the error, looked at after every seed, stopped when significant.
- **former**: what lineclf 0.2 did: a fixed n, Nadeau and Bengio's test with 1/3 and Holm; equivalent where 95 % of
  their posterior lie in the region.

{written_by(command)}; every figure is in `power.csv`.
"""


def goals(table):
    """Rows of the table of goals: what, measured, target, and whether it is met."""
    rows = [["what", "measured", "target", ""]]
    studies = table.drop_duplicates(STUDY)
    asked = [("ours", scores) for scores in studies["scores"].unique()]
    for name, scores in [*asked, *((f"ours, {how}", "of all kinds") for how in ("futility", "Holm", "both"))]:
        some = studies[(studies["method"] == name) & (studies["scores"].eq(scores) | (scores == "of all kinds"))]
        worst = some.loc[some["false"].idxmax()]
        what = f"{worst['rows']} rows, {worst['variances']} variances, effects {worst['effects']}"
        rows.append(
            [
                f"{name}: studies with a false verdict, scores {scores}, the worst kind",
                f"{_share(worst)} %: {what}, {ROPES[worst['rope']]}",
                f"≤ {100 * MOST_FALSE:g} %",
                _met(worst["false"] <= MOST_FALSE),
            ]
        )
    for name in ("ours", "ours, futility", "ours, Holm", "ours, both"):
        for rope, text in ROPES.items():
            over, spread = _over(table, name, "1–3", rope)
            if np.isfinite(over):
                what = f"{name}: trials over one fixed n's, effects of 1–3, {text}"
                rows.append([what, spread, f"≤ {MOST_TRIALS:g}", _met(over <= MOST_TRIALS)])
    for effect in ("0", "0.5", "1"):  # apart
        for name in ("ours", "ours, futility", "ours, both"):
            for rope, text in ROPES.items():
                what = f"{name}: the same, all rows {effect}, {text}"
                rows.append([what, _over(table, name, effect, rope)[1], "", ""])
    return rows


def _met(is_met):
    return "met" if is_met else "**missed**"


def _share(study):
    return f"{100 * study['false']:.1f} ({100 * study['false_low']:.1f} to {100 * study['false_high']:.1f})"


def _over(table, name, effects, rope):
    """Trials over a fixed n's in all worlds together, as a number and as text with the least and the most."""
    found = table[(table["method"] == name) & (table["effects"] == effects) & (table["rope"] == rope)]
    found = found.drop_duplicates(STUDY).dropna(subset="over_fixed")
    if found.empty:
        return np.nan, "–"
    over = float(found["trials"].sum() / (found["fixed_n"] * (found["rows"] + 1)).sum())
    return over, f"{over:.2f} ({found['over_fixed'].min():.2f} to {found['over_fixed'].max():.2f})"


def _false_table(table):
    studies = table.drop_duplicates(STUDY)
    worlds = studies[["scores", "variances"]].drop_duplicates().to_numpy().tolist()
    rows = [["method", *(f"{scores}, {variances}" for scores, variances in worlds)]]
    for name in NAMES:
        cells = [name]
        for scores, variances in worlds:
            chosen = (studies["method"] == name) & (studies["scores"] == scores) & (studies["variances"] == variances)
            some = studies[chosen]
            cells.append(_share(some.loc[some["false"].idxmax()]) if len(some) else "–")
        rows.append(cells)
    return markdown_table(rows)


def _decided(table, rope):
    scores, variances, n_rows = SHOWN
    shown = table[(table["scores"] == scores) & (table["variances"] == variances) & (table["rope"] == rope)]
    shown = shown[shown["rows"] == n_rows].set_index(["method", "effects"])
    effects = [f"{effect:g}" for effect in EFFECTS]
    rows = [["method", *effects]]
    for name in NAMES:
        rows.append([name, *(_reached(shown, (name, effect)) for effect in effects)])
    return markdown_table(rows)


def _reached(shown, key):
    if key not in shown.index:
        return "–"
    line = shown.loc[key]
    return f"{100 * line['decided']:.1f} at {number(line['seeds'], '.0f')}"


def _trials_table(table):
    effects = ("0", "0.5", "1", "2", "3", "1–3", "mixed")
    rows = [["method", "region", *effects]]
    for name in [name for name in METHODS if rival(name)]:
        for rope in ROPES:
            rows.append([name, rope, *(_over(table, name, each, rope)[1] for each in effects)])
    return markdown_table(rows)


def _rows_table(table):
    rows = [["rows", *(f"{name}, {text}" for name in ("ours", "ours, Holm") for text in ROPES.values())]]
    for n, some in table.groupby("rows"):
        rows.append([n, *(_over(some, name, "1–3", rope)[1] for name in ("ours", "ours, Holm") for rope in ROPES)])
    return markdown_table(rows)


def _futility(table):
    """Table of what a stop for futility saves and loses, without a region of equivalence."""
    texts = []
    for effects in ("0", "0.5", "1", "1–3", "mixed"):
        some = table[(table["effects"] == effects) & (table["rope"] == "none")]
        trials = some.drop_duplicates(STUDY).groupby("method")["trials"].sum()
        decided = some.groupby("method")["decided"].mean()
        saved = 1 - trials["ours, futility"] / trials["ours"]
        lost = decided["ours"] - decided["ours, futility"]
        texts.append([effects, f"{100 * saved:.1f} %", f"{100 * lost:.1f} points"])
    return markdown_table([["effects", "a stop for futility saves trials", "loses decided rows"], *texts])


def _real(table, trials):
    if trials is None:
        return f"No trials are there to resample: `--trials` takes a baseline and two cells, {MIN_SEEDS} seeds each."
    cells = ", ".join(f"{kind} ({effect:+.2f} sd)" for kind, effect in zip(trials.kinds, trials.effects, strict=True))
    studies = table.drop_duplicates(STUDY)
    head = ["method", "region", "false, centred, %", "false, as measured, %", "trials", "over a fixed n's"]
    rows = [[*head, *trials.kinds]]
    for name in NAMES:
        for rope in ROPES:
            some = studies[(studies["method"] == name) & (studies["rope"] == rope)].set_index("effects")
            if some.empty:
                continue
            measured = some.loc["as measured"]
            lines = table[(table["method"] == name) & (table["rope"] == rope) & (table["effects"] == "as measured")]
            reached = [_reached(lines.set_index("row"), kind) for kind in trials.kinds]
            over = number(measured["over_fixed"], ".2f")
            shares = [_share(some.loc[each]) for each in trials.scenarios]
            rows.append([name, rope, *shares, f"{measured['trials']:.1f}", over, *reached])
    return f"""{trials.seeds} seeds of a baseline and of {cells}, drawn with replacement: a study may
see a seed twice, which no real one does. Centred, no cell has an effect; as measured, its effect is its mean over all
seeds. The fixed n decides as many of the cells of at least one standard deviation. The last columns are rows decided,
in percent, and the median number of seeds. The region of equivalence ends at {trials.rope:.3g}, the median standard
deviation.

{markdown_table(rows)}"""
