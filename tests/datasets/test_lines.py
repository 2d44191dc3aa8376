"""What `make_lines` promises beside the pixels: labels, places, seeds, noise, errors, cost."""

import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclf.datasets import class_index, factors_of, make_lines

SMALL = {"image_size": 12, "lengths": (3, 5), "widths": (1, 2), "angles": (0, 30, 90), "colors": ("red", "blue")}


@st.composite
def worlds(draw):
    """Arguments of a small legal world."""
    size = draw(st.integers(8, 16))

    def levels(low, high, most=3):
        return draw(st.lists(st.floats(low, high, exclude_max=True), min_size=1, max_size=most, unique=True))

    names = ("red", "blue", "yellow", (10, 200, 30), (255, 255, 254))
    return {
        "n_per_class": draw(st.integers(1, 5)),
        "image_size": size,
        "lengths": levels(1, size * 0.6),
        "widths": levels(1, 3),
        "angles": levels(0, 180),
        "colors": draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)),
        "background": draw(st.sampled_from(("black", "white", "gray", (0, 1, 2)))),
        "antialias": draw(st.booleans()),
        "subpixel": draw(st.booleans()),
        "dtype": draw(st.sampled_from(("uint8", "float32"))),
        "shuffle": draw(st.booleans()),
        "random_state": draw(st.integers(0, 2**32)),
    }


def shape_of(world):
    return tuple(len(world[name]) for name in ("lengths", "widths", "angles", "colors"))


@given(worlds())
@settings(max_examples=80, deadline=None)
def test_shapes_types_ranges_balance_and_places(world):
    X, y, positions = make_lines(**world, return_positions=True)
    size, shape = world["image_size"], shape_of(world)
    n = world["n_per_class"] * np.prod(shape)
    assert (X.shape, X.dtype) == ((n, size, size, 3), np.dtype(world["dtype"]))
    assert (y.shape, y.dtype) == ((n, 4), np.int64)
    assert (positions.shape, positions.dtype) == ((n, 2), np.float64 if world["subpixel"] else np.int64)
    assert X.flags.c_contiguous
    assert X.flags.writeable
    assert X.min() >= 0
    assert X.max() <= (255 if world["dtype"] == "uint8" else 1)
    index = class_index(y, shape)
    assert (np.bincount(index, minlength=np.prod(shape)) == world["n_per_class"]).all()
    if not world["shuffle"]:
        assert (np.diff(index) >= 0).all()
    length, width, angle = (
        np.array(world[name])[column] for name, column in zip(("lengths", "widths", "angles"), y.T, strict=False)
    )
    cos, sin = np.abs(np.cos(np.radians(angle))), np.sin(np.radians(angle))
    half = np.stack([length * sin + width * cos, length * cos + width * sin], axis=1) / 2
    tip = 0.045  # the deepest that a corner of half a grey level can reach
    assert (positions - half >= -0.5 - tip).all()
    assert (positions + half <= size - 0.5 + tip).all()


@given(worlds())
@settings(max_examples=40, deadline=None)
def test_every_pixel_lies_between_background_and_the_colour_of_its_label(world):
    named = {"red": (255, 0, 0), "blue": (0, 0, 255), "yellow": (255, 255, 0), "black": 3 * (0,), "white": 3 * (255,)}
    named["gray"] = 3 * (128,)
    X, y = make_lines(**world)
    X = X if world["dtype"] == "uint8" else X * 255
    background = np.array(named.get(world["background"], world["background"]), dtype=float)
    colors = np.array([named.get(color, color) for color in world["colors"]], dtype=float)
    span = (colors[y[:, 3]] - background)[:, None, None]
    moved = X - background
    channel = np.abs(span).argmax(axis=-1)[..., None]
    share = np.take_along_axis(moved, channel, -1) / np.take_along_axis(span, channel, -1)
    assert (share >= -1e-4).all()
    assert (share <= 1 + 1e-4).all()
    np.testing.assert_allclose(moved, share * span, atol=1.01)
    if not world["antialias"]:
        assert set(np.unique(share.round(4))) <= {0, 1}


@given(worlds(), st.sampled_from((0, 0.3)))
@settings(max_examples=30, deadline=None)
def test_the_same_seed_gives_the_same_bytes(world, noise):
    once, again = (make_lines(**world, noise=noise, return_positions=True) for _ in range(2))
    for first, second in zip(once, again, strict=True):
        np.testing.assert_array_equal(first, second)


@given(worlds())
@settings(max_examples=30, deadline=None)
def test_rendering_options_leave_the_draws_alone(world):
    """Each image is the same whether it stands in class order or not, and the centres whatever is done to pixels."""

    def drawn(**options):
        return make_lines(**{**world, **options}, return_positions=True)

    X, y, positions = drawn(shuffle=True)
    for options in ({"noise": 0.2}, {"antialias": not world["antialias"]}, {"dtype": "float32"}):
        _, other_y, other = drawn(shuffle=True, **options)
        np.testing.assert_array_equal(y, other_y)
        np.testing.assert_array_equal(positions, other)
    sorted_X, sorted_y, sorted_positions = drawn(shuffle=False)

    def rows(X, y, positions):
        return sorted(zip(map(bytes, y), map(bytes, positions), map(bytes, X), strict=True))

    assert rows(X, y, positions) == rows(sorted_X, sorted_y, sorted_positions)


@pytest.mark.parametrize(("subpixel", "distinct"), [(False, False), (True, False), (False, True)])
def test_fewer_images_are_the_first_of_more(subpixel, distinct):
    options = {**SMALL, "subpixel": subpixel, "distinct": distinct, "shuffle": False, "random_state": 5}
    few, _ = make_lines(3, **options)
    many, _ = make_lines(10, **options)
    shape = (24, -1, 12, 12, 3)
    np.testing.assert_array_equal(few.reshape(shape), many.reshape(shape)[:, :3])


def test_whole_pixel_centres_are_drawn_uniformly():
    options = {"image_size": 9, "lengths": [3], "widths": [1], "angles": [0], "colors": ["red"], "random_state": 0}
    _, _, positions = make_lines(20_000, **options, return_positions=True)
    places, counts = np.unique(positions, axis=0, return_counts=True)
    assert len(places) == 9 * 7
    expected = 20_000 / len(places)
    # Chi-square with 62 degrees of freedom: 110 is beyond the 99.98 % point.
    assert ((counts - expected) ** 2 / expected).sum() < 110


def test_subpixel_centres_fill_their_range():
    options = {"image_size": 9, "lengths": [3], "widths": [1], "angles": [0], "colors": ["red"], "random_state": 0}
    _, _, positions = make_lines(5000, **options, subpixel=True, return_positions=True)
    for column, low, high in zip(positions.T, (0, 1), (8, 7), strict=True):
        quantiles = np.quantile(column, [0.25, 0.5, 0.75])
        np.testing.assert_allclose(quantiles, low + (high - low) * np.array([0.25, 0.5, 0.75]), atol=0.15)
        assert low <= column.min() < low + 0.05
        assert high - 0.05 < column.max() <= high


@pytest.mark.parametrize("antialias", [False, True])
def test_distinct_draws_never_repeat(antialias):
    X, y = make_lines(40, **SMALL, distinct=True, antialias=antialias, random_state=0)
    assert len(np.unique(X.reshape(len(X), -1), axis=0)) == len(X) == 40 * 24
    assert (np.bincount(class_index(y, (2, 2, 3, 2))) == 40).all()


def test_every_distinct_image_once_is_the_same_set_for_every_seed():
    first, second = (make_lines(None, **SMALL, distinct=True, random_state=seed)[0] for seed in (0, 1))
    assert not np.array_equal(first, second)
    assert sorted(map(bytes, first)) == sorted(map(bytes, second))


def test_draws_of_the_replica_leak_as_probability_says():
    """Of 1,000 draws a class, split 750/250, the share of the 250 that are among the 750."""
    rows = make_lines(1000, shuffle=False, random_state=3)[0].reshape(96, 1000, -1)
    train = [set(map(bytes, draws[:750])) for draws in rows]
    leaked = np.mean([bytes(image) in train[k] for k in range(96) for image in rows[k, 750:]])
    _, every_y = make_lines(None, distinct=True)
    counts = np.bincount(class_index(every_y))
    assert leaked == pytest.approx(np.mean(1 - (1 - 1 / counts) ** 750), abs=0.01)
    assert leaked == pytest.approx(0.846, abs=0.01)


def test_float_noise_is_gaussian_and_unclipped():
    clean, _ = make_lines(50, dtype="float32", random_state=0)
    noisy, _ = make_lines(50, dtype="float32", noise=0.3, random_state=0)
    noise = noisy.astype(float) - clean
    assert noise.mean() == pytest.approx(0, abs=1e-3)
    assert noise.std() == pytest.approx(0.3, rel=1e-3)
    assert (noise**4).mean() / noise.var() ** 2 == pytest.approx(3, abs=0.02)
    assert noisy.min() < -1
    assert noisy.max() > 1.5


def test_byte_noise_is_rounded_and_clipped():
    clean, _ = make_lines(50, background="gray", random_state=0)
    noisy, _ = make_lines(50, background="gray", noise=0.1, random_state=0)
    assert noisy.dtype == np.uint8
    inside = clean == 128
    assert noisy[inside].std() == pytest.approx(25.5, rel=0.01)
    assert noisy[clean == 255].max() == 255
    assert 0.45 < (noisy[clean == 255] == 255).mean() < 0.56


def test_float_images_are_byte_images_over_255():
    bytes_, _ = make_lines(5, random_state=0)
    floats, _ = make_lines(5, dtype=np.float32, random_state=0)
    np.testing.assert_array_equal(floats, bytes_ / np.float32(255))


@pytest.mark.parametrize("make", [np.random.RandomState, np.random.default_rng])
def test_generators_are_drawn_from_and_reproducible(make):
    first, again = make(7), make(7)
    X, _ = make_lines(2, **SMALL, random_state=first)
    np.testing.assert_array_equal(X, make_lines(2, **SMALL, random_state=again)[0])
    assert not np.array_equal(X, make_lines(2, **SMALL, random_state=first)[0])


def test_no_seed_differs_from_call_to_call_and_touches_no_global_state():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, second = make_lines(3, **SMALL)[0], make_lines(3, **SMALL)[0]
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(before, np.random.get_state()[1])  # noqa: NPY002


def test_the_extended_grid_and_larger_images():
    grid = {"lengths": range(5, 20), "widths": range(1, 5), "angles": np.arange(0, 180, 7.5)}
    X, y = make_lines(2, **grid, antialias=True, subpixel=True, random_state=0)
    assert X.shape == (15 * 4 * 24 * 2 * 2, 28, 28, 3)
    assert y.max(axis=0).tolist() == [14, 3, 23, 1]
    X, _ = make_lines(2, image_size=64, random_state=0)
    assert X.shape == (192, 64, 64, 3)


ERRORS = {
    "n_per_class": [0, -1, 1.5, True, "10", float("nan"), None],
    "image_size": [0, -3, 28.0, True, "28", None],
    "lengths": [(), 7, "7", (0,), (-1,), (0.5,), (7, 7), (7, 7.0), (True,), (float("nan"),), (float("inf"),), ("7",)],
    "widths": [(), 1, (0,), (0.9,), (1, 1), (float("nan"),), (None,), [[1]]],
    "angles": [(), 30, (180,), (-1,), (0, 15, 0), (float("nan"),), (False,)],
    "colors": [(), "red", ("redd",), ("red", "red"), ("red", (255, 0, 0)), ((256, 0, 0),), ((1, 2),), ((1.5, 0, 0),)],
    "background": ["nope", (0, 0), None, (0, 0, -1), 3],
    "antialias": [1, None, "yes"],
    "subpixel": [0, "no"],
    "noise": [-0.1, float("nan"), float("inf"), "0.1", True, None],
    "distractors": [-1, 1.5, True, "2", None],
    "distinct": [1, None],
    "dtype": ["float64", "int8", int, None, "nonsense"],
    "shuffle": [1, None],
    "return_positions": [0, "x"],
    "return_masks": [0, "x", None],
    "random_state": [-1, 1.5, "seed", True, [1]],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ERRORS.items() for value in values])
def test_a_bad_argument_is_named_with_its_value(name, value):
    with pytest.raises(ValueError, match=rf"(?s)^{name} must .*; got ") as error:
        make_lines(**{"n_per_class": 1, name: value})
    offending = (
        value[-1] if isinstance(value, tuple | list) and value and repr(value) not in str(error.value) else value
    )
    assert repr(offending) in str(error.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"colors": ("bleu",)}, "did you mean 'blue'"),
        ({"colors": (" RED",)}, "got ' RED' .did you mean 'red'"),
        ({"colors": ("lime",)}, "did you mean 'green'"),
        ({"background": "pink"}, "background must be .*did you mean 'magenta'"),
        ({"colors": ("red", "black")}, "colors must differ from the background 'black'"),
        ({"colors": ((0, 0, 0),)}, "colors must differ from the background"),
        ({"lengths": (40,)}, "image_size=28.*length 40, width 1 and angle 0"),
        ({"lengths": (28,), "angles": (0,)}, "no whole-pixel centre"),
        ({"lengths": (29,), "subpixel": True}, "no centre keeps"),
        ({"image_size": 5}, "image_size=5"),
        ({"n_per_class": 253, "distinct": True}, "n_per_class must be at most 252"),
        ({"subpixel": True, "distinct": True}, "distinct=True must come with subpixel=False"),
        ({"widths": (1, 1.1), "angles": (0,), "distinct": True}, "no two classes with the same pixels"),
        ({"n_per_class": None}, "n_per_class must be an integer ≥ 1 .None needs distinct=True"),
        (
            {"antialias": True, "widths": (0.1,), "colors": ((1, 0, 0),), "distinct": True},
            "only background",
        ),
    ],
)
def test_impossible_worlds_say_why(options, words):
    with pytest.raises(ValueError, match=f"(?s){words}"):
        make_lines(**{"n_per_class": 1, **options})


@pytest.mark.parametrize("length", [8, 8 + 1e-10])
def test_a_line_as_long_as_the_image_has_its_one_centre_between_pixels(length):
    _, _, positions = make_lines(
        3, image_size=8, lengths=(length,), angles=(0,), widths=(1,), subpixel=True, return_positions=True
    )
    np.testing.assert_allclose(positions[:, 1], 3.5)


def test_same_pixels_in_two_classes_are_allowed_where_draws_may_repeat():
    _, y = make_lines(2, widths=(1, 1.1), angles=(0,), random_state=0)
    assert len(y) == 2 * 2 * 2 * 2


def test_importing_the_data_imports_nothing_but_numpy():
    code = """
import sys, lineclf.datasets
heavy = {"sklearn", "PIL", "tensorflow", "keras", "pandas", "scipy", "mlxtend", "urllib.request", "cv2"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="peak memory is read from /proc")
def test_peak_memory_stays_within_1_3_times_the_result():
    code = """
from pathlib import Path
from lineclf.datasets import make_lines
X, y = make_lines(n_per_class=1000, random_state=0)
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(int(status["VmHWM"].split()[0]) * 1024 / X.nbytes)
"""
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert 1 < float(result.stdout) <= 1.3


def test_rendering_costs_about_as_much_as_copying():
    """At most 1.5 times `numpy.take` of as many images from the bank of all, in turn; the best of several counts."""
    bank, _ = make_lines(None, distinct=True, random_state=0)
    index = np.random.default_rng(0).integers(0, len(bank), 96_000)
    best = {"ours": float("inf"), "take": float("inf")}
    for _ in range(7):
        for name, work in (("ours", lambda: make_lines(1000, random_state=0)), ("take", lambda: bank.take(index, 0))):
            start = time.process_time()
            result = work()
            best[name] = min(best[name], time.process_time() - start)
            del result
    assert best["ours"] <= 1.5 * best["take"]


def test_the_labels_are_level_indices_in_the_order_given():
    X, y = make_lines(1, **{**SMALL, "colors": ("blue", "red")}, shuffle=False, random_state=0)
    np.testing.assert_array_equal(y, factors_of(np.arange(24), (2, 2, 3, 2)))
    assert (X[y[:, 3] == 0][..., 2].any(axis=(1, 2))).all()
    assert not X[y[:, 3] == 0][..., 0].any()
