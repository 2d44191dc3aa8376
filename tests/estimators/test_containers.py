"""The same images and labels in any container are the same to a net."""

import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.estimators._inputs import check_classes, check_targets

SIZE, COLOR = np.array([3, 5]), np.array(["blue", "red"])


def net():
    return MultiHeadLineClassifier(kernel_size=1, filters=1, epochs=1, random_state=0)


def rows(X):
    return X.reshape(len(X), -1)


@pytest.fixture(scope="module")
def data():
    """Images (32, 6, 6, 3) and rows such as [3, "red"]."""
    X, y = make_lines(2, image_size=6, lengths=(2, 4), widths=(1, 2), angles=(0, 90), random_state=0)
    return X, [[int(SIZE[i]), str(COLOR[j])] for i, j in y[:, [0, 3]]]


@pytest.fixture(scope="module")
def fitted(data):
    return net().fit(*data)


IMAGES = {
    "rows": rows,
    "tensor": tf.constant,
    "tensor of rows": lambda X: tf.constant(rows(X)),
    "list of arrays": list,
    "frame": lambda X: pd.DataFrame(rows(X)),
    "frame of nullables": lambda X: pd.DataFrame(rows(X)).astype("UInt8"),
}
TABLES = {
    "rows": lambda y: y,
    "objects": lambda y: np.array(y, dtype=object),
    "frame": lambda y: pd.DataFrame(y, columns=["head_0", "head_1"]),
    "frame of nullables": lambda y: pd.DataFrame(y, columns=["head_0", "head_1"]).convert_dtypes(),
    "frame of categories": lambda y: pd.DataFrame(y, columns=["head_0", "head_1"], dtype="category"),
}


def test_images_are_the_same_in_any_container(fitted, data):
    X, _ = data
    expected = np.hstack(fitted.predict_proba(X))
    found = {container: np.hstack(fitted.predict_proba(make(X))) for container, make in IMAGES.items()}
    for container, proba in found.items():
        np.testing.assert_array_equal(proba, expected, err_msg=container)


def test_images_are_learned_the_same_in_any_container(fitted, data):
    X, y = data
    expected = np.hstack(fitted.predict_proba(X))
    for make in (IMAGES["tensor of rows"], IMAGES["frame of nullables"]):
        other = net().set_params(image_shape=(6, 6, 3)).fit(make(X), y)
        np.testing.assert_array_equal(np.hstack(other.predict_proba(X)), expected)


def test_labels_are_the_same_in_any_container(fitted, data):
    X, y = data
    assert [known.tolist() for known in fitted.classes_] == [[3, 5], ["blue", "red"]]
    assert {type(label) for label in fitted.predict(X)[0]} == {int, str}
    score = np.mean([list(row) == truth for row, truth in zip(fitted.predict(X), y, strict=True)])
    expected, heads = check_targets(y)
    for container, make in TABLES.items():
        assert fitted.score(X, make(y)) == score, container
        assert fitted.head_scores(X, make(y)) == fitted.head_scores(X, y), container
        table, names = check_targets(make(y))
        assert (table.tolist(), table.dtype, names) == (expected.tolist(), object, heads), container


def test_steps_take_a_column_and_the_classes_of_one_head(data):
    X = data[0]
    clf = net().partial_fit(X, pd.DataFrame({"size": np.arange(len(X)) % 2}), classes=[0, 1, 2])
    assert clf.classes_.tolist() == [0, 1, 2]
    assert clf.predict(X).shape == (len(X),)


@pytest.mark.parametrize(
    "classes",
    [[0, 1, 2], [[0, 1, 2]], np.arange(3), range(3), pd.Series([0, 1, 2]), pd.array([0, 1, 2], dtype="Int64")],
)
def test_classes_of_one_head_come_in_any_container(classes):
    for y in ([0, 1], [[0], [1]], pd.DataFrame({"size": [0, 1]})):
        assert [labels.tolist() for labels in check_classes(classes, y)] == [[0, 1, 2]]


def test_classes_are_labels():
    with pytest.raises(ValueError, match="column 0 of classes of head 1 must hold a label in every row"):
        check_classes([[0, 1], ["a", None]], [[0, "a"]])
    with pytest.raises(ValueError, match="classes must list the labels of each of the 2 heads"):
        check_classes([0, 1], [[0, "a"]])


@pytest.mark.parametrize(
    "call",
    [
        lambda clf, X, y: net().fit(X, y),
        lambda clf, X, y: net().partial_fit(X, y),
        lambda clf, X, y: net().fit(X, [[3, "red"], [5, "blue"]] * (len(X) // 2), validation_data=(X, y)),
        lambda clf, X, y: clf.score(X, y),
        lambda clf, X, y: clf.head_scores(X, y),
    ],
    ids=["fit", "partial_fit", "validation_data", "score", "head_scores"],
)
@pytest.mark.parametrize("make", TABLES.values(), ids=TABLES)
def test_a_missing_label_is_named_with_its_column(fitted, data, call, make):
    X, y = data
    y = make([*y[:-1], [3, None]])
    with pytest.raises(ValueError, match=rf"column ('head_)?1'? of y .*; row {len(X) - 1} has"):
        call(fitted, X, y)


@pytest.mark.parametrize("labels", [["red", None], pd.Series(["red", pd.NA]), pd.Categorical(["red", None])])
def test_a_missing_label_of_one_head_is_refused(fitted, data, labels):
    with pytest.raises(ValueError, match="column 0 of levels must hold a label in every row, none missing; row 1 has"):
        fitted.add_levels("head_1", labels)
    with pytest.raises(ValueError, match="column 0 of y must hold a label in every row, none missing; row 1 has"):
        fitted.fit_head("head_1", data[0][:2], labels)


@pytest.mark.parametrize("make", [list, pd.Series, pd.Categorical, lambda y: np.reshape(y, (-1, 1))])
def test_known_levels_in_any_container_change_nothing(fitted, make):
    model = fitted.model_
    assert fitted.add_levels("head_1", make(["red", "blue"])).model_ is model
    assert fitted.classes_[1].tolist() == ["blue", "red"]
