"""Precision, recall, F1 and confusion matrices of each head."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.metrics import confusion_matrices, head_accuracy_scores, head_report


@st.composite
def targets(draw):
    n, k = draw(st.integers(1, 40)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    return rng.integers(0, 4, (n, k)), rng.integers(0, 4, (n, k)), rng.uniform(0.1, 2, n)


def macro_by_counting(true, pred, weight):
    scores = []
    for level in set(true) | set(pred):
        hit, said, is_so = (weight[m].sum() for m in ((true == level) & (pred == level), pred == level, true == level))
        precision, recall = hit / said if said else 0, hit / is_so if is_so else 0
        scores.append((precision, recall, 2 * precision * recall / (precision + recall) if hit else 0))
    return np.mean(scores, axis=0)


@given(targets())
def test_report_agrees_with_counting(case):
    y_true, y_pred, weight = case
    heads = [f"h{i}" for i in range(y_true.shape[1])]
    report = head_report(y_true, y_pred, heads=heads, sample_weight=weight)
    accuracy = head_accuracy_scores(y_true, y_pred, heads=heads, sample_weight=weight)
    for i, (head, scores) in enumerate(report.items()):
        assert list(scores) == ["accuracy", "precision", "recall", "f1"]
        np.testing.assert_allclose(
            list(scores.values()), [accuracy[head], *macro_by_counting(y_true[:, i], y_pred[:, i], weight)]
        )


@given(targets())
def test_confusion_matrix_counts_pairs(case):
    y_true, y_pred, weight = case
    heads = [f"h{i}" for i in range(y_true.shape[1])]
    matrices = confusion_matrices(y_true, y_pred, heads=heads, labels=[range(4)] * len(heads), sample_weight=weight)
    for i, head in enumerate(heads):
        expected = np.zeros((4, 4))
        np.add.at(expected, (y_true[:, i], y_pred[:, i]), weight)
        np.testing.assert_allclose(matrices[head], expected)


def test_confusion_matrix_without_labels_sorts_those_that_occur():
    matrix = confusion_matrices(["red", "blue"], ["red", "green"], heads=["color"])["color"]
    assert matrix.tolist() == [[0, 1, 0], [0, 0, 0], [0, 0, 1]]  # blue, green, red


@pytest.mark.parametrize(("normalize", "axis"), [("true", 1), ("pred", 0), ("all", None)])
def test_normalized_matrices_sum_to_one(normalize, axis):
    y = np.random.default_rng(0).integers(0, 3, (2, 200))
    matrix = confusion_matrices(*y, heads=["angle"], normalize=normalize)["angle"]
    np.testing.assert_allclose(matrix.sum(axis=axis), 1)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"labels": [[0, 1], [0, 1]]}, "labels must list the labels of each of the 1 heads; got 2"),
        ({"labels": [[0]]}, r"labels of head 'h' must hold every label that occurs; \[1\] are missing"),
        ({"normalize": "row"}, "normalize must be None, 'true', 'pred' or 'all'; got 'row'"),
        ({"heads": ["h", "i"]}, "heads must name each of the 1 columns"),
    ],
)
def test_bad_options_are_refused(options, message):
    with pytest.raises(ValueError, match=message):
        confusion_matrices([0, 1], [1, 1], **{"heads": ["h"], **options})


@pytest.mark.parametrize("score", [head_report, head_accuracy_scores, confusion_matrices])
def test_heads_are_named_as_the_target_names_them(score):
    y = pd.DataFrame({"shape": ["round", "long"], "size": [1, 2]})
    table = y.to_numpy()
    assert list(score(y, table)) == list(score(table, y)) == ["shape", "size"]
    assert list(score(y, y, heads=["a", "b"])) == ["a", "b"]
    assert list(score(table, table)) == ["head_0", "head_1"]
    assert list(score(y["size"], y["size"])) == ["class"]
    with pytest.raises(ValueError, match="y_true and y_pred must have the same columns in the same order"):
        score(y, y[["size", "shape"]])
    with pytest.raises(ValueError, match="heads must be in the order of y's columns"):
        score(y, table, heads=["size", "shape"])
