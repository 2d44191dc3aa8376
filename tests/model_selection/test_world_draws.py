"""Draws of harder worlds: both sides fresh, parameters as estimators have them, and at home in ablations and tracks."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.metrics import make_scorer
from sklearn.naive_bayes import GaussianNB

from lineclf import AblationCV
from lineclf.baselines import (
    BayesClassifier,
    CountBayesClassifier,
    CrossingBayesClassifier,
    LabelPowersetClassifier,
    ShortcutBayesClassifier,
)
from lineclf.benchmark import Arena, Benchmark, Contestant, Score
from lineclf.datasets import make_background_lines, shortcut_groups
from lineclf.metrics import worst_group_accuracy
from lineclf.model_selection import BackgroundDraw, CountDraw, CrossingDraw, ShortcutDraw
from lineclf.runs import Profile, run_study

TINY = {"image_size": 7, "lengths": [3, 6], "widths": [1, 2], "angles": [0, 45, 90]}
SMALL = {"n_train": 60, "n_test": 40, "world": TINY}
RULES = {
    BackgroundDraw: BayesClassifier(0.5, beta=2.0, world=TINY),
    CrossingDraw: CrossingBayesClassifier(0.5, world=TINY),
    CountDraw: CountBayesClassifier(0.5, world=TINY),
    ShortcutDraw: ShortcutBayesClassifier(0.8, 0.01, world=TINY),
}


@pytest.mark.parametrize("kind", RULES)
def test_a_seed_fixes_both_sides_which_are_fresh(kind):
    draw = kind(**SMALL)
    one, again, other = draw(1), draw(random_state=1), draw(2)
    for name in ("X", "y", "X_test", "y_test"):
        np.testing.assert_array_equal(one[name], again[name])
    assert one.X.shape == (60, 7, 7, 3)
    assert one.X_test.shape == (40, 7, 7, 3)
    assert (one.X != other.X).any()
    assert (one.X[:40] != one.X_test).any(axis=(1, 2, 3)).all()
    flat = draw(1, flat=True)
    np.testing.assert_array_equal(flat.X, one.X.reshape(60, -1))
    np.testing.assert_array_equal(flat.X_test, one.X_test.reshape(40, -1))
    assert (draw(1, n_test=5).X == one.X).all()  # more to test on changes no training
    default = kind(n_train=1, n_test=1)(np.random.RandomState(0))
    assert one.labels == {}
    assert len(default.labels) == (1 if default.y.ndim == 1 else default.y.shape[1])


@pytest.mark.parametrize("kind", RULES)
def test_it_has_parameters_as_estimators_have(kind):
    draw = kind(0.3, **SMALL)
    for copy in (clone(draw), pickle.loads(pickle.dumps(draw))):
        assert copy.get_params() == draw.get_params()
        np.testing.assert_array_equal(copy(0).X, draw(0).X)
    assert "noise=0.3" in repr(draw)
    noisier = draw(0, noise=0.9)
    np.testing.assert_array_equal(noisier.y, draw(0).y)
    assert (noisier.X != draw(0).X).any()
    assert draw.noise == 0.3


def test_the_test_side_of_a_shortcut_is_the_reverse_unless_it_is_said():
    draw = ShortcutDraw(agreement=0.9, n_train=3000, n_test=3000, noise=0, world=TINY)

    def agrees(y):
        return np.isin(shortcut_groups(y, TINY["angles"]), (0, 3)).mean()

    data = draw(0)
    assert (agrees(data.y), agrees(data.y_test)) == (pytest.approx(0.9, abs=0.02), pytest.approx(0.1, abs=0.02))
    assert agrees(draw(0, test_agreement=0.5).y_test) == pytest.approx(0.5, abs=0.03)


@pytest.mark.parametrize("kind", RULES)
def test_an_ablation_takes_it_and_varies_it(kind):
    learner = GaussianNB() if kind is CountDraw else LabelPowersetClassifier(GaussianNB())
    name = "var_smoothing" if kind is CountDraw else "estimator__var_smoothing"
    draw = kind(**SMALL, flat=True)
    scoring = "accuracy" if kind is CountDraw else None
    ablation = AblationCV(learner, {name: [1.0], "draw:noise": [0.05]}, draw=draw, seeds=3, scoring=scoring).fit()
    assert ablation.effects_["n"].tolist() == [3, 3]
    bound = AblationCV(clone(RULES[kind]), {"noise": [5.0]}, draw=draw, seeds=3, scoring=scoring).fit()
    assert bound.effects_["delta"].max() < 0


def worst_angle(y_true, y_pred):
    """Of the tiny world: all but its last angle are below 90°."""
    return worst_group_accuracy(y_true, y_pred, lambda y: shortcut_groups(y, TINY["angles"]), column=2)


def test_tracks_of_a_leaderboard_take_it_and_its_bound(tmp_path):
    worst = Score("worst group", "%", 100, 1, name="worst", scorer=make_scorer(worst_angle))
    board = Benchmark(
        name="worlds",
        question="how far from the bound?",
        arenas=(
            Arena("background", None, "is the noise learned?", draw=BackgroundDraw(**SMALL)),
            Arena("shortcut", None, "cue or cause?", draw=ShortcutDraw(**SMALL | {"n_test": 400}), score=worst),
        ),
        contestants=(
            Contestant("bound", BayesClassifier(0.5, beta=2.0, world=TINY)),
            Contestant("oracle", ShortcutBayesClassifier(0.8, 0.01, world=TINY)),
        ),
        profiles={"quick": Profile(n_per_class=5, seeds=2)},
    )
    run_study(board, tracking_uri="none", storage=f"sqlite:///{tmp_path / 'o.db'}", output=str(tmp_path / "board"))
    page = (tmp_path / "board" / "leaderboard.md").read_text()
    assert "| bound |" in page
    assert "| model | worst group, % |" in page


@pytest.mark.parametrize(
    ("draw", "message"),
    [
        (BackgroundDraw(n_train=0), "n_train must be an integer ≥ 1; got 0"),
        (BackgroundDraw(n_test=2.5), "n_test must be an integer ≥ 1; got 2.5"),
        (BackgroundDraw(flat=1), "flat must be True or False; got 1"),
        (BackgroundDraw(beta=-1), "beta must be a number from 0"),
        (BackgroundDraw(noise=-1), "noise must be a finite number of at least 0; got -1"),
        (BackgroundDraw(world={"noise": 1}), "options of the world must be one of .*; got 'noise'"),
        (CrossingDraw(world={"colors": ["red"]}), "options of the world must be one of .*; got 'colors'"),
        (CountDraw(world=[1]), "world must be None or a dict of options"),
        (ShortcutDraw(agreement=2), "agreement must be a number from 0 to 1; got 2"),
        (ShortcutDraw(test_agreement="0"), "test_agreement must be a number from 0 to 1; got '0'"),
        (ShortcutDraw(world={"angles": [0, 30]}), "angles must be on both sides of 90°"),
    ],
)
def test_refusals(draw, message):
    with pytest.raises(ValueError, match=message):
        draw(0)
    with pytest.raises(ValueError, match="Invalid parameter 'nose'"):
        draw(0, nose=1)


def test_images_are_those_of_the_function():
    data = BackgroundDraw(0.4, 1.5, **SMALL)(7)
    seed = np.random.RandomState(7).randint(2**31, size=2)[1]
    X, y = make_background_lines(40, noise=0.4, beta=1.5, random_state=seed, **TINY)
    np.testing.assert_array_equal(data.X_test, X)
    np.testing.assert_array_equal(data.y_test, y)
