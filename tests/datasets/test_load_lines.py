import inspect

import numpy as np
import pytest

from lineclf.datasets import FACTORS, class_index, load_lines, make_lines
from lineclf.datasets._load import SEED
from lineclf.datasets._world import World


@pytest.fixture(scope="module")
def parts():
    return {subset: load_lines(subset) for subset in ("train", "test")}


@pytest.mark.parametrize(("subset", "per_class"), [("train", 750), ("test", 250)])
def test_sizes_and_fields(parts, subset, per_class):
    bunch = parts[subset]
    n = 96 * per_class
    assert (bunch.images.shape, bunch.images.dtype) == ((n, 28, 28, 3), np.uint8)
    assert bunch.data.shape == (n, 2352)
    assert np.shares_memory(bunch.data, bunch.images)
    assert bunch.target.shape == (n, 4)
    assert bunch.positions.shape == (n, 2)
    assert bunch.factor_names == list(FACTORS)
    np.testing.assert_array_equal(bunch.class_index, class_index(bunch.target))
    assert (np.bincount(bunch.class_index) == per_class).all()
    assert (np.diff(bunch.class_index) != 0).mean() > 0.9  # shuffled


def test_all_is_train_followed_by_test(parts):
    everything = load_lines("all")
    for field in ("images", "target", "positions", "class_index"):
        train, test = parts["train"][field], parts["test"][field]
        assert len(everything[field]) == len(train) + len(test)
        assert np.array_equal(everything[field][: len(train)], train)
        assert np.array_equal(everything[field][len(train) :], test)


def test_the_parts_together_are_one_draw_of_make_lines(parts):
    """The first 750 of each class's 1,000 draws train, the last 250 test."""
    X, _ = make_lines(1000, shuffle=False, random_state=SEED)
    for subset, part in (("train", slice(750)), ("test", slice(750, None))):
        expected = X.reshape(96, 1000, -1)[::17, part]
        for k, rows in zip(range(0, 96, 17), expected, strict=True):
            found = parts[subset].data[parts[subset].class_index == k]
            assert sorted(map(bytes, found)) == sorted(map(bytes, rows))


def test_the_data_set_stays_the_same_from_release_to_release(parts):
    """A few values of the fixed draw; if they change, published scores are of another data set."""
    np.testing.assert_array_equal(parts["train"].class_index[:6], [29, 70, 79, 52, 39, 45])
    np.testing.assert_array_equal(parts["test"].positions[:3], [[5, 14], [8, 17], [10, 4]])
    assert int(parts["train"].images.sum(dtype=np.int64)) == 406_980_000


def test_the_description_tells_the_leak_of_this_draw(parts):
    train = set(map(bytes, parts["train"].data))
    leak = np.mean([bytes(row) in train for row in parts["test"].data])
    assert f"about {leak:.0%}".replace("%", " %") in parts["test"].DESCR.replace("\n", " ")


def test_target_names_are_the_default_levels(parts):
    defaults = inspect.signature(make_lines).parameters
    expected = [[str(level) for level in defaults[f"{factor}s"].default] for factor in FACTORS]
    assert parts["train"].target_names == expected


def test_make_lines_and_the_world_have_the_same_defaults():
    signature = inspect.signature(make_lines).parameters
    for name, parameter in inspect.signature(World.checked).parameters.items():
        assert signature[name].default == parameter.default


def test_floats_are_the_bytes_over_255(parts):
    data, target = load_lines("test", dtype="float32", return_X_y=True)
    assert data.dtype == np.float32
    assert np.array_equal(data, parts["test"].data / np.float32(255))
    np.testing.assert_array_equal(target, parts["test"].target)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"subset": "training"}, "subset must be one of 'train', 'test', 'all'; got 'training'"),
        ({"subset": None}, "subset must be"),
        ({"subset": "full"}, "got 'full' .did you mean 'all'"),
        ({"dtype": "float64"}, "dtype must be"),
        ({"return_X_y": 1}, "return_X_y must be"),
    ],
)
def test_bad_arguments(options, words):
    with pytest.raises(ValueError, match=words):
        load_lines(**options)
