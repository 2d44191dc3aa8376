"""The study of pictures, end to end on few images: every file is there, and the bars are what the table says."""

import runpy
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines

pytestmark = pytest.mark.timeout(600)  # a whole study, on two shared cores

SCRIPT = Path(__file__).parents[2] / "studies" / "inside.py"
LINES = make_lines(1, random_state=0)


@pytest.fixture(scope="module")
def study():
    return runpy.run_path(str(SCRIPT))


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    """Report of a run on next to nothing, in a folder of its own."""
    root = tmp_path_factory.mktemp("inside")
    tiny = {"mnist": 12, "n_per_class": 4, "epochs": 1, "n_rated": 6, "steps": 3}
    study["main"].__globals__["QUICK"] = tiny
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        assert study["main"]([]) == 0
    return root / "reports" / "inside" / "quick"


def test_every_item_has_its_pictures_and_the_page_shows_them(study, folder):
    page = (folder / "inside.md").read_text()
    for item, title in study["ITEMS"].items():
        assert title in page
        pictures = list(folder.glob(f"{item}*.png"))
        assert bool(pictures) == (item != "quality")
        for picture in pictures:
            assert f"({picture.name})" in page
            assert imread(picture)[..., :3].std() > 0.05  # something is drawn
    assert not any(text in page for text in study["SEEN"].values())  # those words are of the full run's pictures


def test_every_bar_is_met_or_missed_as_the_table_says(study, folder):
    page = (folder / "quality.md").read_text()
    table = pd.read_csv(folder / "quality.csv")
    means = table[table["distractors"] == 2].groupby(["method", "metric"])["value"].mean()
    for method, metric, sign, bar in study["BARS"]:
        value = means[method, metric]
        met = value >= bar if sign == ">=" else value <= bar
        assert f"| {method} | {metric} | {sign} {bar:g} | {value:.2f} | {'met' if met else '**missed**'} |" in page
    assert set(table["head"]) == {"length", "width", "angle", "color"}
    assert set(table["distractors"]) == {0, 2}


def test_pictures_and_tables_are_artifacts_in_mlflow(folder):
    client = mlflow.MlflowClient(f"sqlite:///{folder.parents[2]}/mlruns/mlflow.db")
    (run,) = client.search_runs([e.experiment_id for e in client.search_experiments()])
    names = {each.path.rpartition("/")[2] for each in client.list_artifacts(run.info.run_id)}
    assert {path.name for path in folder.iterdir()} <= names


@pytest.mark.parametrize("items", ["R99", "", "R14,"])
def test_an_unknown_item_is_named(study, capsys, items):
    with pytest.raises(SystemExit):
        study["main"](["--items", items])
    assert f"got {items.rpartition(',')[2]!r}" in capsys.readouterr().err


def test_a_damaged_net_is_named_and_a_changed_one_trained_anew(study, tmp_path):
    nets = study["Nets"]({"mnist": 12, "n_per_class": 4, "epochs": 1}, tmp_path)
    fit = nets._trained("net", lambda: MultiHeadLineClassifier(filters=2, epochs=1), lambda clf: clf.fit(*LINES))
    again = nets._trained("net", lambda: MultiHeadLineClassifier(filters=2, epochs=1), pytest.fail)
    np.testing.assert_array_equal(again.predict(LINES[0]), fit.predict(LINES[0]))
    wider = nets._trained("net", lambda: MultiHeadLineClassifier(filters=3, epochs=1), lambda clf: clf.fit(*LINES))
    assert wider.model_.get_layer("conv2d_1").filters == 3
    (tmp_path / "net.keras").write_text("cut short")
    with pytest.raises(SystemExit, match=r"net.keras.*\nRemove .*net.keras to have the net trained anew"):
        nets._trained("net", lambda: MultiHeadLineClassifier(filters=3, epochs=1), pytest.fail)
