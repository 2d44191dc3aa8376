import pickle
import signal
import threading
import warnings
from functools import partial

import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy import sparse, stats
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.datasets import (
    load_diabetes,
    load_iris,
    make_classification,
    make_multilabel_classification,
    make_regression,
)
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, make_scorer
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneOut,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedKFold,
    cross_val_score,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor
from sklearn.utils import Bunch

from lineclf import AblationCV, AblationDisplay
from lineclf.ablation import Component

IRIS = load_iris(return_X_y=True)
FITS: list = []


def rows(X, y, n):
    return X[:n], y[:n]


class Stump(ClassifierMixin, BaseEstimator):
    """Says by one column; counts its fits."""

    def __init__(self, column=0, broken=False, random_state=None):
        self.column, self.broken, self.random_state = column, broken, random_state

    def fit(self, X, y, sample_weight=None):
        FITS.append((self.column, self.random_state, None if sample_weight is None else np.array(sample_weight)))
        if self.broken == "interrupt":
            raise KeyboardInterrupt
        if self.broken:
            raise RuntimeError("broken on purpose")
        self.tree_ = DecisionTreeClassifier(max_depth=2, random_state=0).fit(X[:, [self.column]], y, sample_weight)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X):
        return self.tree_.predict(X[:, [self.column]])


@pytest.fixture(autouse=True)
def _no_fits():
    FITS.clear()


def fit(*arguments, data=IRIS, **options):
    return AblationCV(*arguments, **{"seeds": 2, "cv": 3, **options}).fit(*data)


# ---- statistics, by hand


def by_draw(estimator, n=5, **options):
    drawn = partial(make_classification, n_samples=120, n_features=6, flip_y=0.2)
    return AblationCV(estimator, {"max_depth": [1, 2]}, draw=drawn, seeds=n, **options).fit()


def test_draws_have_the_plain_paired_t_at_the_tables_level():
    found = by_draw(DecisionTreeClassifier(max_depth=8))
    scores = found.results_.pivot(index="seed", columns="cell", values="score")
    deltas = scores["max_depth=1"] - scores["baseline"]
    level = 1 - 0.05 / 2
    low, high = stats.ttest_rel(scores["max_depth=1"], scores["baseline"]).confidence_interval(level)
    row = found.effects_.iloc[0]
    assert (row.n, row.component, row.level) == (5, "max_depth", "1")
    np.testing.assert_allclose([row.delta, row.low, row.high], [deltas.mean(), low, high])
    assert row.pvalue == pytest.approx(min(1, 2 * stats.ttest_rel(scores["max_depth=1"], scores["baseline"]).pvalue))


def test_folds_of_one_sample_have_nadeau_and_bengios_interval():
    found = fit(DecisionTreeClassifier(), {"max_features": [1]}, seeds=4)
    scores = found.results_.pivot(index=["seed", "fold"], columns="cell", values="score")
    deltas = scores["max_features=1"] - scores["baseline"]
    assert len(deltas) == 12
    error = np.sqrt((1 / 12 + 50 / 100) * deltas.var(ddof=1))
    reach = stats.t.ppf(0.975, 11) * error
    row = found.effects_.iloc[0]
    np.testing.assert_allclose([row.low, row.high], [deltas.mean() - reach, deltas.mean() + reach])


def test_scores_are_those_of_scikit_learn():
    found = fit(KNeighborsClassifier(), {"n_neighbors": [1]}, cv=StratifiedKFold(4))
    mine = found.results_.groupby(["cell", "fold"])["score"].mean()
    for cell, k in (("baseline", 5), ("n_neighbors=1", 1)):
        theirs = cross_val_score(KNeighborsClassifier(k), *IRIS, cv=StratifiedKFold(4))
        np.testing.assert_allclose(mine[cell], theirs)


def test_verdicts_follow_from_intervals():
    found = fit(KNeighborsClassifier(), {"n_neighbors": [1, 3, 100]}, seeds=3, rope=0.2).effects_
    for row in found.itertuples():
        inside = row.low >= -0.2 and row.high <= 0.2
        assert row.verdict == ("equivalent" if inside else "worse" if row.high < 0 else "open")
    assert found["verdict"].iloc[-1] == "worse"
    assert found["verdict"].iloc[0] == "equivalent"


def test_equal_differences_of_a_score_in_steps_are_no_certainty():
    same = fit(SVC(), {"cache_size": [100]}).effects_.iloc[0]
    assert same.delta == 0
    assert same.verdict == "open"  # fifty rows a fold are too few for that
    assert same.high == pytest.approx(stats.t.ppf(0.975, 5) * (1 / 50) / np.sqrt(6) * np.sqrt(1 / 6 + 1 / 2))
    smooth = fit(SVC(probability=True), {"cache_size": [100]}, scoring="neg_log_loss", rope=0.1).effects_.iloc[0]
    assert (smooth.low, smooth.high, smooth.verdict) == (0, 0, "equivalent")


def test_a_ceiling_is_told():
    X = np.repeat([[0.0], [1.0]], 20, axis=0)
    y = np.repeat([0, 1], 20)
    found = fit(DecisionTreeClassifier(), {"criterion": ["entropy"]}, data=(X, y))
    assert found.effects_["verdict"].tolist() == ["ceiling"]


def test_needed_says_how_many_seeds_or_that_none_would_do():
    found = by_draw(DecisionTreeClassifier(max_depth=8), n=3).effects_
    open_rows = found[found["verdict"] == "open"]
    assert len(open_rows)
    assert (open_rows["needed"] > 3).all()
    more = by_draw(DecisionTreeClassifier(max_depth=8), n=3, rope=0.0)
    assert more.effects_["needed"].notna().equals(more.effects_["verdict"] == "open")
    fixed = fit(DecisionTreeClassifier(), {"max_features": [1]}, cv=KFold(10))
    assert np.isinf(fixed.effects_["needed"][fixed.effects_["verdict"] == "open"]).all()


# ---- estimators and data of all kinds


def from_sklearn():
    names = (
        ("LogisticRegression", {"C": [0.01]}),
        ("RidgeClassifier", {"alpha": [10.0]}),
        ("SGDClassifier", {"loss": ["modified_huber"]}),
        ("LinearSVC", {"C": [0.01]}),
        ("SVC", {"kernel": ["linear"]}),
        ("KNeighborsClassifier", {"n_neighbors": [1]}),
        ("GaussianNB", {"var_smoothing": [0.1]}),
        ("DecisionTreeClassifier", {"max_depth": [1]}),
        ("ExtraTreeClassifier", {"max_depth": [1]}),
        ("LinearDiscriminantAnalysis", {"solver": ["lsqr"]}),
        ("NearestCentroid", {"metric": ["manhattan"]}),
        ("Ridge", {"alpha": [10.0]}),
        ("Lasso", {"alpha": [0.1]}),
        ("KNeighborsRegressor", {"n_neighbors": [1]}),
        ("DecisionTreeRegressor", {"max_depth": [1]}),
        ("SVR", {"C": [10.0]}),
        ("DummyRegressor", {"strategy": ["median"]}),
    )
    known = dict(sklearn.utils.all_estimators())
    for name, components in names:
        yield pytest.param(known[name](), components, id=name)


@pytest.mark.parametrize(("estimator", "components"), from_sklearn())
def test_any_estimator_on_given_and_on_drawn_data(estimator, components):
    before = repr(estimator)
    if sklearn.base.is_classifier(estimator):
        X, y = rows(*make_classification(90, random_state=0), 90)
        draw = partial(make_classification, 90)
    else:
        X, y = make_regression(90, 8, noise=5, random_state=0)
        draw = partial(make_regression, 90, 8, noise=5)
    given = AblationCV(estimator, components, seeds=2, cv=3)
    drawn = AblationCV(estimator, components, seeds=2, draw=draw)
    for found in (given.fit(X, y), drawn.fit()):
        assert not found.failures_
        assert found.effects_["n"].tolist() == [2]
        assert np.isfinite(found.effects_["delta"]).all()
        assert set(found.effects_["verdict"]) <= {"better", "worse", "equivalent", "open", "floor", "ceiling"}
    assert repr(estimator) == before
    again = clone(given).fit(X, y)
    pd.testing.assert_frame_equal(again.effects_, given.effects_)


@pytest.mark.parametrize("design", ["one-at-a-time", "leave-one-out", "factorial", "fractional"])
def test_every_design(design, tmp_path):
    model = make_pipeline(StandardScaler(), PCA(3), SVC())
    components = [
        Component("standardscaler", model.get_params()["standardscaler"], ("passthrough",), off="passthrough"),
        Component("pca", model.get_params()["pca"], ("passthrough",), off="passthrough"),
        Component("svc__C", 1.0, (0.001,), off=0.001),
    ]
    found = fit(model, components, design=design)
    singles = found.effects_[found.effects_["size"] == 1]
    assert singles["component"].tolist() == ["standardscaler", "pca", "svc__C"]
    assert singles["verdict"].iloc[2] == "worse"
    page = found.report(tmp_path / design)
    assert page.is_file()
    assert (page.parent / "effects.png").read_bytes()[:4] == b"\x89PNG"
    if design == "factorial":
        cells = found.results_.groupby("cell")["score"].mean()
        small = [name for name in cells.index if "svc__C" in name]
        delta = cells[small].mean() - cells.drop(small).mean()
        assert singles["delta"].iloc[2] == pytest.approx(delta)
        assert (found.effects_["size"] == 2).sum() == 3
        assert found.importances_.loc["svc__C"]["fANOVA"] > 0.5
        table = found.anova_.set_index("term")
        assert table.loc["svc__C", "eta_squared"] > 0.5
        assert table["p_holm"].isna().all()  # folds of one sample are not independent
    elif design != "fractional":
        with pytest.raises(AttributeError, match="crossed"):
            _ = found.anova_


def test_columns_of_a_frame_and_of_a_column_transformer():
    X, y = load_iris(return_X_y=True, as_frame=True)
    X = X.assign(kind=pd.Categorical(np.where(y == 2, "a", "b")))
    model = make_pipeline(
        ColumnTransformer([("numbers", StandardScaler(), list(X)[:4]), ("kind", OneHotEncoder(), ["kind"])]),
        LogisticRegression(),
    )
    found = fit(model, {"columntransformer__kind": ["drop"], "columntransformer__numbers": ["drop"]}, data=(X, y))
    assert found.effects_["verdict"].tolist()[1] == "worse"


def test_sparse_input_several_targets_and_scores():
    X, y = make_multilabel_classification(80, random_state=0)
    found = fit(
        KNeighborsClassifier(), {"n_neighbors": [1]}, data=(sparse.csr_matrix(X), y), scoring=["accuracy", "f1_macro"]
    )
    assert found.effects_["scorer"].tolist() == ["accuracy", "f1_macro"]
    assert found.effects_["verdict"].tolist()[1] == ""
    assert set(found.cells_) >= {"accuracy", "f1_macro", "fit_time", "front"}


def two_scores(estimator, X, y):
    predicted = estimator.predict(X)
    return {"right": accuracy_score(y, predicted), "wrong": -1 + accuracy_score(y, predicted)}


@pytest.mark.parametrize(
    ("scoring", "names"),
    [
        (None, ["score"]),
        ("f1_macro", ["f1_macro"]),
        (("f1_macro", "accuracy"), ["f1_macro", "accuracy"]),
        ({"mine": make_scorer(accuracy_score), "theirs": "accuracy"}, ["mine", "theirs"]),
        (two_scores, ["right", "wrong"]),
    ],
)
def test_scoring_is_what_cross_validate_takes(scoring, names):
    found = fit(KNeighborsClassifier(), {"n_neighbors": [1]}, scoring=scoring)
    assert found.scorers_ == names
    assert found.effects_["scorer"].tolist() == names


def test_the_rope_of_accuracies_is_found_by_their_function():
    for scoring, rope in (
        (None, 0.005),
        ({"x": "accuracy"}, 0.005),
        ("f1_macro", None),
        (make_scorer(accuracy_score), 0.005),
    ):
        found = fit(KNeighborsClassifier(), {"n_neighbors": [1]}, scoring=scoring)
        assert found.summary_.sample.rope.get(found.scorers_[0]) == rope
    named = fit(KNeighborsClassifier(), {"n_neighbors": [1]}, scoring=["f1_macro", "accuracy"], rope={"accuracy": 0.1})
    assert named.summary_.sample.rope == {"accuracy": 0.1}
    regression = fit(Ridge(), {"alpha": [2.0]}, data=load_diabetes(return_X_y=True))
    assert regression.summary_.sample.rope == {}


def test_light_gbm():
    lightgbm = pytest.importorskip("lightgbm")
    model = lightgbm.LGBMClassifier(n_estimators=5, verbose=-1, n_jobs=1)
    found = fit(model, {"num_leaves": [2], "learning_rate": [1e-6]})
    assert found.effects_["verdict"].tolist()[1] == "worse"
    assert "lightgbm" in found._findings.trials[0]["versions"]


# ---- levels


def test_a_step_is_replaced_by_another_estimator_which_stays_as_it_was():
    scaler = MinMaxScaler(feature_range=(0, 2))
    model = make_pipeline(StandardScaler(), SVC())
    found = fit(
        model, {"standardscaler": [scaler, "passthrough"], "both": [{"standardscaler": scaler, "svc__C": 1e-3}]}
    )
    assert found.effects_["level"].tolist() == [
        "MinMaxScaler(feature_range=(0, 2))",
        "passthrough",
        "standardscaler=MinMaxScaler(feature_range=(0, 2)), svc__C=0…",
    ]
    assert not hasattr(scaler, "scale_")
    assert found.effects_["verdict"].tolist()[2] == "worse"
    frame = found.study_.trials_dataframe()
    assert set(frame["params_standardscaler"]) == {
        "StandardScaler()",
        "MinMaxScaler(feature_range=(0, 2))",
        "passthrough",
    }


def test_draws_and_splitters_have_components_too():
    def draw(random_state, noise=0.0, n=100):
        rng = np.random.default_rng(random_state)
        X = rng.normal(size=(n, 2))
        return X, (X[:, 0] + noise * rng.normal(size=n) > 0).astype(int)

    found = AblationCV(LogisticRegression(), {"C": [1e-6], "draw:noise": [5.0]}, draw=draw, seeds=4).fit()
    assert found.effects_.set_index("component").loc["draw:noise", "verdict"] == "worse"
    folds = fit(DecisionTreeClassifier(), {"cv:n_splits": [6], "max_depth": [1]})
    assert folds.results_.groupby(["cell", "seed"]).size().unstack().loc["cv:n_splits=6"].tolist() == [6, 6]
    describes, compared = folds.effects_.itertuples()
    assert (describes.verdict, np.isnan(describes.low), np.isfinite(compared.low)) == ("open", True, True)
    assert "Rows of cv: describe only" in folds.summary_.text()
    drawn = AblationCV(LogisticRegression(), {"C": [1e-6]}, draw=draw, cv=4, seeds=3).fit()
    assert drawn.results_.groupby("cell").size().tolist() == [12, 12]
    assert drawn.effects_["n"].tolist() == [3]


def test_a_draw_may_have_its_own_test_side_weights_and_groups():
    def draw(random_state):
        X, y = make_classification(60, random_state=random_state)
        return Bunch(data=X[:40], target=y[:40], X_test=X[40:], y_test=y[40:], sample_weight=np.arange(40.0))

    AblationCV(Stump(), {"column": [1]}, draw=draw, seeds=2).fit()
    assert all(len(weights) == 40 for _, _, weights in FITS)

    def grouped(random_state):
        X, y = make_classification(60, random_state=random_state)
        X[:, 0] = np.repeat(np.arange(6), 10)
        return X, y, X[:, 0]

    class Sees(Stump):
        def score(self, X, y):
            return float(not set(X[:, 0]) & self.seen_)

        def fit(self, X, y):
            self.seen_ = set(X[:, 0])
            return super().fit(X, y)

    found = AblationCV(Sees(), {"column": [1]}, draw=grouped, seeds=2).fit()
    assert found.results_["score"].eq(1).all()


def test_seeds_reach_every_random_state_and_are_the_same_for_all_cells():
    found = fit(make_pipeline(PCA(2), Stump()), {"stump__column": [1]}, cv=2)
    states = {column: [state for each, state, _ in FITS[1:] if each == column] for column in (0, 1)}
    assert sorted(states[0]) == sorted(states[1])
    assert len(set(states[0])) == 2
    assert found.baseline_.get_params()["stump__random_state"] is None


def test_folds_that_no_seed_changes_count_once():
    found = fit(KNeighborsClassifier(), {"n_neighbors": [1]}, cv=StratifiedKFold(3), seeds=4)
    assert found.effects_["n"].tolist() == [1]  # nothing is random: other seeds would repeat it
    assert "count once" in found.summary_.text()
    trained = fit(RandomForestClassifier(3), {"max_depth": [1]}, cv=StratifiedKFold(3), seeds=4)
    assert trained.effects_["n"].tolist() == [4]
    scores = trained.results_.pivot(index=["fold", "seed"], columns="cell", values="score").groupby("fold").mean()
    deltas = scores["max_depth=1"] - scores["baseline"]
    reach = stats.t.ppf(0.975, 2) * np.sqrt((1 / 3 + 1 / 2) * deltas.var(ddof=1))
    assert trained.effects_["high"].iloc[0] == pytest.approx(deltas.mean() + reach)


@pytest.mark.parametrize(
    "cv",
    [
        2,
        KFold(3, shuffle=True),
        ShuffleSplit(2, test_size=0.3),
        RepeatedStratifiedKFold(n_splits=2, n_repeats=2),
        LeaveOneOut(),
        [(np.arange(0, 40), np.arange(40, 60)), (np.arange(20, 60), np.arange(0, 20))],
    ],
    ids=lambda cv: type(cv).__name__,
)
def test_splitters(cv):
    X, y = IRIS[0][::2], IRIS[1][::2]
    found = AblationCV(KNeighborsClassifier(), {"n_neighbors": [1]}, cv=cv, seeds=2).fit(X, y)
    assert not found.failures_
    folds = found.results_[found.results_["cell"] == "baseline"].groupby("seed").size()
    assert folds.nunique() == 1


# ---- what goes along with X


def test_weights_are_cut_as_X_is_and_groups_stay_together():
    X, y = IRIS
    groups = np.arange(150) % 10
    weights = np.arange(150.0)
    AblationCV(Stump(), {"column": [2]}, cv=GroupKFold(5, shuffle=True), seeds=2).fit(
        X, y, groups=groups, sample_weight=weights
    )
    for _, _, cut in FITS:
        kept = set(cut.astype(int) % 10)
        assert len(cut) == 120
        assert len(kept) == 8


def test_metadata_routing():
    X, y = IRIS
    with sklearn.config_context(enable_metadata_routing=True):
        scorer = make_scorer(accuracy_score).set_score_request(sample_weight=True)
        model = Stump().set_fit_request(sample_weight=True)
        found = AblationCV(model, {"column": [2]}, cv=GroupKFold(5), scoring=scorer, seeds=2).fit(
            X, y, groups=np.arange(150) % 10, sample_weight=np.arange(150.0)
        )
    assert not found.failures_
    assert all(len(cut) == 120 for _, _, cut in FITS)


# ---- resuming


def test_a_storage_resumes_grows_and_refuses_others(tmp_path):
    storage = f"sqlite:///{tmp_path}/o.db"
    options = {"storage": storage, "study_name": "mine", "cv": 2}
    first = fit(Stump(), {"column": [1]}, **options)
    n = len(FITS)
    again = fit(Stump(), {"column": [1]}, **options)
    assert len(FITS) == n
    pd.testing.assert_frame_equal(again.effects_, first.effects_)
    grown = fit(Stump(), {"column": [1, 2]}, **options | {"seeds": 3})
    assert len(FITS) == n + 1 + 2 * (3 * 3 - 2 * 2)  # one is for the scorer
    assert grown.effects_["n"].tolist() == [3, 3]
    for change, part in (
        ({"data": (IRIS[0] + 1, IRIS[1])}, "X"),
        ({"scoring": "f1_macro"}, "scoring"),
        ({"cv": 3}, "cv"),
        ({"random_state": 1}, "random_state"),
    ):
        with pytest.raises(
            ValueError, match=f"'mine' was begun with something else as {part}; take another study_name"
        ):
            fit(Stump(), {"column": [1]}, **options | change)
    refused = AblationCV(Stump(column=3), {"column": [1]}, seeds=2, **options)
    with pytest.raises(ValueError, match="something else as estimator"):
        refused.fit(*IRIS)
    assert not hasattr(refused, "effects_")  # the answers of the other question
    assert not hasattr(refused, "baseline_")
    unnamed = fit(Stump(), {"column": [1]}, storage=storage)
    assert unnamed.study_.study_name.startswith("Stump ")


def test_an_interrupt_keeps_what_is_finished(tmp_path, capsys):
    options = {"storage": f"sqlite:///{tmp_path}/o.db", "cv": 2}
    ablation = AblationCV(Stump(), {"column": [1], "broken": ["interrupt"]}, seeds=2, **options)
    with pytest.raises(KeyboardInterrupt):
        ablation.fit(*IRIS)
    assert ablation.effects_["n"].tolist() == [1, 0]
    assert "Interrupted: 2 of 6 trials are kept; the same call goes on." in capsys.readouterr().err
    n = len(FITS)
    done = fit(Stump(), {"column": [1]}, **options)
    assert done.effects_["n"].tolist() == [2]
    assert len(FITS) - n == 1 + 4  # one seed was there


class Swallows(Stump):
    """Takes Ctrl-C for the end of its training, as some do."""

    def fit(self, X, y):
        if self.column == 1:
            try:
                signal.raise_signal(signal.SIGINT)
            except KeyboardInterrupt:
                FITS.append("swallowed")
        return super().fit(X, y)


def test_what_was_interrupted_is_not_stored_as_if_it_had_finished():
    ablation = AblationCV(Swallows(), {"column": [1]}, seeds=2, cv=2)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # as in a terminal
    try:
        with pytest.raises(KeyboardInterrupt):
            ablation.fit(*IRIS)
    finally:
        signal.signal(signal.SIGINT, before)
    assert "swallowed" in FITS
    assert ablation.results_["cell"].unique().tolist() == ["baseline"]


def test_failures_leave_their_row_open():
    with pytest.warns(UserWarning, match=r"2 of 6 trials failed, see failures_; the first, broken=True · seed 0: Run"):
        found = fit(Stump(), {"column": [2], "broken": [True]})
    assert list(found.failures_) == ["broken=True · seed 0", "broken=True · seed 1"]
    assert "broken on purpose" in found.failures_["broken=True · seed 0"]
    last = found.effects_.iloc[1]
    assert (last.n, last.verdict, np.isnan(last.delta)) == (0, "open", True)
    with pytest.raises(RuntimeError, match="broken on purpose") as raised:
        fit(Stump(), {"broken": [True]}, error_score="raise")
    assert raised.value.__notes__ == ["in the trial broken=True · seed 0"]


def test_where_all_trials_fail_the_fit_fails():
    draw = partial(make_regression, 60)
    with pytest.raises(ValueError, match=r"all 4 trials failed; the first, baseline · seed 0: .*on purpose"):
        AblationCV(Late(), {"alpha": [2.0]}, draw=draw, seeds=2).fit()
    with pytest.raises(ValueError, match="scoring must be given, as 'baseline' and 'svc=Ridge"):
        fit(make_pipeline(StandardScaler(), SVC()), {"svc": [Ridge()]})


class Late(Ridge):
    """Fails from its second fit on."""

    fits = 0

    def fit(self, X, y):
        Late.fits += 1
        if Late.fits > 1:
            raise RuntimeError("on purpose")
        return super().fit(X, y)


def test_designs_share_their_trials(tmp_path):
    model = make_pipeline(StandardScaler(), SVC())
    components = {"standardscaler": ["passthrough"], "svc__C": [0.1, 10]}
    options = {"storage": f"sqlite:///{tmp_path}/o.db", "study_name": "mine"}
    fit(model, components, **options)
    crossed = fit(model, components, design="factorial", **options)
    assert len(crossed.study_.trials) == 6 * 2  # and none of the eight before once more
    again = fit(model, components, **options)
    assert again.effects_["n"].tolist() == [2, 2, 2]


def test_a_fraction_says_what_its_rows_may_be():
    components = {"standardscaler": ["passthrough"], "svc__C": [10, 0.1], "svc__gamma": ["auto"], "svc__tol": [0.1]}
    found = fit(make_pipeline(StandardScaler(), SVC()), components, design="fractional")
    text = found.summary_.text()
    assert "A fraction: 8 of 16 combinations. It has two levels of each component, so not svc__C=0.1." in text
    assert "standardscaler × svc__C = svc__gamma × svc__tol" in found.effects_["component"].tolist()


def test_max_time_ends_it_with_whole_trials():
    with pytest.warns(UserWarning, match=r"max_time=1e-09 was over with 4 of 4 trials to run"):
        found = fit(Stump(), {"column": [1]}, max_time=1e-9)
    assert found.effects_["verdict"].tolist() == ["open"]


def test_what_fits_warn_of_is_told_once():
    model = LogisticRegression(max_iter=1)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fit(model, {"C": [0.1]})
    told = [str(each.message) for each in caught if "ConvergenceWarning" in str(each.message)]
    assert told == ["in 4 of 4 trials: ConvergenceWarning: lbfgs failed to converge after 1 iteration(s) (status=1):"]
    assert not [each for each in caught if each.category.__name__ == "ConvergenceWarning"]


# ---- bad input, before any training


class Locked(Stump):
    def __init__(self, column=0, callback=None, broken=False, random_state=None):
        super().__init__(column, broken, random_state)
        self.callback = callback


def draws(random_state):
    return make_classification(50, random_state=random_state)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            {"components": {"colum": [1]}},
            r"components\['colum'\]: Stump has no parameter 'colum'; did you mean 'column'",
        ),
        ({"components": {"column": [0]}}, r"components\['column'\]: '0' is the value in Stump already"),
        ({"components": {"column": []}}, r"components\['column'\] has no alternatives"),
        ({"components": {"column": [1, 1]}}, "'column' needs at least two different levels"),
        ({"components": {"column": 1}}, r"components\['column'\] must be a list of alternatives; got 1"),
        ({"components": {}}, "components must name at least one parameter"),
        ({"components": [("column", 1)]}, "components must be a mapping .* or a list of Component"),
        ({"components": {"random_state": [1]}}, "'random_state' is set by each seed"),
        ({"components": {"group": [{"column": 1, "brokn": True}]}}, "no parameter 'brokn'; did you mean 'broken'"),
        ({"components": {"draw:n": [1]}}, "'draw:n' needs draw="),
        ({"components": [Component("column", 3, (1,))]}, "its baseline '3' is not the value in Stump"),
        ({"design": "grid"}, "design must be one of 'one-at-a-time'"),
        ({"seeds": 1}, r"seeds must be a number ≥ 2, or a pair \(low, high\) with 2 ≤ low ≤ high; got 1"),
        ({"seeds": [3, 6]}, r"seeds must be a number ≥ 2, or a pair .*; got \[3, 6\]"),
        ({"cv": []}, r"cv must be an iterable of at least one \(train, test\); got \[\]"),
        ({"cv": 1}, "cv must be at least 2 folds, a splitter, or an iterable .*; got 1"),
        ({"verbose": "much"}, "verbose must be 0, or 1 for a progress bar; got 'much'"),
        ({"max_time": 0}, "max_time must be a number of seconds > 0"),
        ({"confidence": 1}, "confidence must be a number between 0 and 1"),
        ({"n_jobs": 0}, "n_jobs must be"),
        ({"error_score": 0}, "error_score must be 'raise' or np.nan; got 0"),
        ({"rope": -1}, "rope must be a number ≥ 0"),
        ({"rope": {"f1": 1}}, "rope must be by the scores score; got 'f1'"),
        ({"scoring": "acuracy"}, "scoring='acuracy' is not legal"),
        ({"scoring": {"a", "b"}}, "scoring must have an order"),
        ({"scoring": "roc_auc"}, "scoring='roc_auc' cannot score the baseline"),
        ({"scoring": lambda e, X, y: "good"}, "scoring must give numbers|cannot score the baseline"),
        ({"cv": "5"}, "cv must be a number of folds, a splitter"),
        (
            {
                "cv": [(np.arange(100), np.arange(100, 150))],
                "estimator": GaussianNB(),
                "components": {"var_smoothing": [1]},
            },
            "cv must give two folds or more where no seed changes anything",
        ),
        ({"draw": 3}, "draw must be a function"),
        ({"draw": draws}, "draw makes the data, so fit takes none; got X, y"),
        ({"estimator": Stump}, "estimator must be a scikit-learn estimator"),
        ({"estimator": "sklearn.svm:Svc"}, "estimator='sklearn.svm:Svc'"),
        ({"estimator": "sklearn.svm.SVC"}, "estimator must be an estimator or its import path, package.module:Class"),
        ({"components": {"column": [lambda: 1, lambda: 2]}}, "differ as text, functions by their names"),
        ({"scoring": lambda e, X, y: float("nan")}, "gives nan for the baseline"),
        ({"estimator": Locked(callback=threading.Lock())}, "estimator cannot be cloned, .*lock"),
        ({"estimator": Stump(broken=True)}, "the baseline cannot be fitted: broken on purpose"),
        ({"random_state": "a"}, "random_state must be a whole number"),
        ({"random_state": None, "storage": "sqlite://"}, "random_state must be a number with storage="),
        ({"storage": "o.db"}, "storage='o.db' cannot be opened"),
        ({"components": {"column": [lambda: 1]}, "storage": "sqlite://"}, "storage cannot keep this study: levels"),
        ({"scoring": lambda e, X, y: 1.0, "storage": "sqlite://"}, "storage cannot keep this study: scoring"),
    ],
)
def test_bad_input_is_told_before_any_training(options, words):
    options = {"estimator": Stump(), "components": {"column": [1]}, "seeds": 2, "cv": 3} | options
    with pytest.raises(ValueError, match=words):
        AblationCV(**options).fit(*IRIS)
    assert len(FITS) <= 2


def test_a_regressor_scored_by_accuracy_is_told():
    with pytest.raises(ValueError, match="scoring='accuracy' counts classes, but the estimator is a regressor"):
        fit(DecisionTreeRegressor(), {"max_depth": [1]}, data=load_diabetes(return_X_y=True), scoring="accuracy")


def test_one_split_is_trained_on_anew_by_each_seed():
    """Its verdicts are about that split: each seed is a training of its own, so the paired t is right."""
    split = [(np.arange(0, 150, 2), np.arange(1, 150, 2))]
    found = AblationCV(ExtraTreesClassifier(5), {"max_depth": [1]}, cv=split, seeds=6).fit(*IRIS)
    row = found.effects_.iloc[0]
    scores = found.results_.pivot(index="seed", columns="cell", values="score")
    deltas = scores["max_depth=1"] - scores["baseline"]
    reach = stats.t.ppf(0.975, 5) * deltas.std() / np.sqrt(6)
    assert (row.low, row.high) == pytest.approx((deltas.mean() - reach, deltas.mean() + reach))
    assert "paired t over trainings on one split" in found.summary_.rule()
    assert "about this split alone" in found.summary_.rule()


def test_groups_that_an_int_ignores_are_refused():
    with pytest.raises(ValueError, match="groups are given, but cv=5 splits without them"):
        AblationCV(Stump(), {"column": [1]}, cv=5).fit(*IRIS, groups=np.arange(150))


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda random_state: 1, "draw must return .*; got a int"),
        (lambda random_state: Bunch(X=[[1]]), "got a Bunch of X"),
        (lambda n: IRIS, "draw must take random_state"),
        (lambda random_state: IRIS, "draw must return other data for another random_state"),
        (lambda random_state: draws(np.random.default_rng().integers(99999)), "draw must return the same"),
        (lambda random_state: (*draws(random_state), [1, 2]), "as many groups as X; got 2 and 50"),
    ],
)
def test_a_draw_is_tried(draw, words):
    with pytest.raises(ValueError, match=words):
        AblationCV(Stump(), {"column": [1]}, draw=draw, seeds=2).fit()
    assert not FITS


def test_components_that_exclude_each_other_are_named():
    model = make_pipeline(PCA(2), SVC())
    with pytest.raises(ValueError, match=r"'pca' and 'pca__n_components' exclude each other: .*passthrough"):
        fit(model, {"pca": ["passthrough"], "pca__n_components": [3]}, design="factorial")
    assert len(fit(model, {"pca": ["passthrough"], "pca__n_components": [3]}).effects_) == 2


# ---- manners


def test_it_is_an_estimator_with_manners(tmp_path):
    ablation = AblationCV(Stump(), {"column": [1, 2]}, seeds=2, cv=2)
    assert clone(ablation).get_params()["seeds"] == 2
    assert "verdict" not in repr(ablation)
    found = pickle.loads(pickle.dumps(ablation.fit(*IRIS)))
    assert IRIS[0].tobytes()[:200] not in pickle.dumps(found)  # the data stay where they are
    text = repr(found)
    assert "AblationCV(" in text
    assert "2 of 2 rows" in text or "of 2 rows have a verdict" in text
    html = found._repr_html_()
    assert html.count("<tr>") == 3
    assert found._repr_mimebundle_()["text/html"] == html


def test_the_display_draws_on_given_axes_and_shows_every_row():
    import matplotlib.pyplot as plt

    found = fit(KNeighborsClassifier(), {"n_neighbors": [1, 100]}, scoring=["accuracy", "f1_macro"])
    figure, ax = plt.subplots()
    display = AblationDisplay.from_estimator(found, ax=ax, scorer="f1_macro")
    assert (display.ax_, display.figure_) == (ax, figure)
    assert [each.get_text() for each in ax.get_yticklabels()] == ["n_neighbors = 1", "n_neighbors = 100"]
    assert "f1_macro" in ax.get_xlabel()
    own = found.plot()
    assert plt.fignum_exists(own.figure_.number)
    points = [line.get_xdata()[0] for line in own.ax_.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(points, found.effects_["delta"][:2])
    with pytest.raises(ValueError, match="scorer must be one of accuracy, f1_macro; got 'f1'"):
        found.plot(scorer="f1")
    plt.close("all")


def test_one_inside_another_is_no_deadlock():
    class Outer(Stump):
        def fit(self, X, y):
            AblationCV(Stump(), {"column": [1]}, seeds=2, cv=2).fit(X, y)
            return super().fit(X, y)

    assert not fit(Outer(), {"column": [1]}, cv=2).failures_


def test_mlflow_has_cells_and_trials(tmp_path):
    mlflow = pytest.importorskip("mlflow")
    uri = f"sqlite:///{tmp_path}/mlflow.db"
    found = fit(Stump(), {"column": [2]}, tracking_uri=uri)
    client = mlflow.MlflowClient(uri)
    (experiment,) = [each for each in client.search_experiments() if each.name == "lineclf"]
    runs = client.search_runs([experiment.experiment_id])
    names = [run.info.run_name for run in runs]
    assert {"baseline", "column=2", "baseline · seed 0", "column=2 · seed 1"} <= set(names)
    (cell,) = [run for run in runs if run.info.run_name == "column=2"]
    row = found.effects_.iloc[0]
    assert cell.data.metrics["delta"] == pytest.approx(row.delta)
    assert cell.data.tags["verdict"] == row.verdict
