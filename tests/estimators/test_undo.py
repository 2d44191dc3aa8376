"""A fit that fails or is interrupted leaves the former net whole, or none."""

from contextlib import contextmanager

import keras
import numpy as np
import pytest
from sklearn.exceptions import NotFittedError

from lineclf import MultiHeadLineClassifier

pytestmark = pytest.mark.usefixtures("eagerly")


class Stop(keras.callbacks.Callback):
    """Raises in the middle of a training, after a step has changed the net."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def on_train_batch_end(self, batch, logs=None):
        raise self.error


@pytest.fixture(scope="module")
def clf(tiny, lines):
    """A net that has done a step of partial_fit, so that it has an optimizer with a state."""
    return tiny().fit(*lines).partial_fit(*lines)


def state(clf):
    """All that can be seen of a fitted estimator, and its optimizer."""
    arrays = [*clf.model_.get_weights(), *map(np.array, clf.model_.optimizer.variables)]
    known = {name: value for name, value in vars(clf).items() if name in ("history_", "n_epochs_", "heads_", "_scale")}
    return [array.tobytes() for array in arrays], str(known), [c.tolist() for c in clf.classes_]


@contextmanager
def changed(clf, **params):
    """Give a net other parameters for a while."""
    before = clf.get_params()
    try:
        yield clf.set_params(**params)
    finally:
        clf.set_params(**before)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), RuntimeError("full disk")], ids=["Ctrl-C", "an error"])
@pytest.mark.parametrize("call", ["fit", "partial_fit"])
def test_the_first_fit_leaves_nothing(tiny, lines, call, error):
    clf = tiny(callbacks=[Stop(error)])
    with pytest.raises(type(error)):
        getattr(clf, call)(*lines)
    with pytest.raises(NotFittedError):
        clf.predict(lines[0])
    assert not [name for name in vars(clf) if name.endswith("_") or name.startswith("_")]


@pytest.mark.parametrize(
    ("call", "options"), [("fit", {}), ("fit", {"warm_start": True}), ("partial_fit", {})], ids=["fit", "warm", "step"]
)
def test_a_later_one_leaves_the_former_net_whole(clf, lines, call, options):
    X, y = lines
    before, n_epochs = state(clf), clf.n_epochs_
    with changed(clf, callbacks=[Stop(KeyboardInterrupt())], **options), pytest.raises(KeyboardInterrupt):
        getattr(clf, call)(X, y)
    assert state(clf) == before
    assert clf.partial_fit(X, y).n_epochs_ == n_epochs + 1


@pytest.mark.parametrize(
    ("options", "data"),
    [
        ({"patience": 2}, {}),
        ({}, {"validation_data": 3}),
        ({}, {"sample_weight": [1.0, -1.0]}),
        ({"learning_rate": -1.0}, {}),
        ({"validation_split": 0.999}, {}),
        ({"image_shape": (1, 2, 3)}, {}),
    ],
    ids=str,
)
def test_so_does_a_refusal(clf, lines, options, data):
    before = state(clf)
    with changed(clf, **options), pytest.raises(ValueError):  # noqa: PT011 - each has a test of its words
        clf.fit(*lines, **data)
    assert state(clf) == before


def test_an_interrupted_head_leaves_the_net_as_it_was(lines, monkeypatch):
    X, y = lines
    clf = MultiHeadLineClassifier(filters=2, epochs=1, random_state=0).fit(X, y[:, 2:])
    before = state(clf)
    monkeypatch.setattr("lineclf.nets.recalibrate", lambda *_: 1 / 0)  # after the training
    with pytest.raises(ZeroDivisionError):
        clf.fit_head("head_1", X, y[:, 3] + 1, epochs=1)
    assert state(clf) == before
    assert all(layer.trainable for layer in clf.model_.layers)
