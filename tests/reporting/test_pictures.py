"""Pictures of a trial's net: what they are, that they reach MLflow, and that they never cost a trial."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn.tree import DecisionTreeClassifier

from lineclf import CompactCNNClassifier, MultiHeadLineClassifier
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.reporting._pictures import draw
from lineclf.runs import Plan, Split, evaluate
from lineclf.runs._execute import Job, Outcome, work
from tests.conftest import untraced

SMALL = {"epochs": 1, "filters": 2, "batch_size": 512}
NAMES = {"feature_maps.png", "filters.png", "heatmaps.png"}


@pytest.fixture(scope="module")
def split():
    X, y = make_lines(n_per_class=1, random_state=0)
    labels = dict(zip(FACTORS, TARGET_NAMES, strict=True))
    return Split("lines", X, y, X[::2], y[::2], labels, {})


@pytest.mark.parametrize(
    "estimator",
    [MultiHeadLineClassifier(**SMALL), CompactCNNClassifier(**SMALL, depth=1)],
    ids=lambda estimator: type(estimator).__name__,
)
def test_a_trained_net_gives_three_pictures(estimator, split):
    given: list = []
    with untraced():
        evaluate(estimator, split, lambda *fitted: given.extend(fitted))
    drawn = draw(*given)
    assert set(drawn) == NAMES
    for content in drawn.values():
        with Image.open(io.BytesIO(content)) as picture:
            assert min(picture.size) >= 150
            assert len(np.unique(np.asarray(picture.convert("L")))) > 20


def test_an_estimator_without_a_net_gives_none(split):
    tree = DecisionTreeClassifier().fit(split.X_train.reshape(len(split.X_train), -1), split.y_train)
    assert draw(tree, split) == {}


@pytest.mark.parametrize(
    ("estimator", "files"),
    [
        (DecisionTreeClassifier(), {}),
        (
            MultiHeadLineClassifier(),
            {"error": "'MultiHeadLineClassifier' object has no attribute 'model_'"},
        ),  # unfitted
    ],
    ids=["no net", "broken"],
)
def test_pictures_that_fail_are_told_and_cost_no_trial(estimator, files, split):
    class Drawn(Plan):
        def run(self, key, on_fitted=None):
            on_fitted(estimator, split)
            return 0.5, {"name": key}

    assert work(Drawn(), Job("a trial", drawn=True)) == Outcome("a trial", 0.5, {"name": "a trial"}, files=files)


@pytest.mark.parametrize(("pictures", "drawn"), [(["--pictures"], {"0"}), (["--pictures", "all"], {"0", "1"})])
def test_pictures_of_an_ablation_are_in_mlflow(pictures, drawn, folder, monkeypatch):
    monkeypatch.setattr("lineclf.reporting._pictures.draw", lambda tree, split: {f"{tree.max_depth}.png": b"drawn"})
    out, _ = folder.run("--components", "max_depth", *pictures)
    assert "pictures" not in out
    trials = [run for run in folder.runs() if "optuna.trial" in run.data.tags]
    assert len(trials) == 6
    for run in trials:
        files = {Path(file.path).name for file in folder.client().list_artifacts(run.info.run_id, "inside")}
        assert files == ({f"{run.data.params['max_depth']}.png"} if run.data.params["seed"] in drawn else set())
