"""The classifiers without a net."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.model_selection import cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from lineclf.baselines import (
    BayesClassifier,
    LabelPowersetClassifier,
    MomentsRuleClassifier,
    NearestClassifier,
    fft_magnitudes,
    fft_neighbor,
    logistic_regression,
    measure_lines,
    pixel_neighbor,
)
from lineclf.datasets import make_lines
from lineclf.metrics import bayes_accuracy
from lineclf.model_selection import get_track


@pytest.fixture(scope="module")
def lines():
    return make_lines(n_per_class=6, random_state=0)


def test_the_moments_rule_knows_every_clean_line_from_a_few():
    few = MomentsRuleClassifier().fit(*make_lines(n_per_class=1, random_state=0))
    X, y = make_lines(n_per_class=None, distinct=True, random_state=0)
    np.testing.assert_array_equal(few.predict(X), y)


@pytest.mark.parametrize("track", ["halves", "composition"])
def test_the_moments_rule_recombines(lines, track):
    X, y = lines
    assert cross_val_score(MomentsRuleClassifier(), X, y, cv=get_track(track)).min() == 1


@settings(max_examples=20)
@given(st.integers(8, 19), st.integers(1, 4), st.integers(0, 11))
def test_what_is_measured_is_what_was_drawn(length, width, step):
    options = {"lengths": [length], "widths": [width], "angles": [15 * step], "colors": ["green"]}
    X, _ = make_lines(4, antialias=True, random_state=0, **options)
    for values, truth, tolerance in zip(
        measure_lines(X),
        (length, width, (np.cos(np.pi * step / 6), np.sin(np.pi * step / 6)), (0, 1, 0)),
        (0.3, 0.8, 0.02, 0.5),  # a pixel that is partly covered widens the line a little
        strict=True,
    ):
        np.testing.assert_allclose(values, np.broadcast_to(truth, values.shape), atol=tolerance)


@given(st.integers(0, 11), st.integers(0, 11))
@settings(max_examples=10)
def test_fourier_magnitudes_are_blind_to_circular_shifts(down, across):
    X = np.random.default_rng(0).random((3, 12, 12, 3), dtype=np.float32)
    np.testing.assert_allclose(fft_magnitudes(np.roll(X, (down, across), (1, 2))), fft_magnitudes(X), atol=1e-4)


@pytest.mark.parametrize("make", [pixel_neighbor, fft_neighbor, logistic_regression])
def test_pipelines_take_images_as_rows_and_answer_with_four_columns(lines, make):
    X, y = lines
    rows = X.reshape(len(X), -1)
    predicted = make().fit(rows, y).predict(rows)
    assert predicted.shape == y.shape
    assert (predicted == y).mean() > 0.9  # it has seen them


def test_labels_of_another_shape_are_refused(lines):
    X, y = lines
    with pytest.raises(ValueError, match="y must have the four columns length, width, angle, color; got 1"):
        MomentsRuleClassifier().fit(X, y[:, 0])
    with pytest.raises(ValueError, match="y must label each of the 576 images; got 575"):
        MomentsRuleClassifier().fit(X, y[1:])


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_nearest_image_is_sklearns(noise):
    options = {"noise": noise, "dtype": "float32"}
    X, y = make_lines(n_per_class=4, random_state=0, **options)
    fresh, _ = make_lines(n_per_class=2, random_state=1, **options)
    X, fresh = X.reshape(len(X), -1), fresh.reshape(len(fresh), -1)
    theirs = KNeighborsClassifier(n_neighbors=1, algorithm="brute").fit(X, y)
    ours = NearestClassifier().fit(X, y)
    distances = np.linalg.norm(fresh[:, None] - X[None], axis=-1)
    alone = np.isclose(distances, distances.min(axis=1, keepdims=True)).sum(axis=1) == 1  # else either may be named
    assert alone.mean() > 0.3
    np.testing.assert_array_equal(ours.predict(fresh)[alone], theirs.predict(fresh)[alone])
    with pytest.raises(ValueError, match=r"y must have a row of labels for each of the 384 images; got shape \(384,\)"):
        NearestClassifier().fit(X, y[:, 0])
    for known, asked in ((np.uint8, float), (np.float32, np.uint8)):
        with pytest.raises(ValueError, match=f"X must be {np.dtype(known)} as in fit; got {np.dtype(asked)}"):
            NearestClassifier().fit(X.astype(known), y).predict(X.astype(asked))


def test_bayes_rule_scores_the_ceiling_and_its_probabilities_are_of_the_four_heads():
    X, y = make_lines(n_per_class=4, noise=0.7, dtype="float32", random_state=0)
    model = BayesClassifier(0.7).fit(X, y)
    ceiling = bayes_accuracy(0.7, n=960, random_state=1)["joint"]
    assert model.score(X, y) == pytest.approx(ceiling.accuracy, abs=0.08)
    proba = model.predict_proba(X.reshape(len(X), -1))
    assert [p.shape for p in proba] == [(384, len(levels)) for levels in model.classes_]
    for p in proba:
        np.testing.assert_allclose(p.sum(axis=1), 1)


@given(st.integers(0, 2**32 - 1), st.integers(2, 3))
@settings(max_examples=10)
def test_a_label_powerset_is_its_classifier_on_the_combinations(seed, n_labels):
    rng = np.random.default_rng(seed)
    X, y = rng.random((40, 3)), np.array(["a", "b", "c"])[rng.integers(0, n_labels, (40, 2))]
    names = np.array(["".join(row) for row in y])
    forest = RandomForestClassifier(5, random_state=0)
    powerset, plain = LabelPowersetClassifier(forest).fit(X, y), clone(forest).fit(X, names)
    assert ["".join(row) for row in powerset.predict(X)] == list(plain.predict(X))
    for column, (probabilities, labels) in enumerate(zip(powerset.predict_proba(X), powerset.classes_, strict=True)):
        for p, label in zip(probabilities.T, labels, strict=True):
            members = [name[column] == label for name in plain.classes_]
            np.testing.assert_allclose(p, plain.predict_proba(X)[:, members].sum(axis=1))


def test_a_label_powerset_has_the_probabilities_that_its_classifier_has():
    assert hasattr(LabelPowersetClassifier(RandomForestClassifier()), "predict_proba")
    assert not hasattr(LabelPowersetClassifier(RidgeClassifier()), "predict_proba")
    with pytest.raises(ValueError, match=r"y must have a column for each head; got shape \(3,\)"):
        LabelPowersetClassifier(RidgeClassifier()).fit(np.eye(3), [0, 1, 0])
