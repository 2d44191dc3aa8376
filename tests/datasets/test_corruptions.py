"""Corruptions: what they do to pixels, and that labels stay true under them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.ndimage import binary_dilation, gaussian_filter

from lineclf.datasets import CORRUPTIONS, _corruptions, class_index, corrupt, make_lines

NEIGHBOURS = np.ones((1, 3, 3), dtype=bool)


@st.composite
def batches(draw):
    """Images of any shape and content, often of lines."""
    dtype = draw(st.sampled_from((np.uint8, np.float32)))
    seed = draw(st.integers(0, 2**32))
    if draw(st.booleans()):
        return make_lines(1, dtype=dtype, random_state=seed)[0][: draw(st.integers(1, 5))]
    shape = [draw(st.integers(1, most)) for most in (4, 12, 12, 4)]
    values = np.random.default_rng(seed).integers(0, draw(st.sampled_from((1, 2, 256))), shape)
    return values.astype(np.uint8) if dtype is np.uint8 else (values / 255).astype(np.float32)


kinds = st.fixed_dictionaries({"corruption": st.sampled_from(CORRUPTIONS), "severity": st.integers(1, 5)})
seeds = st.integers(0, 2**32)


@pytest.fixture(scope="module")
def shapes():
    """Every distinct image without its colour: lit pixels (n, 784), and levels (n, 4) with the colour 0."""
    X, y = make_lines(None, distinct=True, colors=("red",), shuffle=False)
    return (X[..., 0] > 0).reshape(len(X), -1), y


def test_there_are_the_ten_of_the_protocol():
    assert sorted(CORRUPTIONS) == [
        "blur",
        "brightness",
        "contrast",
        "fog",
        "gaussian-noise",
        "impulse-noise",
        "occlusion",
        "pixelate",
        "shot-noise",
        "spatter",
    ]


@given(batches(), kinds, seeds)
@settings(max_examples=100, deadline=None)
def test_shapes_types_ranges_and_seeds(X, kind, seed):
    before, global_state = X.copy(), np.random.get_state()[1].copy()  # noqa: NPY002
    Z = corrupt(X, **kind, random_state=seed)
    assert (Z.shape, Z.dtype) == (X.shape, X.dtype)
    assert Z.min() >= 0
    assert Z.max() <= (255 if X.dtype == np.uint8 else 1)
    assert not np.shares_memory(X, Z)
    np.testing.assert_array_equal(X, before)
    np.testing.assert_array_equal(corrupt(X, **kind, random_state=seed), Z)
    np.testing.assert_array_equal(np.random.get_state()[1], global_state)  # noqa: NPY002


@given(batches(), kinds, seeds, st.data())
@settings(max_examples=100, deadline=None)
def test_an_image_is_corrupted_alike_whatever_is_around_it(X, kind, seed, data):
    Z = corrupt(X, **kind, random_state=seed)
    first = data.draw(st.integers(1, len(X)))
    np.testing.assert_array_equal(corrupt(X[:first], **kind, random_state=seed), Z[:first])
    among_others = np.roll(X, 1, axis=1)[..., ::-1].copy()
    place = data.draw(st.integers(0, len(X) - 1))
    among_others[place] = X[place]
    np.testing.assert_array_equal(corrupt(among_others, **kind, random_state=seed)[place], Z[place])


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_working_by_chunks_changes_nothing(monkeypatch, corruption):
    X, _ = make_lines(1, random_state=0)
    whole = corrupt(X, corruption, 4, random_state=0)
    monkeypatch.setattr(_corruptions, "_CHUNK", 7)
    np.testing.assert_array_equal(corrupt(X, corruption, 4, random_state=0), whole)


@given(kinds, seeds)
@settings(max_examples=30, deadline=None)
def test_bytes_floats_and_flattened_rows_are_corrupted_alike(kind, seed):
    X, _ = make_lines(1, image_size=20, background="gray", random_state=seed)
    Z = corrupt(X, **kind, random_state=seed)
    floats = corrupt(X / np.float32(255), **kind, random_state=seed)
    np.testing.assert_array_equal(np.rint(255 * floats), Z)
    np.testing.assert_array_equal(corrupt(X.reshape(96, -1), **kind, random_state=seed), Z.reshape(96, -1))
    grey = np.ascontiguousarray(X[..., :1])
    flat = corrupt(grey.reshape(96, 400), **kind, random_state=seed)
    np.testing.assert_array_equal(flat, corrupt(grey, **kind, random_state=seed).reshape(96, 400))


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_damage_grows_with_severity(corruption):
    X, _ = make_lines(4, dtype="float32", random_state=0)
    for seed in range(2):
        damage = [((corrupt(X, corruption, s, random_state=seed) - X) ** 2).mean() for s in range(1, 6)]
        assert damage[0] > 0
        assert (np.diff(damage) > 0.1 * damage[0]).all()


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_nearest_neighbour_among_all_clean_images_reads_the_mild_and_not_the_worst(shapes, corruption):
    lit, levels = shapes
    X, y = make_lines(1, dtype="float32", random_state=1)
    area, lit = lit.sum(axis=1), lit.T.astype(np.float32)

    def accuracy(severity):
        Z = corrupt(X, corruption, severity, random_state=0).reshape(len(X), -1, 3)
        # ‖z - t‖² - ‖z‖² for red and for blue templates t, whose lit values are all 1
        distance = np.stack([area - 2 * Z[..., channel] @ lit for channel in (0, 2)], axis=1)
        color, nearest = np.unravel_index(distance.reshape(len(X), -1).argmin(axis=1), distance.shape[1:])
        return ((levels[nearest, :3] == y[:, :3]).all(axis=1) & (color == y[:, 3])).mean()

    assert accuracy(1) >= 0.99
    assert 0.4 <= accuracy(5) <= 0.9


def test_the_three_kinds_of_noise_have_the_levels_documented():
    X = np.full((40, 28, 28, 3), 0.5, dtype=np.float32)
    for severity, sigma in ((1, 0.1), (2, 0.2)):
        # clipping at 2.5 standard deviations takes a little away
        assert corrupt(X, "gaussian-noise", severity, 0).std() == pytest.approx(sigma, rel=0.03)
    shot = corrupt(X, "shot-noise", 1, 0)
    assert shot.mean() == pytest.approx(0.5, abs=2e-3)
    assert shot.var() == pytest.approx((0.5 + 0.1) / 50, rel=0.03)
    np.testing.assert_allclose((shot + 0.1) * 50, np.rint((shot + 0.1) * 50), atol=1e-3)
    for severity, share in ((1, 0.05), (5, 0.4)):
        values, counts = np.unique(corrupt(X, "impulse-noise", severity, 0), return_counts=True)
        np.testing.assert_array_equal(values, [0, 0.5, 1])
        np.testing.assert_allclose(counts / X.size, [share / 2, 1 - share, share / 2], atol=0.005)


def test_the_drops_of_spatter_cover_the_shares_documented():
    X = np.zeros((200, 28, 28, 1), dtype=np.float32)
    shares = [(corrupt(X, "spatter", severity, 0) > 0).mean() for severity in range(1, 6)]
    np.testing.assert_allclose(shares, [0.08, 0.13, 0.2, 0.29, 0.39], atol=0.01)


@pytest.mark.parametrize("corruption", ["fog", "spatter", "brightness"])
def test_the_line_keeps_thirty_percent_of_its_contrast_everywhere(corruption):
    X, _, masks = make_lines(10, dtype="float32", return_masks=True, random_state=0)
    Z, without = (corrupt(images, corruption, 5, random_state=0) for images in (X, np.zeros_like(X)))
    line = masks == 1
    np.testing.assert_array_equal(Z[~line], without[~line])
    assert (Z - without)[X == 1].min() >= 0.3 - 1e-6


def test_contrast_leaves_forty_percent_and_means_alone():
    X, _ = make_lines(10, dtype="float32", random_state=0)
    Z = corrupt(X, "contrast", 5, random_state=0)
    np.testing.assert_allclose(Z.mean(axis=(1, 2)), X.mean(axis=(1, 2)), atol=1e-5)
    left = Z.max(axis=(1, 2, 3)) - Z.min(axis=(1, 2)).max(axis=1)
    assert 0.4 - 1e-6 <= left.min() < 0.42
    assert 0.58 < left.max() <= 0.6 + 1e-6


@pytest.mark.parametrize(("severity", "sigma"), enumerate((0.4, 0.5, 0.6, 0.7, 0.8), 1))
def test_blur_is_gaussian_and_loses_no_light(severity, sigma):
    X, _ = make_lines(1, dtype="float32", background="gray", random_state=0)
    Z = corrupt(X, "blur", severity)
    np.testing.assert_allclose(Z, gaussian_filter(X, (0, sigma, sigma, 0), mode="reflect"), atol=1e-6)
    np.testing.assert_allclose(Z.sum(axis=(1, 2)), X.sum(axis=(1, 2)), rtol=1e-5)


def test_blur_makes_no_thin_line_look_thick(shapes):
    """The peak of a profile of width w is about erf(w / (2√2 σ)): at σ = 0.8 px, 0.47 for 1 px and 0.94 for 3 px."""
    lit, levels = shapes
    X = lit.astype(np.float32).reshape(-1, 28, 28, 1)
    for severity in range(1, 6):
        peak = corrupt(X, "blur", severity).max(axis=(1, 2, 3))
        thin, thick = peak[levels[:, 1] == 0], peak[levels[:, 1] == 1]
        assert thick.min() > 0.95
        # brightest in the border's row, where half of the light that leaves comes back
        assert thin.max() < thick.min() - 0.03
    assert thin.max() < 0.75


@pytest.mark.parametrize("corruption", ["blur", "pixelate"])
def test_no_two_classes_have_an_image_in_common_after(shapes, corruption):
    lit, levels = shapes
    Z = corrupt((255 * lit.astype(np.uint8)).reshape(-1, 28, 28, 1), corruption, 5)
    owner = {}
    for image, index in zip(Z, class_index(levels, (2, 2, 12, 1)).tolist(), strict=True):
        assert owner.setdefault(image.tobytes(), index) == index
    # and not by a hair: to the nearest image of another class it is half the difference of a pixel's black and white
    values = (Z / np.float32(255)).reshape(len(Z), -1)
    some = np.arange(0, len(Z), 400)
    norms = (values**2).sum(axis=1)
    distances = norms[some, None] + norms - 2 * values[some] @ values.T
    distances[(levels[some, None] == levels).all(axis=2)] = np.inf
    assert distances.min() > 0.5**2


@pytest.mark.parametrize(("severity", "count"), enumerate((27, 24, 20, 17, 14), 1))
def test_pixelate_averages_over_the_blocks_of_a_grid(severity, count):
    X = np.random.default_rng(0).random((3, 28, 28, 2), dtype=np.float32)
    Z = corrupt(X, "pixelate", severity)
    rows, columns = (np.flatnonzero(np.diff(line, prepend=np.nan)) for line in (Z[0, :, 0, 0], Z[0, 0, :, 0]))
    for starts in (rows, columns):
        assert len(starts) == count
        assert set(np.diff(starts, append=28)) <= {1, 2}

    def sums(images):
        return np.add.reduceat(np.add.reduceat(images, rows, axis=1), columns, axis=2)

    np.testing.assert_allclose(sums(Z), sums(X), rtol=1e-5)
    np.testing.assert_allclose(corrupt(Z, "pixelate", severity), Z, rtol=1e-5)


@pytest.fixture(scope="module")
def occluded():
    """Images whose blue is free for the occluders: masks, levels, centres, and hidden pixels at each severity."""
    options = {"colors": ("red",), "return_positions": True, "return_masks": True, "random_state": 2}
    X, y, centres, masks = make_lines(12, **options)
    return masks == 1, y, centres, [corrupt(X, "occlusion", s, random_state=0)[..., 2] > 0 for s in range(1, 6)]


def test_occluders_hide_no_end_of_a_line(occluded):
    lines, y, centres, all_hidden = occluded
    angles = np.radians(15 * y[:, 2])[:, None, None]
    rows, columns = np.indices((28, 28))[:, None] - centres.T[:, :, None, None]
    along = columns * np.cos(angles) - rows * np.sin(angles)
    low, high = (np.where(lines, along, 0).min(axis=(1, 2)), np.where(lines, along, 0).max(axis=(1, 2)))
    ends = lines & ((along < low[:, None, None] + 0.5) | (along > high[:, None, None] - 0.5))
    kept_free = binary_dilation(ends, NEIGHBOURS)
    for hidden in all_hidden:
        assert not (hidden & kept_free).any()


def test_occluders_hide_at_most_half_of_a_line_and_something_of_most(occluded):
    lines, y, _, all_hidden = occluded
    area = lines.sum(axis=(1, 2))
    for severity, hidden in enumerate(all_hidden, 1):
        covered = (lines & hidden).sum(axis=(1, 2))
        assert (2 * covered <= area).all()
        assert (covered > 0)[y[:, 0] == 1].all()
        assert hidden.sum(axis=(1, 2)).max() <= severity * (severity + 2) ** 2
        assert hidden.sum(axis=(1, 2)).min() >= (severity + 2) ** 2


def test_only_one_class_fits_what_occluders_leave_to_see(shapes, occluded):
    lit, levels = shapes
    lit = lit.T.astype(np.float32)
    lines, y, _, all_hidden = occluded
    for hidden in all_hidden:
        seen = ~hidden.reshape(len(y), -1)
        seen_line = seen & lines.reshape(len(y), -1)
        # pixels in sight that differ: of the other image's line, plus of this one's, minus twice those of both
        differing = (seen - 2 * seen_line.astype(np.float32)) @ lit + seen_line.sum(axis=1, keepdims=True)
        for own, fits in zip(y, differing < 0.5, strict=True):
            np.testing.assert_array_equal(np.unique(levels[fits], axis=0), [own])


@pytest.mark.parametrize("value", [0, 255])
def test_occluders_on_images_without_a_line(value):
    Z = corrupt(np.full((50, 28, 28, 3), value, dtype=np.uint8), "occlusion", 5, random_state=0)
    grey = (value != Z).any(axis=-1)
    assert (grey.sum(axis=(1, 2)) > 49).all()
    assert (Z[grey] == Z[grey][:, :1]).all()
    tiny = np.full((2, 2, 9, 3), value, dtype=np.uint8)
    np.testing.assert_array_equal(corrupt(tiny, "occlusion", 5, random_state=0), tiny)


@pytest.mark.parametrize("make", [np.random.RandomState, np.random.default_rng])
def test_generators_are_drawn_from(make):
    X, _ = make_lines(1, random_state=0)
    source = make(0)
    first, second = (corrupt(X, "fog", 3, random_state=source) for _ in range(2))
    assert not np.array_equal(first, second)
    np.testing.assert_array_equal(corrupt(X, "fog", 3, random_state=make(0)), first)
    assert not np.array_equal(corrupt(X, "fog", 3), corrupt(X, "fog", 3))


IMAGES = np.zeros((2, 28, 28, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"corruption": "gausian-noise"},
            "corruption must be one of .*; got 'gausian-noise' .did you mean 'gaussian-n",
        ),
        ({"corruption": None}, "corruption must be one of .*; got None"),
        ({"severity": 0}, "severity must be an integer from 1 to 5; got 0"),
        ({"severity": 6}, "severity must be an integer from 1 to 5; got 6"),
        ({"severity": True}, "severity must be an integer from 1 to 5; got True"),
        ({"random_state": -1}, "random_state must be"),
        ({"X": IMAGES.astype(float)}, r"X must be uint8 or float32 images .*; got float64 of shape \(2, 28, 28, 3\)"),
        ({"X": IMAGES[..., 0]}, "X must be uint8 or float32 images"),
        ({"X": IMAGES[:0]}, "X must be uint8 or float32 images"),
        ({"X": "lines"}, "X must be uint8 or float32 images"),
        ({"X": IMAGES.astype(np.float32) + 2}, "X must be from 0 to 1 as float32; got 2 to 2"),
        ({"X": IMAGES.astype(np.float32) * np.nan}, "X must be from 0 to 1 as float32; got nan to nan"),
        ({"X": IMAGES.reshape(2, -1)[:, 1:]}, "X must have height² or 3·height² features a row .*; got 2351"),
    ],
)
def test_bad_arguments(options, words):
    with pytest.raises(ValueError, match=words):
        corrupt(**{"X": IMAGES, "corruption": "fog", **options})
