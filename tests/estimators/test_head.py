"""Training one head alone, with levels it did not have."""

import numpy as np
import pandas as pd
import pytest

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.estimators._head import _widened

WORLD = {"image_size": 12, "lengths": (4, 9), "widths": (1, 2), "angles": (0, 45, 90, 135)}


def lines(*colors, n=6, seed=0):
    """Images and labels with names."""
    X, y = make_lines(n, colors=colors, random_state=seed, **WORLD)
    return X, pd.DataFrame({"length": y[:, 0], "angle": 45 * y[:, 2], "color": np.array(colors)[y[:, 3]]})


@pytest.fixture(scope="module")
def fitted():
    return MultiHeadLineClassifier(epochs=4, filters=8, batch_size=16, random_state=0).fit(*lines("red", "blue"))


@pytest.fixture(scope="module")
def file(fitted, tmp_path_factory):
    path = tmp_path_factory.mktemp("net") / "net.keras"
    fitted.save(path)
    return path


@pytest.fixture
def clf(file):
    """A copy, which the test may train on."""
    return MultiHeadLineClassifier.load(file)


def test_a_new_color_is_learned_and_the_other_heads_stay_to_the_bit(clf):
    X, _ = lines("red", "blue", seed=1)
    before = dict(zip(clf.heads_, clf.predict_proba(X), strict=True))
    mixed, y = lines("red", "blue", "green")
    assert clf.fit_head("color", mixed, y["color"], epochs=6) is clf
    assert clf.classes_[2].tolist() == ["blue", "green", "red"]
    assert clf.n_classes_ == [2, 4, 3]
    after = dict(zip(clf.heads_, clf.predict_proba(X), strict=True))
    for head in ("length", "angle"):
        np.testing.assert_array_equal(after[head], before[head])
    assert after["color"].shape == (len(X), 3)
    fresh, truth = lines("red", "blue", "green", seed=2)
    assert clf.head_scores(fresh, truth)["color"] > 0.95
    assert len(clf.head_history_["color"]["loss"]) == 6


@pytest.mark.parametrize(("place", "kept"), [(1, [0, 2, 3, 4]), (2, [0, 2])], ids=["softmax", "sigmoid"])
def test_a_new_unit_leaves_the_ratios_of_the_others(fitted, place, kept):
    images = fitted.as_images(lines("red", "blue", seed=1)[0])
    wide = _widened(fitted.model_, place, kept, kept[-1] + 1, seed=0)
    before, after = (fitted.predict_proba(images)[place], wide.predict(images, verbose=0)[place][:, kept])
    np.testing.assert_allclose(after / after.sum(axis=1, keepdims=True), before, atol=1e-6)


def test_labels_of_another_length_are_not_cut(clf):
    X, _ = lines("red", "blue", seed=1)
    clf.fit_head("color", X, ["purple"] * len(X), epochs=3)
    assert "purple" in clf.predict(X)[:, 2]
    clf.fit_head("angle", X[:4], [10] * 4, epochs=1)
    assert clf.classes_[1].tolist() == [0, 10, 45, 90, 135]


def test_without_new_levels_the_head_is_trained_further(clf):
    X, y = lines("red", "blue", seed=1)
    parameters = clf.model_.count_params()
    before = clf.predict_proba(X)
    clf.fit_head("length", X, y["length"], sample_weight=np.ones(len(X)), epochs=1)
    after = clf.predict_proba(X)
    assert clf.model_.count_params() == parameters
    assert not np.array_equal(after[0], before[0])
    np.testing.assert_array_equal(after[1], before[1])
    np.testing.assert_array_equal(after[2], before[2])


def test_it_saves_fits_on_and_starts_anew(clf, tmp_path, eagerly):
    clf.set_params(batch_size=512, epochs=1)  # a step a fit
    mixed, y = lines("red", "blue", "green")
    clf.fit_head("color", mixed, y["color"], epochs=1)
    clf.save(tmp_path / "wide.keras")
    again = MultiHeadLineClassifier.load(tmp_path / "wide.keras")
    np.testing.assert_array_equal(again.predict(mixed), clf.predict(mixed))
    assert again.head_history_ == clf.head_history_
    clf.partial_fit(mixed, y)  # all heads again
    assert clf.predict(mixed).shape == (len(mixed), 3)
    clf.fit(*lines("red", "blue"))
    assert clf.classes_[2].tolist() == ["blue", "red"]


@pytest.mark.parametrize("how", ["fit_head", "add_levels"])
def test_the_whole_net_is_trained_on_with_the_new_level(clf, how):
    mixed, y = lines("red", "blue", "green")
    if how == "fit_head":
        clf.fit_head("color", mixed, y["color"], epochs=1)
    else:
        clf.add_levels("color", ["green", "red"])
    seen = clf.n_epochs_
    before = {weight.path: np.array(weight) for weight in clf.model_.trainable_weights}
    clf.set_params(warm_start=True, epochs=12, learning_rate=5e-3).fit(mixed, y)
    assert clf.n_epochs_ == seen + 12
    assert clf.classes_[2].tolist() == ["blue", "green", "red"]
    for weight in clf.model_.trainable_weights:
        assert not np.array_equal(before[weight.path], np.array(weight)), weight.path
    fresh, truth = lines("red", "blue", "green", seed=2)
    scores = clf.head_scores(fresh, truth)
    assert scores["color"] > 0.95
    assert scores["length"] > 0.8


def test_added_levels_are_untrained_and_leave_the_rest(clf):
    X, _ = lines("red", "blue", seed=1)
    before = dict(zip(clf.heads_, clf.predict_proba(X), strict=True))
    assert clf.add_levels("color", ["green"]) is clf
    after = dict(zip(clf.heads_, clf.predict_proba(X), strict=True))
    np.testing.assert_array_equal(after["angle"], before["angle"])
    known = after["color"][:, [0, 2]]
    np.testing.assert_allclose(known / known.sum(axis=1, keepdims=True), before["color"], atol=1e-6)
    model = clf.model_
    assert clf.add_levels("color", ["blue", "green"]).model_ is model  # nothing new, nothing done
    with pytest.raises(ValueError, match=r"head must be one of 'length', 'angle', 'color'; got 'hue'"):
        clf.add_levels("hue", ["green"])
    with pytest.raises(ValueError, match="levels must hold labels of head 'color', like 'blue'; got 3"):
        clf.add_levels("color", [3])


@pytest.mark.parametrize(
    ("head", "label", "message"),
    [
        ("colour", "green", "head must be one of 'length', 'angle', 'color'; got 'colour'"),
        ("color", 3, "y must hold labels of head 'color', like 'blue'; got 3"),
        ("length", "long", "y must hold labels of head 'length', like 0; got 'long'"),
        ("length", float("nan"), "column 0 of y must hold a label in every row, none missing; row 0 has NaN"),
        ("color", None, "column 0 of y must hold a label in every row, none missing; row 0 has None"),
        ("length", 0.5, "continuous"),
    ],
)
def test_what_does_not_fit_is_refused(fitted, head, label, message):
    X, _ = lines("red", "blue", n=1)
    with pytest.raises(ValueError, match=message):
        fitted.fit_head(head, X, [label] * len(X))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, r"'epochs' parameter of fit_head must be an int in the range \[1, inf\). Got 0"),
        ({"epochs": 1.5}, "'epochs' parameter of fit_head .* Got 1.5"),
        ({"learning_rate": -1.0}, "'learning_rate' parameter of fit_head .* Got -1.0"),
        ({"learning_rate": float("nan")}, "'learning_rate' parameter of fit_head .* Got nan"),
    ],
)
def test_bad_parameters_are_named(fitted, options, message):
    X, _ = lines("red", "blue", n=1)
    with pytest.raises(ValueError, match=message):
        fitted.fit_head("color", X, ["red"] * len(X), **options)
