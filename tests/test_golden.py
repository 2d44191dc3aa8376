"""What studies write about stored trials is what it was: every table, page and line, to the letter.

The trials are those of `data/studies-*.db` and `data/trials-ablation.jsonl.gz`, the studies those of
`data/make_studies.py`; nothing is trained. After a change that is meant, or of a library that computes importances,
write the files in `golden/` anew and read the difference::

    LINECLF_WRITE_GOLDEN=1 python -m pytest tests/test_golden.py
    git diff tests/golden
"""

import contextlib
import csv
import io
import json
import os
import re
import shutil
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import optuna
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from lineclf.baselines import BayesClassifier, MomentsRuleClassifier
from lineclf.cli import main
from lineclf.runs import Tracker
from tests.data.make_studies import ABLATIONS, BOARD_WITH_NET, EARLIER, RETIRED, RUNS, TRANSFERS
from tests.html_pages import read_page

GOLDEN = Path(__file__).parent / "golden"
DATA = Path(__file__).parent / "data"
WRITE = "LINECLF_WRITE_GOLDEN"
TERMINAL = "terminal.txt"  # what a run prints
STUDIES_DB, TRANSFER_DB = "studies-0.2.0.db", "studies-transfer.db"
CLASSIFIERS = (DecisionTreeClassifier, DummyClassifier, GaussianNB, MomentsRuleClassifier, BayesClassifier)
# The Optuna study that each run finds its trials in.
STUDIES = {
    "rules/search": "rules distinct search tpe 006baab3bd 96b79cb0f5",
    "board": "board",
    "board/guests": "board",
    "again": "again",
    "again/full": "again",
}
OTHERS = {  # studies that no run finds any more
    "rules distinct 74d88ac963",
    "rules halves 9a14407eaa",
    "rules distinct leave-one-out 96b79cb0f5",
    "rules distinct factorial 96b79cb0f5",
    "rules distinct fractional 96b79cb0f5",
    "revised distinct ed106a4cc4",
    "nets distinct 3f688ffe7b",
}
RETIRED_MODELS = ("net", "digits, revised")  # whose stored trials have another identity by now
CHOSEN = 5  # setting of the search
FURTHER = ("corruptions", "color-shift")
SCORES = ("validation_joint_accuracy", "test_joint_accuracy", "test_accuracy", "test_mae_angle")  # what a value may be
# In results.csv, but computed for it.
DERIVED = (
    "images_per_second|n_features|test_accuracy_half_way|(test|train)_loss_slope|"
    "(test_errors|test_error_over_epochs|epochs_to_99)(_.*)?"
)
# All that may differ from one run to the next.
VARYING = (
    (r"(?<=Written )\d{4}-\d{2}-\d{2}(?= by `)", "DATE"),
    (r"(?ms)^( +)Traceback \(most recent call last\):\n.*?^(?=\1\w+Error: )", r"\1TRACEBACK\n"),
)


def read_finished(database):
    """Value and attributes of every finished trial, by Optuna's own interface: study → number → both."""
    storage = optuna.storages.RDBStorage(f"sqlite:///{database}")
    complete = (optuna.trial.TrialState.COMPLETE,)
    return {
        name: {
            trial.number: (trial.value, trial.user_attrs)
            for trial in optuna.load_study(study_name=name, storage=storage).get_trials(states=complete)
        }
        for name in optuna.get_all_study_names(storage)
    }


def check_copies(before, after):
    """Every study is as it was; beside it stands one with the same trials, which have their levels."""
    copies = {name: after.pop(name) for name in [*after] if name.endswith(" · 2")}
    assert after == before
    for name, copied in copies.items():
        kept = {attributes["key"]: (value, attributes["result"]) for value, attributes in copied.values()}
        former = before[name.removesuffix(" · 2")].values()
        assert kept == {attributes["key"]: (value, attributes["result"]) for value, attributes in former}
        assert all(attributes["levels"] for _, attributes in copied.values())


def forget(text):
    for pattern, word in VARYING:
        text = re.sub(pattern, word, text)
    return text


def texts_of(folder):
    """Every file of a folder that is no picture, nor a page made of another, by name."""
    kinds = (".png", ".gz", ".html")
    paths = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in kinds)
    return {path.name: forget(path.read_bytes().decode()) for path in paths}


@pytest.fixture(scope="module")
def world(tmp_path_factory, mlflow_database):
    """A working directory with the stores, and what runs a study there, which must neither train nor log again."""
    folder = tmp_path_factory.mktemp("golden")
    for database in (DATA / STUDIES_DB, DATA / TRANSFER_DB, mlflow_database):
        shutil.copy(database, folder)
    trained, logged, drawn = [], [], FigureCanvasAgg.print_png

    def fit(self, *data, **options):
        trained.append(repr(self))
        raise AssertionError(f"{self!r} was trained")

    def log_trial(self, parent_id, result):
        logged.append(result["key"])
        return "none"

    def print_png(self, file, **options):
        if "draw" in vars(self.figure):  # by which Matplotlib asks for a renderer, to measure texts
            return drawn(self, file, **options)
        return file.write(b"a picture")

    def run(study, options, database=STUDIES_DB, tracker="sqlite:///mlflow.db"):
        stores = ["--storage", f"sqlite:///{database}", "--tracking-uri", tracker]
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            status = main(study, [*options, *stores])
        return f"{out.getvalue()}Exit status: {status}\n"

    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.chdir(folder)
        monkeypatch.setattr("sys.argv", ["study.py"])
        monkeypatch.setattr(Tracker, "log_trial", log_trial)
        monkeypatch.setattr(FigureCanvasAgg, "print_png", print_png)  # drawing is most of the time
        for classifier in CLASSIFIERS:
            monkeypatch.setattr(classifier, "fit", fit)
        for database in (STUDIES_DB, TRANSFER_DB):
            adopt(database, Tracker("sqlite:///mlflow.db").store)
        yield SimpleNamespace(folder=folder, run=run, fit=fit, trained=trained, logged=logged)


def adopt(database, store):
    """Have the marks of the trials that were logged say that they are in this MLflow store."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        marks = "WHERE key LIKE 'mlflow.run %'"
        (known,) = {key.split()[1] for (key,) in connection.execute(f"SELECT key FROM study_user_attributes {marks}")}
        connection.execute(f"UPDATE study_user_attributes SET key = replace(key, ?, ?) {marks}", [known, store])
        connection.commit()


@pytest.fixture(scope="module")
def written(world):
    """What each run has printed and left in its folder, and the finished trials before and after all of them."""
    before = read_finished(STUDIES_DB)
    printed = {}
    for name, (study, options) in {**ABLATIONS, **RUNS}.items():
        folder = world.folder / "reports" / name
        folder.mkdir(parents=True, exist_ok=True)
        if name in ABLATIONS:
            shutil.copy(DATA / "trials-ablation.jsonl.gz", folder / "trials.jsonl.gz")
        if name in EARLIER:
            shutil.copy(DATA / "before-0.2.0" / f"{name}.csv", folder / "results.csv")
        where = {"database": "ablations.db", "tracker": "none"} if name in ABLATIONS else {}
        printed[name] = world.run(study, [*options, "--output", f"reports/{name}"], **where)
    texts = {name: {**texts_of(world.folder / "reports" / name), TERMINAL: printed[name]} for name in printed}
    # A leaderboard has every stored result, whichever run it is of.
    assert texts["board/guests"].pop("results.csv") == texts["board"]["results.csv"]
    return SimpleNamespace(texts=texts, before=before, after=read_finished(STUDIES_DB))


def compare(name, found):
    """Compare texts by their files' names with those of a golden folder, or write that anew."""
    folder = GOLDEN / name
    if os.environ.get(WRITE):
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            if path.is_file():
                path.unlink()
        for file, text in found.items():
            (folder / file).write_bytes(text.encode())
        pytest.skip("written anew")
    golden = texts_of(folder)
    assert found.keys() == golden.keys()
    for file, text in golden.items():
        assert found[file] == text, file


@pytest.mark.parametrize("name", [*ABLATIONS, *RUNS])
def test_a_run_on_stored_trials_writes_what_it_wrote(written, name):
    compare(name, written.texts[name])


@pytest.mark.keras
@pytest.mark.parametrize("name", TRANSFERS)
def test_a_transfer_on_stored_trials_writes_what_it_wrote(world, monkeypatch, name):
    from lineclf import MultiHeadLineClassifier

    for method in ("fit", "fit_head", "partial_fit"):
        monkeypatch.setattr(MultiHeadLineClassifier, method, world.fit)
    before, logged = read_finished(TRANSFER_DB), list(world.logged)
    study, options = TRANSFERS[name]
    printed = world.run(study, [*options, "--output", f"reports/{name}"], TRANSFER_DB)
    assert world.trained == []
    assert world.logged == logged
    check_copies(before, read_finished(TRANSFER_DB))
    compare(name, {**texts_of(world.folder / "reports" / name), TERMINAL: printed})


@pytest.mark.parametrize("name", [*ABLATIONS, *RUNS])
def test_a_page_shows_pictures_that_are_there(world, written, name):
    (page,) = (text for file, text in written.texts[name].items() if file.endswith(".md") and file != "index.md")
    pictures = set(re.findall(r"\]\((\w+\.png)\)", page))
    assert pictures
    assert pictures == {path.name for path in (world.folder / "reports" / name).glob("*.png")}


@pytest.mark.parametrize("name", [*ABLATIONS, *(name for name in RUNS if name.startswith("board"))])
def test_a_page_of_html_tells_what_every_row_and_column_means(world, written, name):
    (page,) = (world.folder / "reports" / name).glob("*.html")
    tables = read_page(page.read_text(encoding="utf-8")).tables
    assert tables
    heads = {head.text for table in tables for head in table[0] if head.text and not head.attributes.get("title")}
    assert heads == set()


def test_nothing_is_trained_or_lost_or_logged_again(world, written):
    assert world.trained == []
    assert world.logged == []
    assert written.before.keys() == {*STUDIES.values(), *OTHERS}
    check_copies(written.before, written.after)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("revised", "revised · distinct · quick: not begun, 2 trials to run"),
        ("again", "again · quick: 0 of 3 trials finished, 0 failed, 3 to run"),
        pytest.param("nets", "nets · distinct · quick: not begun, 2 trials to run", marks=pytest.mark.keras),
        pytest.param("board", "board · quick: 0 of 1 trials finished, 0 failed, 1 to run", marks=pytest.mark.keras),
    ],
)
def test_trials_of_an_earlier_revision_count_for_none_of_the_present_one(world, name, status):
    study, options = RETIRED[name]
    assert world.run(study, [*options, "--status"]) == f"{status}\nExit status: 0\n"


@pytest.mark.keras
def test_a_net_of_an_earlier_revision_leaves_the_leaderboard_and_is_kept_beside_it(world):
    folder = world.folder / "reports" / "net"
    folder.mkdir(parents=True)
    shutil.copy(DATA / "before-0.2.0" / "board.csv", folder / "results.csv")
    world.run(BOARD_WITH_NET, ["--models", "tree", "--output", "reports/net"])
    golden = texts_of(GOLDEN / "board")
    found = texts_of(folder)
    assert found["results.csv"] == golden["results.csv"]
    assert found["earlier.csv"] == golden["earlier.csv"]
    assert "| net |" not in found["leaderboard.md"].partition("## What has run")[0]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """URL of a database that only 0.2.0 has written to; Optuna may change a file that it opens."""
    path = tmp_path_factory.mktemp("stored") / "studies.db"
    shutil.copy(DATA / STUDIES_DB, path)
    return f"sqlite:///{path}"


def scores_of(trial):
    """Every score of a finished trial, from its attributes alone: what it is of → value."""
    result = trial.user_attrs["result"]
    if "folds" in result:  # a search shows how the chosen setting and the baseline do on the test side, and no other
        shown = result["number"] in (0, CHOSEN)
        return {
            (str(result["number"]), str(fold), str(trial.number), metric): value
            for fold, scores in enumerate(result["folds"])
            for metric, value in scores.items()
            if shown or not metric.startswith("test_")
        }
    numbers = {name: value for name, value in result["split"].items() if isinstance(value, int | float)}
    scores = {**result["metrics"], **numbers}
    seed = str(result["seed"])
    if "cell" in result:
        return {(result["cell"], seed, str(trial.number), metric): value for metric, value in scores.items()}
    if "track" in result:
        del scores["fold"]
        of = result["model"], seed, json.loads(trial.user_attrs["key"])["fingerprint"]
        split = {metric: metric.rpartition("/") for metric in scores}  # of a further test set, or of the track
        return {(split[m][0] or result["track"], *of, split[m][2]): value for m, value in scores.items()}
    return {(result["model"], seed, metric): value for metric, value in scores.items()}


def read_scores(name, storage):
    """The scores of all trials behind a run, by Optuna's own interface."""
    trials = optuna.load_study(study_name=STUDIES[name], storage=storage).get_trials()
    results = [trial.user_attrs.get("result") for trial in trials]
    profile = "full" if name == "again/full" else "quick"
    wanted = [
        trial
        for trial, result in zip(trials, results, strict=True)
        if result and result.get("model") not in RETIRED_MODELS and result["tags"].get("profile", profile) == profile
    ]
    return {of: value for trial in wanted for of, value in scores_of(trial).items()}


def shown_scores(name):
    """The same from a run's results.csv, but for what follows from other scores, or from confusions and histories."""
    file = GOLDEN / name.removesuffix("/guests") / "results.csv"
    with open(file, encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    of = {
        "search": ("setting", "fold", "trial"),
        "board": ("track", "model", "seed", "trial"),
        "again": ("model", "seed"),
    }
    columns = next((columns for word, columns in of.items() if word in name), ("cell", "seed", "trial"))
    return {
        (*(row[column] for column in columns), row["metric"]): float(row["value"])
        for row in rows
        if row["trial" if "trial" in row else "model"] and not re.fullmatch(DERIVED, row["metric"])
    }


@pytest.mark.parametrize("name", RUNS)
def test_optuna_alone_reads_every_score_that_is_shown(stored, name):
    shown = shown_scores(name)
    read = read_scores(name, stored)
    further = {key for key in shown.keys() - read.keys() if key[0] in FURTHER and key[-1] == "n_train"}
    assert read
    assert {key: value for key, value in shown.items() if key not in further} == read


@pytest.mark.parametrize("name", sorted({*STUDIES.values(), *OTHERS}))
def test_a_stored_trial_is_as_optuna_has_trials(stored, name):
    study = optuna.load_study(study_name=name, storage=stored)
    assert study.direction == optuna.study.StudyDirection.MAXIMIZE
    for trial in study.get_trials():
        assert trial.params == trial.distributions == {}
        assert trial.datetime_start is not None
        attributes, key = trial.user_attrs, json.loads(trial.user_attrs["key"])
        assert attributes["params"]["seed"] == key["seed"]
        if trial.state == optuna.trial.TrialState.FAIL:
            assert attributes.keys() == {"key", "params", "attempt", "worker", "error"}
            assert trial.value is None
            assert attributes["error"].splitlines()[-1].startswith("RuntimeError: cannot be fitted")
            continue
        assert trial.state == optuna.trial.TrialState.COMPLETE
        assert attributes.keys() == {"key", "params", "attempt", "worker", "result"}
        result = attributes["result"]
        assert trial.value in [result["metrics"].get(score) for score in SCORES]
        assert result["seed"] == key["seed"]
        if "settings" in key:  # an ablation's
            assert result["settings"] == key["settings"]
            assert attributes["params"] == {**key["settings"], "seed": key["seed"]}
        elif "setting" in key:  # a search's
            assert result["number"] == key["setting"]
        else:
            names = attributes["params"].keys()
            assert {name: result[name] for name in names} == {name: key[name] for name in names} == attributes["params"]
            assert key.keys() - names == {"fingerprint"}
