"""The report's split and its distinct sibling."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.datasets import class_index
from lineclf.model_selection import DistinctSplit, ReplicaSplit, audit_split


def test_replica_is_the_reports_750_and_250_a_class_and_leaks(report, every_line):
    X, y, _ = report
    [(train, test)] = ReplicaSplit(random_state=0).split(X, y)
    classes = class_index(y)
    assert np.bincount(classes[train]).tolist() == [750] * 96
    assert np.bincount(classes[test]).tolist() == [250] * 96
    audit = audit_split(X[train], y[train], X[test], y[test])
    # a test image is new if none of its class' 750 training draws, each from all its distinct images, hits it
    distinct = np.bincount(class_index(every_line[1]))
    assert audit.leak == pytest.approx(np.mean(1 - (1 - 1 / distinct) ** 750), abs=0.01)
    assert audit.label_conflicts == 0


def test_distinct_leaks_nothing_and_keeps_every_distinct_image(report):
    X, y, _ = report
    [(train, test)] = DistinctSplit(random_state=0).split(X, y)
    audit = audit_split(X[train], y[train], X[test], y[test])
    assert audit.leak == 0
    assert audit.n_distinct_train == audit.n_train
    assert audit.n_distinct_test == audit.n_test
    assert audit.n_train + audit.n_test == len({row.tobytes() for row in X})
    classes = class_index(y)
    tested, kept = np.bincount(classes[test]), np.bincount(classes[np.concatenate([train, test])])
    assert (np.abs(tested - kept / 4) < 1).all()
    assert audit.n_test == round((audit.n_train + audit.n_test) / 4)


def test_every_image_of_a_world_without_repeats_is_used(every_line):
    X, y, _ = every_line
    [(train, test)] = DistinctSplit(random_state=0).split(X, y)
    assert len(train) + len(test) == len(X)


@st.composite
def strata(draw):
    counts = draw(st.lists(st.integers(1, 12), min_size=1, max_size=8).filter(lambda counts: max(counts) > 2))
    y = np.repeat(np.arange(len(counts)), counts)
    return np.random.default_rng(draw(st.integers(0, 2**32))).permutation(y), np.array(counts)


@given(strata(), st.floats(0.3, 0.9), st.integers(0, 2**31))
def test_quotas_hold_in_every_stratum(case, test_size, seed):
    y, counts = case
    X = np.arange(len(y)).reshape(-1, 1, 1)  # all distinct, so both tracks have the same to do
    for track in (ReplicaSplit, DistinctSplit):
        try:
            [(train, test)] = track(test_size=test_size, random_state=seed).split(X, y)
        except ValueError:  # so few that the quotas round to nothing
            assert round(len(y) * test_size) <= len(counts)
            continue
        tested = np.bincount(y[test], minlength=len(counts))
        assert (tested <= counts - 1).all()
        assert (tested < counts * test_size + 1).all()
        assert (tested > np.minimum(counts * test_size, counts - 1) - 1).all()
        np.testing.assert_array_equal(np.sort(np.concatenate([train, test])), np.arange(len(y)))


def test_every_image_is_equally_likely_to_be_tested():
    y = np.repeat([0, 1, 2], [2, 6, 12])
    X = np.zeros((len(y), 1, 1))
    tested = [test for _, test in ReplicaSplit(n_splits=4000, random_state=0).split(X, y)]
    share = np.bincount(np.concatenate(tested), minlength=len(y)) / len(tested)
    # the standard error is 0.007 at most
    np.testing.assert_allclose(share, 0.25, atol=0.035)
