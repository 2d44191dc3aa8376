"""Heatmaps of evidence against what they promise by definition."""

from itertools import product

import keras
import numpy as np
import pytest
import tensorflow as tf

from lineclf.inspection import METHODS, ClassActivationDisplay, class_activation_map
from lineclf.inspection._subject import HeadScore
from lineclf.inspection._upsampling import centres, upsample


def as_list(maps):
    return maps if isinstance(maps, list) else [maps]


@pytest.mark.parametrize(
    ("name", "method"),
    [
        *product(["four_heads", "combinations", "one_target", "matched_filters"], METHODS),
        ("pipeline", "gradcam"),  # whose net is looked into like any other
    ],
)
def test_a_map_an_image_and_head(request, lines, name, method):
    estimator, X = request.getfixturevalue(name), lines[0][:3]
    maps = as_list(class_activation_map(estimator, X, method=method))
    last = estimator[-1] if hasattr(estimator, "steps") else estimator
    assert len(maps) == len(last.heads_)
    for values in maps:
        assert values.shape == (3, 12, 12)
        assert values.dtype == np.float32
        assert np.isfinite(values).all()
        if method in ("gradcam", "gradcam++", "scorecam", "smoothgrad"):
            assert values.min() >= 0
    alone = class_activation_map(estimator, X.reshape(3, -1), head=last.heads_[-1], method=method)
    np.testing.assert_allclose(alone, maps[-1], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("head", ["length", "width", "angle", "color"])
@pytest.mark.parametrize("name", ["four_heads", "combinations"])
def test_integrated_gradients_add_up_to_the_scores_difference(request, lines, name, head):
    estimator, X = request.getfixturevalue(name), lines[0][:6]
    maps = class_activation_map(estimator, X, head, method="integrated_gradients")
    score = HeadScore(estimator, head)
    levels = score.levels(None, estimator.predict(X))
    ends = [score(score.model(images)[1], levels).numpy() for images in (X / np.float32(255), np.zeros(X.shape, "f"))]
    np.testing.assert_allclose(maps.sum(axis=(1, 2)), ends[0] - ends[1], rtol=0.1, atol=0.1)


def test_the_score_is_the_logit_and_its_negative(four_heads, lines):
    X = lines[0][:4] / np.float32(255)
    probabilities = four_heads.predict_proba(X)
    zero, one = np.zeros(4, np.int32), np.ones(4, np.int32)
    width = HeadScore(four_heads, "width")
    z = width(width.model(X)[1], one).numpy()
    np.testing.assert_allclose(1 / (1 + np.exp(-z)), probabilities[1][:, 1], rtol=1e-4)
    np.testing.assert_array_equal(width(width.model(X)[1], zero).numpy(), -z)
    angle = HeadScore(four_heads, "angle")
    scores = np.column_stack([angle(angle.model(X)[1], i * one).numpy() for i in range(4)])
    np.testing.assert_allclose(tf.nn.softmax(scores), probabilities[2], rtol=1e-4)


def test_a_level_of_a_net_of_combinations_is_scored_by_their_sum(combinations, lines):
    X = lines[0][:4] / np.float32(255)
    angle = HeadScore(combinations, "angle")
    scores = np.column_stack([angle(angle.model(X)[1], np.full(4, i, np.int32)).numpy() for i in range(4)])
    np.testing.assert_allclose(tf.nn.softmax(scores), combinations.predict_proba(X)[2], rtol=1e-4)


def test_targets_are_labels_and_default_to_the_predicted_ones(one_target, four_heads, lines):
    X = lines[0][:4]
    predicted = one_target.predict(X)
    default, given = (class_activation_map(one_target, X, target=t) for t in (None, predicted))
    np.testing.assert_array_equal(default, given)
    one, two = (class_activation_map(four_heads, X, "width", t, method="integrated_gradients") for t in (0, 1))
    np.testing.assert_allclose(one, -two, atol=1e-6)


def test_black_pixels_are_no_evidence_to_occlusion_and_integrated_gradients(four_heads, lines):
    X = np.zeros_like(lines[0][:2])
    for method in ("occlusion", "integrated_gradients"):
        for values in class_activation_map(four_heads, X, method=method):
            assert not values.any()


def test_occlusion_at_one_place_by_hand(four_heads, lines):
    X = lines[0][:1] / np.float32(255)
    maps = class_activation_map(four_heads, X, "angle", method="occlusion")
    score = HeadScore(four_heads, "angle")
    levels = score.levels(None, four_heads.predict(X))
    hidden = X.copy()
    hidden[:, 5:8, 4:7] = 0
    drop = float(score(score.model(X)[1], levels)[0] - score(score.model(hidden)[1], levels)[0])
    assert maps[0, 6, 5] == pytest.approx(drop, rel=1e-3, abs=1e-4)


@pytest.mark.parametrize("name", ["four_heads", "combinations", "one_target"])
def test_every_cell_is_put_where_it_looks(request, name):
    """The middle of the pixels that a cell depends on, found by gradients, is the pixel it is put on."""
    net = request.getfixturevalue(name).model_
    path = keras.Model(net.input, net.get_layer(net.output_names[-1]).input).layers[1:]
    for layer in (each for each in path if len(each.output.shape) == 4):
        cells = centres(path, layer)
        model = keras.Model(net.input, layer.output)
        i, j = len(cells[0]) // 2, len(cells[1]) // 2
        x = tf.Variable(np.random.default_rng(0).random((20, *net.input_shape[1:]), np.float32))
        with tf.GradientTape() as tape:
            value = tf.reduce_sum(model(x, training=False)[:, i, j])
        seen = (tape.gradient(value, x).numpy() != 0).any(axis=(0, 3))
        rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
        if rows[0] > 0 and rows[-1] < seen.shape[0] - 1:  # cut by no border
            assert (rows[0] + rows[-1]) / 2 == pytest.approx(cells[0][i])
        if columns[0] > 0 and columns[-1] < seen.shape[1] - 1:
            assert (columns[0] + columns[-1]) / 2 == pytest.approx(cells[1][j])


def test_upsampling_keeps_constants_and_places():
    cells = np.array([1.0, 4.0, 7.0]), np.array([2.0, 5.0])
    np.testing.assert_allclose(upsample(np.full((1, 3, 2), 2.5), cells, (9, 8)), 2.5)
    maps = np.zeros((1, 3, 2))
    maps[0, 1, 1] = 1
    large = upsample(maps, cells, (9, 8))[0]
    assert large[4, 5] == large.max() == 1
    assert large[1, 5] == large[7, 5] == large[4, 2] == 0
    assert large[4, 7] == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"method": "lime"}, "method must be among gradcam, .*got 'lime'"),
        ({"head": "colour"}, "head must be among 'length', 'width', 'angle', 'color', or None; got 'colour'"),
        ({"target": 1}, "target=1 needs a head"),
        ({"head": "angle", "target": 7}, r"target must be one of the labels \[0, 1, 2, 3\].*got 7"),
        ({"head": "angle", "target": [1]}, r"or one per image \(2\)"),
        (
            {"head": "angle", "layer": "dense_1"},
            "layer must be one with maps before head 'angle', conv2d_1.*got 'dense_1'",
        ),
        ({"layer": "conv2d_2"}, "layer must be one with maps before head 'length', conv2d_1, .*got 'conv2d_2'"),
        ({"method": ["gradcam"]}, "method must be among"),
        ({"head": "angle", "target": "1"}, "target must be one of the labels"),
    ],
)
def test_bad_arguments_are_named_with_what_is_legal(four_heads, lines, options, words):
    with pytest.raises(ValueError, match=words):
        class_activation_map(four_heads, lines[0][:2], **options)


def test_display_tells_prediction_truth_and_missing_evidence(four_heads, lines):
    X, y = lines[0][:2], lines[1][:2]
    shown = ClassActivationDisplay.from_estimator(four_heads, X, y)
    assert shown.axes_.shape == (2, 5)
    label = four_heads.predict(X)[1, 2]
    sure = four_heads.predict_proba(X)[2][1, label]
    assert shown.axes_[1, 3].get_title() == f"angle: {label} ({100 * sure:.0f} %)\ntrue: {y[1, 2]}"
    empty = {head: np.zeros_like(maps) for head, maps in shown.maps.items()}
    blank = ClassActivationDisplay(maps=empty, images=shown.images, titles=shown.titles, method="gradcam").plot()
    assert [text.get_text() for text in blank.axes_[0, 1].texts] == ["no evidence"]


def test_smoothgrads_noise_is_that_of_the_seed_wherever_an_image_stands(four_heads, lines):
    X = lines[0][:70]
    maps = class_activation_map(four_heads, X, "angle", method="smoothgrad")
    np.testing.assert_allclose(
        class_activation_map(four_heads, X[68:], "angle", method="smoothgrad"), maps[68:], rtol=1e-3, atol=1e-5
    )
    for seed in (1, None, np.random.RandomState(0)):
        other = class_activation_map(four_heads, X[:2], "angle", method="smoothgrad", random_state=seed)
        assert not np.allclose(other, maps[:2])


def test_truth_is_of_all_heads_or_of_the_one_that_is_shown(four_heads, one_target, lines):
    X, y = lines[0][:4], lines[1][:4]
    shown = ClassActivationDisplay.from_estimator(four_heads, X, y[:, 2], head="angle")
    assert [axes.get_title().split()[-1] for axes in shown.axes_[:, 1]] == [str(label) for label in y[:, 2]]
    for truth in (lines[1], y[:2], y[:, :3], y[:, 2], y[0]):
        with pytest.raises(ValueError, match="y must hold the labels of 4 images and 4 heads, length, width"):
            ClassActivationDisplay.from_estimator(four_heads, X, truth)
    with pytest.raises(ValueError, match=r"y must have labels of head 'class', such as .*; got"):
        ClassActivationDisplay.from_estimator(one_target, X, y[:, 2])


def test_display_of_one_target(one_target, lines):
    shown = ClassActivationDisplay.from_estimator(one_target, lines[0][:1], method="occlusion")
    assert shown.axes_.shape == (1, 2)
    assert shown.axes_[0, 1].get_title().startswith("class: ")
