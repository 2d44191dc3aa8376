"""What the estimators refuse, and in which words."""

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"pooling": "maximum"}, ["'pooling'", "'maximum'", "'max'"]),
        ({"optimizer": "adamm"}, ["'optimizer'", "adamm", "rmsprop"]),
        ({"loss": "mae"}, ["'loss'", "mae", "crossentropy"]),
        ({"lr_schedule": "step"}, ["'lr_schedule'", "cosine"]),
        ({"epochs": 0}, ["'epochs'", "[1, inf)"]),
        ({"learning_rate": -1e-3}, ["'learning_rate'", "-0.001"]),
        ({"random_state": "a"}, ["'random_state'", "'a'"]),
        ({"image_shape": (5, 5, 3)}, ["image_shape", "(5, 5, 3)", "300"]),
        ({"patience": 2}, ["patience=2", "validation_split"]),
        ({"validation_split": 0.999}, ["validation_split=0.999"]),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_bad_parameter_is_named_with_what_is_legal(small, lines, change, words):
    X, y = lines
    with pytest.raises(ValueError, match=words[0]) as caught:
        small(**change).fit(X, y)
    for word in words:
        assert word in str(caught.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"dropout": 1.0}, r"'dropout'.*\[0.0, 1.0\).*1.0"),
        ({"kernel_size": 2.5}, "'kernel_size'.*2.5"),
        ({"pooling": "mean"}, "'pooling'.*'stride'.*'mean'"),
    ],
)
def test_a_bad_parameter_of_a_cnn_is_named(small_cnn, lines, change, words):
    with pytest.raises(ValueError, match=words):
        small_cnn(**change).fit(*lines)


def spoilt(X, value):
    X = X / 255
    X[3, 2, 1, 0] = value
    return X


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda X, y: (spoilt(X, np.nan), y), "NaN"),
        (lambda X, y: (spoilt(X, np.inf), y), "infinity"),
        (lambda X, y: (X[..., 0], y), "Found array with dim 3.*grey images need a last axis"),
        (lambda X, y: (np.moveaxis(X, -1, 1), y), "as with channels first"),
        (lambda X, y: (X[:0], y[:0]), "0 sample"),
        (lambda X, y: (X, y[:-1]), "inconsistent numbers of samples"),
        (lambda X, y: (X, y * [1, 1, 0, 1]), "only one class.*'angle'"),
        (lambda X, y: (X, y + 0.5), "continuous"),
        (lambda X, y: (X, np.where(y == 0, np.nan, y)), "NaN"),
        (lambda X, y: (X, None), "y is None"),
        (lambda X, y: (X, y[:, :, None]), "[Dd]im"),
    ],
    ids=[
        "nan",
        "inf",
        "no channels",
        "channels first",
        "empty",
        "lengths",
        "one class",
        "continuous",
        "nan in y",
        "no y",
        "3-d y",
    ],
)
def test_bad_data_is_refused(small, lines, spoil, words):
    X, y = spoil(*lines)
    with pytest.raises(ValueError, match=words):
        small().fit(X, y)


def test_pixels_on_another_scale_than_those_of_fit_are_refused(tiny, lines):
    X, y = lines
    clf = tiny().fit(X, y)
    np.testing.assert_allclose(clf.predict_proba(X / 255)[2], clf.predict_proba(X)[2], atol=1e-5)
    for other in (X.astype(int), X.astype(float), X.reshape(len(X), -1).tolist()):
        with pytest.raises(ValueError, match=r"X must be uint8 as in fit, or scaled to 0–1; got .* up to 255"):
            clf.predict(other)


def test_so_are_bytes_after_a_fit_on_their_values_as_floats(tiny, lines):
    X, y = lines
    clf = tiny().fit(X.astype(np.float32), y)
    assert clf.predict(X.astype(int)).shape == y.shape
    for call in (clf.predict, lambda X: clf.score(X, y), lambda X: clf.partial_fit(X, y), clf.as_images):
        with pytest.raises(ValueError, match=r"where it was no uint8 and reached 255; got uint8"):
            call(X)
        with pytest.raises(ValueError, match=r"which was 0–255; got 0–1"):
            call(X / 300)


def test_another_global_float_type_is_refused_before_training(tiny, lines):
    clf = tiny().fit(*lines)
    keras.config.set_floatx("float16")
    try:
        for call in (clf.fit, clf.partial_fit):
            with pytest.raises(ValueError, match=r"keras.config.floatx\(\) must be 'float32' to train; got 'float16'"):
                call(*lines)
    finally:
        keras.config.set_floatx("float32")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda clf, X, y: clf.fit(X, y, sample_weight=-np.ones(len(X))), "sample_weight must not be negative; got -1"),
        (lambda clf, X, y: clf.fit(X, y, sample_weight=0 * y[:, 0]), "a weight above 0; got only zeros"),
        (
            lambda clf, X, y: clf.partial_fit(X, y[:, 0]).partial_fit(X, ["a"] * len(X)),
            "y must hold labels of head 'class', like 0; got 'a'",
        ),
        (
            lambda clf, X, y: clf.fit(X, y, sample_weight=["a"] * len(X)),
            r"sample_weight must hold numbers; got \['a', ",
        ),
        (lambda clf, X, y: clf.partial_fit(X, y, sample_weight=["1"] * len(X)), r"must hold numbers; got \['1', "),
        (lambda clf, X, y: clf.partial_fit(X, y, classes=[[0, 1]] * 3), "labels of each of the 4 heads"),
        (lambda clf, X, y: clf.set_params(callbacks=[1]).fit(X, y), "callbacks must be a list of .*; got 1 in it"),
    ],
    ids=["weight", "no weight", "kind of labels", "text", "text in a part", "classes", "callbacks"],
)
def test_what_belongs_to_the_data_is_checked_too(tiny, lines, call, words):
    with pytest.raises(ValueError, match=words):
        call(tiny(), *lines)


def test_other_images_than_those_of_fit_are_refused(tiny, lines):
    X, y = lines
    clf = tiny().fit(X, y)
    with pytest.raises(ValueError, match=r"X has 243 features, but .* is expecting 300"):
        clf.predict(X[:, :9, :9])
    with pytest.raises(ValueError, match=r"shape \(10, 3, 10\).*\(10, 10, 3\) were seen in fit"):
        clf.predict(np.moveaxis(X, -1, 2))
    with pytest.raises(ValueError, match="unseen labels"):
        clf.set_params(warm_start=True).fit(X, y + 1)
    with pytest.raises(ValueError, match="heads"):
        clf.fit(X, y[:, :2])


def test_validation_data_is_a_pair_of_what_fit_takes(tiny, lines):
    X, y = lines
    with pytest.raises(ValueError, match=r"validation_data must be a pair \(X, y\); got ndarray"):
        tiny().fit(X, y, validation_data=X)
    with pytest.raises(ValueError, match="expecting 300 features"):
        tiny().fit(X, y, validation_data=(X[:, 1:], y))
    with pytest.raises(ValueError, match="unseen labels"):
        tiny().fit(X, y, validation_data=(X, y + 1))


@pytest.mark.usefixtures("eagerly")
def test_columns_in_another_order_than_those_of_fit_are_refused(small_encoder, lines):
    X, y = lines[0], pd.DataFrame(lines[1][:, :2], columns=["length", "width"])
    turned = y[["width", "length"]]
    clf = small_encoder(warm_start=True).fit(X, y)
    for call in (clf.fit, clf.partial_fit, clf.score, clf.head_scores):
        with pytest.raises(ValueError, match=r"in the order of y's columns, \('width', 'length'\); got \('length', 'w"):
            call(X, turned)
    with pytest.raises(ValueError, match="in the order of y's columns"):
        clf.fit(X, y, validation_data=(X, turned))
    assert clf.score(X, y) == clf.score(X, y.to_numpy())


def test_a_target_is_called_y_in_scores_too(tiny, lines):
    X, y = lines
    clf = tiny()
    with pytest.raises(NotFittedError):
        clf.score(X, y)
    clf.fit(X, y)
    for call in (clf.score, clf.head_scores):
        with pytest.raises(ValueError, match=r"y has 2 columns, but the heads \['length', .* were seen in fit"):
            call(X, y[:, :2])
        with pytest.raises(ValueError, match="column 0 of y must hold a label in every row, none missing; row 0 has N"):
            call(X, np.where(y == y[0, 0], np.nan, y))
