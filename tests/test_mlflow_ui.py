"""What a person sees: MLflow's own pages in a real browser."""

import re
import subprocess

import pytest

from lineclf.tracking import Tracker
from tests.test_tracking import make_result

FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--window-size=1500,1000"),
    "--virtual-time-budget=20000",
]


@pytest.fixture
def page(chromium, mlflow_server, tmp_path):
    """Function from a route to the page's DOM once it has settled."""

    def load(route):
        command = [chromium, *FLAGS, f"--user-data-dir={tmp_path}/profile", "--dump-dom", f"{mlflow_server}/#/{route}"]
        return subprocess.run(command, capture_output=True, text=True, timeout=90, check=True).stdout

    return load


def test_a_person_finds_the_study_and_a_trials_pictures(page, mlflow_server, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    tracker = Tracker(mlflow_server, experiment="seen by a person")
    parent = tracker.start_study("study 1", "ablation · distinct", params={"epochs": 4})
    trial = tracker.log_trial(parent, make_result())
    tracker.finish_study(parent, metrics={}, artifacts=[])

    assert "ablation · distinct" in page(f"experiments/{tracker._experiment}/runs")
    shown = page(f"experiments/{tracker._experiment}/runs/{trial}/artifacts/confusion/angle.png")
    assert "dropout=0.5 · seed 0" in shown
    assert "curves.png" in shown
    # MLflow fetches a picture and shows it as an object URL; its own icons are data URLs.
    picture = re.compile(r'<img[^>]* src="blob:')
    assert picture.search(shown)
    assert not picture.search(page(f"experiments/{tracker._experiment}/runs/{trial}/artifacts/confusion/none.png"))
