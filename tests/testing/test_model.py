"""The contract of models: this package's keep it, and each way to break it is told."""

from functools import partial

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.naive_bayes import GaussianNB

from lineclf.baselines import NearestClassifier
from lineclf.benchmark import Contestant
from lineclf.defaults import BENCHMARK
from lineclf.testing import check_model
from tests.baselines.test_world_bayes import RULES
from tests.conftest import untraced
from tests.testing import models

WITHOUT_NET = [each for each in BENCHMARK.contestants if not each.estimator.startswith("lineclf:")]


@pytest.mark.parametrize("contestant", WITHOUT_NET, ids=lambda each: each.name)
def test_models_of_the_leaderboard_pass(contestant):
    check_model(contestant)


@pytest.mark.parametrize("name", RULES)
def test_rules_that_know_the_world_pass(name):
    draw, rule = RULES[name]
    drawn = draw(random_state=0)
    check_model(rule, X=drawn.X[:150], y=drawn.y[:150])


@pytest.mark.keras
@pytest.mark.parametrize("number", range(4))
def test_nets_pass(number):
    from tests.estimators.conftest import ESTIMATORS, SMALL, SMALLER

    kind = ESTIMATORS[number]
    with untraced():
        check_model(kind(**{**SMALL, **SMALLER[kind]}))


@pytest.mark.parametrize(
    "model",
    [
        models.Tree,
        models.Tree(depth=3),
        models.shallow_tree,
        "tests.testing.models:Tree",
        Contestant("by name", "tests.testing.models:Tree", {"depth": 2}),
        NearestClassifier,
        RandomForestClassifier(n_estimators=3),  # seeded by the check
        GaussianNB,  # a class for each combination
    ],
)
def test_models_of_strangers_pass_in_every_form(model):
    check_model(model)


def test_other_data_may_be_given():
    X, y = load_iris(return_X_y=True)
    check_model(GaussianNB, X=X, y=y)
    check_model(models.Tree, X=X[::3].tolist(), y=np.column_stack([y, y == 1])[::3])


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (partial(models.Tree), "must have an import path"),
        ("nowhere:Nothing", "must be made by its import path, .*No module named 'nowhere'"),
        (models.AsksForDepth, "must be made by its import path, .*depth"),
        (models.Tree(depth=np.int64(3)), "settings must be plain values, which JSON has"),
        (models.Renames, "__init__ must store each argument as it is given.*leaves"),
        (models.Replaces, "__init__ must store each argument as it is given.*depth"),
        (models.HasNoPredict, r"must have predict\(\)"),
        (models.CannotFit, r"fit\(X, y\) must take rows of numbers.*RuntimeError: not today"),
        (models.ReturnsNothing, "fit must return the model itself; it returns None"),
        (models.WritesIntoData, "X must be left as it is"),
        (models.ChangesSettings, "fit must leave the settings as they are; it changes depth"),
        (models.DrawsFromNumPy, "no global random state may be touched"),
        (models.DrawsFromPython, "no global random state may be touched"),
        (models.CannotPredict, r"predict\(X\) must answer.*SystemExit: 3"),
        (models.AnswersOneLabel, r"predict must have the shape of the labels, \(64, 4\); it has \(64,\)"),
        (models.Invents, r"predict must give levels that were trained; in column 0 it gives \[5, 6\]"),
        (models.ChangesItsMind, "predict must give the same answers again"),
        (models.LooksAround, "a row's answer must not depend on the rows beside it"),
        (models.HasNoClasses, "a model with predict_proba must have classes_"),
        (models.ForgetsAHead, "predict_proba must be a list of 4, one per column of the labels; it has 3"),
        (models.ForgetsAClass, r"predict_proba must have the shape \(64, 2\) for column 0"),
        (models.IsTooSure, "probabilities of a row must sum to 1; in column 0 one has 2"),
        (models.IsNegative, "probabilities must be at least 0; column 0 has -1"),
        (models.HasNoSeed, "the same random_state must give the same answers"),
        (models.Remembers, "a second fit must forget the first"),
        (models.TakesBytesAlone, "must be able to train it on float32 numbers.*bytes alone"),
    ],
)
def test_what_breaks_a_promise_is_told(model, words):
    with pytest.raises(AssertionError, match=words):
        check_model(model)
