"""The reproduction's declaration against the report itself."""

import runpy
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from lineclf.runs import load_estimator
from reproduction.data import DATA
from reproduction.sections import SECTIONS

SCRIPT = Path(__file__).parents[2] / "studies" / "reproduce.py"
STUDY = runpy.run_path(str(SCRIPT))["STUDY"]
ITEMS = {item.name: item for item in STUDY.items}


def test_every_item_of_the_first_two_tasks_is_there_with_the_reports_words():
    assert list(ITEMS) == ["R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R13"]
    for item in STUDY.items:
        assert len(item.says) > 10
        assert set(item.shows) <= set(SECTIONS)


@pytest.mark.keras
def test_every_model_is_one_that_can_be_made_and_fitted():
    assert {model.data for model in STUDY.models} == set(DATA)
    for model in STUDY.models:
        estimator = load_estimator(model.estimator, dict(model.settings))
        estimator._validate_params()


@pytest.mark.keras
@pytest.mark.parametrize(
    ("item", "shape", "heads"),
    [("R13", (28, 28, 1), {"digit": 10}), ("R8", (28, 28, 3), {"length": 2, "width": 2, "angle": 12, "color": 2})],
)
def test_the_reports_parameters_are_those_of_the_declared_nets(item, shape, heads):
    from lineclf import nets

    model = ITEMS[item].models[0]
    estimator = load_estimator(model.estimator, dict(model.settings))
    parameters, _, not_trainable = nets.count_parameters(estimator._build_network(shape, heads, 0))
    assert ITEMS[item].figures["parameters"] == parameters
    assert ITEMS[item].figures["parameters_not_trainable"] == not_trainable


def test_the_reports_confusion_matrix_yields_the_reports_figures():
    matrix, figures = np.array(ITEMS["R4"].confusion), ITEMS["R4"].figures
    assert matrix.sum(axis=1).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]  # MNIST's test set
    true, predicted = np.repeat(np.indices((10, 10)).reshape(2, -1), matrix.ravel(), axis=1)
    assert figures["test_accuracy"] == (true == predicted).mean()
    scores = precision_recall_fscore_support(true, predicted, average="macro")[:3]
    for name, score in zip(("precision", "recall", "f1"), scores, strict=True):
        assert figures[f"test_{name}_macro"] == pytest.approx(score, abs=1e-4)


def test_the_report_recipe_states_everything_that_the_report_does():
    recipe = dict(ITEMS["R8"].models[0].settings)
    assert recipe.items() >= {"learning_rate": 1e-4, "lr_decay": 1e-5, "epochs": 15, "batch_size": 32}.items()
    assert "dropout" in recipe  # the report does not give its own: ours is stated, not a default
    assert ITEMS["R8"].note


def test_five_paired_seeds_and_more():
    for model in (*ITEMS["R7"].models, *ITEMS["R4"].models):
        assert model.seeds >= 5
    assert STUDY.profiles["full"].n_per_class is None


@pytest.mark.keras
def test_no_estimator_chooses_by_the_test_side():
    for model in STUDY.models:
        params = load_estimator(model.estimator, dict(model.settings)).get_params()
        assert params.get("patience") is None
        assert not params.get("callbacks")
