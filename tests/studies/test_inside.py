"""The study of pictures, end to end on few images: every file is there, and the bars are what the table says."""

import runpy
from functools import partial
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from lineclf import MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import METHODS, rate_methods
from tests.conftest import untraced

SCRIPT = Path(__file__).parents[2] / "studies" / "inside.py"
LINES = make_lines(1, random_state=0)


@pytest.fixture(scope="module")
def study():
    return runpy.run_path(str(SCRIPT))


def rate_one(net, X, masks):
    """A true rating of one method and head, and drawn figures of all others: to rate them has tests of its own."""
    rated = rate_methods(net, X, masks, methods=["gradcam"], heads=["color"], n_checked=2)
    rows = rated[rated["method"] == "gradcam"].drop(columns=["method", "head"])
    rng = np.random.default_rng(int(masks.sum()))
    drawn = [
        rows.assign(method=method, head=head, value=rng.uniform(0, 1, len(rows)))
        for method in METHODS
        for head in net.heads_
        if (method, head) != ("gradcam", "color")
    ]
    return pd.concat([rated, *drawn])[list(rated)]


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory, prepare_store):
    """Report of a run on next to nothing, with nets of a few filters and three images a picture."""
    root = tmp_path_factory.mktemp("inside")
    prepare_store(root)
    tiny = {"mnist": 12, "n_per_class": 4, "epochs": 1, "n_rated": 4, "steps": 2}
    names, chosen = study["main"].__globals__, study["chosen"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(names, "QUICK", tiny)
        patch.setitem(names, "chosen", lambda *args, **by: tuple(each[:3] for each in chosen(*args, **by)))
        patch.setattr("lineclf.MultiHeadLineClassifier", partial(MultiHeadLineClassifier, filters=2), raising=False)
        few = partial(OneLayerCNNClassifier, filters=2, units=2)
        patch.setattr("lineclf.OneLayerCNNClassifier", few, raising=False)
        patch.setattr("lineclf.inspection.rate_methods", rate_one)
        patch.chdir(root)
        with untraced():
            assert study["main"]([]) == 0
    return root / "reports" / "inside" / "quick"


# More than 20 seconds where the machine is busy: it is the whole study, three trainings and eight pages of pictures.
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
    X, y = LINES[0][::4], LINES[1][::4, 2]
    nets = study["Nets"]({"mnist": 12, "n_per_class": 4, "epochs": 1}, tmp_path)
    make = partial(OneLayerCNNClassifier, units=2, epochs=1)
    fit = nets._trained("net", lambda: make(filters=2), lambda clf: clf.fit(X, y))
    again = nets._trained("net", lambda: make(filters=2), pytest.fail)
    np.testing.assert_array_equal(again.predict(X), fit.predict(X))
    wider = nets._trained("net", lambda: make(filters=3), lambda clf: clf.fit(X, y))
    assert wider.model_.get_layer("conv2d_1").filters == 3
    (tmp_path / "net.keras").write_text("cut short")
    with pytest.raises(SystemExit, match=r"net.keras.*\nRemove .*net.keras to have the net trained anew"):
        nets._trained("net", lambda: make(filters=3), pytest.fail)
