"""The benchmark's declaration: every model and track of it can be had, and it asks what it says."""

import runpy
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sklearn.base import is_classifier

from lineclf.benchmark._draw import draw
from lineclf.benchmark._entries import CEILING
from lineclf.benchmark._scores import SCORES
from lineclf.cli import _options, _parser
from lineclf.runs._evaluate import load_estimator

SCRIPT = Path(__file__).parents[2] / "studies" / "benchmark.py"
STUDY = runpy.run_path(str(SCRIPT))["STUDY"]


def planned(*argv):
    options = _options(STUDY, _parser(STUDY).parse_args(list(argv)))
    return STUDY.plan(options)


@pytest.mark.keras
@pytest.mark.parametrize("contestant", STUDY.contestants, ids=lambda each: each.name)
def test_every_model_is_a_classifier_that_takes_its_settings(contestant):
    estimator = load_estimator(contestant.estimator, contestant.settings)
    assert is_classifier(estimator)
    if hasattr(estimator, "_parameter_constraints"):
        estimator._validate_params()


@pytest.mark.parametrize("arena", STUDY.arenas, ids=lambda each: each.name)
def test_every_track_can_be_drawn_small(arena):
    arena = replace(arena, draw=partial(arena.draw, n_train=400, n_test=200)) if arena.draw else arena
    splits = draw(arena, arena.at_least if arena.curve else 40, 0)
    assert len(splits) == {"halves": 4, "range": 4, "angles": 2}.get(arena.name, 1)
    for split in splits:
        for y in (split.y_train, split.y_test):
            assert len(y) > 0
            assert y.shape[1:] == {"crossing": (6,), "count": ()}.get(arena.name, (4,))
        assert split.facts["label_conflicts"] == 0
        assert (split.facts["leak"] > 0) == (arena.name == "replica")


@pytest.mark.keras
def test_the_default_run_takes_each_ranked_model_to_four_tracks_at_one_seed():
    ranked = [each.name for each in STUDY.contestants if each.variant_of is None]
    trials = [params for params in planned().trials.values() if params["model"] != CEILING]
    assert [params["model"] for params in trials] == 4 * ranked
    assert {params["seed"] for params in trials} == {0}
    assert len(planned().trials) == len(trials) + 1  # the ceiling under noise


@pytest.mark.keras
def test_the_full_run_takes_everything_everywhere_at_five_seeds():
    trials = {tuple(params.values()) for params in planned("--profile", "full").trials.values()}
    ceilings = sum(arena.bound is not None for arena in STUDY.arenas)
    cannot = sum(len(each.cannot) for each in STUDY.contestants)
    assert len(trials) == 5 * (len(STUDY.arenas) * len(STUDY.contestants) + ceilings - cannot)


def test_goals_are_of_models_tracks_and_scores_that_there_are():
    names = [each.name for each in STUDY.contestants]
    tracks = [None, *(each.name for each in (*STUDY.arenas, *STUDY.further))]
    assert STUDY.reference in names
    for goal in STUDY.goals:
        assert goal.model in names
        assert goal.track in tracks
        assert goal.metric in SCORES


@pytest.mark.parametrize(
    "contestant", [each for each in STUDY.contestants if "baselines" in each.estimator], ids=lambda each: each.name
)
@pytest.mark.parametrize("name", ["crossing", "count"])
def test_rules_answer_on_every_track_that_they_do_not_say_they_cannot(contestant, name):
    (arena,) = (each for each in STUDY.arenas if each.name == name)
    (split,) = draw(replace(arena, draw=partial(arena.draw, n_train=200, n_test=40)), None, 0)
    X_train, X_test = (side.reshape(len(side), -1) for side in (split.X_train, split.X_test))
    rule = load_estimator(contestant.estimator, contestant.settings)
    if name in contestant.cannot:
        with pytest.raises(ValueError, match="y must"):
            rule.fit(X_train, split.y_train)
    else:
        assert rule.fit(X_train, split.y_train).predict(X_test).shape == split.y_test.shape
