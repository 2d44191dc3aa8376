"""A benchmark through its command line: paired data, guests, a broken model, resuming."""

import re
import shutil
from dataclasses import replace
from functools import partial
from importlib.metadata import EntryPoint

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.tree import DecisionTreeClassifier

import lineclf
from lineclf.baselines import BayesClassifier
from lineclf.benchmark import Arena, Benchmark, Contestant
from lineclf.benchmark._draw import draw
from lineclf.benchmark._plan import BenchmarkPlan, _epochs
from lineclf.cli import main
from lineclf.runs import Profile
from lineclf.runs._identity import child_seed

STUDY = Benchmark(
    name="board",
    question="who knows?",
    arenas=(
        Arena("distinct", "distinct", "a quarter"),
        Arena("halves", "halves", "the other side"),
        Arena("noisy", "distinct", "noise", world={"noise": 0.5, "dtype": "float32"}, bound=BayesClassifier(0.5)),
    ),
    contestants=(
        Contestant("majority", "sklearn.dummy:DummyClassifier"),
        Contestant("moments", "lineclf.baselines:MomentsRuleClassifier"),
    ),
    least=2,
    profiles={"quick": Profile(n_per_class=3, seeds=2), "full": Profile(n_per_class=None, seeds=1)},
)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys, prepare_store):
    monkeypatch.chdir(tmp_path)
    prepare_store(tmp_path)

    def run(*options):
        status = main(STUDY, [*options])
        out = capsys.readouterr()
        path = tmp_path / "reports" / "board" / "quick" / "results.csv"
        return status, out, pd.read_csv(path) if path.exists() else None

    return run


def test_models_on_tracks_and_again_with_a_guest(run, tmp_path, mlflow_database):
    status, out, frame = run()
    assert status == 0
    joint = frame[frame["metric"] == "test_joint_accuracy"].set_index(["track", "model", "seed"])["value"].sort_index()
    assert len(joint) == 3 * 2 * 2 + 2  # two seeds of the ceiling
    assert joint["distinct", "moments"].tolist() == joint["halves", "moments"].tolist() == [1.0, 1.0]
    assert (joint[:, "majority"] < 0.2).all()
    assert "| moments | nothing | **100.0** | **100.0** |" in out.out
    assert (joint["noisy", "ceiling"] > joint["noisy", "moments"]).all()
    page = (tmp_path / "reports" / "board" / "quick" / "leaderboard.md").read_text()
    for words in ("who knows?", "3 images a class", "## halves: the other side", "| 2 (0–1) |", "leaderboard.png"):
        assert words in page
    stored = sorted((tmp_path / "mlruns").glob("*.db"))
    assert len(stored) == 2

    status, out, again = run("--estimator", "sklearn.tree:DecisionTreeClassifier", "--seeds", "1")
    assert status == 0
    key = ["track", "model", "seed", "metric"]
    guest = again["model"] == "DecisionTreeClassifier"
    assert set(again[guest]["seed"]) == {0}
    before, after = (table.set_index(key)["value"].sort_index() for table in (frame, again[~guest]))
    pd.testing.assert_series_equal(after, before)  # nothing was trained twice, and what is not asked for stays

    status, out, third = run("--tracks", "halves", "--models", "majority", "--seeds", "1")
    assert status == 0
    page = (tmp_path / "reports" / "board" / "quick" / "leaderboard.md").read_text()
    assert "asked for 1 trial (1 model, 1 track, 1 seed), 1 finished. The profile quick has 12 trials" in page
    pd.testing.assert_frame_equal(third, again)  # the guest is known by its stored results

    path = tmp_path / "reports" / "board" / "quick" / "results.csv"
    other = pd.read_csv(path, dtype={"trial": str, "guest": str})
    changed = (other["model"] == "moments") & (other["track"] == "halves")
    other.loc[changed, "trial"] = "0123456789"  # of another version
    other.to_csv(path, index=False)
    path.with_name("trials.jsonl.gz").unlink()  # the new storage would have all of them
    shutil.copy(mlflow_database, tmp_path)
    elsewhere = ["--storage", "sqlite:///optuna.db", "--tracking-uri", "sqlite:///mlflow.db"]
    status, out, fourth = run("--tracks", "distinct", "--models", "majority", "--seeds", "2,", *elsewhere)
    assert status == 0
    columns = ["track", "model", "seed"]
    trials = {tuple(row) for row in fourth.loc[fourth["metric"] == "test_joint_accuracy", columns].to_numpy()}
    before = {tuple(row) for row in frame.loc[frame["metric"] == "test_joint_accuracy", columns].to_numpy()}
    lost = {("halves", "moments", 0), ("halves", "moments", 1)}
    guests = {(track, "DecisionTreeClassifier", 0) for track in ("distinct", "halves", "noisy")}
    assert trials == before - lost | guests | {("distinct", "majority", 2)}
    kept = fourth[(fourth["seed"] < 2) & (fourth["model"] != "DecisionTreeClassifier")]
    same = kept.merge(frame, on=key, suffixes=("", "_before"))
    assert len(same) == len(kept)
    np.testing.assert_array_equal(same["value"], same["value_before"])
    retired = pd.read_csv(path.with_name("earlier.csv"), dtype={"trial": str, "guest": str})
    expected = other[changed].sort_values(key)["value"].to_numpy()
    np.testing.assert_array_equal(retired.sort_values(key)["value"], expected)  # what left the page is not lost
    run("--tracks", "distinct", "--models", "majority", "--seeds", "2,", *elsewhere)
    assert path.with_name("earlier.csv").read_text() == retired.to_csv(index=False)


def test_a_page_of_a_piece_has_no_empty_sections(run, tmp_path):
    assert run("--tracks", "halves", "--models", "majority", "--seeds", "1")[0] == 0
    page = (tmp_path / "reports" / "board" / "quick" / "leaderboard.md").read_text()
    titles = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert titles == ["halves: the other side", "What has run", "Models", "How to read this"]
    assert "12 trials (2 models, 3 tracks, 2 seeds), 1 finished." in page
    assert "Not run yet: distinct, noisy." in page
    assert "| model | halves |\n|---|---|\n| majority | 0 |\n" in page
    assert re.search(r"\| majority \| [^|]* † \|", page)  # one seed is not ranked
    assert "moments" not in page.split("## What has run")[1].split("## How to read")[0]


def test_of_two_guests_with_one_name_the_newer_counts(run, tmp_path, monkeypatch):
    code = "from sklearn.dummy import DummyClassifier\n\ndef Guest():\n    return DummyClassifier()\n"
    for module in ("one", "two"):
        (tmp_path / f"{module}.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    options = ["--tracks", "distinct", "--models", "majority", "--seeds", "1"]
    for module in ("one", "two"):
        assert run(*options, "--estimator", f"{module}:Guest")[0] == 0
    _, _, frame = run(*options)
    assert set(frame["guest"].dropna()) == {"two:Guest"}
    scores = frame[(frame["model"] == "Guest") & (frame["metric"] == "test_joint_accuracy")]
    assert len(scores) == 1


@pytest.mark.parametrize(
    ("guest", "error", "cause"),
    [
        ("nowhere:Nothing", "ValueError: estimator='nowhere:Nothing'", "No module named 'nowhere'"),
        (
            "sklearn.neighbors:RadiusNeighborsClassifier",
            "ValueError: No neighbors found for test samples",
            "in predict",
        ),
    ],
)
def test_a_broken_model_fails_its_own_rows(run, tmp_path, guest, error, cause):
    status, out, frame = run("--tracks", "distinct", "--seeds", "1", "--estimator", guest)
    assert status == 1
    assert f"Failed: distinct · {guest.rpartition(':')[2]} · seed 0: " in out.out
    assert error in out.out
    assert set(frame["model"]) == {"majority", "moments"}
    page = (tmp_path / "reports" / "board" / "quick" / "leaderboard.md").read_text()
    assert "Traceback" in page
    assert cause in page


def test_a_model_that_ends_its_process_fails_its_own_rows_too(run, tmp_path, monkeypatch):
    code = "from sklearn.dummy import DummyClassifier\n\nclass Exit(DummyClassifier):\n"
    (tmp_path / "leaving.py").write_text(f"{code}    def fit(self, X, y):\n        raise SystemExit('no\\nmore')\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    status, out, frame = run("--tracks", "distinct", "--seeds", "1", "--estimator", "leaving:Exit")
    assert status == 1
    assert "Failed: distinct · Exit · seed 0: SystemExit: no\n" in out.out
    assert set(frame["model"]) == {"majority", "moments"}


def test_a_classifier_of_one_target_joins_with_a_class_for_each_combination(run):
    status, _, frame = run("--tracks", "distinct", "--seeds", "1", "--estimator", "sklearn.naive_bayes:GaussianNB")
    assert status == 0
    found = frame[frame["model"] == "GaussianNB"].set_index("metric")["value"]
    assert found["test_accuracy_color"] > 0.9
    assert found["test_log_loss_color"] < np.log(2)


def test_installed_packages_join_by_entry_point(run, monkeypatch):
    guest = EntryPoint("a tree", "sklearn.tree:DecisionTreeClassifier", "lineclf.models")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [guest] if group == guest.group else [])
    _, _, frame = run("--tracks", "distinct", "--models", "a tree", "--seeds", "1")
    assert set(frame["model"]) == {"a tree"}
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [])
    _, _, frame = run("--tracks", "distinct", "--models", "majority", "--seeds", "1")
    assert set(frame["model"]) == {"majority", "a tree"}


def test_every_model_of_a_seed_sees_the_same_data_and_every_seed_other():
    arena = STUDY.arenas[0]
    (one,) = draw(arena, 3, 0)
    draw.cache_clear()
    (same,), (other,) = draw(arena, 3, 0), draw(arena, 3, 1)
    np.testing.assert_array_equal(one.X_test, same.X_test)
    assert not np.array_equal(one.X_test, other.X_test)
    assert one.facts["track"] == "distinct"
    assert one.facts["fold"] == one.facts["leak"] == one.facts["label_conflicts"] == 0
    assert one.facts["smallest_distance"] >= 1  # a pixel
    assert child_seed(0, "data") != child_seed(1, "data")


def test_a_seed_trains_on_all_folds_or_on_one_in_turn():
    arena = STUDY.arenas[1]
    assert [split.facts["fold"] for split in draw(arena, 3, 0)] == [0, 1, 2, 3]
    turns = [[split.facts["fold"] for split in draw(replace(arena, folds="one"), 3, seed)] for seed in range(5)]
    assert turns == [[0], [1], [2], [3], [0]]

    def trials(arena):
        return set(BenchmarkPlan(STUDY, [arena], STUDY.contestants, "quick", None).trials)

    assert trials(arena).isdisjoint(trials(replace(arena, folds="one")))
    single = STUDY.arenas[0]
    assert trials(single) == trials(replace(single, folds="one"))  # of one fold that says nothing


def test_the_result_of_several_folds_is_their_mean():
    arena, tree = STUDY.arenas[1], Contestant("tree", "sklearn.tree:DecisionTreeClassifier")
    plan = BenchmarkPlan(STUDY, [arena], [tree], "quick", [0])
    score, result = plan.run(next(iter(plan.trials)))
    splits = draw(arena, 3, 0)
    right, errors = [], 0
    for split in splits:
        flat = [side.reshape(len(side), -1) for side in (split.X_train, split.X_test)]
        own = DecisionTreeClassifier(random_state=child_seed(0, "model")).fit(flat[0], split.y_train)
        right.append((own.predict(flat[1]) == split.y_test).all(axis=1).mean())
        errors += (own.predict(flat[1])[:, 2] != split.y_test[:, 2]).sum()
    assert score == result["metrics"]["test_joint_accuracy"] == pytest.approx(np.mean(right))
    assert result["split"]["n_folds"] == 4
    assert result["split"]["n_tested"] == sum(len(split.y_test) for split in splits)
    matrix = np.array(result["confusion"]["angle"])
    assert matrix.sum() - np.trace(matrix) == errors


@pytest.mark.keras
def test_a_nets_other_defaults_are_another_trial(monkeypatch):
    net = Contestant("net", "lineclf:CompactCNNClassifier")
    before, same = (set(BenchmarkPlan(STUDY, STUDY.arenas, [net], "quick", None).trials) for _ in range(2))
    assert before == same
    monkeypatch.setattr("lineclf.CompactCNNClassifier", partial(lineclf.CompactCNNClassifier, depth=1), raising=False)
    after = set(BenchmarkPlan(STUDY, STUDY.arenas, [net], "quick", None).trials)
    assert len(before - after) == len(after - before) == 6  # the ceiling is as it was


def test_a_variant_is_of_a_model_of_the_study():
    with pytest.raises(ValueError, match="variant_of must be among majority, moments; got 'mean'"):
        replace(STUDY, contestants=(*STUDY.contestants, Contestant("half", "a:B", variant_of="mean")))


@pytest.mark.parametrize("what", ["arenas", "contestants"])
def test_two_of_one_name_are_refused(what):
    declared = getattr(STUDY, what)
    with pytest.raises(
        ValueError, match=rf"{what}.* must have different names; got '{declared[0].name}' more than once"
    ):
        replace(STUDY, **{what: (*declared, declared[0])})


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--tracks", "halfs"], "--tracks must be among distinct, halves, noisy; got 'halfs'. Did you mean 'halves'?"),
        (["--models", "moment"], "--models must be among majority, moments; got 'moment'"),
        (["--estimator", "a:majority"], "two models have one name"),
        (["--estimator", "sklearn.tree"], "--estimator must be PACKAGE.MODULE:CLASS; got 'sklearn.tree'"),
    ],
)
def test_a_bad_option_is_named(run, options, words):
    status, out, _ = run(*options)
    assert status == 2
    assert words in out.err


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda: lineclf.CompactCNNClassifier(epochs=2, batch_size=10), {"epochs": 4}),
        (lambda: lineclf.SymmetryClassifier(lineclf.CompactCNNClassifier(epochs=9)), {"estimator__epochs": 16}),
        (DummyClassifier, {}),
    ],
)
@pytest.mark.keras
def test_a_track_of_few_images_has_its_least_steps(make, found):
    assert _epochs(make(), 31, 100) == found
    assert _epochs(make(), 0, 100) == {}
