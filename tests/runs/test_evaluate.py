"""Fitting and scoring one estimator on one split."""

from dataclasses import replace

import pytest
from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from lineclf.ablation._task import Task, make_split
from lineclf.runs._evaluate import evaluate
from lineclf.runs._identity import identity_params
from tests.conftest import untraced

SMALL = {"filters": 2, "epochs": 1, "batch_size": 512}  # one step


@pytest.mark.parametrize(
    ("name", "settings", "track", "curves"),
    [
        ("MultiHeadLineClassifier", {}, "composition", True),
        ("OneLayerCNNClassifier", {"units": 2}, "composition", False),
        ("OneLayerCNNClassifier", {"units": 2}, "distinct", True),
        ("CompactCNNClassifier", {"depth": 1}, "color-composition", False),
    ],
)
def test_the_test_side_is_followed_only_where_the_net_has_outputs_for_its_labels(name, settings, track, curves):
    """A net of one output for each combination has none for those that composition keeps for the test."""
    task = Task(f"lineclf.estimators:{name}", settings | SMALL, track, 4)
    estimator, split = make_split(task, {}, 0)
    with untraced():
        result = evaluate(estimator, split)
    assert len(result["history"]["loss"]) == 1
    assert ("val_joint_accuracy" in result["history"]) == curves
    assert 0 <= result["metrics"]["test_joint_accuracy"] <= (1 if curves else 0)


def test_a_level_without_an_output_is_no_reason_to_fail():
    """As extrapolation has them, where whole levels are tested only."""
    estimator, split = make_split(Task("lineclf.estimators:MultiHeadLineClassifier", SMALL, "distinct", 4), {}, 0)
    few = split.y_train[:, 2] < 11
    with untraced():
        result = evaluate(estimator, replace(split, X_train=split.X_train[few], y_train=split.y_train[few]))
    assert "val_loss" not in result["history"]
    assert "test_joint_accuracy_seen" in result["metrics"]


class Changed(BaseEstimator):
    """An estimator whose results have changed once."""

    revision = 2

    def __init__(self, size=3):
        self.size = size


def test_a_revision_is_part_of_what_results_mean_wherever_the_estimator_stands():
    first = type("Changed", (Changed,), {"revision": 1})
    assert identity_params(Changed()) == {"size": 3, "revision": 2}
    assert identity_params(first()) == {"size": 3}  # as results were stored before there were revisions
    assert identity_params(make_pipeline(StandardScaler(), Changed()))["changed__revision"] == 2
    assert "changed__revision" not in identity_params(make_pipeline(StandardScaler(), first()))
