"""Results that travel: what is written for others, what they accept, and what they refuse."""

import gzip
import hashlib
import json
import shutil
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB

from lineclf import __version__
from lineclf.baselines import BayesClassifier
from lineclf.benchmark import Arena, Benchmark, Contestant
from lineclf.benchmark._draw import draw
from lineclf.benchmark._plan import BenchmarkPlan
from lineclf.cli import main
from lineclf.runs import OptionError, Profile, run_study, study_status
from tests.testing.tracks import rows

GUEST = "tests.testing.models:shallow_tree"
STUDY = Benchmark(
    name="board",
    question="who knows?",
    arenas=(
        Arena("rows", 3, "two classes?", draw=rows, score="test_accuracy"),
        Arena("noisy", "distinct", "noise", world={"noise": 0.5, "dtype": "float32"}, bound=BayesClassifier(0.5)),
    ),
    contestants=(Contestant("majority", DummyClassifier), Contestant("Bayes", GaussianNB)),
    profiles={"quick": Profile(n_per_class=2, seeds=2), "more": Profile(n_per_class=3, seeds=1)},
)


def run(folder, study=STUDY, **options):
    stores = {"storage": f"sqlite:///{folder}/o.db", "tracking_uri": "none", "output": folder / "report"}
    folder.mkdir(exist_ok=True)
    return run_study(study, **stores, **options)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A submission of a guest and of one of the study's models, and the run that wrote it."""
    folder = tmp_path_factory.mktemp("made")
    done = run(folder, models=["majority"], estimator=[GUEST], submit=folder / "out")
    return folder / "out", done


@pytest.fixture
def submission(made, tmp_path):
    """A copy that may be changed."""
    return shutil.copytree(made[0], tmp_path / "sent")


def read(folder):
    lines = [json.loads(line) for line in gzip.decompress((folder / "trials.jsonl.gz").read_bytes()).splitlines()]
    return json.loads((folder / "submission.json").read_text()), lines


def write(folder, page, lines=None):
    if lines is not None:
        content = gzip.compress("\n".join(map(json.dumps, lines)).encode())
        (folder / "trials.jsonl.gz").write_bytes(content)
        page["sha256"] = hashlib.sha256(content).hexdigest()
    (folder / "submission.json").write_text(json.dumps(page))


def scores(folder):
    frame = pd.read_csv(folder / "report" / "results.csv")
    frame = frame[~frame["metric"].isin(["seconds", "seconds_predict", "images_per_second"])]
    return frame.set_index(["track", "model", "seed", "metric"])["value"].sort_index()


def test_what_is_written_says_what_it_is_of_and_that_it_can_be_had_again(made):
    folder, done = made
    page, lines = read(folder)
    assert page["schema"] == 1
    assert (page["study"], page["profile"], page["n_per_class"]) == ("board", "quick", 2)
    assert page["versions"]["lineclf"] == __version__
    assert page["versions"]["numpy"] == np.__version__
    assert page["processor"] == done.results[lines[0]["key"]]["processor"]
    assert {line["key"] for line in lines} == {each["key"] for each in page["trials"]} == done.results.keys()
    assert {(each["model"], each["guest"]) for each in page["trials"]} == {
        ("majority", None),
        ("ceiling", None),
        ("shallow_tree", GUEST),
    }
    assert page["sha256"] == hashlib.sha256((folder / "trials.jsonl.gz").read_bytes()).hexdigest()
    arenas = {each.name: each for each in STUDY.arenas}
    for each in page["trials"]:
        split = draw(arenas[each["track"]], 2, each["seed"])[0]
        for side in ("train", "test"):
            parts = [np.ascontiguousarray(getattr(split, f"{name}_{side}")).tobytes() for name in "Xy"]
            assert each[side] == hashlib.sha256(b"".join(parts)).hexdigest()[:16]
    again = page["rerun"]
    times = {
        done.plan.names[key]: each["metrics"]["seconds"] + each["metrics"]["seconds_predict"]
        for key, each in done.results.items()
        if each["model"] != "ceiling"
    }
    assert again["trial"] == min(times, key=times.get)
    assert again["outcome"] == "equal bits"
    assert again["compared"] > 5
    assert "was run again: equal bits." in done.text


@pytest.mark.parametrize(
    ("shift", "outcome", "words"),
    [
        (1e-5, "within the tolerance", "within the tolerance."),
        (0.1, "different", r"different \(test_accuracy 0.\d+, now 0.\d+\), so that nobody can add it"),
        (None, "failed", r"failed \(RuntimeError: not today\), so that nobody can add it"),
        ("data", "other data", "so that nobody can add it"),
    ],
)
def test_a_trial_that_is_not_had_again_is_told(tmp_path, monkeypatch, shift, outcome, words):
    options = {"models": ["majority"], "tracks": ["rows"], "seeds": 1}
    run(tmp_path, **options)
    sound = BenchmarkPlan.run

    def shifted(self, key, on_fitted=None):
        value, result = sound(self, key)
        if shift is None:
            raise RuntimeError("not today")
        if shift == "data":
            result["datasets"]["train"]["digest"] = "0" * 16
        else:
            result["metrics"]["test_accuracy"] += shift
        return value, result

    monkeypatch.setattr(BenchmarkPlan, "run", shifted)
    done = run(tmp_path, submit=tmp_path / "out", **options)
    assert read(tmp_path / "out")[0]["rerun"]["outcome"] == outcome
    with pytest.raises(AssertionError, match=words):
        raise AssertionError(done.text)
    if outcome != "within the tolerance":
        with pytest.raises(OptionError, match=f"gave another result when it was run again: '{outcome}'"):
            run(tmp_path / "there", add=tmp_path / "out")


def test_it_joins_another_storage_and_nothing_is_run(made, tmp_path, monkeypatch):
    folder, _ = made
    run(tmp_path, models=["Bayes"])
    before = scores(tmp_path)

    def fail(*what, **more):
        raise AssertionError("something was trained")

    monkeypatch.setattr(BenchmarkPlan, "run", fail)
    added = run(tmp_path, add=folder)
    assert not added.failures
    kept = "Of the others results of another run were here before, and stay: noisy · ceiling · seed 0, noisy · ceiling"
    assert f"From {folder}: 8 of 10 trials of majority, shallow_tree are in the table. {kept}" in added.text
    after, sent = scores(tmp_path), scores(folder.parent)
    pd.testing.assert_series_equal(after.loc[before.index], before)
    joined = after[[index for index in sent.index if "memory" not in index[-1] and index[1] != "ceiling"]]
    pd.testing.assert_series_equal(joined, sent.loc[joined.index])
    assert set(after.index.get_level_values("model")) == {"majority", "Bayes", "shallow_tree", "ceiling"}
    again = run(tmp_path, add=folder)  # the same once more changes nothing
    assert again.text == added.text
    pd.testing.assert_series_equal(scores(tmp_path), after)
    assert "10 of 10 trials finished" in study_status(STUDY, storage=f"sqlite:///{tmp_path}/o.db", add=folder)


def test_the_command_line_has_both(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    stores = ["--tracking-uri", "none", "--output", "report"]
    chosen = ["--models", "majority", "--tracks", "rows"]
    assert main(STUDY, [*chosen, *stores, "--storage", "sqlite:///a.db", "--submit", "out"]) == 0
    assert "Submission: out/submission.json and trials.jsonl.gz, 2 trials; rows · majority" in capsys.readouterr().out
    assert main(STUDY, [*stores, "--storage", "sqlite:///b.db", "--add", "out"]) == 0
    assert "From out: 2 of 2 trials of majority are in the table." in capsys.readouterr().out
    assert main(STUDY, [*stores, "--storage", "sqlite:///b.db", "--add", "nowhere"]) == 2
    assert "--add cannot take 'nowhere': it has no submission.json that can be read" in capsys.readouterr().err


def test_without_a_finished_trial_there_is_nothing_to_submit(tmp_path):
    done = run(tmp_path, models=["majority"], max_time=1e-9, submit=tmp_path / "out")
    assert "Nothing to submit" in done.text
    assert not (tmp_path / "out").exists()


def change_page(**changes):
    return lambda page, lines: (page.update(changes), None)[1]


def change_line(number=0, **changes):
    def change(page, lines):
        lines[number].update(changes)
        return lines

    return change


def change_result(**changes):
    def change(page, lines):
        line = next(line for line in lines if line["result"]["model"] == "shallow_tree")
        for name, value in changes.items():
            if isinstance(value, dict) and isinstance(line["result"][name], dict):
                line["result"][name] = {**line["result"][name], **value}
            else:
                line["result"][name] = value
        return lines

    return change


def rename(of, **levels):
    """Another trial under a sound name, the fingerprint left as it is."""

    def change(page, lines):
        for line in lines:
            if line["result"]["model"] == of:
                told = {name: {**line["levels"], **levels}[name] for name in ("track", "model", "seed")}
                finger = json.loads(line["key"])["fingerprint"]
                line.update(levels=told, key=json.dumps({**told, "fingerprint": finger}))
                line["result"].update(levels)
        return lines

    return change


def orphan(page, lines):
    for line in lines:
        line["result"]["guest"] = None
    return lines


def digest(side, where):
    def change(page, lines):
        if where == "page":
            page["trials"][0][side] = "0" * 16
            return None
        lines[0]["result"]["datasets"][side]["digest"] = "0" * 16
        return lines

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (change_page(schema=2), "has the schema 2, and this version of lineclf reads 1"),
        (lambda page, lines: page.pop("rerun") and None, "lacks rerun in submission.json"),
        (change_page(sha256="0"), "has other trials in trials.jsonl.gz than submission.json was written for"),
        (change_page(study="another"), "is of the study 'another', and this one is 'board'"),
        (change_page(profile="more"), "is of the profile 'more': add it with --profile more"),
        (change_page(n_per_class=7), "has 7 images per class, and 'quick' has another number here"),
        (change_page(rerun={"outcome": "different"}), "gave another result when it was run again: 'different'"),
        (change_page(rerun=None), "gave another result when it was run again: None"),
        (lambda page, lines: [], "has no trials"),
        (lambda page, lines: [*lines, lines[0]], "has a trial twice"),
        (lambda page, lines: [{**lines[0], "levels": {}}], "is called one thing and is another"),
        (lambda page, lines: [{"study": "board"}], "is broken: .*a line lacks something"),
        (change_line(key='{"track": "rows"}'), "is called one thing and is another"),
        (change_line(value=float("inf")), "without a number for its value or a metric"),
        (change_line(value=0.123), "has a trial whose value is not its test_"),
        (change_result(metrics={"test_accuracy": "all"}), "without a number for its value or a metric"),
        (change_result(metrics=None), "has a trial whose metrics is no dict"),
        (change_result(seed=1.5), "has a trial whose seed is no int"),
        (change_result(split={}, metrics={}, datasets=[]), "has a trial whose datasets is no dict"),
        (
            change_result(guest="tests.testing.models:Tree"),
            "has a trial whose model is of another path than its others",
        ),
        (change_result(guest=None), "has a trial whose model is of another path than its others"),
        (change_result(guest=3), "has a trial whose guest is no import path"),
        (rename("shallow_tree", model="tree"), "has trials of another meaning than here"),
        (orphan, "has models that are not known here: shallow_tree"),
        (rename("shallow_tree", track="columns"), "has tracks that 'board' does not have here: columns"),
        (rename("shallow_tree", model="a, b"), "has a model that is not legal: name must have no comma"),
        (rename("majority", seed=5), "has a trial twice"),
        (digest("train", "line"), "has other data in the train side of"),
        (digest("test", "line"), "has other data in the test side of"),
        (digest("test", "page"), "has other data in the test side of"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_stored(submission, tmp_path, change, words):
    page, lines = read(submission)
    write(submission, page, change(page, lines))
    with pytest.raises(OptionError, match=f"add cannot take .*sent': it .*{words}"):
        run(tmp_path / "there", add=submission)
    assert not (tmp_path / "there" / "o.db").exists()


def test_trials_of_a_model_that_is_declared_otherwise_here_are_refused(submission, tmp_path):
    other = replace(STUDY, contestants=(Contestant("majority", DummyClassifier(strategy="uniform")),))
    words = r"has trials of another meaning than here, .*majority, .* and 1 more"
    with pytest.raises(OptionError, match=words):
        run(tmp_path / "there", other, add=submission)


def test_trials_of_other_data_here_are_refused(submission, tmp_path, monkeypatch):
    monkeypatch.setattr("lineclf.benchmark._addition.draw", lambda arena, n, seed: draw(arena, n, seed + 1))
    with pytest.raises(OptionError, match="has other data in the train side of "):
        run(tmp_path / "there", add=submission)


@pytest.mark.parametrize("given", [{"tracks": ["rows"]}, {"models": ["Bayes"]}, {"seeds": 1}, {"submit": "out"}])
def test_what_is_added_says_itself_what_it_is(submission, tmp_path, given):
    (name,) = given
    with pytest.raises(OptionError, match=f"add must come without {name}"):
        run(tmp_path / "there", add=submission, **given)
