"""Centres read off the pixels, and the tracks by position."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.datasets import class_index, make_lines
from lineclf.model_selection import HalvesSplit, PositionSplit, read_positions

DIRECTIONS = ["left-right", "right-left", "top-bottom", "bottom-top"]


def test_centres_of_the_default_world_are_read_exactly(every_line):
    X, y, positions = every_line
    off = read_positions(X) - positions
    assert np.abs(off).max() < 0.5
    by_class = [off[class_index(y) == c] for c in range(96)]
    for each in by_class:
        np.testing.assert_allclose(each, np.broadcast_to(each[0], each.shape), atol=1e-4)


@pytest.mark.parametrize("background", ["black", "white", (90, 120, 30)])
def test_background_does_not_matter(background):
    X, _, positions = make_lines(
        n_per_class=5, background=background, lengths=(5, 19), widths=(1, 2, 4), return_positions=True, random_state=0
    )
    assert np.abs(read_positions(X) - positions).max() <= 0.5


def test_antialiased_centres_are_read_between_pixels():
    X, _, positions = make_lines(
        n_per_class=20, antialias=True, subpixel=True, dtype="float32", return_positions=True, random_state=0
    )
    assert np.abs(read_positions(X) - positions).max() < 0.05


@given(
    st.tuples(st.integers(3, 5), st.integers(3, 9)), st.tuples(st.integers(0, 10), st.integers(0, 10)), st.booleans()
)
def test_a_rectangle_has_its_middle(size, corner, grey):
    image = np.full((1, 20, 24, 1 if grey else 3), 200, np.uint8)
    image[0, corner[0] : corner[0] + size[0], corner[1] : corner[1] + size[1], 0] = 30
    expected = [c + (s - 1) / 2 for c, s in zip(corner, size, strict=True)]
    np.testing.assert_allclose(read_positions(image)[0], expected, atol=1e-4)


def test_images_without_one_line_are_refused():
    X = np.zeros((5, 8, 8, 3), np.uint8)
    X[:, 2, 3] = 255
    noisy = np.random.default_rng(0).normal(0, 1, X.shape)
    for bad, message in ((0 * X, "0 of the 64 pixels of image 0"), (noisy, "64 of the 64 pixels of image 0")):
        with pytest.raises(ValueError, match=message):
            read_positions(bad)
    X[3] = 0
    with pytest.raises(ValueError, match="of image 3 differ from it: give the centres as groups"):
        read_positions(X)
    with pytest.raises(ValueError, match="image 0"):
        read_positions(np.full((1, 8, 8), np.nan))


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (np.zeros((4, 10)), "X has 10 features, which do not make a square grey or RGB image"),
        (np.zeros((4, 2, 2, 3, 1)), "X must have shape"),
        (np.zeros(4), "X must be a non-empty array of images of numbers"),
        (np.zeros((0, 5, 5)), "X must be a non-empty array of images of numbers"),
        (np.full((2, 4), "a"), "X must be a non-empty array of images of numbers"),
    ],
)
def test_what_is_no_image_is_refused(X, message):
    with pytest.raises(ValueError, match=message):
        read_positions(X)


@pytest.mark.parametrize("given_positions", [True, False])
def test_no_position_is_on_both_sides(given_positions, report):
    X, y, positions = report
    places = 28 * positions[:, 0] + positions[:, 1]
    tested = []
    for train, test in PositionSplit(random_state=0).split(X, y, positions if given_positions else None):
        assert len(np.intersect1d(places[train], places[test])) == 0
        assert len(test) / len(X) == pytest.approx(0.25, abs=0.03)
        tested.append(np.unique(places[test]))
    counts = [len(each) for each in tested]
    assert max(counts) - min(counts) <= 1


def test_scale_of_the_pixels_parts_no_position():
    # a line two pixels wide has its middle between two of them, where rounding could fall either way
    X, y, _ = make_lines(n_per_class=200, widths=(2,), angles=(0, 90), return_positions=True, random_state=0)
    [expected, *_] = PositionSplit(random_state=0).split(X, y)
    for scale in (1 / 255, 0.3, 1e-6, 7):
        [splits, *_] = PositionSplit(random_state=0).split((X * scale).astype(np.float32), y)
        np.testing.assert_array_equal(splits[1], expected[1])


def test_positions_between_pixels_go_with_the_nearest():
    positions = np.random.default_rng(0).uniform(3, 8, (500, 2))
    pixels = np.rint(positions) @ [100, 1]
    X, y = np.zeros((500, 12, 12)), np.zeros(500)
    for train, test in PositionSplit(random_state=0).split(X, y, positions):
        assert len(np.intersect1d(pixels[train], pixels[test])) == 0


@pytest.mark.parametrize("given_positions", [True, False])
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_halves_part_at_the_middle(direction, given_positions, lines):
    X, y, positions = lines
    [(train, test)] = HalvesSplit(direction).split(X, y, positions if given_positions else None)
    axis = 1 if "left" in direction else 0
    first, second = (train, test) if direction in ("left-right", "top-bottom") else (test, train)
    assert positions[first, axis].max() == 13
    assert positions[second, axis].min() == 14
    assert len(train) + len(test) == len(X)


def test_all_halves_are_the_four_directions_in_order(lines):
    X, y, positions = lines
    every = list(HalvesSplit().split(X, y, positions))
    assert len(every) == HalvesSplit().get_n_splits() == 4
    for (train, test), direction in zip(every, DIRECTIONS, strict=True):
        [(other_train, other_test)] = HalvesSplit(direction).split(X, y, positions)
        np.testing.assert_array_equal(train, other_train)
        np.testing.assert_array_equal(test, other_test)


@pytest.mark.parametrize(
    ("direction", "mirrored", "axis"), [("left-right", "right-left", 2), ("top-bottom", "bottom-top", 1)]
)
def test_mirrored_images_swap_the_direction(direction, mirrored, axis, lines):
    X, y, _ = lines
    [(train, test)] = HalvesSplit(direction).split(X, y)
    [(other_train, other_test)] = HalvesSplit(mirrored).split(np.flip(X, axis), y)
    np.testing.assert_array_equal(train, other_train)
    np.testing.assert_array_equal(test, other_test)


@pytest.mark.parametrize("given_positions", [True, False])
def test_centres_on_the_middle_of_odd_images_are_left_out(given_positions):
    X, y, positions = make_lines(n_per_class=30, image_size=21, return_positions=True, random_state=0)
    [(train, test)] = HalvesSplit("top-bottom").split(X, y, positions if given_positions else None)
    left_out = np.setdiff1d(np.arange(len(X)), np.concatenate([train, test]))
    assert set(positions[left_out, 0]) == {10}
    assert positions[train, 0].max() == 9
    assert positions[test, 0].min() == 11


@pytest.mark.parametrize("track", [PositionSplit(), HalvesSplit()])
@pytest.mark.parametrize(
    "groups", [np.zeros(6), np.zeros((6, 3)), np.full((6, 2), np.nan), np.full((6, 2), "a")], ids=str
)
def test_groups_are_centres(track, groups):
    with pytest.raises(ValueError, match=r"groups must be finite centres \(row, column\) of shape \(6, 2\)"):
        next(track.split(np.zeros((6, 5, 5)), np.zeros(6), groups))
