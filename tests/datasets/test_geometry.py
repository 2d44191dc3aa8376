"""What stands in an image, against renderers that know nothing of the one under test."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclf.datasets import make_lines

ONE_CLASS = {"colors": ("white",), "return_positions": True, "random_state": 0}


def signed_distances(rows, columns, row, column, length, width, angle):
    """How far points lie inside (> 0) the line along its length and across it."""
    theta = math.radians(angle)
    x, y = columns - column, row - rows
    along = np.abs(x * math.cos(theta) + y * math.sin(theta))
    across = np.abs(y * math.cos(theta) - x * math.sin(theta))
    return length / 2 - along, width / 2 - across


def supersampled(size, position, line, samples=16):
    """Share of `samples`² points of each pixel that lie in the line."""
    grid = (np.arange(size * samples) + 0.5) / samples - 0.5
    along, across = signed_distances(grid[:, None], grid, *position, *line)
    inside = (along >= 0) & (across >= 0)
    return inside.reshape(size, samples, size, samples).mean(axis=(1, 3))


lines = st.tuples(st.floats(1, 9), st.floats(1, 4), st.floats(0, 180, exclude_max=True))


def draw_one_line(line, **options):
    length, width, angle = line
    options = {**ONE_CLASS, "n_per_class": 5, "image_size": 20, **options}
    X, _, positions = make_lines(lengths=[length], widths=[width], angles=[angle], **options)
    return X[..., 0], positions


@given(lines, st.booleans())
@settings(max_examples=60, deadline=None)
def test_antialiased_pixels_have_the_share_that_sampling_finds(line, subpixel):
    X, positions = draw_one_line(line, subpixel=subpixel, antialias=True, dtype="float32")
    for image, position in zip(X, positions, strict=True):
        np.testing.assert_allclose(image, supersampled(20, position, line), atol=0.09)
        # Half a grey level may be lost at each corner, and no more.
        assert image.sum() == pytest.approx(line[0] * line[1], abs=4 / 510 + 1e-5)
        assert 0 <= image.min() <= image.max() <= 1


@given(lines)
@settings(max_examples=60, deadline=None)
def test_the_covered_area_is_exactly_length_times_width_away_from_the_border(line):
    length, width, angle = line
    X, _ = make_lines(
        1,
        image_size=30,
        lengths=[length],
        widths=[width],
        angles=[angle],
        colors=["white"],
        antialias=True,
        dtype="float32",
        distinct=True,
        random_state=1,
    )
    central = make_lines(
        None,
        image_size=30,
        lengths=[length],
        widths=[width],
        angles=[angle],
        colors=["white"],
        antialias=True,
        dtype="float32",
        distinct=True,
        return_positions=True,
    )
    at_middle = (central[2] == 15).all(axis=1)
    assert central[0][at_middle][..., 0].sum(dtype=float) == pytest.approx(length * width, abs=1e-5)
    assert X[..., 0].sum(dtype=float) == pytest.approx(length * width, abs=4 / 510 + 1e-5)


@given(lines, st.booleans())
@settings(max_examples=60, deadline=None)
def test_hard_pixels_are_lit_exactly_if_their_centre_lies_in_the_line(line, subpixel):
    X, positions = draw_one_line(line, subpixel=subpixel)
    pixels = np.arange(20)
    for image, position in zip(X, positions, strict=True):
        along, across = signed_distances(pixels[:, None], pixels, *position, *line)
        depth = np.minimum(along, across)
        assert (image[depth > 1e-6] == 255).all()
        assert (image[depth < -1e-6] == 0).all()


@pytest.mark.parametrize("angle", [0, 90])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_a_hard_line_of_whole_size_lights_that_many_pixels(angle, width):
    X, _ = draw_one_line((6, width, angle))
    for image in X:
        extents = [np.count_nonzero(image.any(axis=axis)) for axis in (0, 1)]
        assert extents == ([6, width] if angle == 0 else [width, 6])
        assert np.count_nonzero(image) == 6 * width


def every_image(angle, **options):
    options = {"image_size": 16, "lengths": [7], "widths": [2], "colors": ["red"], "antialias": True, **options}
    X, _ = make_lines(None, angles=[angle], distinct=True, **options)
    return X


def as_set(X):
    return {np.ascontiguousarray(image).tobytes() for image in X}


@pytest.mark.parametrize("angle", [1, 15, 22.5, 30, 45, 60, 75, 89])
def test_mirroring_turns_an_angle_into_its_supplement(angle):
    assert as_set(every_image(180 - angle)) == as_set(every_image(angle)[:, :, ::-1])


@pytest.mark.parametrize("angle", [0, 1, 15, 22.5, 30, 45, 60, 75, 89])
def test_a_quarter_turn_adds_ninety_degrees(angle):
    assert as_set(every_image(angle + 90)) == as_set(np.rot90(every_image(angle), axes=(1, 2)))


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize(("angle", "rises"), [(45, True), (15, True), (75, True), (135, False), (105, False)])
def test_angles_run_counter_clockwise_so_that_45_degrees_rises_to_the_right(angle, rises, antialias):
    for image in every_image(angle, lengths=[11], widths=[1], antialias=antialias)[..., 0].astype(float):
        rows, columns = np.nonzero(image > 100)
        slope = np.polyfit(columns, rows, 1)[0]
        assert (slope < 0) == rises  # rows grow downward


@given(st.floats(3, 9), st.floats(1, 3), st.floats(0, 180, exclude_max=True), st.booleans())
@settings(max_examples=25, deadline=None)
def test_within_a_class_only_the_place_varies(length, width, angle, antialias):
    X, _, positions = make_lines(
        None, image_size=14, lengths=[length], widths=[width], angles=[angle], colors=["cyan"], distinct=True,
        antialias=antialias, return_positions=True,
    )  # fmt: skip
    for image, shift in zip(X, positions - positions[0], strict=True):
        np.testing.assert_array_equal(image, np.roll(X[0], shift, axis=(0, 1)))


@pytest.mark.parametrize("antialias", [False, True])
def test_the_default_world_has_38912_distinct_images(antialias):
    X, y = make_lines(None, distinct=True, antialias=antialias, shuffle=False)
    assert len(X) == 38912
    assert len(as_set(X)) == 38912
    counts = np.unique(y, axis=0, return_counts=True)[1]
    assert (len(counts), counts.min(), counts.max()) == (96, 252, 616)


def test_a_centre_is_legal_if_eight_bits_show_nothing_outside_the_image():
    """Count the legal centres with sampled lines in a frame that cuts none of them."""
    frame, middle = 31, 15
    _, y = make_lines(None, distinct=True, shuffle=False, colors=["red"])
    found = np.unique(y[:, :3], axis=0, return_counts=True)[1].reshape(2, 2, 12)
    for (i, length), (j, width), (k, angle) in (
        (a, b, c) for a in enumerate((7, 15)) for b in enumerate((1, 3)) for c in enumerate(range(0, 180, 15))
    ):
        lit = supersampled(frame, (middle, middle), (length, width, angle), samples=24) * 255 > 0.5
        rows, columns = np.flatnonzero(lit.any(axis=1)) - middle, np.flatnonzero(lit.any(axis=0)) - middle
        assert found[i, j, k] == (28 - np.ptp(rows)) * (28 - np.ptp(columns))
        assert -rows[0] == rows[-1]
        assert -columns[0] == columns[-1]
