"""The leakage audit against comparison of raw bytes."""

import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from lineclf.model_selection import audit_split


@st.composite
def two_sides(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = draw(st.sampled_from([np.uint8, np.int64, np.float32, np.float64, bool]))
    sides = []
    for _ in range(2):
        n = draw(st.integers(1, 25))
        sides += [rng.integers(0, 2, (n, 2, 2, 1)).astype(dtype), rng.integers(0, 3, (n, 2))]
    return sides


@given(two_sides())
def test_agrees_with_comparing_every_image_with_every_other(sides):
    X_train, y_train, X_test, y_test = sides
    train, test = ([row.tobytes() for row in X] for X in (X_train, X_test))
    labels = {}
    for image, label in zip(train + test, [*map(tuple, y_train), *map(tuple, y_test)], strict=True):
        labels.setdefault(image, set()).add(label)
    audit = audit_split(*sides)
    assert audit.n_leaked == sum(image in train for image in test)
    assert audit.leak == pytest.approx(audit.n_leaked / len(test))
    assert audit.leaked_rows.tolist() == [row for row, image in enumerate(test) if image in train]
    assert audit.leaked_from.tolist() == [train.index(image) for image in test if image in train]
    assert audit.label_conflicts == len(audit.conflicts) == sum(len(each) > 1 for each in labels.values())
    assert (audit.n_train, audit.n_test) == (len(train), len(test))
    assert (audit.n_distinct_train, audit.n_distinct_test) == (len(set(train)), len(set(test)))


@given(two_sides())
def test_memory_layout_is_irrelevant(sides):
    X_train, y_train, X_test, y_test = sides
    expected = audit_split(*sides)
    assert audit_split(X_train.reshape(len(X_train), -1), y_train, X_test, y_test) == expected
    assert audit_split(np.asfortranarray(X_train), y_train.astype(str), X_test, y_test.astype(str)) == expected
    wide = np.repeat(X_test, 2, axis=0)[::2]
    assert audit_split(X_train, y_train, wide, y_test) == expected


def test_negative_zero_is_zero():
    zeros = np.zeros((1, 2, 2), np.float32)
    assert audit_split(zeros, [0], -zeros, [0]).leak == 1


def test_numbers_that_differ_in_the_last_bit_differ():
    ones = np.ones((1, 2, 2), np.float32)
    assert audit_split(ones, [0], np.nextafter(ones, np.float32(2)), [0]).leak == 0


@pytest.mark.parametrize(
    ("sides", "message"),
    [
        (
            (np.zeros((2, 4), np.uint8), [0, 1], np.zeros((2, 4), np.float32), [0, 1]),
            "X_train and X_test must have the same dtype.*4 of uint8 and 4 of float32",
        ),
        ((np.zeros((2, 4)), [0, 1], np.zeros((2, 5)), [0, 1]), "same dtype and number of values"),
        ((np.zeros((2, 4)), [0], np.zeros((2, 4)), [0, 1]), "y_train must label each of the 2 images"),
        ((np.zeros((2, 4)), [0, 1], np.zeros((2, 4)), 0), "y_test must have one or two dimensions"),
        (
            (np.zeros((2, 4)), [0, 1], np.zeros((2, 4)), [[0, 0], [1, 1]]),
            "y_train and y_test must have the same heads; got 1 and 2",
        ),
        ((np.zeros((0, 4)), [], np.zeros((2, 4)), [0, 1]), "X_train must be a non-empty array"),
        ((np.zeros((2, 4)), [0, 1], np.array(["a", "b"]), [0, 1]), "X_test must be a non-empty array"),
    ],
)
def test_sides_that_do_not_fit_are_refused(sides, message):
    with pytest.raises(ValueError, match=message):
        audit_split(*sides)


def test_the_reports_size_takes_seconds(report):
    X, y, _ = report
    start = time.process_time()
    audit = audit_split(X[:72000], y[:72000], X[72000:], y[72000:])
    assert time.process_time() - start < 10
    assert audit.n_test == 24000


def nearest_by_hand(X_train, X_test):
    train, test = (X.reshape(len(X), -1).astype(np.float64) for X in (X_train, X_test))
    squares = ((test[:, None] - train) ** 2).sum(axis=2)
    return np.sqrt(squares.min(axis=1)), squares.argmin(axis=1)


@given(two_sides(), st.sampled_from([1, 50, 250]))
def test_distances_are_those_of_every_pair(sides, scale):
    X_train, y_train, X_test, y_test = sides
    if X_train.dtype != bool:  # the same few images, further apart
        X_train, X_test = ((X * scale).astype(X.dtype) for X in (X_train, X_test))
    audit = audit_split(X_train, y_train, X_test, y_test, distances=True)
    expected, rows = nearest_by_hand(X_train, X_test)
    np.testing.assert_array_equal(audit.distances, expected)  # of whole numbers: exact
    np.testing.assert_array_equal(audit.nearest_rows, rows)  # the first where several are as near
    np.testing.assert_array_equal(audit.distance_rows, np.arange(len(X_test)))
    assert audit.smallest_distance == expected.min()
    assert (audit.distances == 0).sum() == audit.n_leaked
    assert audit.near_pairs == [
        (row, rows[row], expected[row]) for row in np.argsort(expected, kind="stable") if expected[row] > 0
    ]
    assert audit == audit_split(X_train, y_train, X_test, y_test)


@given(
    st.integers(0, 2**32), st.sampled_from(["uint8", "float32", "float64"]), st.sampled_from([0, 1e4]), st.booleans()
)
def test_near_duplicates_are_found_where_float32_cannot_tell_them(seed, dtype, offset, copied):
    rng = np.random.default_rng(seed)
    X_train = rng.integers(0, 256, (40, 7, 7, 3)) + (0 if dtype == "uint8" else offset)
    X_test = X_train[rng.permutation(40)[:20]] if copied else rng.integers(0, 256, (20, 7, 7, 3))
    X_train, X_test = X_train.astype(dtype), X_test.astype(dtype)
    X_test[:, 3, 3, 1] = np.where(X_test[:, 3, 3, 1] > 100, X_test[:, 3, 3, 1] - 1, X_test[:, 3, 3, 1] + 1)
    audit = audit_split(X_train, np.zeros(40), X_test, np.zeros(20), distances=True)
    expected, rows = nearest_by_hand(X_train, X_test)
    np.testing.assert_allclose(audit.distances, expected, rtol=1e-12)
    np.testing.assert_array_equal(audit.nearest_rows, rows)
    if copied:
        np.testing.assert_array_equal(audit.distances, 1)


def test_more_images_than_a_block_agree_with_scikit_learn():
    rng = np.random.default_rng(0)
    X_train, X_test = rng.normal(size=(5000, 30)), rng.normal(size=(2500, 30))
    audit = audit_split(X_train, np.zeros(5000), X_test, np.zeros(2500), distances=True, max_distances=None)
    distances, rows = NearestNeighbors(n_neighbors=1, algorithm="kd_tree").fit(X_train).kneighbors(X_test)
    np.testing.assert_allclose(audit.distances, distances[:, 0], rtol=1e-12)
    np.testing.assert_array_equal(audit.nearest_rows, rows[:, 0])


def test_a_sample_is_measured_where_there_are_many():
    rng = np.random.default_rng(0)
    X_train, X_test = rng.normal(size=(50, 4, 4)), rng.normal(size=(300, 4, 4))
    sides = X_train, np.zeros(50), X_test, np.zeros(300)
    every = audit_split(*sides, distances=True)
    assert len(every.distances) == 300
    sample = audit_split(*sides, distances=True, max_distances=40)
    rows = sample.distance_rows
    assert len(set(rows)) == 40
    assert (np.diff(rows) > 0).all()
    np.testing.assert_array_equal(sample.distances, every.distances[rows])
    np.testing.assert_array_equal(sample.nearest_rows, every.nearest_rows[rows])
    again, other = (audit_split(*sides, distances=True, max_distances=40, random_state=seed) for seed in (0, 1))
    np.testing.assert_array_equal(again.distance_rows, rows)
    assert not np.array_equal(other.distance_rows, rows)


def test_histogram_counts_every_distance_and_says_nothing_of_none():
    X = np.arange(12.0).reshape(12, 1, 1)
    audit = audit_split(X[:2], np.zeros(2), X[2:], np.zeros(10), distances=True)
    counts, edges = audit.histogram
    assert counts.tolist() == [0, 1, 1, 1, 1, 1, 1, 1, 1, 2]
    np.testing.assert_allclose(edges, np.arange(11))
    leaked = audit_split(X, np.zeros(12), X, np.zeros(12), distances=True)
    assert leaked.histogram[0].sum() == 12
    assert "smallest distance to training is 0, the median 0" in str(leaked)
    silent = audit_split(X[:2], np.zeros(2), X[2:], np.zeros(10))
    assert (
        silent.near_pairs
        is silent.distances
        is silent.histogram
        is silent.smallest_distance
        is silent.nearest_rows
        is None
    )
    assert "distance" not in str(silent)


@given(two_sides())
def test_conflicts_are_the_same_pixels_under_different_labels(sides):
    X_train, y_train, X_test, y_test = sides
    audit = audit_split(*sides)
    where = {"train": (X_train, y_train), "test": (X_test, y_test)}
    assert audit.conflict_examples == audit.conflicts[:10]
    seen = set()
    for conflict in audit.conflicts:
        assert len({where[side][0][row].tobytes() for side, row in conflict}) == 1
        assert len({tuple(where[side][1][row]) for side, row in conflict}) == len(conflict) > 1
        seen.add(where[conflict[0][0]][0][conflict[0][1]].tobytes())
    assert len(seen) == audit.label_conflicts


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e19, 1e200])
def test_distances_need_finite_numbers(bad):
    X = np.eye(4)
    wrong = np.where(X == 1, bad, 0)
    # Where all are leaked nothing is left to measure, and numbers need only be finite.
    for sides in ((wrong, 2 * X), (X, wrong), *([] if np.isfinite(bad) else [(wrong, wrong)])):
        with pytest.raises(ValueError, match="X_train and X_test must hold finite numbers for distances"):
            audit_split(sides[0], np.zeros(4), sides[1], np.zeros(4), distances=True)


def test_distances_are_asked_for_by_a_flag():
    with pytest.raises(ValueError, match="distances must be True or False; got 'no'"):
        audit_split(np.eye(2), [0, 1], np.eye(2), [0, 1], distances="no")


@pytest.mark.parametrize("bad", [0, 2.0, True, "all"])
def test_the_number_measured_is_whole(bad):
    with pytest.raises(ValueError, match="max_distances must be an integer ≥ 1; got"):
        audit_split(np.eye(2), [0, 1], np.eye(2), [0, 1], distances=True, max_distances=bad)


def test_distances_between_lines_are_those_of_pixels_that_differ(every_line):
    X, y = (each[::20] for each in every_line[:2])
    train, test = np.arange(0, len(X), 2), np.arange(1, len(X), 2)
    audit = audit_split(X[train], y[train], X[test], y[test], distances=True)
    assert audit.n_leaked == 0
    differ = (X[test, None][:20] != X[train]).sum(axis=(2, 3, 4))  # each by 255
    np.testing.assert_allclose(audit.distances[:20], 255 * np.sqrt(differ.min(axis=1)), rtol=1e-15)
    np.testing.assert_array_equal(audit.nearest_rows[:20], train[differ.argmin(axis=1)] // 2)


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        ([0.0, 1.0], np.array(["0.0", "1.0"]), "column 0 holds numbers in y_train but strings in y_test"),
        (pd.Series(["0", "1"]), np.array([0, 1]), "column 0 holds strings in y_train but numbers in y_test"),
        (
            pd.Series(["0", "1"], dtype="category"),
            pd.Series([0, 1], dtype="Int64"),
            "column 0 holds strings in y_train but numbers in y_test",
        ),
        (
            pd.DataFrame({"a": [0, 1], "b": ["0", "1"]}),
            np.array([[0, 0], [1, 1]]),
            "'b' holds strings in y_train but numbers in y_test",
        ),
    ],
)
def test_labels_of_two_kinds_are_refused_and_not_counted_as_conflicts(one, other, kinds):
    with pytest.raises(ValueError, match=kinds):
        audit_split(np.eye(2), one, np.eye(2), other)


TEXT = [
    ["red", "blue"],
    [["red"], ["blue"]],
    np.array(["red", "blue"]),
    np.array(["red", "blue"], dtype=object),
    np.array(["red", "blue"], dtype=np.dtypes.StringDType()),
    pd.Series(["red", "blue"], index=[7, 7]),
    pd.Series(["red", "blue"], dtype="category"),
    pd.Series(["red", "blue"]).to_frame(),
]
NUMBERS = [
    [3, 4],
    np.array([3, 4], np.uint8),
    np.array([[3.0], [4.0]]),
    pd.Series([3, 4], dtype="Int64"),
    pd.Index([3, 4]),
]
BOTH = [
    [[3, "red"], [4, "blue"]],
    np.array([[3, "red"], [4, "blue"]], dtype=object),
    pd.DataFrame({"size": [3, 4], "color": ["red", "blue"]}),
    pd.DataFrame({"size": pd.Series([3, 4], dtype="UInt8"), "color": pd.Series(["red", "blue"], dtype="category")}),
]


@pytest.mark.parametrize("containers", [TEXT, NUMBERS, BOTH], ids=["text", "numbers", "both"])
def test_the_same_labels_in_any_container_are_the_same(containers):
    X = np.eye(2)
    for one in containers:
        for other in containers:
            assert audit_split(X, one, X, other).label_conflicts == 0
            assert audit_split(X, one, X[::-1], other).conflicts == (
                (("train", 0), ("test", 1)),
                (("train", 1), ("test", 0)),
            )
