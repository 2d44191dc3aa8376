"""A reproduction from its command line, on trees, a small net and real data; and the verdicts by themselves."""

import csv
import gzip
import json
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import mlflow
import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from scipy import stats

from lineclf.cli import main
from lineclf.runs import Profile
from reproduction import Claim, Item, Model, Reproduction, Target
from reproduction.confusion import compare_cells
from reproduction.data import load_split
from reproduction.frames import COLUMNS, read_results
from reproduction.plan import ReproductionPlan
from reproduction.revisions import earlier_revisions, revisions_table
from reproduction.tables import item_table, summary_table
from tests.runs.conftest import _no_pictures  # noqa: F401

NET = "tests.runs.standin:Learner"
DIGITS = Model("digits", "mnist", NET, {"epochs": 2}, seeds=2)
DIGITS_DROPOUT = Model("digits, dropout", "mnist", NET, {"epochs": 2, "min_samples_leaf": 5}, seeds=2)
HEADS = Model("heads", "lines", "lineclf.estimators:MultiHeadLineClassifier", {"filters": 2, "epochs": 2}, seeds=1)
CLASSES = Model("classes", "lines-96", "sklearn.dummy:DummyClassifier", {"strategy": "stratified"}, seeds=2)


def make_study(**profile):
    return Reproduction(
        name="again",
        question="does it hold?",
        items=(
            Item(
                "A",
                score="test_accuracy",
                title="digits",
                says="we got 97",
                models=(DIGITS,),
                figures={"test_accuracy": 0.97},
                targets=(Target(DIGITS, "seconds", at_most=10**6),),
                shows=("confusion", "curves"),
                confusion=tuple(tuple(row) for row in 100 * np.eye(10, dtype=int)),
            ),
            Item(
                "B",
                score="test_accuracy",
                title="dropout",
                says="similar",
                models=(DIGITS, DIGITS_DROPOUT),
                claims=(Claim("similar", "similar", (DIGITS, DIGITS_DROPOUT)),),
                shows=("equivalence",),
            ),
            Item(
                "C",
                score="test_joint_accuracy",
                title="heads",
                says="100",
                models=(HEADS,),
                figures={"test_joint_accuracy": 1.0, "parameters": 12},
                shows=("f1", "head_curves", "bottleneck"),
            ),
            Item(
                "D",
                score="test_accuracy",
                title="chance",
                says="nothing",
                models=(CLASSES,),
                claims=(Claim("no memory", "no gap", (CLASSES,)),),
            ),
        ),
        profiles={"quick": Profile(n_per_class=4, seeds=2, **profile)},
    )


@pytest.fixture(scope="module")
def finished(tmp_path_factory, prepare_store):
    """Folder in which the study has run whole."""
    folder = tmp_path_factory.mktemp("study")
    prepare_store(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(make_study(), []) == 0
    return folder


def rows(folder):
    with open(folder / "reports" / "again" / "quick" / "results.csv") as file:
        return list(csv.DictReader(file))


@pytest.mark.keras
def test_results_in_long_form_hold_every_item_model_and_seed_once(finished):
    table = rows(finished)
    assert list(table[0]) == ["item", "model", "seed", "metric", "value", "revision"]
    keys = [(row["item"], row["model"], row["seed"], row["metric"]) for row in table]
    assert len(keys) == len(set(keys))
    assert {key[:3] for key in keys} == {
        *((item, "digits", seed) for item in "AB" for seed in "01"),
        *(("B", "digits, dropout", seed) for seed in "01"),
        ("C", "heads", "0"),
        *(("D", "classes", seed) for seed in "01"),
    }
    heads = {row["metric"]: float(row["value"]) for row in table if row["model"] == "heads"}
    assert {"test_joint_accuracy", "test_accuracy_angle", "test_f1_macro", "seconds", "leak", "epochs"} <= set(heads)
    assert heads["parameters"] > 0
    assert heads["test_joint_accuracy"] <= min(heads[f"test_accuracy_{head}"] for head in ("length", "angle"))
    assert heads["n_features"] == 2352
    assert heads["test_recall_macro"] == pytest.approx(heads["test_joint_accuracy"])  # classes are of one size
    digits = {row["metric"] for row in table if row["model"] == "digits"}
    assert {"train_accuracy", "test_accuracy", "test_f1_macro", "test_precision_macro"} <= digits


@pytest.mark.keras
def test_the_page_says_that_it_is_small_and_shows_every_picture(finished):
    folder = finished / "reports" / "again" / "quick"
    page = (folder / "reproduction.md").read_text()
    assert "A quick run on less data" in page
    assert "not compared" in page
    for word in ("reproduced", "undecided", "holds"):
        assert f"{word} (" not in page
        assert f"**{word}**" not in page
    assert "the confusion matrices are not compared" not in page  # 100 test images of each digit, as the matrix has
    for picture in ("confusion", "curves", "dropout", "f_scores", "head_curves", "bottleneck"):
        assert f"]({picture}.png)" in page
        assert (folder / f"{picture}.png").read_bytes().startswith(b"\x89PNG")
    assert "> similar" in page


@pytest.mark.keras
def test_curves_and_confusions_agree_with_the_results(finished):
    folder = finished / "reports" / "again" / "quick"
    curves, confusion = (pd.read_csv(folder / f"{name}.csv") for name in ("curves", "confusion"))
    table = pd.read_csv(folder / "results.csv").query("item == 'C'").set_index("metric")["value"]
    last = curves.query("model == 'heads' and epoch == 2").set_index("metric")["value"]
    assert last["val_joint_accuracy"] == pytest.approx(table["test_joint_accuracy"], abs=1e-5)
    angle = confusion.query("model == 'heads' and head == 'angle'")
    right = angle.loc[angle["true"] == angle["predicted"], "count"].sum() / angle["count"].sum()
    assert right == pytest.approx(table["test_accuracy_angle"])


@pytest.mark.keras
def test_images_that_do_not_occur_in_training_are_scored_apart(finished):
    table = pd.DataFrame(rows(finished)).query("item == 'D'").pivot(index="seed", columns="metric", values="value")
    split = load_split("lines-96", 4)
    trained = {image.tobytes() for image in split.X_train}
    unseen = [image.tobytes() not in trained for image in split.X_test]
    assert 0 < sum(unseen) < len(unseen)
    lines = gzip.decompress((finished / "reports/again/quick/trials.jsonl.gz").read_bytes()).splitlines()
    stored = [json.loads(line)["result"] for line in lines]
    for result in (result for result in stored if result["model"] == "classes"):
        right = np.ones(len(unseen), bool)
        right[result["wrong"]] = False
        assert float(table.loc[str(result["seed"]), "test_accuracy_unseen"]) == pytest.approx(right[unseen].mean())


@pytest.mark.keras
def test_nothing_is_trained_twice_and_items_share_their_models(finished, tmp_path, monkeypatch):
    finished = shutil.copytree(finished, tmp_path / "again")
    monkeypatch.chdir(finished)
    monkeypatch.setattr(Figure, "savefig", lambda figure, file, **options: None)  # the pictures have been drawn once
    monkeypatch.setattr(ReproductionPlan, "run", lambda self, key: pytest.fail(f"{key} was trained again"))
    before = rows(finished)
    assert main(make_study(), []) == 0
    assert main(make_study(), ["--items", "B", "--seeds", "0,1"]) == 0
    assert rows(finished) == before  # also the items that were not asked for
    client = mlflow.MlflowClient(f"sqlite:///{finished}/mlruns/mlflow.db")
    runs = client.search_runs([client.get_experiment_by_name("lineclf").experiment_id])
    names = [run.info.run_name for run in runs if run.info.status == "FINISHED"]
    assert len(names) == len(set(names)) == 1 + 4 + 2 + 2 + 1 + 2  # the study, its models, their seeds
    assert "digits · seed 1" in names


@pytest.mark.keras
def test_another_setting_is_another_trial():
    def keys(study):
        return set(ReproductionPlan(study, study.models, "quick", None).trials)

    one = make_study()
    assert keys(one) == keys(make_study())
    slower = Model("heads", "lines", HEADS.estimator, {**HEADS.settings, "epochs": 3}, seeds=1)
    items = tuple(Item("C", item.score, "", "", (slower,)) if item.name == "C" else item for item in one.items)
    other = Reproduction("again", "", items, one.profiles)
    assert len(keys(one) - keys(other)) == len(keys(other) - keys(one)) == 1


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--items", "Z"], "--items must be among A, B, C, D; got 'Z'"),
        (["--items", "A,,b"], "Did you mean 'B'?"),
        (["--seeds", "-1"], "--seeds must be a number"),
    ],
)
def test_bad_options_are_named_with_what_is_legal(options, words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(make_study(), options) == 2
    assert words in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_two_models_of_one_name_are_refused():
    twin = Model("digits", "lines", NET)
    study = Reproduction("x", "", (Item("A", "", "", "", (DIGITS, twin)),), {})
    with pytest.raises(ValueError, match="two different models are called 'digits'"):
        _ = study.models


def test_cells_beyond_chance_are_found_and_equal_tables_have_none():
    rng = np.random.default_rng(0)
    ours = rng.poisson(4, (5, 6, 6))
    reported = rng.poisson(4, (6, 6))
    assert all(p > 0.05 for *_, p in compare_cells(reported, ours))
    reported[2, 4] = 40
    found = compare_cells(reported, ours)
    assert len(found) == 30
    assert found[0][:4] == (2, 4, 40, ours[:, 2, 4].sum())
    assert [p < 0.05 for *_, p in found] == [True] + [False] * 29


def test_a_summary_without_results_says_so():
    empty = pd.DataFrame(columns=["item", "model", "seed", "metric", "value"])
    assert summary_table(make_study(), empty).count("not run yet") == 4


def test_a_model_with_a_bar_in_its_name_keeps_its_row():
    model = Model("a|b", "mnist", NET)
    item = Item("A", "seconds", "", "", (model,), figures={"seconds": 9})
    frame = pd.DataFrame([("A", "a|b", 0, metric, 9) for metric in ("seconds", "leak")], columns=COLUMNS[:5])
    for table in (summary_table(Reproduction("x", "", (item,), {}), frame), item_table(item, frame)):
        rows = [re.split(r"(?<!\\)\|", line) for line in table.splitlines()]
        assert len({len(row) for row in rows}) == 1
        assert any(r" a\|b " in row for row in rows)


def test_only_the_full_size_writes_where_the_full_report_is():
    study = make_study()
    whole = Reproduction("again", "", study.items, {"quick": Profile(n_per_class=None, seeds=1)})

    def folder(study, items="", seeds=None):
        return study.output(SimpleNamespace(profile="quick", items=items, seeds=seeds))

    assert folder(study) == folder(study, items="A") == Path("reports/again/quick")
    assert folder(whole) == Path("reports/again")
    assert folder(whole, items="A") == folder(whole, seeds=[0]) == Path("reports/again/scratch")


def stored(scores, revision=None):
    """Results of the digits' net: a seed a score, and how long the fit took."""
    rows = [
        ("A", "digits", seed, metric, value)
        for seed, score in enumerate(scores)
        for metric, value in (("test_accuracy", score), ("seconds", 10.0), ("leak", 0.0), ("parameters", 12.0))
    ]
    frame = pd.DataFrame(rows, columns=["item", "model", "seed", "metric", "value"])
    return frame if revision is None else frame.assign(revision=revision)


def test_earlier_revisions_are_kept_for_good_beside_the_present_one(tmp_path):
    plan = SimpleNamespace(study=make_study(), revision=lambda model: 3)
    assert earlier_revisions(tmp_path, plan).empty
    stored([0.90, 0.92, 0.94]).to_csv(tmp_path / "results.csv", index=False)  # of before there were revisions
    first = earlier_revisions(tmp_path, plan)
    assert set(first["revision"]) == {1}
    assert len(first) == 12
    first.to_csv(tmp_path / "earlier.csv", index=False)
    stored([0.5], revision=2).to_csv(tmp_path / "results.csv", index=False)
    both = earlier_revisions(tmp_path, plan)
    assert both.groupby("revision")["seed"].nunique().to_dict() == {1: 3, 2: 1}
    both.to_csv(tmp_path / "earlier.csv", index=False)
    stored([0.96, 0.98, 0.97], revision=3).to_csv(tmp_path / "results.csv", index=False)
    pd.testing.assert_frame_equal(earlier_revisions(tmp_path, plan).reset_index(drop=True), both.reset_index(drop=True))
    now = read_results(tmp_path / "results.csv")
    table = revisions_table(make_study(), now, both).splitlines()
    low, high = stats.ttest_ind([0.96, 0.98, 0.97], [0.90, 0.92, 0.94], equal_var=False).confidence_interval()
    assert table[2].startswith("| A | digits | test accuracy | 1 | 92.00 ± 4.97 (3) | 97.00 ± 2.48 (3) | +5.00 points ")
    assert f"({100 * low:+.2f} to {100 * high:+.2f})" in table[2]
    assert "| 2 | 50.00 (1) | 97.00 ± 2.48 (3) | +47.00 points | 10 | 10 |" in table[3]
