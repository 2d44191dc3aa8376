"""The tables of a leaderboard's tracks, made from results in long form only."""

import math

import numpy as np
import pandas as pd

from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._frame import paired_means, values_of
from lineclf.benchmark._further import NEW_COLORS
from lineclf.benchmark._scores import SCORES
from lineclf.benchmark._standings import half_interval, standings
from lineclf.datasets import CORRUPTIONS, FACTORS
from lineclf.reporting._markdown import columns_table, table_row

__all__ = ["color_section", "corruption_section", "curve_section", "further_section", "parts_section", "track_section"]

_JOINT = "test_joint_accuracy"


def track_section(frame, arena, least):
    """Lines of Markdown on a track: data, ranking, probabilities and the cost of training; none without results."""
    means = _means(frame, arena.name)
    if means.empty:
        return []
    score, facts = arena.shown, means.iloc[0]
    bounded = "regret" in means
    table = standings(
        frame, arena.name, "regret" if bounded else arena.metric, sign=-1 if bounded else score.sign, least=least
    )
    shown = standings(frame, arena.name, arena.metric, sign=score.sign, least=least).loc[table.index]
    tested = _n_tested(frame, arena.name)
    columns = [
        ("model", list(table.index)),
        (f"{score.title}, {score.unit}".rstrip(", "), _estimates(shown, score, tested)),
    ]
    if bounded:
        unit = "points" if score.unit == "%" else score.unit
        columns.append((f"regret, {unit}".rstrip(", "), _estimates(table, score)))
        if "nll_regret" in means:
            found = standings(frame, arena.name, "nll_regret", sign=-1, least=least).reindex(table.index)
            columns.append(("NLL regret, nats", _estimates(found, SCORES["nll_regret"])))
    columns += [(head, _percent(means, table.index, f"test_accuracy_{head}")) for head in _heads(means)]
    if arena.units:
        units = (("length", "px"), ("width", "px"), ("angle", "°"))
        columns += [
            (f"{head} off by, {unit}", _numbers(means, table.index, f"test_mae_{head}", 2)) for head, unit in units
        ]
    columns += _comparison(table, score)
    rows = columns_table(columns)
    if bounded:
        own = values_of(frame, arena.name, arena.metric).loc[CEILING]
        reach = half_interval(own)
        text = score.text(own.mean()) + ("" if np.isnan(reach) else f" ± {score.text(reach)}")
        heads = [f"{100 * means.at[CEILING, f'test_accuracy_{head}']:.1f}" for head in _heads(means)]
        n_zeros = 1 + ("nll_regret" in means)
        cells = [f"*{CEILING}*", text, *["0"] * n_zeros, *heads]
        rows.append(table_row([*cells, *[""] * (len(columns) - len(cells))]))
    elif arena.draw is None and arena.metric in (_JOINT, "test_accuracy"):  # of other data nobody knows it
        known = score.text(1.0) if facts["label_conflicts"] == 0 else "–"
        rows.append(table_row([f"*{CEILING}*", known, *[""] * (len(columns) - 2)]))
    order = [*table.index, *([CEILING] if bounded else [])]
    grid = [_grid_line(arena.world), ""] if arena.units else []
    return [_facts_line(facts), "", *grid, *rows, "", *columns_table(_costs(means, order))]


def corruption_section(frame, further, least, reference):
    """The same for corrupted images."""
    means = _means(frame, further.name)
    if "mce" not in means:
        return [] if means.empty else [f"Not without {reference}, whose errors are the unit."]
    score = further.shown
    table = standings(frame, further.name, "mce", sign=-1, least=least)
    columns = [
        ("model", list(table.index)),
        ("mCE", _estimates(table, score)),
        ("relative mCE", _numbers(means, table.index, "relative_mce", 3)),
        ("error, %", _percent(means, table.index, "error")),
        ("on the same images, clean, %", _percent(means, table.index, "error_clean")),
        *_comparison(table, score),
    ]
    each = [("CE", list(table.index)), *((c, _numbers(means, table.index, f"ce_{c}", 2)) for c in CORRUPTIONS)]
    return [
        f"{means['n_test'].iloc[0]:,.0f} test images in fifty ways: ten corruptions at five severities. CE: the "
        f"error summed over severities, as a multiple of that of the {reference} at the same seed; mCE its mean. "
        "Relative: of what is lost against clean images.",
        "",
        *columns_table(columns),
        "",
        *columns_table(each),
    ]


def further_section(frame, further, least):
    """The same for a test that came with the study."""
    means = _means(frame, further.name)
    if means.empty:
        return []
    table = standings(frame, further.name, further.metric, sign=further.shown.sign, least=least)
    title = f"{further.shown.title}, {further.shown.unit}".rstrip(", ")
    columns = [("model", list(table.index)), (title, _estimates(table, further.shown))]
    return columns_table([*columns, *_comparison(table, further.shown)])


def color_section(frame, further, least):
    """The same for lines in new colours."""
    means = _means(frame, further.name)
    if means.empty:
        return []
    score = further.shown
    table = standings(frame, further.name, further.metric, least=least)
    for head in FACTORS[:3]:
        means[head] = means[[f"accuracy_{color}_{head}" for color in NEW_COLORS]].mean(axis=1)
    columns = [
        ("model", list(table.index)),
        (f"{score.title}, {score.unit}", _estimates(table, score)),
        ("red and blue", _percent(means, table.index, "accuracy_known")),
        *((color, _percent(means, table.index, f"accuracy_{color}")) for color in NEW_COLORS),
        *((head, _percent(means, table.index, head)) for head in FACTORS[:3]),
        ("AUROC, %", _percent(means, table.index, "auroc")),
        ("FPR95, %", _percent(means, table.index, "fpr95")),
        *_comparison(table, score),
    ]
    return [
        f"{means['n_test'].iloc[0]:,.0f} test images painted {', '.join(NEW_COLORS)}; per label the mean over the "
        "three. AUROC and FPR95: does the colour head's confidence tell them from the same lines in red and blue?",
        "",
        *columns_table(columns),
    ]


def curve_section(frame, further, least, points):
    """The same for a learning curve, with the score at each of its points."""
    done = [arena for arena in points if not _means(frame, arena.name).empty]
    if not done:
        return []
    score, facts = further.shown, [_means(frame, arena.name).iloc[0] for arena in done]
    models = frame.loc[frame["track"].isin([arena.name for arena in done]), "model"].unique()
    table = standings(frame, further.name, further.metric, least=least)
    order = [*table.index, *(model for model in models if model not in table.index)]
    columns = [("model", order)]
    for arena in done:
        means = paired_means(values_of(frame, arena.name, arena.metric))
        columns.append(
            (
                arena.name.removeprefix(f"{further.name} "),
                [arena.shown.text(value, 1) for value in means.reindex(order)],
            )
        )
    lines = columns_table(columns)
    if len(table):
        area = [("model", list(table.index)), (f"{score.title}, {score.unit}", _estimates(table, score))]
        lines = [*columns_table([*area, *_comparison(table, score)]), "", *lines]
    sizes = ", ".join(f"{each['n_train']:,.0f}" for each in facts)
    return [
        f"Images to train on: {sizes}; {facts[0]['n_test']:,.0f} to test, at places that training does not show. Leak "
        f"at most {100 * max(each['leak'] for each in facts):.1f} %, conflicts at most "
        f"{max(each['label_conflicts'] for each in facts):,.0f}, smallest distance "
        f"{min(each['smallest_distance'] for each in facts):.2f}. Joint accuracy in percent; its area is the mean over "
        "the logarithm of the number of images, of models that have all points. Estimators with epochs take at least "
        f"{max(arena.min_steps for arena in points):,} steps, unless they bound them themselves.",
        "",
        *lines,
    ]


def parts_section(frame, study, model):
    """Lines of Markdown: what each variant of a model loses against it on every track that has a variant."""
    variants = [each.name for each in study.contestants if each.variant_of == model]
    columns = [("variant", [name.removeprefix(model).strip(" ()") for name in variants])]
    full, counts = [], set()
    for each in (*(arena for arena in study.arenas if arena.curve is None), *study.further):
        values, score = values_of(frame, each.name, each.metric), each.shown
        means, cells = _means(frame[frame["model"] == model], each.name), []
        if not set(variants) & set(values.index.get_level_values("model")) or "n_test" not in means:
            continue
        for name in variants:
            pairs = pd.DataFrame({side: values.loc[side] for side in (name, model) if side in values.index}).dropna()
            cells.append("–")
            if name in pairs and len(pairs):
                counts.add(len(pairs))
                cells[-1] = _difference(pairs[name] - pairs[model], score)
        columns.append((each.name + ("" if score.is_common else f", {score.title}, {score.unit}".rstrip(", ")), cells))
        full.append(score.text(values.loc[model].mean()))
    if not full:
        return []
    n = str(min(counts)) if len(counts) == 1 else f"{min(counts)} to {max(counts)}"
    return [
        f"Score of a variant minus that of {model} at the same seed, n = {n}"
        + (", with the 95 % interval of the paired t where there are several" if max(counts) > 1 else "")
        + ". Percentages differ by points. Last row: the whole.",
        "",
        *columns_table(columns),
        table_row(["*the whole*", *full]),
    ]


def _difference(values, score):
    text = f"{score.factor * values.mean():+.{score.digits}f}"
    reach = half_interval(values)
    return text if np.isnan(reach) else f"{text} ± {score.text(reach)}"


def _heads(means):
    """Names of the heads with an accuracy: those of lines in their order, others by name; none for a single target."""
    prefix = "test_accuracy_"
    found = {name.removeprefix(prefix) for name in means if name.startswith(prefix) and means[name].notna().any()}
    return [*(head for head in FACTORS if head in found), *sorted(found.difference(FACTORS))]


def _means(frame, track):
    """Mean over the seeds: a row per model in the order of the results, a column per metric."""
    rows = frame[frame["track"] == track]
    wide = rows.pivot_table(index="model", columns="metric", values="value", aggfunc="mean")
    return wide.reindex(rows["model"].unique())


def _facts_line(facts):
    return (
        f"{facts['n_train']:,.0f} images to train on, {facts['n_test']:,.0f} to test; leak "
        f"{100 * facts['leak']:.1f} %, conflicts {facts['label_conflicts']:,.0f}, "
        f"smallest distance {facts['smallest_distance']:.2f}."
    )


def _grid_line(world):
    """The levels of a world that names them."""
    levels = [
        f"{len(values)} {factor}s from {values[0]:g} to {values[-1]:g}{unit}"
        for factor, unit in (("length", " px"), ("width", " px"), ("angle", "°"))
        for values in (world[f"{factor}s"],)
    ]
    return f"Its world: {', '.join(levels)}, each evenly spaced; colors {', '.join(world['colors'])}."


def _n_tested(frame, track):
    """Number of answers of each model on a track, over folds and seeds."""
    counts = [frame[(frame["track"] == track) & (frame["metric"] == name)] for name in ("n_test", "n_tested")]
    return pd.concat(counts).drop_duplicates(["model", "seed"], keep="last").groupby("model")["value"].sum()


def _estimates(table, score, tested=None):
    """Means with their intervals; without any error, the lower bound of the accuracy instead."""
    texts = []
    for model, row in table.iterrows():
        text = score.text(row["mean"])
        if tested is not None and score.perfect == 1 and row["mean"] == 1:
            least = 0.05 ** (1 / tested[model])
            text += f" (≥ {math.floor(least * 10**5) / 10**3:.3f})"
        elif not np.isnan(row["reach"]):
            text += f" ± {score.text(row['reach'])}"
        texts.append(text if row["ranked"] else f"{text} †")
    return texts


def _comparison(table, score):
    """Columns that every table of models ends with."""
    said = {True: "yes", False: "no"}
    return [
        ("behind the best", [score.text(max(value, 0.0)) for value in table["behind"]]),
        ("at most", [score.text(value) for value in table["at_most"]]),
        ("may be the best", [said.get(value, "–") for value in table["may_be_best"]]),
        ("n (seeds)", [f"{row['n']} ({row['seeds']})" for _, row in table.iterrows()]),
    ]


def _costs(means, order):
    """Columns of probabilities and of resources that at least one model has."""
    means = means.reindex(order)
    heads = _heads(means)
    losses = [f"test_log_loss_{head}" for head in heads]
    if heads and set(losses) <= set(means):
        means["nll"] = means[losses].sum(axis=1, skipna=False)
        means["brier"] = means[[f"test_brier_{head}" for head in heads]].mean(axis=1, skipna=False)
    columns = [
        ("NLL, nats", "nll", 1, 3),
        ("Brier", "brier", 1, 4),
        ("ECE, %", "test_ece_joint", 100, 2),
        ("ECE at the fitted temperature, %", "scaled_ece_joint", 100, 2),
        ("AUGRC", "test_augrc_joint", 1, 4),
        ("fit, s", "seconds", 1, 1),
        ("images/s", "images_per_second", 1, 0),
        ("memory, MiB", "fit_memory_mib", 1, 0),
        ("parameters", "parameters", 1, 0),
    ]
    return [
        ("model", order),
        *(
            (title, _numbers(means * factor, order, metric, digits))
            for title, metric, factor, digits in columns
            if metric in means and means[metric].notna().any()
        ),
    ]


def _percent(means, order, metric):
    return _numbers(100 * means, order, metric, 1)


def _numbers(means, order, metric, digits):
    if metric not in means:
        return ["–"] * len(order)
    return ["–" if np.isnan(value) else f"{value:,.{digits}f}" for value in means[metric].reindex(order)]
