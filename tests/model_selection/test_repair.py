"""Repair of splits: against brute force, on small images where chains of near ones are common."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from lineclf.model_selection import audit_split, repair_split

images = arrays(np.uint8, st.tuples(st.integers(1, 12), st.just(2)), elements=st.integers(0, 9))


@given(
    images,
    images,
    st.sampled_from(["train", "test"]),
    st.sampled_from(["move", "drop"]),
    st.sampled_from([None, 0, 1, 2.5]),
    st.integers(0, 99),
)
def test_no_image_is_on_both_sides_and_none_has_moved_without_a_cause(train, test, keep, how, near, seed):
    X, old = np.concatenate([train, test]).astype(int), np.repeat(["train", "test"], (len(train), len(test)))
    y = np.random.default_rng(seed).integers(0, 3, len(X))
    apart = np.linalg.norm(X[:, None] - X, axis=2)
    limit = 0 if near is None else near
    # Brute force: what is linked to the side that keeps its images, in one step or, where images move, in several.
    taken = old == keep
    while True:
        linked = (apart[:, taken] <= limit).any(axis=1) & ~taken
        if near is None or how == "drop":
            taken = linked
            break
        if not linked.any():
            taken &= old != keep
            break
        taken |= linked
    arguments = train, y[: len(train)], test, y[len(train) :]
    if (taken | (old == keep)).all():
        with pytest.raises(ValueError, match=f"keep='{keep}'.* must leave an image on each side"):
            repair_split(*arguments, keep=keep, how=how, near=near)
        return
    repair = repair_split(*arguments, keep=keep, how=how, near=near)
    np.testing.assert_array_equal(repair.side, np.where(taken, keep if how == "move" else "dropped", old))
    np.testing.assert_array_equal(repair.why != "", taken)
    assert repair.n_moved + repair.n_dropped == taken.sum()
    for row in np.flatnonzero(taken):
        other = repair.other[row]
        assert repair.distance[row] == pytest.approx(apart[row, other])
        assert repair.distance[row] <= limit
        assert repair.side[other] == keep
        assert (repair.why[row] == "leaked") == (apart[row, old == keep].min() == 0)
    assert (repair.other[~taken] == -1).all()
    assert np.isnan(repair.distance[~taken]).all()
    assert repair.before == audit_split(*arguments)
    assert repair.after.n_leaked == 0
    assert apart[np.ix_(repair.train_rows, repair.test_rows)].min() > limit
    assert repair.after.label_conflicts <= repair.before.label_conflicts
    several = [len({*y[apart[row] == 0]}) > 1 for row in range(len(X))]
    assert repair.conflicting.tolist() == several
    assert set(repair.lost_labels) == {
        (side, (label,)) for side in ("train", "test") for label in {*y[old == side]} - {*y[repair.side == side]}
    }


def test_labels_of_several_heads_and_of_strings_go_along():
    X = np.arange(12).reshape(6, 2)
    y = np.array([["a", "b"], ["a", "c"], ["d", "c"], ["a", "b"], ["e", "c"], ["e", "b"]])
    repair = repair_split(X[:3], y[:3], np.concatenate([X[2:3], X[4:]]), y[3:])
    assert repair.side.tolist() == ["train", "train", "train", "train", "test", "test"]
    assert repair.lost_labels == (("test", ("a", "b")),)
    assert repair.conflicting.tolist() == [False, False, True, True, False, False]
    assert repair.after.label_conflicts == 1
    assert str(repair) == (
        "1 images moved and 0 dropped: 1 as the same pixels are on the other side, 0 as an image there is near; train "
        "had 3 images and has 4, test had 3 and has 2; 0 test images are among the training images now; 1 keep more "
        "than one label, as no rule tells which is right"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keep": "tests"}, "keep must be one of 'train', 'test'; got 'tests' .did you mean 'test'"),
        ({"how": "delete"}, "how must be one of 'move', 'drop'; got 'delete'"),
        ({"near": -1}, "near must be a finite number of at least 0; got -1"),
        ({"near": "1"}, "near must be a finite number of at least 0; got '1'"),
        ({"X_test": np.zeros((1, 3))}, "X_train and X_test must have the same dtype and number of values"),
        ({"y_test": [1, 2]}, "y_test must label each of the 1 images"),
    ],
)
def test_bad_arguments_are_told(change, message):
    arguments = {"X_train": np.zeros((1, 2)), "y_train": [0], "X_test": np.ones((1, 2)), "y_test": [0]}
    with pytest.raises(ValueError, match=message):
        repair_split(**arguments | change)
