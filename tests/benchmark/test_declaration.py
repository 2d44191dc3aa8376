"""What a benchmark's declaration takes, and what it says of names that nothing has."""

from dataclasses import replace

import pytest
from sklearn.tree import DecisionTreeClassifier

from lineclf.benchmark import Arena, Benchmark, Contestant, Further, Goal
from lineclf.runs import Profile, make_options

TREE = Contestant("tree", DecisionTreeClassifier)


def benchmark(**changed):
    parts = {
        "arenas": (Arena("distinct", "distinct", "?", tests=("corruptions",)),),
        "contestants": (TREE,),
        "further": (Further("corruptions", "?", "mce"),),
        "reference": "tree",
    }
    return Benchmark("b", "?", profiles={"quick": Profile(4, 1)}, **parts | changed)


def test_models_are_paths_classes_or_estimators():
    path = "sklearn.tree._classes:DecisionTreeClassifier"
    assert (TREE.estimator, dict(TREE.settings)) == (path, {})
    other = Contestant("small", DecisionTreeClassifier(max_depth=2), {"random_state": 0})
    assert (other.estimator, other.settings) == (path, {"max_depth": 2, "random_state": 0})
    assert Contestant("named", "a:B").estimator == "a:B"


@pytest.mark.parametrize("estimator", [3, int, lambda: DecisionTreeClassifier()])
def test_a_model_without_a_path_is_told(estimator):
    with pytest.raises(ValueError, match="estimator must be the import path"):
        Contestant("x", estimator)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"arenas": (Arena("a", "distinct", "?", score="test_f1_macro"),)}, "score of 'a' must be one of"),
        ({"further": (Further("corruptions", "?", "mcee"),)}, "score of 'corruptions' .*did you mean 'mce'"),
        ({"arenas": (Arena("a", "distinct", "?", tests=("corruption",)),)}, "tests and curve of 'a' .*'corruptions'"),
        ({"arenas": (Arena("a", "distinct", "?", curve="few"),)}, "tests and curve of 'a' must be one of"),
        ({"goals": (Goal("trees", None, "seconds", 1),)}, "model of a goal .*did you mean 'tree'"),
        ({"goals": (Goal("tree", None, "second", 1),)}, "score of the goal of 'tree' .*did you mean 'seconds'"),
        ({"reference": "oak"}, "reference must be one of 'tree'; got 'oak'"),
        ({"floor": "oak"}, "floor must be one of 'tree'; got 'oak'"),
        ({"least": 1}, "least must be a whole number of seeds, at least 2; got 1"),
        (
            {"arenas": (Arena("a", "halves", "?", folds="first"),)},
            "folds of track 'a' must be one of 'all', 'one'; got",
        ),
        ({"arenas": (Arena("a", "distinct", "?", hold_out=1.5),)}, "hold_out of track 'a' must be a share from 0 to 1"),
        ({"contestants": (replace(TREE, cannot=("angles",)),)}, "cannot of 'tree' must be one of 'distinct'; got"),
    ],
)
def test_a_name_that_nothing_has_is_told_when_it_is_declared(changed, words):
    with pytest.raises(ValueError, match=words):
        benchmark(**changed)


def test_a_track_and_a_further_test_that_nothing_has_are_told_before_training():
    for changed, words in (
        ({"arenas": (Arena("a", "distnct", "?"),)}, "distnct.*distinct"),
        (
            {
                "arenas": (Arena("a", "distinct", "?", tests=("mine",)),),
                "further": (Further("mine", "?", "mce"),),
            },
            "tests of 'a' must be one of 'corruptions', 'color-shift'; got 'mine'",
        ),
    ):
        with pytest.raises(ValueError, match=words):
            _plan(**changed)


def _plan(**changed):
    study = benchmark(**changed)
    return study.plan(make_options(study, {}))
