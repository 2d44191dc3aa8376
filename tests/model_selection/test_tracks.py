"""The contract that every track keeps, and the registry."""

import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.model_selection import GridSearchCV, check_cv, cross_validate
from sklearn.tree import DecisionTreeClassifier

from lineclf.metrics import head_accuracy_scores, head_scorers
from lineclf.model_selection import TRACKS, get_track

FIXED = ["halves", "angles", "extrapolation", "color-shift"]  # neither a seed nor a number of splits to choose
SEEDED = [name for name in TRACKS if name not in (*FIXED, "range")]
FOLDS = ["position", "composition", "color-composition", "range", "few-shot"]
#: Share of the images that each split tests, where it is not a quarter.
SHARES = {"halves": [0.5] * 4, "angles": [0.5] * 2, "extrapolation": [1 / 3, 1 / 3, 5 / 9], "color-shift": [1 / 3]}
#: Columns of each split whose tested levels are new by design; no other track has any.
NEW = {"angles": [{2}, {2}], "extrapolation": [{0}, {1}, {0, 1}], "color-shift": [{3}]}


def same(splits, others):
    splits, others = list(splits), list(others)
    return len(splits) == len(others) and all(
        np.array_equal(a, b) for pair in zip(splits, others, strict=True) for a, b in zip(*pair, strict=True)
    )


@pytest.mark.parametrize("given_positions", [True, False])
@pytest.mark.parametrize("name", TRACKS)
def test_sides_are_disjoint_and_every_level_is_trained_that_is_not_new_by_design(name, given_positions, data_for):
    X, y, positions = data_for(name)
    track = get_track(name, random_state=0)
    splits = list(track.split(X, y, groups=positions if given_positions else None))
    assert len(splits) == track.get_n_splits(X, y) > 0
    for number, (train, test) in enumerate(splits):
        assert len(np.intersect1d(train, test)) == 0
        for rows in (train, test):
            assert rows.dtype == np.int64
            assert (np.diff(rows) > 0).all()
            assert rows[0] >= 0
            assert rows[-1] < len(X)
        new = NEW[name][number] if name in NEW else set()
        for column in range(4):
            if column not in new:
                assert set(y[test, column]) <= set(y[train, column])
            elif len(new) == 1:
                assert not set(y[test, column]) & set(y[train, column])
        used = len(X) if name == "few-shot" else len(train) + len(test)
        assert len(test) / used == pytest.approx(SHARES[name][number] if name in SHARES else 0.25, abs=0.03)


@pytest.mark.parametrize("name", [*FOLDS, "angles"])
def test_folds_test_every_image_once(name, data_for):
    X, y, positions = data_for(name)
    tested = [test for _, test in get_track(name, random_state=1).split(X, y, positions)]
    np.testing.assert_array_equal(np.sort(np.concatenate(tested)), np.arange(len(X)))


@pytest.mark.parametrize("name", TRACKS)
def test_random_state_decides(name, data_for):
    X, y, positions = data_for(name)
    track = get_track(name, random_state=3)
    once = list(track.split(X, y, positions))
    assert same(once, track.split(X, y, positions))
    assert same(once, pickle.loads(pickle.dumps(clone(track, safe=False))).split(X, y, positions))
    assert same(once, get_track(name, random_state=4).split(X, y, positions)) == (name not in SEEDED)


@st.composite
def worlds(draw):
    """Every class at several centres on both sides of the middle, in any order: distinct images, levels, positions."""
    shape = draw(st.tuples(st.integers(3, 4), st.integers(3, 4), st.integers(4, 6), st.integers(2, 3)))
    places = [(1, 1), (1, 6), (6, 1), (6, 6), *draw(st.lists(st.tuples(*[st.integers(1, 6)] * 2), max_size=3))]
    levels = np.array(list(np.ndindex(*shape)))
    y, positions = np.repeat(levels, len(places), axis=0), np.tile(places, (len(levels), 1))
    order = np.random.default_rng(draw(st.integers(0, 2**32))).permutation(len(y))
    return np.arange(64 * len(y)).reshape(-1, 8, 8), y[order], positions[order]


@pytest.mark.parametrize("name", TRACKS)
@settings(max_examples=30)
@given(worlds(), st.integers(0, 2**31))
def test_any_complete_world_is_split_as_promised(name, world, seed):
    X, y, positions = world
    assume(name != "color-shift" or y[:, 3].max() > 1)
    splits = list(get_track(name, random_state=seed).split(X, y, positions))
    assert same(splits, get_track(name, random_state=seed).split(X, y, positions))
    for number, (train, test) in enumerate(splits):
        assert len(train) > 0 < len(test)
        both = np.concatenate([train, test])
        assert len(np.unique(both)) == len(both)
        if name != "few-shot":  # each image is on one side; no image repeats here, nor lies in the middle
            assert len(both) == len(X)
        for column in {0, 1, 2, 3} - (NEW[name][number] if name in NEW else set()):
            assert set(y[test, column]) <= set(y[train, column])
    if name in (*FOLDS, "angles"):
        tested = np.sort(np.concatenate([test for _, test in splits]))
        np.testing.assert_array_equal(tested, np.arange(len(X)))


@pytest.mark.parametrize("name", ["replica", "distinct"])
def test_repeats_differ(name, lines):
    X, y, _ = lines
    first, second = get_track(name, n_splits=2, random_state=0).split(X, y)
    assert not np.array_equal(first[1], second[1])


@pytest.mark.parametrize("name", TRACKS)
def test_form_of_images_and_labels_is_irrelevant(name, data_for):
    X, y, _ = data_for(name)
    track = get_track(name, random_state=0)
    expected = list(track.split(X, y))
    words = np.char.add("level", np.char.zfill(y.astype(str), 2))
    for images in (X.reshape(len(X), -1), (X / 255).astype(np.float32), np.asfortranarray(X)):
        assert same(expected, track.split(images, y))
    for labels in (words, pd.DataFrame(y), y.tolist(), pd.DataFrame({i: [y, words][i % 2][:, i] for i in range(4)})):
        assert same(expected, track.split(X, labels))


@pytest.mark.parametrize("name", TRACKS)
def test_serves_cross_validate_on_images_alone(name, data_for):
    X, y, _ = data_for(name)
    tree = DecisionTreeClassifier(max_depth=2, max_features=50, random_state=0)  # of 2,352
    cv = get_track(name, random_state=0)
    assert check_cv(cv) is cv
    scores = cross_validate(tree, X.reshape(len(X), -1), y, cv=cv, scoring=head_scorers(), error_score="raise")
    assert len(scores["test_joint"]) == cv.get_n_splits()
    for fold, (train, test) in enumerate(cv.split(X, y)):
        y_pred = tree.fit(X[train].reshape(len(train), -1), y[train]).predict(X[test].reshape(len(test), -1))
        expected = head_accuracy_scores(y[test], y_pred)
        assert {head: scores[f"test_{head}"][fold] for head in expected} == expected


@pytest.mark.parametrize("name", TRACKS)
def test_positions_reach_the_track_with_and_without_metadata_routing(name, data_for):
    X, y, positions = data_for(name)
    flat, other = X.reshape(len(X), -1), positions[::-1]  # other positions than the pixels': ignored ones would show
    cv = get_track(name, random_state=0)
    expected = list(cv.split(flat, y, other))
    dummy = DummyClassifier()
    options = {"cv": cv, "return_indices": True, "scoring": head_scorers()}
    plain = cross_validate(dummy, flat, y, groups=other, **options)
    with sklearn.config_context(enable_metadata_routing=True):
        routed = cross_validate(dummy, flat, y, params={"groups": other}, **options)
    for result in (plain, routed):
        assert same(expected, zip(result["indices"]["train"], result["indices"]["test"], strict=True))


def test_serves_a_grid_search(lines):
    X, y, positions = lines
    search = GridSearchCV(
        DecisionTreeClassifier(random_state=0),
        {"max_depth": [1, 3]},
        cv=get_track("halves", direction="left-right"),
        scoring=head_scorers(),
        refit="color",
    ).fit(X.reshape(len(X), -1), y, groups=positions)
    assert search.n_splits_ == 1


@pytest.mark.parametrize("name", TRACKS)
def test_input_that_does_not_fit_is_refused(name, data_for):
    X, y, positions = data_for(name)
    track = get_track(name)
    for bad in (None, [], np.zeros((len(X), 2, 2)), np.where(y == 0, np.nan, y)):
        with pytest.raises(ValueError, match=r"^y must|^column 0 of y must|inconsistent numbers of samples"):
            next(track.split(X, bad, positions))
    with pytest.raises(ValueError, match="X must be given"):
        next(track.split(None, y, positions))
    for shorter in ((X[1:], y, positions), (X, y[1:], positions), (X, y, positions[1:])):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            next(track.split(*shorter))


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        *[
            (name, {"n_splits": bad}, "n_splits must be an integer")
            for name in (*SEEDED, "range")
            for bad in (0, 2.0, True)
        ],
        *[(name, {"n_splits": 1}, "≥ [24]; got 1") for name in FOLDS],
        ("composition", {"n_splits": 5}, "n_splits must be an integer from 2 to 4; got 5"),
        ("position", {"n_splits": 10**6}, "n_splits must be at most the number of centre positions"),
        *[
            (name, {"test_size": bad}, "test_size must be a number between 0 and 1")
            for name in ("replica", "distinct", "extrapolation")
            for bad in (0, 1, 250, -0.1, np.nan)
        ],
        ("halves", {"direction": "left"}, "direction must be 'all', 'left-right', .*; got 'left'"),
        ("angles", {"held_out": "third"}, "held_out must be 'all', 'odd', 'even'; got 'third'"),
        ("extrapolation", {"factor": "angle"}, "factor must be 'all', 'length', 'width', 'both'; got 'angle'"),
        ("color-shift", {"n_trained": 0}, "n_trained must be an integer ≥ 1; got 0"),
        ("color-shift", {"n_trained": 9}, "y must have a color beyond the n_trained=9 first; it has"),
        ("range", {"n_splits": 5}, "n_splits must be even, for two ranges of one factor; got 5"),
        ("range", {"n_splits": 26}, "y must have at least 13 levels of angle.*n_splits=26; got 12"),
        *[
            ("range", {"factors": bad}, "factors must be two different ones of length, width, angle, color; got")
            for bad in ("length", ("length",), ("length", "length"), ("length", "colour"), ("length", "width", "angle"))
        ],
        *[("few-shot", {"n_images": bad}, "n_images must be an integer") for bad in (0, 1.0, True)],
        ("few-shot", {"per_class": 1}, "per_class must be True or False; got 1"),
        ("few-shot", {"n_images": 40}, "a class has .* at the positions trained, and n_images asks for 40"),
        ("few-shot", {"n_images": 10**6, "per_class": False}, "there are .* at the positions trained"),
        ("few-shot", {"n_images": 11, "per_class": False}, "n_images must be at least 12 .*; got 11"),
    ],
)
def test_illegal_parameters_are_refused(name, params, message, data_for):
    track = get_track(name, **params)
    with pytest.raises(ValueError, match=message):
        next(track.split(*data_for(name)))


@pytest.mark.parametrize("name", TRACKS)
def test_a_level_that_would_be_tested_unseen_is_refused(name, data_for):
    X, y, positions = data_for(name)
    y = y.copy()
    rare = next(get_track(name, random_state=0).split(X, y, positions))[1][0]
    y[rare, 2 if name == "color-shift" else 3] = (
        99  # one image only has this label; the random tracks train on it, the others cannot
    )
    track = get_track(name, random_state=0)
    if name in ("replica", "distinct"):
        assert rare in next(track.split(X, y, positions))[0]
    else:
        with pytest.raises(ValueError, match="y has too few"):
            list(track.split(X, y, positions))


@pytest.mark.parametrize(
    ("name", "params", "message"),
    [
        ("compositon", {}, "track must be one of replica, .*Did you mean 'composition'"),
        ("colour-composition", {}, "Did you mean 'color-composition'"),
        ("zzz", {}, "got 'zzz'.$"),
        ("halves", {"directoin": "all"}, "track 'halves' has the parameters direction; .*Did you mean 'direction'"),
    ],
)
def test_unknown_names_are_refused_with_advice(name, params, message):
    with pytest.raises(ValueError, match=message):
        get_track(name, **params)
