"""Models compared on anybody's data."""

from functools import partial

import numpy as np
import pytest
from scipy import stats
from sklearn.datasets import load_diabetes, load_iris, make_classification
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import StratifiedKFold
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from lineclf.benchmark import BenchmarkDisplay, compare

IRIS = load_iris(return_X_y=True)
MODELS = {"tree": DecisionTreeClassifier(), "bayes": GaussianNB(), "nothing": DummyClassifier()}


@pytest.fixture(scope="module")
def found():
    return compare(MODELS, *IRIS, cv=3, seeds=3, scoring=["accuracy", "f1_macro"])


def test_every_pair_is_compared_at_the_level_of_the_table(found):
    first = found.pairs[found.pairs["scorer"] == "accuracy"]
    assert list(zip(first["model"], first["than"], strict=True)) == [
        ("tree", "bayes"),
        ("tree", "nothing"),
        ("bayes", "nothing"),
    ]
    assert first["verdict"].tolist()[1:] == ["better", "better"]
    scores = found.results.pivot(index=["seed", "fold"], columns="cell", values="accuracy")
    deltas = scores["tree"] - scores["bayes"]
    reach = stats.t.ppf(1 - 0.05 / 3 / 2, 8) * np.sqrt((1 / 9 + 1 / 2) * deltas.var(ddof=1))
    assert first["high"].iloc[0] == pytest.approx(deltas.mean() + reach)


def test_models_stand_in_order_with_their_intervals(found):
    assert found.models["accuracy"].is_monotonic_decreasing
    assert found.models["model"].iloc[-1] == "nothing"
    scores = found.results.pivot(index=["seed", "fold"], columns="cell", values="accuracy")["tree"]
    tree = found.models.set_index("model").loc["tree"]
    assert tree["accuracy"] == pytest.approx(scores.mean())
    reach = stats.t.ppf(0.975, 8) * np.sqrt((1 / 9 + 1 / 2) * scores.var(ddof=1))
    assert tree["high"] - tree["accuracy"] == pytest.approx(reach)


def test_it_is_shown_and_written(found, tmp_path):
    assert "tree" in repr(found)
    assert "nothing" in found._repr_html_()
    display = found.plot()
    assert isinstance(display, BenchmarkDisplay)
    assert [each.get_text() for each in display.ax_.get_yticklabels()] == found.models["model"].tolist()
    report = found.write(tmp_path / "report")
    page = (tmp_path / "report" / "comparison.md").read_text()
    assert report.files[0].name == "comparison.md"
    assert "| bayes | nothing | 3 |" in page


def test_paths_drawn_data_and_regressions():
    drawn = compare(
        ["sklearn.naive_bayes:GaussianNB", LogisticRegression()], draw=partial(make_classification, 60), seeds=3
    )
    assert set(drawn.models["model"]) == {"GaussianNB", "LogisticRegression"}
    assert drawn.sample.kind == "draw"
    regression = compare(
        [LinearRegression(), Ridge(alpha=1), Ridge(alpha=100), Lasso()], *load_diabetes(return_X_y=True), seeds=2
    )
    assert "Ridge(alpha=100)" in set(regression.models["model"])
    fixed = compare(MODELS, *IRIS, cv=StratifiedKFold(3), seeds=2)
    assert np.isfinite(fixed.models["low"]).all()


def test_it_resumes_and_grows_by_a_model(tmp_path):
    options = {"cv": 2, "seeds": 2, "storage": f"sqlite:///{tmp_path}/o.db", "study_name": "mine"}
    two = {name: MODELS[name] for name in ("tree", "nothing")}
    first = compare(two, *IRIS, **options)
    again = compare(MODELS, *IRIS, **options)
    assert len(first.trials) == 4
    assert len(again.study.trials) == 6
    changed = compare({**MODELS, "tree": DecisionTreeClassifier(max_depth=1)}, *IRIS, **options)
    assert len(changed.study.trials) == 8
    with pytest.raises(ValueError, match="begun with something else as X"):
        compare(two, IRIS[0] + 1, IRIS[1], **options)


@pytest.mark.parametrize(
    ("models", "words"),
    [
        ([GaussianNB()], r"models must be two or more; got \['GaussianNB'\]"),
        ([GaussianNB(), GaussianNB()], "models must have different names"),
        ([GaussianNB(), 3], "models must be a scikit-learn estimator.*got 3"),
        ({"a": GaussianNB(), "b": GaussianNB}, r"models\['b'\] must be a scikit-learn estimator"),
        ({"a": GaussianNB(), "b": "no.such:Thing"}, "no.such:Thing"),
    ],
)
def test_bad_models_are_told(models, words):
    with pytest.raises(ValueError, match=words):
        compare(models, *IRIS)


def test_a_model_that_fails_leaves_its_rows_open():
    models = {"tree": DecisionTreeClassifier(), "broken": DecisionTreeClassifier(max_depth=-1)}
    with pytest.warns(UserWarning, match="2 of 4 trials failed"):
        found = compare(models, *IRIS, cv=2, seeds=2)
    assert found.pairs["verdict"].tolist() == ["open"]
    assert found.models["model"].tolist() == ["tree", "broken"]
