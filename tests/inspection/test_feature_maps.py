"""Activations of layers, by name and kind."""

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from lineclf import OneLayerCNNClassifier
from lineclf.inspection import FeatureMapsDisplay, feature_maps


def test_every_layer_with_maps_in_the_order_of_the_net(estimator, lines):
    maps = feature_maps(estimator, lines[0][:5])
    model = (estimator[-1] if hasattr(estimator, "steps") else estimator).model_
    shapes = {layer.name: (5, *layer.output.shape[1:]) for layer in model.layers[1:] if len(layer.output.shape) == 4}
    assert {name: values.shape for name, values in maps.items()} == shapes
    assert list(maps) == list(shapes)


def test_maps_are_what_the_layers_compute(four_heads, lines):
    X = lines[0][:200]
    maps = feature_maps(four_heads, X, ["conv2d_1", "activation_1"])
    conv = four_heads.model_.get_layer("conv2d_1")
    expected = np.asarray(conv(X / np.float32(255)))
    np.testing.assert_allclose(maps["conv2d_1"], expected, atol=1e-5)
    np.testing.assert_allclose(maps["activation_1"], np.maximum(expected, 0), atol=1e-5)


def test_the_last_layer_gives_the_probabilities(four_heads, lines):
    X = lines[0][:7]
    angle = feature_maps(four_heads, X, "angle_output")["angle_output"]
    np.testing.assert_allclose(angle, four_heads.predict_proba(X)[2], atol=1e-6)


def test_a_kind_stands_for_all_its_layers(four_heads, lines):
    names = list(feature_maps(four_heads, lines[0][:2], "conv2d"))
    assert names == [layer.name for layer in four_heads.model_.layers if isinstance(layer, keras.layers.Conv2D)]


def test_images_in_either_shape_give_the_same(estimator, lines):
    X = lines[0][:4]
    for name, values in feature_maps(estimator, X).items():
        np.testing.assert_array_equal(values, feature_maps(estimator, X.reshape(4, -1), name)[name])


def test_a_wrong_layer_lists_those_there_are(four_heads, lines):
    with pytest.raises(ValueError, match=r"conv2d_1, activation_1.*got 'conv2d_9'. Did you mean 'conv2d"):
        feature_maps(four_heads, lines[0][:1], "conv2d_9")
    with pytest.raises(ValueError, match=r"must be a classifier of lineclf.*LogisticRegression"):
        feature_maps(LogisticRegression(), lines[0][:1])


@pytest.mark.parametrize("layer", [[], 3, [None]])
def test_what_is_no_layer_is_refused(four_heads, lines, layer):
    with pytest.raises(ValueError, match="layer must be"):
        feature_maps(four_heads, lines[0][:1], layer)


def test_what_a_relu_takes_away_is_seen(four_heads, lines):
    shown = FeatureMapsDisplay.from_estimator(four_heads, lines[0][:1], ["conv2d_1", "activation_1"])
    before, after = (axes.images[0] for axes in shown.axes_[0, 1:])
    assert np.nanmin(before.get_array()) < -0.5
    assert before.norm.vmin == -1
    assert np.nanmin(after.get_array()) == after.norm.vmin == 0


def test_images_are_shown_as_they_were_given(four_heads, pipeline, lines):
    X, y = lines[0][:20], lines[1][:20]
    net = OneLayerCNNClassifier(filters=2, units=2, kernel_size=3, epochs=1, random_state=0)
    standard = make_pipeline(StandardScaler(), net)
    turned = make_pipeline(FunctionTransformer(lambda images: images[:, ::-1]), four_heads)
    for estimator in (pipeline, standard.fit(X.reshape(20, -1), y[:, 2]), turned, make_pipeline(turned)):
        shown = FeatureMapsDisplay.from_estimator(estimator, X[:2], "conv2d_1")
        np.testing.assert_allclose(shown.images, X[:2] / 255, atol=1e-6)
    np.testing.assert_allclose(feature_maps(turned, X)["conv2d_1"], feature_maps(four_heads, X[:, ::-1])["conv2d_1"])


def test_display_has_a_row_an_image_and_a_column_a_layer(four_heads, lines):
    shown = FeatureMapsDisplay.from_estimator(four_heads, lines[0][:2], ["conv2d_1", "max_pooling2d_1"])
    assert shown.axes_.shape == (2, 3)
    assert shown.axes_[0, 1].get_title() == "conv2d_1\n12 × 12 × 6"
    assert all(len(axes.images) == 1 for axes in shown.axes_.ravel())
    again = FeatureMapsDisplay(maps=shown.maps, images=shown.images).plot(ax=shown.axes_, max_channels=2)
    assert again.figure_ is shown.figure_
    assert again.axes_[1, 1].get_title().endswith("first 2")
    for axes, got in ((shown.axes_[0, 0], "1"), (shown.axes_.T, "3 × 2")):
        with pytest.raises(ValueError, match=f"ax must hold 2 × 3 axes; got {got}"):
            again.plot(ax=axes)
    with pytest.raises(ValueError, match="ax must be Matplotlib axes"):
        again.plot(ax=["a"] * 6)
    with pytest.raises(ValueError, match="max_channels must be at least 1; got 0"):
        again.plot(max_channels=0)
    with pytest.raises(ValueError, match="must have maps to show; got dense_1"):
        FeatureMapsDisplay.from_estimator(four_heads, lines[0][:1], "dense_1")
