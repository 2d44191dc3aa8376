"""The tables of a reproduction: the summary that the README shows too, and one for each item."""

from lineclf.datasets import FACTORS
from lineclf.reporting import markdown_table
from reproduction.claims import try_claim
from reproduction.frames import item_values
from reproduction.verdicts import COUNTS, estimate, figure_verdict, shown, target_verdict

_ALSO = (  # in every item's table, where a model has it
    "train_accuracy",
    "test_accuracy",
    "train_joint_accuracy",
    "test_joint_accuracy",
    *(f"test_accuracy_{head}" for head in FACTORS),
    "parameters",
    "epochs",
    "seconds",
    "leak",
)


def summary_table(study, frame, *, full=True):
    """Return the report's claims and what was found, as Markdown: a line an item, and one for a model with a target.

    Parameters
    ----------
    study : Reproduction
    frame : pandas.DataFrame
        ``results.csv``: columns item, model, seed, metric, value.
    full : bool, default=True
        Whether the data have the report's sizes; only then figures are compared.

    Returns
    -------
    str
    """
    rows = [["item", "model", "measured", "the report", "here (seeds)", "leak, %", "parameters", "fit, s", "verdict"]]
    for item in study.items:
        values = item_values(frame, item)
        rows += [_summary_row(item, model, values, full) for model in summarised(item)]
    return markdown_table(rows)


def summarised(item):
    """Return the models that have something to say of their own: the report's, and those with a target."""
    speaks = bool(item.figures) or bool(item.claims)
    aimed = [target.model for target in item.targets]
    return [model for i, model in enumerate(item.models) if (i == 0 and speaks) or model in aimed]


def _summary_row(item, model, values, full):
    own = values[model]
    if item.score not in own:
        return [item.name, model.name, "", "", "not run yet", "", "", "", ""]
    reported = item.figures.get(item.score) if model is item.models[0] else None
    trained = "parameters" in own
    return [
        item.name,
        model.name,
        item.score.replace("_", " ") + ("" if item.score in COUNTS else ", %"),
        "–" if reported is None else shown(item.score, reported),
        estimate(item.score, own[item.score]),
        f"{100 * own['leak'].mean():.1f}",
        f"{own['parameters'].mean():,.0f}" if trained else "–",
        f"{own['seconds'].mean():.0f}" if trained else "–",
        "; ".join(_verdicts(item, model, values)) if full else "not compared",
    ]


def _verdicts(item, model, values):
    """Return all that an item's figures say about one of its models, which is the report's own if it is the first."""
    found = []
    if model is item.models[0]:
        if item.score in item.figures:
            found.append(figure_verdict(item.score, values[model], item))
        found += [f"“{claim.says}” {try_claim(claim, values).word}" for claim in item.claims]
    return found + [target_verdict(target, values) for target in item.targets if target.model is model]


def item_table(item, frame, *, full=True):
    """Return every figure that the report gives for an item and what our models have in its place, as Markdown.

    Parameters are those of :func:`summary_table`.
    """
    values = item_values(frame, item)
    rows = [["metric", "the report", *(model.name for model in item.models), "verdict"]]
    for metric in dict.fromkeys([*item.figures, item.score, *_ALSO]):
        if any(metric in each for each in values.values()):
            reported = shown(metric, item.figures[metric]) if metric in item.figures else "–"
            ours = [estimate(metric, each[metric]) if metric in each else "–" for each in values.values()]
            verdict = figure_verdict(metric, values[item.models[0]], item) if full else "not compared"
            rows.append([metric.replace("_", " "), reported, *ours, verdict])
    return markdown_table(rows)
