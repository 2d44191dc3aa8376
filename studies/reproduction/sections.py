"""What a reproduction's page shows for an item beside its table: each section is text, pictures and a verdict."""

from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from lineclf.datasets import FACTORS
from lineclf.metrics import corrected_interval, holm, stuart_maxwell
from reproduction import figures

REGION = 0.002  # of equivalence, as a fraction: 20 of MNIST's test images, under two standard errors of one net's score


def curves(item, trials):
    """Curves of every model of the item."""
    rows = [(model.name, [result["history"] for result in trials[model]]) for model in item.models if trials[model]]
    lines = []
    for title, histories in rows:
        gaps = [100 * (history["accuracy"][-1] - history["val_accuracy"][-1]) for history in histories]
        rises = [sum(b > a for a, b in pairwise(history["val_loss"])) for history in histories]
        lines.append(
            f"- {title}: in the last epoch the training accuracy is {np.mean(gaps):+.2f} points from the test accuracy "
            f"(mean of {len(gaps)} seeds); the test loss rises in {np.mean(rises):.1f} of "
            f"{len(histories[0]['loss']) - 1} steps from epoch to epoch."
        )
    return lines, {"curves.png": (figures.curves(rows), "Accuracy and loss against epochs")}


def head_curves(item, trials):
    """Curves of every head."""
    rows = [(model.name, [result["history"] for result in trials[model]]) for model in item.models if trials[model]]
    return [], {"head_curves.png": (figures.head_curves(rows), "Accuracy and loss of each head against epochs")}


def f1(item, trials):
    """F1 of every class."""
    rows = [
        (model.name, [result["f1"] for result in trials[model]], len(trials[model]))
        for model in item.models
        if trials[model]
    ]
    lines = []
    for title, scores, n in rows:
        exact = np.sum(np.min(scores, axis=0) == 1)
        lines.append(
            f"- {title}: F1 is exactly 1 for {exact} of {len(scores[0])} classes in all {n} seeds; the smallest is "
            f"{100 * np.min(scores):.2f} %."
        )
    return lines, {"f_scores.png": (figures.f_scores(rows), "F1 of all 96 classes")}


def equivalence(item, trials):
    """Is the second model's score the first one's, within a region fixed beforehand?"""
    scores = [
        pd.Series({result["seed"]: result["metrics"][item.score] for result in trials[model]})
        for model in item.models[:2]
    ]
    deltas = paired_deltas(*scores)
    names = [model.name for model in item.models[:2]]
    lines = [
        f"| seed | {names[0]}, % | {names[1]}, % | difference, points |",
        "|---|---|---|---|",
        *(
            f"| {seed} | {100 * scores[0][seed]:.2f} | {100 * scores[1][seed]:.2f} | {100 * delta:+.2f} |"
            for seed, delta in deltas.items()
        ),
        "",
    ]
    if len(deltas) < 2:
        return [*lines, f"{len(deltas)} paired seeds have finished: no interval."], {}
    interval = corrected_interval(deltas, test_train_ratio=0)
    lines.append(
        f"Mean difference {100 * interval.mean:+.3f} points, 95 % interval {100 * interval.low:+.3f} to "
        f"{100 * interval.high:+.3f}, {p_value(interval.pvalue)} (paired t over {len(deltas)} seeds; data and test set "
        f"are the same, initial weights and order are those of the seed). The region of equivalence is ±"
        f"{100 * REGION:g} points: {equivalence_verdict(interval)}."
    )
    picture = figures.paired_differences(deltas, interval, REGION, "Δ test accuracy, dropout 0.2 less none")
    return lines, {"dropout.png": (picture, "Differences of paired seeds")}


def paired_deltas(first, second):
    """Differences of two Series by seed, second less first, at the seeds that both have."""
    return (second - first).dropna().sort_index()


def equivalence_verdict(interval):
    """Whether the interval lies in the region of equivalence, outside, or neither."""
    if interval.low >= -REGION and interval.high <= REGION:
        return "similar, the interval lies within"
    if interval.low > REGION or interval.high < -REGION:
        return "different, the interval lies outside"
    return "open, the interval lies neither within nor outside"


def _equivalence_summary(item, found):
    first, second = (found[model].get(item.score, pd.Series(dtype=float)) for model in item.models[:2])
    deltas = paired_deltas(first, second)
    if len(deltas) < 2:
        return ""
    interval = corrected_interval(deltas, test_train_ratio=0)
    return (
        f"dropout 0.2: {100 * interval.mean:+.2f} points ({100 * interval.low:+.2f} to {100 * interval.high:+.2f}, "
        f"{len(deltas)} pairs), region ±{100 * REGION:g}: {equivalence_verdict(interval)}"
    )


def bottleneck(item, trials):
    """Which heads are slowest, and which err most in the end."""
    lines, rows = [], []
    for model in item.models:
        results = trials[model]
        if not results:
            continue
        n_test = results[0]["split"]["n_test"]
        rows.append((model.name, [result["history"] for result in results], n_test))
        lines += [
            f"{model.name}, n = {len(results)} seeds:",
            "",
            f"| head | first epoch with 99 % on test | test errors of {n_test:,} after the last epoch | mean test "
            "error over all epochs, % |",
            "|---|---|---|---|",
        ]
        areas = {head: head_area(results, head) for head in FACTORS}
        for head in sorted(FACTORS, key=areas.__getitem__, reverse=True):
            reached = [_first(result["history"][f"val_{head}_accuracy"]) for result in results]
            errors = [int(np.sum(m) - np.trace(m)) for m in (result["confusion"][head] for result in results)]
            lines.append(f"| {head} | {', '.join(reached)} | {', '.join(map(str, errors))} | {100 * areas[head]:.3f} |")
        lines += ["", f"Verdict: {bottleneck_verdict(areas)}.", ""]
    return lines, {"bottleneck.png": (figures.head_errors(rows), "Test errors of each head against epochs")}


def _first(accuracies):
    reached = np.flatnonzero(np.array(accuracies) >= 0.99)
    return str(reached[0] + 1) if len(reached) else "never"


def head_area(results, head):
    """Mean test error of a head over epochs and seeds."""
    return float(1 - np.mean([result["history"][f"val_{head}_accuracy"] for result in results]))


def _bottleneck_summary(item, found):
    metrics = found[item.models[0]]
    names = {head: f"test_error_over_epochs_{head}" for head in FACTORS}
    if not metrics.keys() >= set(names.values()):
        return ""
    return bottleneck_verdict({head: float(metrics[name].mean()) for head, name in names.items()})


def bottleneck_verdict(areas):
    """What the report says, angle and colour, beside the order found."""
    slowest = sorted(FACTORS, key=areas.__getitem__, reverse=True)[:2]
    right = [head for head in ("angle", "color") if head in slowest]
    found = f"most errors over the epochs: {slowest[0]} and {slowest[1]}"
    if len(right) == 2:
        return f"{found}, as the report says"
    return f"{found}; the report says angle and colour" + (f", of which {right[0]} holds" if right else "")


def confusion(item, trials):
    """Our confusion matrix beside the report's: margins, accuracy and single cells."""
    model = item.models[0]
    results = trials[model]
    reported = np.array(item.confusion)
    ours = np.array([next(iter(result["confusion"].values())) for result in results])
    if ours.sum(axis=2)[0].tolist() != reported.sum(axis=1).tolist():
        return ["The test set is another than the report's, so the confusion matrices are not compared."], {}
    cells = compare_cells(reported, ours)
    different = [(i, j) for i, j, _, _, p in cells if p < 0.05]
    n_test = reported.sum()
    lines = [
        "Do the predicted frequencies of the digits differ from the true ones (Stuart–Maxwell)? "
        + "; ".join(
            f"{name}: χ² = {test.statistic:.1f}, {p_value(test.pvalue)}"
            for name, test in [
                ("the report", stuart_maxwell(reported)),
                *((f"seed {result['seed']}", stuart_maxwell(m)) for result, m in zip(results, ours, strict=True)),
            ]
        )
        + ".",
        "",
        "Do the report's margins differ from ours? Both nets saw the same test images, but the report's answers image "
        "by image are not known. A test that takes them as independent is cautious, as shared difficult images make "
        "real differences smaller: "
        + "; ".join(
            f"seed {result['seed']}: {p_value(stats.chi2_contingency([reported.sum(axis=0), m.sum(axis=0)]).pvalue)}"
            for result, m in zip(results, ours, strict=True)
        )
        + ".",
        "",
        _right_and_wrong(reported, results, ours),
        "",
        f"Cell by cell: of the {len(cells)} cells off the diagonal {len(different)} differ beyond chance (each of the "
        f"report's counts against the sum of our {len(ours)} seeds, conditional binomial test, Holm, 0.05). "
        "The largest differences:",
        "",
        "| true | predicted | the report | ours, mean (smallest–largest) | p (Holm) |",
        "|---|---|---|---|---|",
        *(
            f"| {i} | {j} | {reported[i, j]} | {ours[:, i, j].mean():.1f} "
            f"({ours[:, i, j].min()}–{ours[:, i, j].max()}) | {p:.3f} |"
            for i, j, _, _, p in cells[:6]
        ),
    ]
    lines += _mcnemar(item, trials)
    picture = figures.confusion(reported, ours.mean(axis=0), different, len(ours))
    text = f"Confusion matrices on {n_test:,} test images"
    return lines, {"confusion.png": (picture, text)}


def compare_cells(reported, ours):
    """Off-diagonal cells, most different first: (true, predicted, report's count, sum of ours, p adjusted by Holm).

    Given that report and seeds have k + K errors of one kind in all, the report's k is binomial with 1/(n + 1) if both
    make it equally often.
    """
    cells = [(i, j) for i, j in np.ndindex(reported.shape) if i != j]
    counts = [(int(reported[cell]), int(ours[:, *cell].sum())) for cell in cells]
    pvalues = [stats.binomtest(k, k + s, 1 / (len(ours) + 1)).pvalue if k + s else 1.0 for k, s in counts]
    rows = zip(cells, counts, holm(pvalues), strict=True)
    return [(*cell, *count, float(p)) for _, (cell, count, p) in sorted(zip(pvalues, rows, strict=True))]


def _right_and_wrong(reported, results, ours):
    """McNemar's question, right or wrong, as far as it can be asked without the report's single answers."""
    n = reported.sum()
    theirs = int(n - np.trace(reported))
    wrong = [set(result["wrong"]) for result in results]
    counts = [int(n - np.trace(m)) for m in ours]
    mean = float(np.mean(counts))
    text = (
        f"Right or wrong: the report has {theirs} errors, ours {', '.join(map(str, counts))}. McNemar's test needs the "
        f"images on which the two disagree. With no shared error, χ² = "
        f"{_chi2(theirs, mean, 0):.2f}, {p_value(_p(theirs, mean, 0))}"
    )
    if len(wrong) > 1:
        shared = np.mean([len(a & b) / min(len(a), len(b)) for k, a in enumerate(wrong) for b in wrong[:k]])
        overlap = shared * min(theirs, mean)
        text += (
            f"; with the {100 * shared:.0f} % of shared errors that our own seeds have among each other, χ² = "
            f"{_chi2(theirs, mean, overlap):.2f}, {p_value(_p(theirs, mean, overlap))}"
        )
    return text + "."


def _chi2(a, b, overlap):
    discordant = a + b - 2 * overlap
    return (a - b) ** 2 / discordant if discordant else 0.0


def _p(a, b, overlap):
    return float(stats.chi2.sf(_chi2(a, b, overlap), 1))


def _mcnemar(item, trials):
    """McNemar's exact test between the item's first model and its second, seed by seed."""
    if len(item.models) < 2:
        return []
    one, two = ({result["seed"]: set(result["wrong"]) for result in trials[model]} for model in item.models[:2])
    tests = []
    for seed in sorted(one.keys() & two.keys()):
        only_one, only_two = len(one[seed] - two[seed]), len(two[seed] - one[seed])
        p = stats.binomtest(only_two, only_one + only_two).pvalue if only_one + only_two else 1.0
        tests.append(f"seed {seed}: {only_one} against {only_two}, {p_value(p)}")
    if not tests:
        return []
    first, second = (model.name for model in item.models[:2])
    return ["", f"Images that only {first} has wrong, against only {second} (McNemar, exact): {'; '.join(tests)}."]


def p_value(p):
    """A p-value for people."""
    return f"p = {p:.3f}" if p >= 0.001 else "p < 0.001"


SECTIONS = {
    "bottleneck": bottleneck,
    "confusion": confusion,
    "curves": curves,
    "equivalence": equivalence,
    "f1": f1,
    "head_curves": head_curves,
}

VERDICTS = {"bottleneck": _bottleneck_summary, "equivalence": _equivalence_summary}
