"""The search: what it proposes, gives up and chooses, and that its test side chooses nothing."""

import json
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from lineclf.ablation import Ablation, Component, Range
from lineclf.ablation._optuna import Proposal, check_sampler
from lineclf.ablation._search import P_PRUNE
from lineclf.ablation._search_pages import VALIDATION, chosen_setting, search_frame, write_search
from lineclf.cli import _options, _parser
from lineclf.runs import OptionError, Profile, make_options

SPACE = {"rate": Range(1e-4, 1.0, log=True), "depth": Range(1, 5), "kind": ("a", None, [1, 2])}
STUDY = Ablation(
    name="trees",
    question="how deep?",
    estimator="sklearn.tree:DecisionTreeClassifier",
    track="distinct",
    components=(Component("max_depth", None, (1, 4)), Component("noise", 0.0, (0.3,), where="draw")),
    profiles={"quick": Profile(n_per_class=4, seeds=2)},
)


def propose(finished, seed=0, space=SPACE):
    return Proposal(space, finished, sampler="tpe", seed=seed, p_prune=P_PRUNE)


def test_proposals_are_legal_and_reproducible():
    finished = []
    for seed in range(12):
        settings = propose(finished, seed).settings
        assert settings == propose(finished, seed).settings
        assert 1e-4 <= settings["rate"] <= 1
        assert settings["depth"] in range(1, 6)
        assert settings["kind"] in SPACE["kind"]
        finished.append((settings, {0: settings["depth"] / 5}))
    assert len({json.dumps(settings) for settings, _ in finished}) > 6


def test_what_it_has_learned_draws_better_settings():
    def score(settings):
        return -((np.log10(settings["rate"]) + 2) ** 2) - (settings["depth"] - 4) ** 2

    finished = []
    for seed in range(45):
        settings = propose(finished, seed).settings
        finished.append((settings, {0: score(settings)}))
    values = [scores[0] for _, scores in finished]
    assert np.median(values[-15:]) > np.median(values[:10])
    assert max(values) > -0.3


def test_a_baseline_outside_of_the_range_is_known_by_the_rest():
    finished = [({"rate": 0.0, "depth": 2, "kind": "a"}, {0: 0.5, 1: 0.5, 2: 0.5})]
    proposal = propose(finished)
    assert proposal.settings["rate"] > 0
    assert [proposal.hopeless(fold, 0.1) for fold in range(3)] == [False, False, True]  # the best's folds are there


@pytest.mark.parametrize(
    ("scores", "given_up"),
    [
        ([0.5, 0.5, 0.5], [False, False, True]),  # p = 1/8
        ([0.5, 0.5, 0.9, 0.5, 0.5], [False, False, False, False, False]),
        ([0.7, 0.7, 0.7], [False, False, False]),
    ],
)
def test_what_loses_in_every_fold_is_given_up(scores, given_up):
    best = {"rate": 0.1, "depth": 2, "kind": "a"}, dict.fromkeys(range(5), 0.6)
    worse = {"rate": 0.2, "depth": 3, "kind": "a"}, dict.fromkeys(range(5), 0.3)
    proposal = propose([worse, best])
    assert [proposal.hopeless(fold, score) for fold, score in enumerate(scores)] == given_up


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is there")
def test_a_sampler_that_needs_more_says_so():
    check_sampler("tpe")
    with pytest.raises(ValueError, match="--sampler gp needs torch"):
        check_sampler("gp")


def test_gaussian_processes_propose_too():
    pytest.importorskip("torch")
    finished = [({"depth": depth}, {0: -((depth - 3) ** 2)}) for depth in (1, 2, 4, 5, 1, 5)]
    proposal = Proposal({"depth": Range(1, 5)}, finished, sampler="gp", seed=0, p_prune=P_PRUNE)
    assert proposal.settings["depth"] in range(1, 6)


def result(number, validation, test):
    folds = [
        {VALIDATION: v, "test_joint_accuracy": t, "seconds": 1.0, "n_train": 300.0, "n_test": 100.0}
        for v, t in zip(validation, test, strict=True)
    ]
    metrics = {name: float(np.mean([scores[name] for scores in folds])) for name in folds[0]}
    settings = {"depth": 1 + number}
    optuna = {"trial": number}
    return {
        "number": number,
        "settings": settings,
        "folds": folds,
        "metrics": metrics,
        "optuna": optuna,
        "versions": {},
    }


RESULTS = [
    result(0, [0.8, 0.8, 0.8], [0.70, 0.71, 0.72]),
    result(1, [0.9, 0.8, 0.91], [0.60, 0.62, 0.61]),
    result(2, [0.99], [0.99]),  # given up
    result(3, [0.7, 0.7, 0.7], [0.98, 0.98, 0.98]),
]


def test_the_best_on_validation_images_is_chosen_whatever_the_test_side_says(tmp_path):
    assert chosen_setting(RESULTS) == 1
    assert chosen_setting([]) is None
    frame = search_frame(RESULTS, ["depth"])
    assert set(frame.loc[frame["metric"] == "test_joint_accuracy", "setting"]) == {0, 1}
    assert set(frame.loc[frame["metric"] == VALIDATION, "setting"]) == {0, 1, 2, 3}
    task = SimpleNamespace(track="distinct", n_per_class=4, estimator="a:B", settings={})
    plan = SimpleNamespace(
        study=STUDY,
        options=make_options(STUDY, {}),
        baseline={"depth": 1},
        space={"depth": Range(1, 4)},
        sampler="tpe",
        task=task,
        seed=0,
        n_folds=3,
        trials=dict.fromkeys(range(4)),
        title="a search",
        identity="a search",
    )
    text, files, *_ = write_search(tmp_path, plan, RESULTS, {}, "python a.py")
    page = files[0].read_text()
    assert "Chosen: depth = 2" in text
    # Differences on the test side: −0.1, −0.09, −0.11.
    assert "61.00 % and 71.00 %: -10.00 points" in page
    reach = 4.302653 * 0.01 * np.sqrt(1 / 3 + 1 / 3)
    assert f"95 % interval {-10 - 100 * reach:+.2f} to {-10 + 100 * reach:+.2f}" in page
    assert "1 given up by Wilcoxon" in page
    assert "10 of 12 fits made" in page
    assert not (tmp_path / "effects.csv").exists()


def test_a_search_end_to_end_resumes_and_stays_out_of_the_effects(folder):
    folder.run("--components", "max_depth", "--seeds", "1")
    effects = folder.rows("effects.csv")
    fits = folder.fits().total()
    options = ["--design", "search", "--components", "max_depth", "--folds", "4"]
    options += ["--output", "reports/trees/distinct-search"]
    folder.run(*options, "--trials", "3")
    report = folder.path / "reports" / "trees" / "distinct-search"
    first = pd.read_csv(report / "results.csv")
    made = folder.fits().total() - fits
    assert made == len(first.groupby(["setting", "fold"])) <= 12
    folder.run(*options, "--trials", "5")
    more = pd.read_csv(report / "results.csv")
    assert sorted(more["setting"].unique()) == [0, 1, 2, 3, 4]
    assert folder.fits().total() - fits == len(more.groupby(["setting", "fold"]))
    known = more[(more["setting"] < 3) & (more["metric"] == VALIDATION)]
    assert known["value"].tolist() == first.loc[first["metric"] == VALIDATION, "value"].tolist()
    means = more[more["metric"] == VALIDATION].groupby("setting")["value"].agg(["mean", "size"])
    best = means[means["size"] == 4]["mean"].max()
    assert f"Joint accuracy on the validation images {100 * best:.2f} %" in (report / "search.md").read_text()
    assert folder.rows("effects.csv") == effects
    assert "(distinct-search/search.md)" in (report.parent / "index.md").read_text()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--trials", "1"], "trials must be at least 2; got 1"),
        (["--folds", "1"], "folds must be at least 2; got 1"),
        (["--seeds", "3"], "seeds must be a single one"),
        (["--components", "noise"], "arguments of the estimator in a search; got draw:noise"),
    ],
)
def test_bad_options_are_named(options, words):
    chosen = _options(STUDY, _parser(STUDY).parse_args(["--design", "search", *options]))
    with pytest.raises(OptionError, match=words):
        STUDY.plan(chosen)
