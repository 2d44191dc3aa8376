"""A color added to a trained net: data, nets, verdicts, and a tiny study through its command line."""

import json

import keras
import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from lineclf import MultiHeadLineClassifier
from lineclf.baselines import LabelPowersetClassifier
from lineclf.cli import main
from lineclf.datasets import FACTORS
from tests.conftest import untraced
from transfer import Method, Transfer, TransferProfile, Variant
from transfer.data import constant_accuracies, draw_pool, jitter_colors
from transfer.nets import WEIGHTS, BaseNet, most_probable_levels
from transfer.plan import TransferPlan
from transfer.verdicts import COLUMNS, judge_claim, trials_of, trials_table, variant_effects

WORLD = {"image_size": 10, "lengths": (4, 7), "widths": (1, 2), "angles": (0, 90)}
SETTINGS = {"epochs": 3, "filters": 4, "batch_size": 128}
STUDY = Transfer(
    name="tint",
    question="does a head suffice?",
    says="It does.",
    estimator="lineclf.estimators:MultiHeadLineClassifier",
    old=("red", "blue"),
    new="green",
    channel=1,
    methods=(Method("head only", ("head",)), Method("everything", ("net",), memory="none")),
    variants=(Variant("plain", world=WORLD), Variant("dark", world=WORLD, weights="zero")),
    learning_rates={"head": 5e-3, "net": 1e-3},
    profiles={"quick": TransferProfile(n_per_class=8, seeds=1, settings=SETTINGS, steps=4)},
)
COLORS = ("red", "blue", "green")


@pytest.fixture(scope="module")
def runs(tmp_path_factory, prepare_store):
    """The first method alone, all of it, and the second alone: per run status, results and how many trials it ran."""
    folder = tmp_path_factory.mktemp("tint")
    prepare_store(folder)
    ran = []

    def counted(plan, key, on_fitted=None):
        ran[-1] += 1
        return run(plan, key, on_fitted)

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run = TransferPlan.run
        patch.setattr(TransferPlan, "run", counted)
        patch.setattr("lineclf.reporting._trials.draw_trials", lambda *what: {})  # drawing is half of the time
        frames, times, statuses = [], [], []
        for options in (["--methods", "head only", "--variants", "plain"], [], ["--methods", "everything"]):
            ran.append(0)
            with untraced():
                statuses.append(main(STUDY, options))
            frames.append(pd.read_csv(folder / "reports/tint/quick/results.csv"))
            times.append([path.stat().st_mtime_ns for path in sorted(folder.glob("mlruns/tint/*/*"))])
    return folder, statuses, frames, times, ran


def test_a_run_goes_on_where_another_stopped_and_the_net_is_trained_once(runs):
    _, statuses, frames, times, ran = runs
    assert statuses == [0, 0, 0]
    assert ran == [1, 2, 0]
    assert times[0] == times[1]
    assert len(times[0]) == 2  # one net, of both variants, and its facts
    first = frames[1].merge(frames[0], on=["variant", "method", "shots", "seed", "metric"])
    assert len(first) == len(frames[0])
    assert (first["value_x"] == first["value_y"]).all()
    pd.testing.assert_frame_equal(frames[2], frames[1])  # nothing asked for is nothing lost


def test_the_other_heads_logits_are_the_same_to_the_bit_with_the_head_alone_and_only_then(runs):
    table = trials_table(runs[2][-1])
    changed = [f"logits_changed_{head}" for head in FACTORS[:3]]
    for variant in ("plain", "dark"):
        trials = trials_of(table, variant, "head only", "all")
        assert (trials[changed] == 0).all(axis=None)
        assert (trials[[f"forgetting_{head}" for head in FACTORS[:3]]] == 0).all(axis=None)
        assert (trials["parameters_updated"] > 0).all()
        assert (trials["parameters_updated"] < trials["parameters"]).all()
    trials = trials_of(table, "plain", "everything", "all")
    assert (trials[changed] > 0).all(axis=None)
    assert (trials["parameters_updated"] == trials["parameters"] - 2 * 4 * 5).all()  # all but BN's statistics


def test_red_and_blue_leave_greens_weights_alone(runs):
    trials = trials_of(trials_table(runs[2][-1]), "plain", "head only", "all")
    assert trials["channel_change"].item() == 0
    assert trials["other_channels_change"].item() > 0
    dark = trials_of(trials_table(runs[2][-1]), "dark", "head only", "all")
    assert dark["new_shape_accuracy"].item() == 1 / 8  # green is invisible: one answer for all


def test_the_page_shows_what_the_results_say(runs):
    folder, _, frames, _, _ = runs
    page = (folder / "reports/tint/quick/tint.md").read_text()
    trials = trials_of(trials_table(frames[-1]), "plain", "everything", "all").iloc[0]
    scores = [100 * trials[f"{side}_joint_accuracy"] for side in ("old", "new", "test")]
    heads = [100 * trials[f"new_accuracy_{head}"] for head in FACTORS]
    assert "| everything | all | " + " | ".join(f"{score:.1f}" for score in [*scores, *heads]) + " | 1 |" in page
    forgotten = " | ".join(f"{100 * trials[f'forgetting_{head}']:+.2f}" for head in FACTORS)
    assert f"| everything | all | {trials['n_train']:.0f} | {forgotten} |" in page
    assert trials["test_joint_accuracy"] == pytest.approx(
        (scores[0] * trials["n_test_old"] + scores[1] * trials["n_test_new"])
        / (100 * (trials["n_test_old"] + trials["n_test_new"]))
    )
    constants = constant_accuracies(draw_pool(COLORS, 8, 0, tuple(WORLD.items())))
    shown = " | ".join(f"{100 * constants[name]:.1f}" for name in (*FACTORS[:3], "shape"))
    assert f"| *constant answer* | – | – | {shown} |" in page
    for words in (
        "> It does.",
        "**undecided**",
        "bit-identical (1 of 1)",
        "changed (1 of 1)",
        "not at all",
        "tint.png",
    ):
        assert words in page
    assert (folder / "reports/tint/quick/tint.png").read_bytes().startswith(b"\x89PNG")


def test_a_page_without_results_names_what_failed(tmp_path):
    plan = TransferPlan(STUDY, STUDY.methods, STUDY.variants, "quick", None)
    text, (page, *_), *_ = plan.report(tmp_path, {}, {"plain · seed 0": "ValueError: too small"}, "python study.py")
    assert text.startswith("The claim has not been tested yet.")
    assert "## Failed trials\n\n- plain · seed 0: `ValueError: too small`\n\n## How this was made" in page.read_text()


def test_sides_are_apart_and_fewer_shots_are_a_part_of_more():
    pool = draw_pool(COLORS, 8, 0, tuple(WORLD.items()))
    sides = [pool.old, pool.new, pool.test_old, pool.test_new]
    assert sorted(np.concatenate(sides)) == list(range(len(pool.X)))
    assert [set(pool.y[rows, 3]) for rows in sides] == [{0, 1}, {2}, {0, 1}, {2}]
    assert pool.leak == 0
    few, more, all_ = (pool.training_rows(shots, "none") for shots in (1, 3, None))
    assert set(few) < set(more) < set(all_) == set(pool.new)
    for shots, rows in ((1, few), (3, more)):
        assert np.unique(pool.y[rows], axis=0, return_counts=True)[1].tolist() == [shots] * 8
    with_old = pool.training_rows(3, "as many")
    assert (pool.y[with_old, 3] < 2).sum() == len(more)
    assert set(pool.training_rows(1, "as many")) < set(with_old)
    assert len(pool.training_rows(1, "all")) == len(few) + len(pool.old)
    with pytest.raises(ValueError, match=r"shots must be at most .*; got 7"):
        pool.training_rows(7, "none")


@pytest.mark.parametrize("n_per_class", [8, None])
def test_a_constant_answer_scores_what_a_majority_classifier_does(n_per_class):
    pool = draw_pool(COLORS, n_per_class, 0, tuple(WORLD.items()))
    trained, tested = pool.y[pool.old, :3], pool.y[pool.test_new, :3]
    found = constant_accuracies(pool)
    for i, head in enumerate(("length", "width", "angle")):
        majority = DummyClassifier(strategy="most_frequent").fit(trained, trained[:, i])
        assert found[head] == majority.score(tested, tested[:, i])
    shapes = LabelPowersetClassifier(DummyClassifier(strategy="most_frequent")).fit(trained, trained)
    assert found["shape"] == (shapes.predict(tested) == tested).all(axis=1).mean()
    if n_per_class is None:  # longer and thicker lines have fewer places: the most frequent level is more than a half
        assert found["length"] >= 0.6


def test_jitter_mixes_channels_of_lines_and_leaves_black():
    X = np.zeros((500, 2, 2, 3), np.uint8)
    X[:, 0, 0, 0] = 200
    jittered = jitter_colors(X, 0.5, seed=0)
    assert (jittered[:, 0, 0, 0] == 200).all()
    assert jittered[:, 0, 0, 1:].max() == 100
    assert np.unique(jittered[:, 0, 0, 1]).size > 50
    assert not jittered[:, 1].any()
    np.testing.assert_array_equal(jittered, jitter_colors(X, 0.5, seed=0))
    assert not np.array_equal(jittered, jitter_colors(X, 0.5, seed=1))


def test_changing_greens_weights_after_the_training_is_the_same_as_before_it(tmp_path):
    pool = draw_pool(COLORS, 8, 0, tuple(WORLD.items()))
    settings = {"epochs": 2, "filters": 4, "batch_size": 128, "random_state": 0}
    variant = Variant("three", weights="times three")
    with untraced():
        base = BaseNet(MultiHeadLineClassifier(**settings), pool, variant, 1, tmp_path / "nets" / "0.keras", 0)
    net = base.load()
    np.testing.assert_array_equal(most_probable_levels(base.logits), net.predict(pool.X[pool.test]))

    class Triple(keras.callbacks.Callback):
        def on_train_begin(self, logs=None):
            kernel, bias = self.model.layers[1].get_weights()
            kernel[:, :, 1] *= 3
            self.model.layers[1].set_weights([kernel, bias])

    other = MultiHeadLineClassifier(**settings, callbacks=[Triple()])
    with untraced():
        other.fit(pool.X[pool.old], pool.y[pool.old])
    for one, another in zip(net.model_.get_weights(), other.model_.get_weights(), strict=True):
        np.testing.assert_array_equal(one, another)


def test_weights_are_what_their_names_say():
    kernel = np.random.default_rng(0).normal(size=(3, 3, 3, 4)).astype(np.float32)
    made = {name: make(kernel.copy(), 1, np.random.default_rng(0)) for name, make in WEIGHTS.items()}
    assert {weights.shape for weights in made.values()} == {(3, 3, 4)}
    assert not made["zero"].any()
    np.testing.assert_array_equal(made["times three"], 3 * kernel[:, :, 1])
    np.testing.assert_allclose(made["mean of the others"], (kernel[:, :, 0] + kernel[:, :, 2]) / 2, rtol=1e-6)
    np.testing.assert_array_equal(made["those of the first"], kernel[:, :, 0])
    assert np.abs(made["drawn anew"]).max() <= np.sqrt(6 / (9 * 7))


def stored(variants):
    """A table of three seeds, from each variant's accuracies on green by head."""
    rows = []
    for variant, heads in variants.items():
        for seed in range(3):
            values = {f"new_accuracy_{head}": heads[i][seed] for i, head in enumerate(FACTORS)}
            values |= {f"base_old_accuracy_{head}": 1.0 for head in FACTORS}
            values |= {"new_shape_accuracy": min(head[seed] for head in heads[:3])}
            values |= {"n_test_old": 1, "n_train_base": 3}
            rows += [(variant, "m", "all", seed, metric, value) for metric, value in values.items()]
    return trials_table(pd.DataFrame(rows, columns=COLUMNS))


@pytest.mark.parametrize(
    ("length", "verdict"),
    [
        ((1.0, 0.999, 1.0), "holds"),
        ((0.70, 0.71, 0.72), "fails"),
        ((0.70, 0.99, 0.99), "undecided"),
    ],
)
def test_a_verdict_follows_from_the_interval(length, verdict):
    sure = (1.0, 1.0, 1.0)
    word, heads = judge_claim(trials_of(stored({"plain": (length, sure, sure, sure)}), "plain", "m", "all"))
    assert word == heads[0].verdict == verdict
    assert [each.verdict for each in heads[1:]] == ["holds"] * 3
    assert heads[0].difference.mean == pytest.approx(np.mean(length) - 1)
    # by hand: t of 2 degrees of freedom, the variance times 1/3 + 1/3
    reach = 4.302653 * np.sqrt(2 / 3 * np.var(length, ddof=1))
    assert heads[0].difference.low == pytest.approx(np.mean(length) - 1 - reach, rel=1e-5)


def test_one_seed_decides_nothing_and_effects_are_paired_and_adjusted():
    low, high, sure = (0.20, 0.30, 0.40), (0.70, 0.81, 0.90), (1.0, 1.0, 1.0)
    table = stored({name: (each, sure, sure, sure) for name, each in (("a", low), ("b", high), ("c", low))})
    assert judge_claim(trials_of(table, "a", "m", "all").iloc[:1])[0] == "undecided"
    found = variant_effects(table, ["a", "b", "c", "missing"], "m", "all")
    assert list(found) == ["b", "c"]
    assert found["b"].difference.mean == pytest.approx(0.50333333)
    assert found["b"].adjusted == pytest.approx(2 * found["b"].difference.pvalue)
    assert found["c"].difference.mean == 0
    assert found["c"].adjusted == 1


def test_a_trial_is_known_by_everything_that_gives_it_its_meaning():
    def keys(study=STUDY, **changes):
        study = Transfer(**{**vars(study), **changes})
        return list(TransferPlan(study, study.methods, study.variants, "quick", None).trials)

    assert keys() == keys()
    assert len({json.loads(key)["fingerprint"] for key in keys()}) == len(keys())
    for changes in (
        {"learning_rates": {"head": 1e-3, "net": 1e-3}},
        {"new": "yellow"},
        {"profiles": {"quick": TransferProfile(n_per_class=9, seeds=1)}},
        {"profiles": {"quick": TransferProfile(n_per_class=8, seeds=1, settings={"l2": 1e-4})}},
        {"variants": (Variant("plain", world=WORLD, jitter=0.1), STUDY.variants[1])},
    ):
        assert not {keys(**changes)[0]} & set(keys())


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Method("m", ("tail",)), r"stages must be among head, net, scratch.*got \('tail',\)"),
        (lambda: Method("m", ("head",), memory="some"), "memory must be one of 'none', 'as many', 'all'; got 'some'"),
        (
            lambda: TransferPlan(STUDY, STUDY.methods, (Variant("v", weights="none"),), "quick", None),
            "weights must be None or one of zero, times three, .*; got 'none'",
        ),
    ],
)
def test_what_is_not_legal_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_bad_option_is_named(capsys):
    assert main(STUDY, ["--methods", "heads only"]) == 2
    assert "--methods must be among head only, everything; got 'heads only'" in capsys.readouterr().err
