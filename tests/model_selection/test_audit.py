"""The leakage audit against comparison of raw bytes."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    assert audit.label_conflicts == sum(len(each) > 1 for each in labels.values())
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
        ((np.zeros((2, 4)), [0, 1], np.zeros((2, 4)), 0), "y_test must label each of the 2 images"),
        ((np.zeros((2, 4)), [0, 1], np.zeros((2, 4)), [[0], [1]]), "y_train and y_test must have the same heads"),
        ((np.zeros((0, 4)), [], np.zeros((2, 4)), [0, 1]), "X_train must be a non-empty array"),
        ((np.zeros((2, 4)), [0, 1], np.array(["a", "b"]), [0, 1]), "X_test must be a non-empty array"),
    ],
)
def test_sides_that_do_not_fit_are_refused(sides, message):
    with pytest.raises(ValueError, match=message):
        audit_split(*sides)


def test_the_reports_size_takes_seconds(report):
    X, y, _ = report
    start = time.perf_counter()
    audit = audit_split(X[:72000], y[:72000], X[72000:], y[72000:])
    assert time.perf_counter() - start < 10
    assert audit.n_test == 24000
