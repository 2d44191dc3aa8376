"""Symmetries that are found in data, with estimators that fit in milliseconds."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone, is_classifier
from sklearn.neighbors import KNeighborsClassifier
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import get_tags

from lineclf import CompactCNNClassifier, SymmetryClassifier
from lineclf.baselines import NearestClassifier
from lineclf.datasets import fetch_mnist, make_lines
from lineclf.estimators._symmetry import _weights
from lineclf.model_selection import get_track

WORLD = {"image_size": 10, "lengths": (3, 6), "widths": (1, 2), "angles": (0, 45, 90, 135), "antialias": True}
NEIGHBOR = KNeighborsClassifier(1)


@pytest.fixture(scope="module")
def every():
    """Every distinct image of a small world, with labels and centres."""
    return make_lines(None, **WORLD, distinct=True, return_positions=True)


@pytest.fixture(scope="module")
def fitted(every):
    X, y, _ = every
    return SymmetryClassifier(NEIGHBOR, random_state=0).fit(X, y)


def test_the_ways_to_lay_a_square_and_two_swapped_channels_are_found(fitted, every):
    X, y, _ = every
    known = {image.tobytes(): labels for image, labels in zip(X, y, strict=True)}
    found = {each.name: each for each in fitted.symmetries_ if ", " not in each.name}
    ways = {"turned by 90°", "turned by 180°", "turned by 270°", "mirrored", "mirrored and turned by 90°"}
    assert ways | {"channels 2 1 0"} <= found.keys()
    for each in fitted.symmetries_:
        if each.channels not in [(0, 1, 2), (2, 1, 0)]:
            continue  # lines of other colours than the world's, whose labels nobody knows
        changed = each.images(X)
        same = [image.tobytes() in known for image in changed]
        assert np.mean(same) > 0.5  # centres have another grid where sides are even
        truth = np.array([known[image.tobytes()] for image in changed[same]])
        said = np.column_stack([become[column] for become, column in zip(each.levels, y[same].T, strict=True)])
        np.testing.assert_array_equal(said, truth)


def test_it_recombines_what_it_never_saw_together(every):
    X, y, centres = every
    train, test = next(get_track("color-composition", random_state=0).split(X, y, centres))
    plain = clone(NEIGHBOR).fit(X[train].reshape(len(train), -1), y[train])
    assert (plain.predict(X[test].reshape(len(test), -1)) == y[test]).all(axis=1).mean() < 0.1
    assert SymmetryClassifier(NEIGHBOR, random_state=0).fit(X[train], y[train]).score(X[test], y[test]) > 0.95


def test_labels_that_hang_on_nothing_have_no_symmetry(every):
    X, _, _ = every
    y = np.random.default_rng(0).integers(3, size=len(X))
    clf = SymmetryClassifier(DecisionTreeClassifier(), random_state=0).fit(X, y)
    assert len(clf.tried_) == 7 + 5
    assert [each.name for each in clf.symmetries_] == ["as it is"]
    assert clf.estimator_ is clf.first_
    np.testing.assert_array_equal(clf.predict(X), y)


def test_handwritten_digits_have_none():
    X, y = fetch_mnist(subset="small", return_X_y=True)
    clf = SymmetryClassifier(NEIGHBOR, random_state=0).fit(X[::2], y[::2])
    assert len(clf.tried_) == 7
    assert max(each.agreement for each in clf.tried_) < 0.3
    assert len(clf.symmetries_) == 1


def test_copies_say_how_often_an_image_is_trained_on(every):
    X, y = (each[::4] for each in every[:2])
    sizes = {}

    class Counting(KNeighborsClassifier):
        def fit(self, X, y):
            sizes.setdefault(copies, []).append(len(X))
            return super().fit(X, y)

    for copies in (1, 3, 100):
        clf = SymmetryClassifier(Counting(1), copies=copies, rounds=1, random_state=0).fit(X, y)
    assert sizes == {n: [len(X), min(n, len(clf.symmetries_)) * len(X)] for n in (1, 3, 100)}
    sizes.clear()
    for copies in (2, 3):  # searches train on two: of so many, nothing is trained once more
        SymmetryClassifier(Counting(1), copies=copies, random_state=0).fit(X, y)
    assert set(sizes[2][1:]) == {2 * len(X)}
    assert sizes[3] == [*sizes[2], 3 * len(X)]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**31 - 1))
def test_weights_make_heads_independent(seed):
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(12)).reshape(3, 4)
    levels = np.array([(i, j) for i in range(3) for j in range(4) for _ in range(1 + int(500 * shares[i, j]))])
    tables = []
    for weights in (np.ones(len(levels)), _weights(levels, 10), _weights(levels, 0)):
        assert weights.mean() == pytest.approx(1)
        table = np.zeros((3, 4))
        np.add.at(table, tuple(levels.T), weights / len(levels))
        tables.append(np.abs(table - table.sum(axis=1, keepdims=True) * table.sum(axis=0)).max())
    assert tables[2] < 1e-12
    assert tables[1] <= tables[0]


@pytest.mark.parametrize("decorrelate", [True, False])
def test_weights_reach_who_takes_them(every, decorrelate):
    X, y = (each[::4] for each in every[:2])
    weights = []

    class Weighed(DecisionTreeClassifier):
        def fit(self, X, y, sample_weight=None):
            weights.append(sample_weight)
            return super().fit(X, y, sample_weight)

    rare = y[:, 3] == (y[:, 2] < 2)
    rows = np.concatenate([np.flatnonzero(~rare), np.flatnonzero(rare)[:3]])
    SymmetryClassifier(Weighed(), decorrelate=decorrelate, rounds=1, random_state=0).fit(X[rows], y[rows])
    if decorrelate:
        assert weights[0][-3:].min() > weights[0][:-3].mean() + 0.5
    else:
        assert weights[0] is None


def test_answers_are_means_over_symmetries(fitted, every):
    X, y, _ = every
    probabilities = fitted.predict_proba(X[:50])
    assert [each.shape for each in probabilities] == [(50, 2), (50, 2), (50, 4), (50, 2)]
    for table, classes in zip(probabilities, fitted.classes_, strict=True):
        np.testing.assert_allclose(table.sum(axis=1), 1)
        assert len(classes) == table.shape[1]
    labels, same = fitted.predict_with_proba(X[:50])
    np.testing.assert_array_equal(np.hstack(same), np.hstack(probabilities))
    np.testing.assert_array_equal(labels, fitted.predict(X[:50]))
    for each in fitted.symmetries_[:8]:  # an image and what a symmetry makes of it have the same answers
        moved = fitted.predict_proba(each.images(X[:50]))
        for table, other, become in zip(probabilities, moved, each.levels, strict=True):
            np.testing.assert_allclose(other[:, become], table)
    alone = clone(fitted).set_params(average=False, rounds=1).fit(X[::4], y[::4]).predict_proba(X[:50])
    assert set(np.unique(np.hstack(alone))) == {0.0, 1.0}  # of one neighbour


@pytest.mark.parametrize("estimator", [NEIGHBOR, NearestClassifier()], ids=["probabilities", "none"])
def test_any_labels_come_out_as_they_went_in(every, estimator):
    X, y, _ = every
    X, y = X[::3], np.array(["flat", "rising", "steep", "falling"])[y[::3, 2]]
    clf = SymmetryClassifier(estimator, random_state=0)
    assert is_classifier(clf)
    assert get_tags(clf).target_tags.multi_output
    assert hasattr(clf, "predict_proba") == hasattr(estimator, "predict_proba")
    clf.fit(X.reshape(len(X), -1), pd.Series(y))
    assert clf.classes_.tolist() == ["falling", "flat", "rising", "steep"]
    assert clf.score(X, y) > 0.9
    assert clf.n_features_in_ == 300
    again = clone(clf).fit(X, y)
    np.testing.assert_array_equal(again.predict(X), clf.predict(X))


def test_a_net_takes_images_and_heads_keep_their_kinds(every):
    X, y = (each[::16] for each in every[:2])
    net = CompactCNNClassifier(combine=False, filters=2, depth=1, epochs=1)
    clf = SymmetryClassifier(net, agreement=0.0, rounds=1, random_state=0).fit(
        X, pd.DataFrame({"a": y[:, 2], "b": y[:, 3] > 0})
    )
    assert clf.predict(X[:3]).shape == (3, 2)
    assert clf.estimator_.random_state == clf.first_.random_state
    assert isinstance(SymmetryClassifier()._given(), CompactCNNClassifier)


@pytest.mark.parametrize(
    ("illegal", "words"),
    [
        ({"copies": 0}, "'copies' parameter of SymmetryClassifier must be an int in the range"),
        ({"rounds": 0}, "'rounds' parameter of SymmetryClassifier must be an int in the range"),
        ({"decorrelate": 0.5}, "'decorrelate' parameter of SymmetryClassifier must be"),
        ({"agreement": 1.5}, "'agreement' parameter of SymmetryClassifier must be a float in the range"),
        ({"estimator": 3}, "'estimator' parameter of SymmetryClassifier must be"),
    ],
)
def test_illegal_settings_are_told(every, illegal, words):
    with pytest.raises(ValueError, match=words):
        SymmetryClassifier(**{"estimator": NEIGHBOR, **illegal}).fit(*every[:2])


def test_images_of_another_shape_are_refused(fitted):
    with pytest.raises(ValueError, match=r"X must hold images of shape \(10, 10, 3\), as in fit; got \(9, 9, 3\)"):
        fitted.predict(np.zeros((2, 9, 9, 3)))
