"""Few-shot: small draws for training, the test sides of the track by position."""

from math import ceil, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.datasets import class_index
from lineclf.model_selection import FewShotSplit, PositionSplit, few_shot_sizes

seeds = st.integers(0, 2**31)


def world(shape, n_places, repeats=1):
    y = np.tile(list(np.ndindex(*shape)), (n_places * repeats, 1))
    place = np.repeat(np.arange(n_places), len(y) // n_places)
    return np.zeros((len(y), 8, 8)), y, np.column_stack([place // 4, place % 4])


@given(
    st.tuples(*[st.integers(1, 3)] * 2, st.integers(1, 6), st.integers(1, 2)),
    st.integers(4, 9),
    st.integers(1, 3),
    seeds,
)
def test_each_class_gets_its_images_from_positions_that_are_not_tested(shape, n_places, n_images, seed):
    X, y, positions = world(shape, n_places)
    folds = PositionSplit(random_state=seed).split(X, y, positions)
    tested = []
    few = FewShotSplit(min(n_images, n_places - -(-n_places // 4)), random_state=seed)
    for (train, test), (pool, expected) in zip(few.split(X, y, positions), folds, strict=True):
        np.testing.assert_array_equal(test, expected)
        assert set(train) <= set(pool)
        assert np.bincount(class_index(y[train], shape), minlength=np.prod(shape)).tolist() == [few.n_images] * np.prod(
            shape
        )
        tested.append(test)
    np.testing.assert_array_equal(np.sort(np.concatenate(tested)), np.arange(len(X)))


@given(st.tuples(*[st.integers(1, 3)] * 2, st.integers(1, 9), st.integers(1, 4)), st.integers(0, 5), seeds)
def test_so_many_in_all_with_every_level_among_them(shape, more, seed):
    X, y, positions = world(shape, n_places=8)
    n_images = min(max(shape) + more, 6 * np.prod(shape))
    splits = FewShotSplit(int(n_images), per_class=False, random_state=seed).split(X, y, positions)
    for (train, test), (pool, expected) in zip(
        splits, PositionSplit(random_state=seed).split(X, y, positions), strict=True
    ):
        np.testing.assert_array_equal(test, expected)
        assert len(train) == len(set(train)) == n_images
        assert set(train) <= set(pool)
        for column, n_levels in enumerate(shape):
            assert set(y[train, column]) == set(range(n_levels))


@pytest.mark.parametrize("per_class", [True, False])
def test_fewer_are_a_part_of_more(per_class, lines):
    smaller = None
    for n_images in few_shot_sizes(8 if per_class else 400, per_class=per_class):
        splits = list(FewShotSplit(n_images, per_class=per_class, random_state=5).split(*lines))
        for (train, _), (fewer, _) in zip(splits, smaller or splits, strict=True):
            assert set(fewer) <= set(train)
        smaller = splits


def test_every_image_of_a_class_is_equally_likely_to_be_drawn():
    X, y, positions = world((1, 1, 2, 1), n_places=8)
    drawn = [train for seed in range(400) for train, _ in FewShotSplit(2, random_state=seed).split(X, y, positions)]
    share = np.bincount(np.concatenate(drawn), minlength=len(X)) / len(drawn)
    # two of eight; the standard error is 0.011 at most
    np.testing.assert_allclose(share, 0.25, atol=0.05)


def test_every_image_is_equally_likely_among_so_many_in_all():
    X, y, positions = world((2, 2, 3, 1), n_places=4)
    tracks = (FewShotSplit(6, per_class=False, random_state=seed) for seed in range(400))
    drawn = [train for track in tracks for train, _ in track.split(X, y, positions)]
    share = np.bincount(np.concatenate(drawn), minlength=len(X)) / len(drawn)
    np.testing.assert_allclose(share, 6 / len(X), atol=0.05)


def test_labels_may_be_classes(lines):
    X, y, positions = lines
    for train, _ in FewShotSplit(2, random_state=0).split(X, class_index(y), positions):
        assert np.bincount(class_index(y)[train]).tolist() == [2] * 96
    with pytest.raises(ValueError, match="n_images must be at least 96 with per_class=False"):
        next(FewShotSplit(95, per_class=False, random_state=0).split(X, class_index(y), positions))


@given(st.integers(16, 10**6))
def test_sizes_are_the_protocols(largest):
    expected = [2**k for k in range(40) if 2**k <= largest]
    assert few_shot_sizes(largest) == expected
    expected = [size for k in range(60) if (size := ceil(16 * sqrt(2**k))) <= largest]
    assert few_shot_sizes(largest, per_class=False) == expected


@pytest.mark.parametrize(("largest", "per_class"), [(0, True), (15, False), (2.0, True), (True, True)])
def test_sizes_need_room_for_one(largest, per_class):
    with pytest.raises(ValueError, match="largest must be an integer ≥"):
        few_shot_sizes(largest, per_class=per_class)
