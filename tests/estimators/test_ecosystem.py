"""The estimators inside scikit-learn's tools, and through pickle, joblib and their own files."""

import copy
import json
import pickle
import threading
import zipfile

import joblib
import keras
import numpy as np
import optuna
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import BaggingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import permutation_importance
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    cross_val_predict,
    cross_validate,
    learning_curve,
)
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from lineclf import MultiHeadLineClassifier, OneLayerCNNClassifier, __version__
from lineclf.metrics import head_scorers
from tests.estimators.conftest import ESTIMATORS, small_net

FOLDS = KFold(2, shuffle=True, random_state=0)


@pytest.fixture(scope="module")
def digits():
    """Images of 4×4 grey pixels whose label is the brighter half: (96, 16), (96,)."""
    rng = np.random.default_rng(0)
    X = rng.random((96, 4, 4, 1), dtype=np.float32)
    y = np.where(rng.random(96) < 0.5, "left", "right")
    X[y == "left", :, :2] += 2
    X[y == "right", :, 2:] += 2
    return X.reshape(96, 16), y


def quick(cls=MultiHeadLineClassifier, **kwargs):
    options = {"epochs": 8, "filters": 4, "batch_size": 16, "learning_rate": 1e-2, "random_state": 0}
    return cls(**{**options, "kernel_size": 3, **({"units": 8} if cls is OneLayerCNNClassifier else {}), **kwargs})


def test_pipeline_with_a_scaler(tiny, lines):
    X, y = lines[0].reshape(len(lines[0]), -1), lines[1]
    pipe = make_pipeline(MinMaxScaler(), tiny()).fit(X, y)
    assert pipe.predict(X).shape == y.shape
    np.testing.assert_array_equal(pipe.predict(X), tiny().fit(X, y).predict(X))


@pytest.mark.usefixtures("eagerly")
def test_cross_validate_with_head_scorers(small_encoder, lines):
    X, y = lines
    scores = cross_validate(small_encoder(), X, y, cv=FOLDS, scoring=head_scorers(), error_score="raise")
    joint = scores["test_joint"]
    assert joint.shape == (2,)
    for head in ("length", "width", "angle", "color"):
        assert (joint <= scores[f"test_{head}"]).all()


@pytest.mark.parametrize("search", [GridSearchCV, HalvingGridSearchCV])
def test_searches_reach_the_components_through_a_pipeline(search, digits):
    X, y = digits
    pipe = make_pipeline(StandardScaler(), quick(OneLayerCNNClassifier, random_state=1))
    grid = {"onelayercnnclassifier__epochs": [1, 8]}
    if search is GridSearchCV:
        grid["onelayercnnclassifier__pooling"] = ["max", "average"]
    kwargs = {"random_state": 0, "factor": 2} if search is HalvingGridSearchCV else {}
    found = search(pipe, grid, cv=2, error_score="raise", **kwargs).fit(X, y)
    assert set(found.best_params_) == set(grid)
    assert found.best_params_["onelayercnnclassifier__epochs"] == 8
    assert found.score(X, y) > 0.8


def test_single_output_tools(digits):
    X, y = digits
    clf = quick(OneLayerCNNClassifier)
    labels = cross_val_predict(clf, X, y, cv=2)
    assert (labels == y).mean() > 0.9
    sizes, _, test = learning_curve(clf, X, y, train_sizes=[0.2, 1.0], cv=2, error_score="raise")
    assert (sizes[1], test.shape) == (48, (2, 2))
    bagged = BaggingClassifier(clf, n_estimators=2, random_state=0).fit(X, y)
    assert bagged.score(X, y) > 0.9
    calibrated = CalibratedClassifierCV(clf, cv=2).fit(X, y)
    np.testing.assert_allclose(calibrated.predict_proba(X).sum(axis=1), 1, rtol=1e-6)
    assert calibrated.score(X, y) > 0.9
    importance = permutation_importance(clf.fit(X, y), X, y, n_repeats=1, random_state=0).importances_mean
    assert importance.shape == (16,)
    assert importance.max() > 0


def probabilities(clf, X, y):
    return np.hstack(clf.fit(X, y).predict_proba(X))


def test_the_same_seed_gives_the_same_bits_here_and_in_lokys_processes(lines):
    nets = [small_net(cls)() for cls in ESTIMATORS]
    serial = [probabilities(net, *lines) for net in nets]
    there = nets[2:]  # one with dropout and shifts, one with neither: every random number that a fit draws
    together = joblib.Parallel(n_jobs=2, batch_size=len(there))  # in one process: two would load TensorFlow twice
    parallel = together(joblib.delayed(probabilities)(net, *lines) for net in there)
    for one, other in zip(serial[2:], parallel, strict=True):
        np.testing.assert_array_equal(one, other)
    for net, one in zip(nets, serial, strict=True):
        np.testing.assert_array_equal(one, probabilities(net, *lines))
        assert not np.array_equal(one, probabilities(net.set_params(random_state=1), *lines))


def test_threads_give_the_serial_result(tiny, lines):
    nets = [tiny(random_state=seed) for seed in (0, 1)]
    serial = [probabilities(net, *lines) for net in nets]
    threads = joblib.Parallel(n_jobs=2, backend="threading")(joblib.delayed(probabilities)(net, *lines) for net in nets)
    for one, other in zip(serial, threads, strict=True):
        np.testing.assert_array_equal(one, other)


def test_copies_predict_and_train_on(small_encoder, lines, tmp_path):
    """Pickle, deepcopy and save/load keep predictions to the bit, and what the estimator needs to go on."""
    X, y = lines[0], lines[1][:, 2:]
    clf = small_encoder(warm_start=True).fit(X, y)
    expected = np.hstack(clf.predict_proba(X))
    clf.save(tmp_path / "net.keras")
    copies = [pickle.loads(pickle.dumps(clf)), copy.deepcopy(clf), type(clf).load(tmp_path / "net.keras")]
    then = np.hstack(clf.fit(X, y).predict_proba(X))
    for other in copies:
        np.testing.assert_array_equal(np.hstack(other.predict_proba(X)), expected)
        assert other.get_params() == clf.get_params()
        assert other.head_scores(X, y).keys() == clf.head_scores(X, y).keys()
        np.testing.assert_allclose(np.hstack(other.fit(X, y).predict_proba(X)), then, atol=1e-6)


@pytest.mark.parametrize(
    "relabel", [lambda y: y[:, 2], lambda y: np.array(["a", "b", "c", "d"])[y], lambda y: y.astype(object)]
)
def test_files_keep_every_kind_of_label(small_encoder, lines, tmp_path, relabel):
    X, y = lines[0], relabel(lines[1])
    clf = small_encoder().fit(X, y)
    clf.save(tmp_path / "net.keras")
    loaded = type(clf).load(tmp_path / "net.keras")
    np.testing.assert_array_equal(loaded.predict(X), clf.predict(X))
    assert loaded.predict(X).dtype == clf.predict(X).dtype
    assert loaded.history_ == clf.history_
    assert loaded.image_shape_ == clf.image_shape_


def test_saved_files_are_keras_own_and_nothing_half_written_stays(tiny, lines, tmp_path):
    X, y = lines
    clf = tiny().fit(X, y)
    path = tmp_path / "net.keras"
    clf.save(path)
    assert keras.models.load_model(path).count_params() == clf.model_.count_params()
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"cannot be saved: RandomState"):
        clf.set_params(random_state=np.random.RandomState(0)).save(path)
    with pytest.raises(ValueError, match=r"must end in \.keras"):
        clf.save(tmp_path / "net.pkl")
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["net.keras"]
    with pytest.raises(ValueError, match="holds a OneLayerCNNClassifier, not a MultiHeadLineClassifier"):
        MultiHeadLineClassifier.load(path)
    with zipfile.ZipFile(tmp_path / "foreign.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    with pytest.raises(ValueError, match="was not written by"):
        MultiHeadLineClassifier.load(tmp_path / "foreign.keras")
    (tmp_path / "text.keras").write_text("no archive")
    with pytest.raises(ValueError, match="was not written by"):
        MultiHeadLineClassifier.load(tmp_path / "text.keras")


def test_a_file_of_a_later_version_says_so(tiny, lines, tmp_path):
    clf = tiny().fit(*lines)
    clf.save(tmp_path / "net.keras")

    def change(name, member, old, new):
        with zipfile.ZipFile(tmp_path / "net.keras") as archive, zipfile.ZipFile(tmp_path / name, "w") as other:
            for each in archive.namelist():
                content = archive.read(each)
                other.writestr(each, content.replace(old, new) if each == member else content)
        return tmp_path / name

    written = json.dumps({"version": __version__})[1:-1].encode()
    later = change(
        "later.keras", "lineclf.json", written + b', "params": {', b'"version": "9.1", "params": {"grip": 2, '
    )
    with pytest.raises(
        ValueError, match=r"later\.keras' was written by lineclf 9\.1, with parameters .* not have: grip"
    ):
        OneLayerCNNClassifier.load(later)
    foreign = change("foreign.keras", "config.json", b'"Flatten"', b'"Flattened"')
    with pytest.raises(
        ValueError, match=rf"was written by lineclf {__version__}, and Keras .* cannot read it: .*Flatt"
    ):
        OneLayerCNNClassifier.load(foreign)
    for old, new in ((b"{", b""), (b'"state"', b'"estate"')):
        with pytest.raises(ValueError, match=r"was not written by .*, or is damaged"):
            OneLayerCNNClassifier.load(change("broken.keras", "lineclf.json", old, new))
    with pytest.raises(ValueError, match=r"cannot read it: .* it is damaged, or of another Keras"):
        OneLayerCNNClassifier.load(change("damaged.keras", "model.weights.h5", b"HDF", b"XXX"))


def test_warm_start_goes_on_and_fit_starts_anew(tiny, lines):
    X, y = lines
    clf = tiny(epochs=4, learning_rate=1e-2, warm_start=True).fit(X, y)
    first = clf.history_["loss"]
    assert clf.fit(X, y).history_["loss"][0] < first[0]
    assert clf.n_epochs_ == 8
    assert [len(classes) for classes in clf.classes_] == [2, 2, 4, 2]
    again = clf.set_params(warm_start=False).fit(X, y)
    assert again.history_["loss"] == first
    assert again.n_epochs_ == 4


@pytest.mark.usefixtures("eagerly")
def test_partial_fit_trains_one_epoch_and_takes_classes_to_come(small_encoder, lines):
    X, y = lines[0], lines[1][:, 2:]
    first, rest = y[:, 0] < 2, y[:, 0] >= 2
    clf = small_encoder(learning_rate=1e-2)
    clf.partial_fit(X[first], y[first], classes=[[0, 1, 2, 3], [0, 1]])
    for _ in range(2):
        clf.partial_fit(X[rest], y[rest])
    assert (clf.n_epochs_, len(clf.history_["loss"])) == (3, 3)
    assert [p.shape[1] for p in clf.predict_proba(X)] == [4, 2]
    trained = clf.fit(X, y)
    last = trained.history_["loss"][-1]
    assert trained.partial_fit(X, y).history_["loss"][-1] < last  # not at the schedule's last rate, which is 0


def test_sample_weight_decides_between_contradicting_labels(digits):
    X, y = digits
    twice, both = np.concatenate([X, X]), np.concatenate([y, np.where(y == "left", "right", "left")])
    for weights, truth in [((1, 0), y), ((0.02, 1), both[len(y) :])]:
        clf = quick(OneLayerCNNClassifier, epochs=10)
        clf.fit(twice, both, sample_weight=np.repeat(weights, len(y)))
        assert clf.score(X, truth) > 0.9


def test_early_stopping_restores_the_best_epoch(tiny, lines):
    X, y = lines[0], lines[1][:, 2:]
    options = {"epochs": 40, "patience": 2, "learning_rate": 0.05, "lr_schedule": "constant", "random_state": 2}
    clf = tiny(**options, units=8, batch_size=16).fit(X[:96], y[:96], validation_data=(X[96:], y[96:]))
    losses = clf.history_["val_loss"]
    assert len(losses) < 40
    assert clf.n_epochs_ == len(losses)
    assert len(losses) - 1 - int(np.argmin(losses)) == 2
    best = int(np.argmin(losses))
    assert clf.score(X[96:], y[96:]) == pytest.approx(clf.history_["val_joint_accuracy"][best])


def test_validation_split_holds_out_its_share(tiny, lines):
    X, y = lines
    clf = tiny(validation_split=0.25, patience=1).fit(X, y)
    assert {key.removeprefix("val_") for key in clf.history_ if key.startswith("val_")} == {
        key for key in clf.history_ if not key.startswith("val_")
    }


class Count(keras.callbacks.Callback):
    """Holds what cannot be copied."""

    def __init__(self):
        super().__init__()
        self.lock, self.epochs = threading.Lock(), 0

    def on_epoch_end(self, epoch, logs=None):
        with self.lock:
            self.epochs += 1
        assert "joint_accuracy" in logs


@pytest.mark.usefixtures("eagerly")
def test_callbacks_are_the_users_own_objects_in_clones_too(lines):
    X, y = lines[0], lines[1][:, 2:]
    callback = Count()
    clf = small_net(MultiHeadLineClassifier)(epochs=2, callbacks=[callback])
    with config_context(enable_metadata_routing=True):
        other = clone(clf.set_fit_request(sample_weight=True))
    assert other.callbacks is clf.callbacks
    assert other.get_params() == clf.get_params()
    assert other._metadata_request.fit.requests["sample_weight"] is True
    clf.fit(X, y)
    assert callback.epochs == 2
    assert callback.model is clf.model_
    scores = cross_validate(clf, X, y, cv=FOLDS, error_score="raise")
    assert callback.epochs == 2 + 2 * len(scores["test_score"])


@pytest.mark.usefixtures("eagerly")
def test_a_callback_may_save_a_net_that_is_right(tiny, lines, tmp_path):
    saving = keras.callbacks.ModelCheckpoint(tmp_path / "net.keras")
    clf = tiny(callbacks=[saving]).fit(*lines)
    saved = keras.models.load_model(tmp_path / "net.keras")
    for kept, now in zip(saved.weights, clf.model_.weights, strict=True):
        np.testing.assert_array_equal(kept, now, err_msg=now.path)


@pytest.mark.usefixtures("eagerly")
def test_an_optuna_trial_hears_of_every_epoch_and_stops_the_training(lines):
    X, y = lines[0], lines[1][:, 2:]

    class Pruning(keras.callbacks.Callback):
        def __init__(self, trial):
            super().__init__()
            self.trial = trial

        def on_epoch_end(self, epoch, logs=None):
            self.trial.report(logs["val_joint_accuracy"], epoch)
            if self.trial.should_prune():
                raise optuna.TrialPruned

    def objective(trial):
        clf = small_net(MultiHeadLineClassifier)(epochs=3, callbacks=[Pruning(trial)])
        return clf.fit(X, y, validation_data=(X, y)).score(X, y)

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    pruner = optuna.pruners.ThresholdPruner(upper=-1.0, n_warmup_steps=1)  # of whatever comes second
    study = optuna.create_study(direction="maximize", pruner=pruner)
    study.optimize(objective, n_trials=1)
    (trial,) = study.trials
    assert trial.state == optuna.trial.TrialState.PRUNED
    assert list(trial.intermediate_values) == [0, 1]


def test_verbose_shows_progress(tiny, lines, capfd):
    X, y = lines
    tiny().fit(X, y)
    assert capfd.readouterr().out == ""
    tiny(verbose=1).fit(X, y)
    assert "2/2" in capfd.readouterr().out
