"""The section on confusion matrices, ours beside the report's: margins, accuracy and single cells."""

import numpy as np
from scipy import stats

from lineclf.metrics import holm, stuart_maxwell
from lineclf.reporting import markdown_table, p_text, p_value
from reproduction.figures import confusion_figure

_N_CELLS = 6  # shown


def confusion_section(item, trials, values):
    """Compare the confusion matrices of an item's first model with the report's."""
    results = trials[item.models[0]]
    reported = np.array(item.confusion)
    ours = np.array([next(iter(result["confusion"].values())) for result in results])
    if ours.sum(axis=2)[0].tolist() != reported.sum(axis=1).tolist():
        return ["The test set is another than the report's, so the confusion matrices are not compared."], {}
    names = [f"seed {result['seed']}" for result in results]
    cells = compare_cells(reported, ours)
    different = [(i, j) for i, j, *_, p in cells if p < 0.05]
    paragraphs = [
        _frequencies(dict(zip(["the report", *names], [reported, *ours], strict=True))),
        _margins(reported, dict(zip(names, ours, strict=True))),
        _right_and_wrong(reported, results, ours),
        f"Cell by cell: of the {len(cells)} cells off the diagonal {len(different)} differ beyond chance (each of the "
        f"report's counts against the sum of our {len(ours)} seeds, conditional binomial test, Holm, 0.05). "
        "The largest differences:",
        _cells_table(reported, ours, cells[:_N_CELLS]),
        *_mcnemar(item, trials),
    ]
    picture = confusion_figure(reported, ours.mean(axis=0), different, len(ours))
    return ["\n\n".join(paragraphs)], {
        "confusion.png": (picture, f"Confusion matrices on {reported.sum():,} test images")
    }


def _frequencies(matrices):
    tests = {name: stuart_maxwell(matrix) for name, matrix in matrices.items()}
    found = [f"{name}: χ² = {test.statistic:.1f}, {p_text(test.pvalue)}" for name, test in tests.items()]
    what = "Do the predicted frequencies of the digits differ from the true ones (Stuart–Maxwell)?"
    return f"{what} {'; '.join(found)}."


def _margins(reported, matrices):
    margins = {name: [reported.sum(axis=0), matrix.sum(axis=0)] for name, matrix in matrices.items()}
    found = [f"{name}: {p_text(stats.chi2_contingency(pair).pvalue)}" for name, pair in margins.items()]
    return (
        "Do the report's margins differ from ours? Both nets saw the same test images, but the report's answers image "
        "by image are not known. A test that takes them as independent is cautious, as shared difficult images make "
        f"real differences smaller: {'; '.join(found)}."
    )


def _right_and_wrong(reported, results, ours):
    """Ask McNemar's question, right or wrong, as far as it can be asked without the report's single answers."""
    n = reported.sum()
    theirs = int(n - np.trace(reported))
    wrong = [set(result["wrong"]) for result in results]
    counts = [int(n - np.trace(matrix)) for matrix in ours]
    mean = float(np.mean(counts))
    text = (
        f"Right or wrong: the report has {theirs} errors, ours {', '.join(map(str, counts))}. McNemar's test needs the "
        f"images on which the two disagree. With no shared error, {_chi2_text(theirs, mean, 0)}"
    )
    if len(wrong) > 1:
        shared = np.mean([len(a & b) / min(len(a), len(b)) for k, a in enumerate(wrong) for b in wrong[:k]])
        text += (
            f"; with the {100 * shared:.0f} % of shared errors that our own seeds have among each other, "
            f"{_chi2_text(theirs, mean, shared * min(theirs, mean))}"
        )
    return text + "."


def _chi2_text(a, b, overlap):
    discordant = a + b - 2 * overlap
    statistic = (a - b) ** 2 / discordant if discordant else 0.0
    return f"χ² = {statistic:.2f}, {p_text(float(stats.chi2.sf(statistic, 1)))}"


def compare_cells(reported, ours):
    """Compare every cell off the diagonal.

    Given that report and seeds have k + K errors of one kind in all, the report's k is binomial with 1/(n + 1) if both
    make it equally often.

    Parameters
    ----------
    reported : ndarray of int, shape (n_classes, n_classes)
    ours : ndarray of int, shape (n_seeds, n_classes, n_classes)

    Returns
    -------
    list of tuple
        The most different first: (true, predicted, report's count, sum of ours, p adjusted by Holm).
    """
    cells = [(i, j) for i, j in np.ndindex(reported.shape) if i != j]
    counts = [(int(reported[cell]), int(ours[:, *cell].sum())) for cell in cells]
    pvalues = [stats.binomtest(k, k + s, 1 / (len(ours) + 1)).pvalue if k + s else 1.0 for k, s in counts]
    rows = zip(cells, counts, holm(pvalues), strict=True)
    return [(*cell, *count, float(p)) for _, (cell, count, p) in sorted(zip(pvalues, rows, strict=True))]


def _cells_table(reported, ours, cells):
    rows = [["true", "predicted", "the report", "ours, mean (smallest–largest)", "p (Holm)"]]
    for i, j, *_, p in cells:
        here = ours[:, i, j]
        rows.append([i, j, reported[i, j], f"{here.mean():.1f} ({here.min()}–{here.max()})", p_value(p)])
    return markdown_table(rows)


def _mcnemar(item, trials):
    """Tell McNemar's exact test between an item's first model and its second, seed by seed, where both have run."""
    if len(item.models) < 2:
        return []
    first, second = item.models[:2]
    one, two = ({result["seed"]: set(result["wrong"]) for result in trials[model]} for model in (first, second))
    tests = []
    for seed in sorted(one.keys() & two.keys()):
        only_one, only_two = len(one[seed] - two[seed]), len(two[seed] - one[seed])
        p = stats.binomtest(only_two, only_one + only_two).pvalue if only_one + only_two else 1.0
        tests.append(f"seed {seed}: {only_one} against {only_two}, {p_text(p)}")
    what = f"Images that only {first.name} has wrong, against only {second.name} (McNemar, exact)"
    return [f"{what}: {'; '.join(tests)}."] if tests else []
