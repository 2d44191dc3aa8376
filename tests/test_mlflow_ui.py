"""What a person sees: MLflow's own pages in a real browser."""

import json
from urllib.parse import quote

import pytest

from lineclf.tracking import Tracker
from tests.browser import browser
from tests.test_tracking import make_result


@pytest.mark.timeout(300)  # a browser and a server on two shared cores
def test_a_person_finds_the_study_its_trials_and_their_pictures(chromium, mlflow_server, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    tracker = Tracker(mlflow_server, experiment="seen by a person")
    parent = tracker.start_study("study 1", "ablation · distinct", params={"epochs": 4})
    trials = [tracker.log_trial(parent, make_result(seed)) for seed in (0, 1)]
    effects = tmp_path / "effects.csv"
    effects.write_text("component,level,effect of it\ndropout,0.5,-0.0125\n")
    tracker.finish_study(parent, metrics={"trials_finished": 2}, artifacts=[effects])
    experiment = f"{mlflow_server}/#/experiments/{tracker._experiment}/runs"

    with browser(chromium, tmp_path) as page:
        # The address that a study prints: its run, and under it the trials.
        page.open(tracker.page())
        page.wait_for_text("ablation · distinct", "Model training")
        assert "dropout=0.5" not in page.text()
        page.wait_for("(expander => expander && (expander.click(), true))(document.querySelector('.ag-row button'))")
        page.wait_for_text("dropout=0.5 · seed 0", "dropout=0.5 · seed 1")
        page.photograph(tmp_path / "runs.png")

        page.open(f"{experiment}/{parent}")
        page.wait_for_text("Child runs", "dropout=0.5 · seed 0", "dropout=0.5 · seed 1", "trials_finished")
        page.open(f"{experiment}/{parent}/artifacts/effects.json")
        page.wait_for_text("effect of it", "-0.0125")
        page.photograph(tmp_path / "effects.png")

        page.open(f"{experiment}/{trials[0]}/artifacts/confusion/angle.png")
        page.wait_for_text("dropout=0.5 · seed 0", "curves.png")
        # MLflow fetches a picture and shows it as an object URL; its own icons are data URLs.
        width = page.wait_for("[...document.images].find(i => i.src.startsWith('blob:') && i.complete)?.naturalWidth")
        assert width > 400
        page.photograph(tmp_path / "picture.png")
        page.open(f"{experiment}/{trials[0]}/artifacts/confusion/angle.json")
        page.wait_for_text("true \\ predicted", "132", "143")
        page.photograph(tmp_path / "table.png")
        page.open(f"{experiment}/{trials[1]}/model-metrics")
        page.wait_for_text("dropout=0.5 · seed 1 (epoch/angle_accuracy)")
        page.photograph(tmp_path / "curves.png")
        both = [quote(json.dumps(ids)) for ids in (trials, [tracker._experiment])]
        page.open(f"{mlflow_server}/#/compare-runs?runs={both[0]}&experiments={both[1]}")
        page.wait_for_text("Comparing 2 Runs", "dropout=0.5 · seed 0", "dropout=0.5 · seed 1", "joint_accuracy")
        page.photograph(tmp_path / "compared.png")
