"""What every estimator of the package promises, beyond scikit-learn's own checks."""

import os

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from sklearn.base import clone, is_classifier

from lineclf import CompactCNNClassifier, MatchedFilterClassifier, MultiHeadLineClassifier
from lineclf._labels import read_target
from lineclf.estimators import _twins
from lineclf.estimators._batches import shuffled_batches
from tests.estimators.conftest import small_net

COLUMNS = ["length", "width", "angle", "color"]


def test_shapes_of_everything(fitted, lines):
    X, y = lines
    clf = fitted
    assert is_classifier(clf)
    assert clf.predict(X).shape == y.shape
    assert clf.predict(X).dtype == y.dtype
    probabilities = clf.predict_proba(X)
    assert [p.shape for p in probabilities] == [(len(X), n) for n in (2, 2, 4, 2)]
    for p, classes, column in zip(probabilities, clf.classes_, clf.predict(X).T, strict=True):
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-5)
        np.testing.assert_array_equal(classes, np.unique(y[:, 0] if len(classes) == 2 else y[:, 2]))
        if isinstance(clf, MultiHeadLineClassifier):
            np.testing.assert_array_equal(classes[p.argmax(axis=1)], column)
    labels, same = clf.predict_with_proba(X)
    np.testing.assert_array_equal(labels, clf.predict(X))
    np.testing.assert_array_equal(np.hstack(same), np.hstack(probabilities))
    assert clf.score(X, y) == pytest.approx((clf.predict(X) == y).all(axis=1).mean())
    assert clf.head_scores(X, y) == pytest.approx(dict(zip(COLUMNS, (clf.predict(X) == y).mean(axis=0), strict=True)))
    assert (clf.n_features_in_, clf.image_shape_, clf.heads_) == (300, (10, 10, 3), COLUMNS)
    assert not clf.combines_heads or set(clf.history_) == {"loss", "joint_accuracy"}


def test_every_form_of_the_same_images_gives_the_same_predictions(tiny, lines):
    X, y = lines
    forms = [
        X,
        X.reshape(len(X), -1),
        X.astype(np.float32) / np.float32(255),
        (X / 255).reshape(len(X), -1),
        np.asfortranarray(X),
        pd.DataFrame(X.reshape(len(X), -1)),
    ]
    expected = np.hstack(tiny().fit(X, y).predict_proba(X))
    for form in forms[1:]:
        clf = tiny().fit(form, y)
        tolerance = {"rtol": 0, "atol": 1e-6} if np.asarray(form).dtype == np.float64 else {"rtol": 0, "atol": 0}
        np.testing.assert_allclose(np.hstack(clf.predict_proba(form)), expected, **tolerance)


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize(
    "relabel",
    [
        lambda y: y * 10 - 5,
        lambda y: np.array(["red", "green", "blue", "black"])[y],
        lambda y: pd.DataFrame({"θ": 15.0 * y[:, 2], "name": np.array(["a", "b"])[y[:, 3]]}),
        lambda y: pd.DataFrame(np.array(list("abcd"), dtype=object)[y[:, 2:]], columns=["a b", "a/b"]),
        lambda y: np.array([f"{row}" for row in y]),
        lambda y: y[:, 0] == 1,
    ],
    ids=["integers", "strings", "mixed frame", "object frame", "one column", "bool"],
)
def test_the_labels_that_went_in_come_out(small_encoder, lines, relabel):
    X, y = lines[0], relabel(lines[1])
    clf = small_encoder(batch_size=128).fit(X, y)
    table = np.asarray(y)
    predicted = clf.predict(X)
    assert predicted.shape == table.shape
    assert predicted.dtype.kind == read_target(y).table().dtype.kind
    columns = zip(table.reshape(len(X), -1).T, predicted.reshape(len(X), -1).T, strict=True)
    classes = clf.classes_ if table.ndim == 2 else [clf.classes_]
    for (truth, answer), known in zip(columns, classes, strict=True):
        assert set(answer) <= set(truth)
        assert set(known) == set(truth)
    if isinstance(y, pd.DataFrame):
        assert clf.heads_ == list(y.columns)
        assert not isinstance(clf, MultiHeadLineClassifier) or f"{y.columns[0]}_loss" in clf.history_
    assert 0 <= clf.score(X, y) <= 1


@pytest.mark.usefixtures("eagerly")
def test_a_frame_of_one_column_names_its_head(small_encoder, lines):
    clf = small_encoder().fit(lines[0], pd.DataFrame({"colour": lines[1][:, 3]}))
    assert clf.heads_ == ["colour"]
    assert clf.predict(lines[0]).shape == (len(lines[0]),)
    assert set(clf.history_) == {"loss", "accuracy"}


def test_one_layer_cnn_answers_only_with_combinations_it_was_trained_on(tiny, lines):
    X, y = lines
    seen = (y.sum(axis=1) % 2) == 0
    clf = tiny().fit(X[seen], y[seen])
    assert clf.predict(X).sum(axis=1).max() % 2 == 0
    assert {tuple(row) for row in clf.predict(X)} <= {tuple(row) for row in y[seen]}
    with pytest.raises(ValueError, match="combination of labels was not seen"):
        clf.set_params(warm_start=True).fit(X, y)


def test_training_learns_and_history_tells_it(lines):
    X, y = lines
    clf = MultiHeadLineClassifier(filters=16, epochs=12, batch_size=32, learning_rate=2e-2, dropout=0.0, random_state=0)
    clf.fit(X, y, validation_data=(X, y))
    assert clf.score(X, y) > 0.9
    keys = {"loss", "joint_accuracy"} | {f"{head}_{kind}" for head in COLUMNS for kind in ("loss", "accuracy")}
    assert set(clf.history_) == keys | {f"val_{key}" for key in keys}
    assert {len(values) for values in clf.history_.values()} == {12}
    assert clf.history_["loss"][-1] < clf.history_["loss"][0] / 3
    assert clf.history_["val_joint_accuracy"][-1] == pytest.approx(clf.score(X, y))
    for head, score in clf.head_scores(X, y).items():
        assert clf.history_[f"val_{head}_accuracy"][-1] == pytest.approx(score)


def test_shifts_are_new_in_every_epoch_and_lose_what_leaves_the_image():
    X = np.arange(1, 17, dtype=np.float32).reshape(16, 1) * np.ones((1, 25), np.float32)  # image i is i + 1 all over
    shape = {"image_shape": (5, 5, 1), "batch_size": 5, "seed": 3, "first_epoch": 0, "epochs": 40}
    y = np.arange(16, dtype=np.int32).reshape(-1, 1)
    moved, still = (shuffled_batches(X, y, None, **shape, max_shift=n) for n in (2, 0))
    images, labels = (np.concatenate(parts) for parts in zip(*((x, t[0]) for x, t in moved), strict=True))
    np.testing.assert_array_equal(labels, np.concatenate([t[0] for _, t in still]))
    shifts = set()
    for image, label in zip(images[..., 0], labels, strict=True):
        rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
        assert set(image[np.ix_(rows, columns)].ravel()) == {label + 1}  # one block, nothing blended
        assert min(len(rows), len(columns)) >= 3
        shifts.add((5 - rows[-1] - 1 or -rows[0], 5 - columns[-1] - 1 or -columns[0]))
    assert shifts == {(i, j) for i in range(-2, 3) for j in range(-2, 3)}
    first, second = (
        images[np.argsort(labels[part], kind="stable") + part.start] for part in (slice(0, 16), slice(16, 32))
    )
    assert not np.array_equal(first, second)


def test_shifted_training_keeps_up_with_shifted_images():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    X = np.zeros((200, 12, 12, 1), np.uint8)
    for image, label in zip(X, y, strict=True):
        image[4:8, 4 + 3 * label] = 255  # one of two bars, always at the same place
    clf = CompactCNNClassifier(
        max_shift=2, filters=8, depth=1, epochs=8, batch_size=20, learning_rate=1e-2, random_state=0
    ).fit(X, y)
    assert clf.score(X, y) > 0.9
    with pytest.raises(ValueError, match=r"'max_shift'.*-1"):
        clf.set_params(max_shift=-1).fit(X, y)


def test_shifts_change_the_training_and_nothing_else(tiny, lines):
    X, y = lines
    still, zero, moved = (tiny(**more).fit(X, y) for more in ({}, {"max_shift": 0}, {"max_shift": 3}))
    assert np.array_equal(still.predict_proba(X)[2], zero.predict_proba(X)[2])
    assert not np.array_equal(still.predict_proba(X)[2], moved.predict_proba(X)[2])
    assert still.model_.count_params() == moved.model_.count_params()
    with pytest.raises(ValueError, match=r"'max_shift'.*0.5"):
        tiny(max_shift=0.5).fit(X, y)


# --- randomness ---


@pytest.mark.usefixtures("eagerly")  # where more could touch it: traces have seeds of their own
@pytest.mark.parametrize("cls", [MultiHeadLineClassifier, MatchedFilterClassifier])
def test_no_global_state_is_touched(cls, lines):
    X, y = lines
    np.random.seed(7)  # noqa: NPY002 - the global generator is what must stay as it is
    tf.random.set_seed(7)
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    expected = tf.random.uniform([3]).numpy()
    tf.random.set_seed(7)
    small_net(cls)().fit(X, y).predict(X)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
    np.testing.assert_array_equal(tf.random.uniform([3]).numpy(), expected)
    assert "TF_DETERMINISTIC_OPS" not in os.environ
    tf.random.experimental.Generator.from_non_deterministic_state()  # refused where op determinism is left on
    assert tf.random.uniform([3], seed=None).shape == (3,)


def test_random_state_instance_advances_and_none_differs(tiny, lines):
    X, y = lines
    state = np.random.RandomState(3)
    one, two = (np.hstack(tiny(random_state=state).fit(X, y).predict_proba(X)) for _ in range(2))
    assert not np.array_equal(one, two)
    again = np.hstack(tiny(random_state=np.random.RandomState(3)).fit(X, y).predict_proba(X))
    np.testing.assert_array_equal(one, again)


@pytest.mark.usefixtures("eagerly")
def test_keras_global_settings_change_nothing(small, fitted, lines):
    X, y = lines
    expected = np.hstack(fitted.predict_proba(X))
    _twins.forget()
    try:
        keras.config.set_dtype_policy("mixed_float16")
        keras.config.set_image_data_format("channels_first")
        clf = small().fit(X, y)
        np.testing.assert_array_equal(np.hstack(clf.predict_proba(X)), expected)
        assert clf.history_ == fitted.history_
        if isinstance(clf, MultiHeadLineClassifier):
            assert {p.dtype.name for p in clf.add_levels("color", [2]).predict_proba(X)} == {"float32"}
    finally:
        keras.config.set_dtype_policy("float32")
        keras.config.set_image_data_format("channels_last")


def test_inference_agrees_with_training_after_a_few_steps(tiny, lines):
    X, y = lines[0], lines[1][:, 2:]
    options = {"filters": 16, "units": 16, "epochs": 3, "batch_size": 32, "learning_rate": 1e-2, "dropout": 0.0}
    clf = tiny(**options, bn_momentum=0.99)  # with the running averages it is at chance
    clf.fit(X, y, validation_data=(X, y))
    assert clf.history_["val_joint_accuracy"][-1] == pytest.approx(clf.score(X, y))
    assert clf.score(X, y) >= clf.history_["joint_accuracy"][-1] > 0.3
    unwatched = clone(clf).fit(X, y)
    assert unwatched.score(X, y) == pytest.approx(clf.score(X, y))
    for _ in range(3):
        clf.partial_fit(X, y)
    assert clf.score(X, y) >= clf.history_["joint_accuracy"][-1] - 0.05
    normalization = clf.model_.get_layer("batch_normalization_1")
    before = np.array(normalization.moving_variance)
    clf.partial_fit(np.zeros_like(X[:1]), y[:1])  # one image, which does not vary, counts for a 32nd of a batch
    np.testing.assert_allclose(normalization.moving_variance, before * 31 / 32, rtol=0.02)


@pytest.mark.usefixtures("eagerly")
def test_image_shape_is_found_or_given(tiny):
    rng = np.random.default_rng(0)
    y = np.arange(24) % 2
    for n_features, given, expected in [
        (48, None, (4, 4, 3)),
        (16, None, (4, 4, 1)),
        (7, None, (1, 7, 1)),
        (24, (2, 6, 2), (2, 6, 2)),
    ]:
        clf = tiny(image_shape=given).fit(rng.random((24, n_features)), y)
        assert clf.image_shape_ == expected
        assert clf.model_.input_shape[1:] == expected


def test_clone_and_set_params_reach_every_component(small):
    clf = small()
    params = clf.get_params()
    assert {"pooling", "optimizer", "learning_rate", "lr_schedule", "loss", "batch_size", "epochs"} <= set(params)
    assert clone(clf).get_params() == params
    assert clf.set_params(pooling="mean", loss="mse").get_params() == {**params, "pooling": "mean", "loss": "mse"}
    with pytest.raises(ValueError, match="Invalid parameter 'dropuot'"):
        clf.set_params(dropuot=0.1)
