"""Nets of one kind share a traced twin: the same bits, and nobody sees it."""

from contextlib import nullcontext

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from lineclf import CompactCNNClassifier, MatchedFilterClassifier, MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.estimators import _twins
from tests.estimators.conftest import small_net


@pytest.fixture(autouse=True)
def _no_twins_yet(monkeypatch):
    monkeypatch.delenv("LINECLF_TWINS")  # which the other tests raise
    _twins.forget()


def bits(clf, X):
    return np.hstack(clf.predict_proba(X)).tobytes()


@pytest.mark.parametrize("cls", [MultiHeadLineClassifier, MatchedFilterClassifier])  # with dropout, with steps to plan
def test_fits_with_a_twin_are_those_without_and_never_touch_each_other(cls, lines, monkeypatch):
    X, y = lines[0], lines[1][:, 2:]
    small = small_net(cls)
    options = {"validation_split": 0.2, "patience": 1}
    options |= {"dropout": 0.5} if "dropout" in small().get_params() else {}
    seeds = (0, 1, 0, 1)
    fitted = [small(**options, random_state=seed).fit(X, y) for seed in seeds]
    (twin,) = _twins._twins.values()  # one for all
    assert twin.model not in [clf.model_ for clf in fitted]
    first, other, again, too = (bits(clf, X) for clf in fitted)
    assert all(clf.model_.predict_function is None for clf in fitted)  # the twin has answered for them
    assert first == again
    assert other == too
    assert first != other
    for name in ("trainer", "predictor"):
        monkeypatch.setattr(_twins, name, lambda net, *_: nullcontext(net))
    alone = small(**options, random_state=1).fit(X, y)
    assert bits(fitted[1], X) == bits(alone, X) == other
    for clf in fitted[1::2]:
        assert clf.history_ == alone.history_
        nets = [[*each.model_.variables, *each.model_.optimizer.variables] for each in (clf, alone)]
        assert all(np.array_equal(one, another) for one, another in zip(*nets, strict=True))


def test_a_warm_start_goes_on_with_a_twin_too(tiny, lines):
    X, y = lines
    other = tiny(random_state=1, warm_start=True).fit(X, y)
    before = bits(other, X)
    clf = tiny(warm_start=True).fit(X, y).fit(X, y)
    assert len(_twins._twins) == 1
    with_twin = bits(clf, X), clf.history_
    assert bits(other, X) == before
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_twins, "trainer", lambda net, *_: nullcontext(net))
        clf = tiny(warm_start=True).fit(X, y).fit(X, y)
    assert (bits(clf, X), clf.history_) == with_twin


def test_a_net_that_is_asked_often_answers_itself(tiny, lines, monkeypatch):
    X, y = lines
    monkeypatch.setattr(_twins, "_MOST_ANSWERS", 2)
    clf = tiny().fit(X, y)
    for traced in (False, False, True):
        expected = bits(clf, X)
        assert (clf.model_.predict_function is not None) == traced
    clf.model_.set_weights([0 * weight for weight in clf.model_.get_weights()])
    other = tiny(random_state=1).fit(X, y)
    other.model_.set_weights(clf.model_.get_weights())  # what a twin has learned is not what it answers with
    assert bits(other, X) == bits(clf, X) != expected
    other.model_ = keras.models.clone_model(other.model_)  # as yet of no kind, as it is not compiled
    assert other.predict(X).shape == y.shape


SETTINGS = {
    CompactCNNClassifier: [
        {"dropout": 0.5, "l2": 0.1, "learning_rate": 3e-3, "lr_schedule": "cosine", "max_shift": 0, "epochs": 3},
        {"dropout": 0.13, "l2": 1e-4, "learning_rate": 7e-3, "lr_schedule": "exponential", "random_state": 1},
        {"dropout": 0.3, "l2": 0.03, "lr_schedule": "inverse_time", "validation_split": 0.3, "batch_size": 9},
    ],
    MatchedFilterClassifier: [
        {"learning_rate": 0.06, "min_steps": 5, "max_steps": 5},
        {"learning_rate": 0.02, "min_steps": 9, "lr_schedule": "constant"},
    ],
}


@pytest.mark.parametrize("cls", SETTINGS)
def test_rates_and_penalties_are_set_in_one_twin_to_the_same_bits(cls, lines, monkeypatch):
    X, y = lines[0], lines[1][:, 2]
    options = {"epochs": 2, "optimizer": "adamw"}
    fitted = [small_net(cls)(**{**options, **each}).fit(X, y) for each in SETTINGS[cls]]
    assert len(_twins._twins) == 1
    monkeypatch.setattr(_twins, "trainer", lambda net, *_: nullcontext(net))
    for clf in fitted:
        alone = clone(clf).fit(X, y)
        assert clf.history_ == alone.history_
        assert bits(clf, X) == bits(alone, X)
        assert clf.model_.get_config() == alone.model_.get_config()
        one, other = clf.model_.optimizer, alone.model_.optimizer
        assert {**one.get_config(), "name": ""} == {**other.get_config(), "name": ""}
        assert float(one.learning_rate) == float(other.learning_rate)
        pairs = zip(one.variables, other.variables, strict=True)
        assert all(np.array_equal(one, another) for one, another in pairs)


TINY = {"filters": 2, "units": 4, "batch_size": 128, "epochs": 1, "random_state": 0}  # one step


class Frozen(OneLayerCNNClassifier):
    """Has a parameter that nobody else knows."""

    def __init__(self, *, frozen=False, filters=2, units=4, batch_size=128, epochs=1, random_state=0):
        settings = {"filters": filters, "units": units, "batch_size": batch_size, "epochs": epochs}
        super().__init__(**settings, random_state=random_state)
        self.frozen = frozen

    def _build_network(self, image_shape, heads, seed):
        net = super()._build_network(image_shape, heads, seed)
        net.get_layer("conv2d_1").trainable = not self.frozen
        return net


@pytest.mark.usefixtures("eagerly")
def test_what_a_step_depends_on_tells_kinds_apart(lines, monkeypatch):
    X, y = lines
    made, twin = [], _twins._Twin
    monkeypatch.setattr(_twins, "_Twin", lambda *args: made.append(twin(*args)) or made[-1])
    settings = [{}, {"l2": 0.1}, {"dropout": 0.1}, {"loss": "mse"}, {"optimizer": "sgd"}, {"bn_momentum": 0.8}]
    for each in settings:
        OneLayerCNNClassifier(**TINY, **each).fit(X, y)
    OneLayerCNNClassifier(**TINY).fit(X, y[:, 0])
    for names in ("ab", "ef"):
        frame = pd.DataFrame(y[:, :2], columns=list(names))
        clf = MultiHeadLineClassifier(filters=2, batch_size=128, epochs=1, random_state=0).fit(X, frame)
        assert f"{names[0]}_loss" in clf.history_
    OneLayerCNNClassifier(**TINY).fit(X[:, :9, 1:], y)
    Frozen().fit(X, y)  # a twin of the first kind does
    Frozen(frozen=True).fit(X, y)
    assert len(made) == len(settings) + 5


@pytest.mark.usefixtures("eagerly")
def test_twins_are_kept_while_there_is_room_the_latest(lines, monkeypatch):
    X, y = lines[0], lines[1][:, 0]

    def kept():
        return [twin.model.get_layer("dense_1").units for twin in _twins._twins.values()]

    monkeypatch.setenv("LINECLF_TWINS", "3")
    for units in (2, 3, 4, 5, 3):
        OneLayerCNNClassifier(**{**TINY, "units": units}).fit(X, y)
    assert kept() == [4, 5, 3]
    monkeypatch.delenv("LINECLF_TWINS")
    monkeypatch.setattr(_twins, "_memory", lambda: 16 * 110 * 2**20)
    OneLayerCNNClassifier(**TINY).fit(X, y)
    assert kept() == [3, 4]
    monkeypatch.setattr(_twins, "_memory", lambda: 0)
    OneLayerCNNClassifier(**TINY).fit(X, y)
    assert kept() == []


@pytest.mark.usefixtures("eagerly")
def test_none_is_kept_where_the_environment_says_so(lines, monkeypatch):
    monkeypatch.setenv("LINECLF_TWINS", "0")
    clf = OneLayerCNNClassifier(**TINY).fit(*lines)
    assert not _twins._twins
    monkeypatch.setenv("LINECLF_TWINS", "few")
    with pytest.raises(ValueError, match="LINECLF_TWINS must be a number of nets, 0 or more; got 'few'"):
        clf.fit(*lines)


def test_callbacks_see_the_estimators_own_net(tiny, lines):
    class See(keras.callbacks.Callback):
        seen = ()

        def on_train_end(self, logs=None):
            See.seen += (self.model,)

    nets = [tiny(callbacks=[See()]).fit(*lines).model_ for _ in range(2)]
    assert all(one is other for one, other in zip(See.seen, nets, strict=True))


def test_a_fit_that_breaks_leaves_no_twin_behind(lines, monkeypatch):
    X, y = lines
    clf = OneLayerCNNClassifier(filters=2, units=4, epochs=1, random_state=0)
    expected = bits(clf.fit(X, y), X)
    assert len(_twins._twins) == 1
    with monkeypatch.context() as patch:
        patch.setattr(keras.Model, "fit", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            clf.fit(X, y)
    assert not _twins._twins
    assert bits(clf.fit(X, y), X) == expected
