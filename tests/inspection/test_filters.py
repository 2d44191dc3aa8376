"""Gradient ascent in input space."""

import numpy as np
import pytest
from matplotlib.figure import Figure

from lineclf import OneLayerCNNClassifier
from lineclf.inspection import FilterDisplay, feature_maps, maximize_filters


def answers(estimator, images, layer, filters):
    """Mean activation of filter f on image f."""
    maps = feature_maps(estimator, images, layer)[layer].mean(axis=(1, 2))
    return maps[np.arange(len(images)), filters]


@pytest.mark.parametrize("layer", ["conv2d_1", "conv2d_3"])
def test_filters_answer_more_than_to_any_image_of_the_data(four_heads, lines, layer):
    filters = [0, 3, 5]
    images = maximize_filters(four_heads, layer, filters, steps=100)
    assert images.shape == (3, 12, 12, 3)
    assert images.min() >= 0
    assert images.max() <= 1
    blank = np.full_like(images, 0.5)
    assert (answers(four_heads, images, layer, filters) > answers(four_heads, blank, layer, filters)).all()
    assert (images.std(axis=(1, 2)).max(axis=1) > 0.05).all()  # not flat


def test_the_dense_layer_on_every_position_has_filters_too(one_target):
    images = maximize_filters(one_target, "dense_1", steps=3)
    assert images.shape == (8, 12, 12, 3)


def test_the_seed_decides_and_pipelines_pass(four_heads, pipeline):
    one, two, other = (maximize_filters(four_heads, "conv2d_2", [1], steps=5, random_state=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(one, two)
    assert not np.array_equal(one, other)
    assert maximize_filters(pipeline, "conv2d_2", [1], steps=2).shape == (1, 12, 12, 3)


@pytest.mark.parametrize(
    ("layer", "options", "words"),
    [
        ("conv2d_1", {"filters": [6]}, r"filters must be channels of 'conv2d_1', 0 to 5; got \[6\]"),
        ("conv2d_1", {"filters": [0.5]}, r"filters must be channels of 'conv2d_1', 0 to 5; got \[0.5\]"),
        ("conv2d_1", {"filters": [True, False]}, "filters must be channels"),
        ("conv2d_1", {"filters": "01"}, "filters must be channels"),
        ("conv2d_1", {"filters": []}, "filters must be channels"),
        ("conv2d", {}, "layer must be one with maps, conv2d_1, .*; got 'conv2d'. Did you mean 'conv2d_"),
        ("flatten_1", {}, "layer must be one with maps, conv2d_1, .*; got 'flatten_1'"),
        ("conv2d_1", {"steps": 0}, "'steps'.*Got 0"),
        ("conv2d_1", {"step_size": float("nan")}, "'step_size'.*Got nan"),
        ("conv2d_1", {"smoothness": -1}, "'smoothness'.*Got -1"),
        ("conv2d_1", {"value_range": (1, 0)}, r"value_range must be two numbers, the smaller first; got \(1, 0\)"),
    ],
)
def test_bad_arguments_are_named(four_heads, layer, options, words):
    with pytest.raises(ValueError, match=words):
        maximize_filters(four_heads, layer, **options)


def test_images_stay_in_the_range_that_the_net_sees(lines):
    X, y = lines
    net = OneLayerCNNClassifier(filters=2, units=2, kernel_size=3, epochs=1, random_state=0)
    wide = net.fit(X[::10] * 1.0, y[::10, 2])
    images = maximize_filters(wide, "conv2d_1", steps=30, value_range=(0, 255))
    assert images.min() >= 0
    assert 1 < images.max() <= 255


def test_a_display_of_some_filters_on_given_axes(four_heads):
    assert FilterDisplay.from_estimator(four_heads, "conv2d_1", 3, steps=1).axes_[0, 0].get_title() == "3"
    axes = Figure().subplots(2, 2)
    shown = FilterDisplay.from_estimator(four_heads, "conv2d_1", range(4), steps=1, ax=axes)
    assert shown.axes_.shape == (2, 2)
    with pytest.raises(ValueError, match="ax must hold 5 axes; got 4"):
        FilterDisplay.from_estimator(four_heads, "conv2d_1", range(5), steps=1, ax=axes)


def test_display(four_heads):
    shown = FilterDisplay.from_estimator(four_heads, "conv2d_1", steps=2)
    assert shown.axes_.shape == (1, 6)
    assert [axes.get_title() for axes in shown.axes_.ravel()] == list("012345")
    assert "conv2d_1" in shown.figure_.get_suptitle()
