"""The default board's ceilings: nothing but chance exceeds them, of all labels together or of one."""

import numpy as np
import pytest

from lineclf.baselines import BayesClassifier
from lineclf.benchmark import Arena, Benchmark, Contestant
from lineclf.benchmark._draw import draw
from lineclf.benchmark._plan import BenchmarkPlan
from lineclf.defaults import BENCHMARK
from lineclf.metrics import bayes_log_ratios
from lineclf.model_selection import BackgroundDraw
from lineclf.runs import Profile

BOUNDED = [arena for arena in BENCHMARK.arenas if arena.bound is not None]


def test_every_world_of_noise_has_a_bound():
    assert {arena.name for arena in BOUNDED} >= {
        "noise 0.5",
        "noise 0.8",
        "background",
        "crossing",
        "count",
        "shortcut",
    }
    assert [arena for arena in BENCHMARK.arenas if arena.draw is not None] == BOUNDED


@pytest.mark.parametrize("arena", BOUNDED, ids=lambda arena: arena.name)
def test_test_images_are_drawn_independently_of_training(arena):
    few = {} if "beta" in arena.draw.keywords else {"world": {"lengths": [9], "widths": [1], "angles": [0, 90]}}
    data = arena.draw(random_state=0, **{"noise": 1e-6, "n_train": 4000, "n_test": 1000, **few})
    seen, tested = (
        {image.tobytes() for image in np.rint(255 * side).astype(np.int16)} for side in (data.X, data.X_test)
    )
    assert seen & tested  # places do recur, so what training lacks tells nothing


def test_a_rule_that_knows_trainings_places_gains_nothing():
    noise, n = 0.8, 3000
    data = BackgroundDraw(noise, beta=0, n_train=9600, n_test=n)(random_state=0)
    ratios = bayes_log_ratios(data.X_test, noise)
    shares = np.zeros(ratios.shape[1])
    np.add.at(shares, np.ravel_multi_index(data.y.T, (2, 2, 12, 2)), 1)
    # What is left of each class is the likelier the less of it training has: that was worth three points
    # where test images came from the places that training lacks.
    left = np.log1p(-np.minimum(shares / 400, 0.9))
    truth = np.ravel_multi_index(data.y_test.T, (2, 2, 12, 2))
    exact, told = (np.mean(each.argmax(axis=1) == truth) for each in (ratios, ratios + left))
    assert told <= exact + 2 * np.sqrt(exact * (1 - exact) / n)


def test_each_head_has_a_ceiling_of_its_own():
    bound = BayesClassifier(0.8)
    rule = Arena("noise", None, "?", draw=BackgroundDraw(0.8, beta=0, n_train=100, n_test=1500), bound=bound)
    board = Benchmark("b", "?", (rule,), (Contestant("a", "sklearn.dummy:DummyClassifier"),), {"q": Profile(1, 1)})
    plan = BenchmarkPlan(board, board.arenas, (), "q", None)
    (key,) = plan.trials
    _, result = plan.run(key)
    (split,) = draw(rule, 1, 0)
    joint = bound.fit(split.X_train, split.y_train).predict(split.X_test)
    for head, column, truth in zip(split.labels, joint.T, split.y_test.T, strict=True):
        assert result["metrics"][f"test_accuracy_{head}"] >= np.mean(column == truth) - 0.004
    assert result["metrics"]["test_joint_accuracy"] == np.mean((joint == split.y_test).all(axis=1))
    assert any(
        result["metrics"][f"test_accuracy_{head}"] > np.mean(column == truth)
        for head, column, truth in zip(split.labels, joint.T, split.y_test.T, strict=True)
    )
