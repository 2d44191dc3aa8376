"""Calibration error and selective risk: against bins, thresholds and orders taken one by one."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from lineclf.metrics import head_augrc, head_ece, joint_augrc, joint_ece

HEADS = ("length", "angle")
LEVELS = [range(2), range(5)]
SCORES = [head_ece, head_augrc, joint_ece, joint_augrc]


@st.composite
def predictions(draw, max_n=40):
    n = draw(st.integers(1, max_n))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    probas = [rng.dirichlet(np.full(levels, 0.5), n).round(draw(st.sampled_from([1, 8]))) for levels in (2, 5)]
    probas = [proba / proba.sum(axis=1, keepdims=True) for proba in probas]
    return np.column_stack([rng.integers(0, p.shape[1], n) for p in probas]), probas, rng.uniform(0.1, 2, n)


def taken_apart(y, probas):
    """(confidence, hit) of each head, then of both together, in plain loops."""
    parts = []
    for true, proba in zip(y.T, probas, strict=True):
        said = [max(range(len(row)), key=lambda k, row=row: row[k]) for row in proba]
        parts.append((proba.max(axis=1), np.array([s == t for s, t in zip(said, true, strict=True)])))
    (c0, h0), (c1, h1) = parts
    return [*parts, (c0 * c1, h0 & h1)]


def ece_by_bins(confidence, hit, weight, n_bins):
    total = 0
    for b in range(n_bins):
        low, high = np.linspace(0, 1, n_bins + 1)[b : b + 2]
        inside = (confidence > low) & ((confidence <= high) | (b == n_bins - 1))
        if inside.any():
            share = weight[inside] / weight[inside].sum()
            total += weight[inside].sum() * abs(share @ hit[inside] - share @ confidence[inside])
    return total / weight.sum()


@given(predictions(), st.integers(1, 20))
def test_ece_is_the_sum_over_bins(case, n_bins):
    y, probas, weight = case
    expected = [ece_by_bins(*part, weight, n_bins) for part in taken_apart(y, probas)]
    options = {"heads": HEADS, "labels": LEVELS, "n_bins": n_bins, "sample_weight": weight}
    result = [*head_ece(y, probas, **options).values(), joint_ece(y, probas, **options)]
    assert result == pytest.approx(expected, abs=1e-12)


@given(predictions())
def test_augrc_follows_from_error_rate_and_auroc(case):
    y, probas, weight = case
    options = {"heads": HEADS, "labels": LEVELS, "sample_weight": weight}
    result = [*head_augrc(y, probas, **options).values(), joint_augrc(y, probas, **options)]
    for area, (confidence, hit) in zip(result, taken_apart(y, probas), strict=True):
        error = np.average(~hit, weights=weight)
        auroc = roc_auc_score(hit, confidence, sample_weight=weight) if 0 < hit.sum() < len(hit) else 0
        assert area == pytest.approx(error * (1 - error) * (1 - auroc) + error**2 / 2, abs=1e-12)
        assert error**2 / 2 - 1e-12 <= area <= error - error**2 / 2 + 1e-12


@given(predictions(max_n=6))
def test_augrc_is_the_mean_over_the_orders_of_ties_of_the_area_under_single_steps(case):
    y, probas, _ = case
    for head, (confidence, hit) in zip(HEADS, taken_apart(y, probas)[:2], strict=True):
        areas = []
        for order in map(list, itertools.permutations(range(len(hit)))):
            if (np.diff(confidence[order]) <= 0).all():
                risks = np.concatenate([[0], np.cumsum(~hit[order])]) / len(hit)
                areas.append((risks[:-1] + risks[1:]).sum() / 2 / len(hit))
        assert head_augrc(y, probas, heads=HEADS, labels=LEVELS)[head] == pytest.approx(np.mean(areas), abs=1e-12)


@given(predictions())
def test_augrc_knows_the_order_of_confidence_only(case):
    y, (proba, _), _ = case
    flatter = 0.5 + (proba - 0.5) / 4
    length = y[:, 0]
    expected = head_augrc(length, proba, heads="length", labels=[0, 1])["length"]
    assert head_augrc(length, flatter, heads="length", labels=[0, 1])["length"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("score", SCORES)
@given(case=predictions(), repeats=st.randoms())
def test_whole_weights_repeat_rows(score, case, repeats):
    y, probas, _ = case
    weight = np.array([repeats.randint(0, 2) for _ in y])
    weight[0] = 1
    rows = np.repeat(np.arange(len(y)), weight)
    options = {"heads": HEADS, "labels": LEVELS}
    repeated = score(y[rows], [proba[rows] for proba in probas], **options)
    assert score(y, probas, sample_weight=weight, **options) == pytest.approx(repeated, abs=1e-12)


@pytest.mark.parametrize("score", SCORES)
@given(case=predictions())
def test_order_of_rows_is_irrelevant_and_labels_may_have_names(score, case):
    y, probas, _ = case
    options = {"heads": HEADS, "labels": LEVELS}
    expected = score(y, probas, **options)
    assert score(y[::-1], [proba[::-1] for proba in probas], **options) == pytest.approx(expected, abs=1e-12)
    named = np.array(list("abcde"))
    labels = [named[:2], named]
    assert score(named[y], probas, heads=HEADS, labels=labels) == pytest.approx(expected, abs=1e-12)


def test_calibrated_predictions_have_no_error_and_sure_wrong_ones_the_most():
    rng = np.random.default_rng(0)
    proba = rng.dirichlet([1, 1, 1], 200_000)
    y = (proba.cumsum(axis=1) < rng.random((len(proba), 1))).sum(axis=1).clip(max=2)
    assert head_ece(y, proba, heads="angle")["angle"] < 0.005
    sure = np.eye(3)
    assert head_ece([0, 1, 2], sure, heads="angle") == head_augrc([0, 1, 2], sure, heads="angle") == {"angle": 0}
    assert head_ece([1, 2, 0], sure, heads="angle") == {"angle": 1}
    assert head_augrc([1, 2, 0], sure, heads="angle") == {"angle": 0.5}


def test_bins_are_closed_on_the_right():
    y, proba = [0, 1], [[0.5, 0.5], [0.6, 0.4]]
    apart, together = abs(1 - 0.5) / 2 + abs(0 - 0.6) / 2, abs(1 - 1.1) / 2
    assert head_ece(y, proba, heads="width", n_bins=2)["width"] == pytest.approx(apart)
    assert head_ece(y, proba, heads="width", n_bins=1)["width"] == pytest.approx(together)


@pytest.mark.parametrize("score", [head_ece, joint_ece])
@pytest.mark.parametrize("n_bins", [0, -1, 2.5, "15"])
def test_bins_are_counted(score, n_bins):
    with pytest.raises(ValueError, match="n_bins must be an integer ≥ 1; got"):
        score([0], [[1.0, 0.0]], heads="width", n_bins=n_bins)


@pytest.mark.parametrize("score", SCORES)
def test_what_does_not_fit_is_refused_as_by_the_proper_scores(score):
    with pytest.raises(ValueError, match="y_proba of head 'width' must hold probabilities"):
        score([0], [[1.0, 1.0]], heads="width")
    with pytest.raises(ValueError, match="heads must name each of the 1 columns"):
        score([0], [[1.0, 0.0]], heads=HEADS)
