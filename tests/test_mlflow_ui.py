"""What a person sees: MLflow's own pages of a small ablation, in a real browser."""

import csv
import json
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from mlflow import MlflowClient

from lineclf.tracking import Tracker
from tests.browser import browser
from tests.conftest import MLflow

SCRIPT = Path(__file__).parents[1] / "studies" / "ablate.py"


@pytest.fixture
def server(tmp_path):
    """An MLflow server whose only study is an ablation that has just run."""
    server = MLflow(tmp_path)
    options = ["--components", "dropout", "--n-per-class", "2", "--epochs", "2", "--seeds", "2", "--pictures"]
    command = [sys.executable, SCRIPT, *options, "--tracking-uri", server.url]
    try:
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
        yield server.url
    finally:
        server.kill()


@pytest.mark.timeout(600)  # trainings, a browser and a server on two shared cores
def test_a_person_finds_the_study_its_trials_and_their_pictures(chromium, server, tmp_path):
    listed = Tracker(server).page()
    address = listed.partition("?")[0]
    number = address.split("/")[-2]
    client = MlflowClient(server)
    runs = client.search_runs([number], order_by=["attributes.start_time"])
    (study,) = (run for run in runs if "mlflow.parentRunId" not in run.data.tags)
    trials = [run for run in runs if run is not study]
    names = [f"{cell} · seed {seed}" for cell in ("baseline", "dropout=0.0", "dropout=0.3") for seed in (0, 1)]
    assert sorted(run.info.run_name for run in trials) == sorted(names)
    first = next(run.info.run_id for run in trials if run.info.run_name == "baseline · seed 0")

    with browser(chromium, tmp_path) as page:
        # The address that a study prints: its run, and under it the trials.
        page.open(listed)
        page.wait_for_text(study.info.run_name, "Model training")
        assert names[0] not in page.text()
        page.wait_for("(expander => expander && (expander.click(), true))(document.querySelector('.ag-row button'))")
        page.wait_for_text(*names)
        page.photograph(tmp_path / "runs.png")

        page.open(f"{address}/{study.info.run_id}")
        page.wait_for_text("Child runs", names[0], "trials_finished")
        with (tmp_path / "reports" / "ablation" / "effects.csv").open() as file:
            effects = list(csv.DictReader(file))
        page.open(f"{address}/{study.info.run_id}/artifacts/effects.json")
        page.wait_for_text(*effects[0], *(row["level"] for row in effects))
        page.photograph(tmp_path / "effects.png")

        for path in ("confusion/angle.png", "inside/heatmaps.png"):
            page.open(f"{address}/{first}/artifacts/{path}")
            page.wait_for_text(names[0], "curves.png")
            # MLflow fetches a picture and shows it as an object URL; its own icons are data URLs.
            loaded = "[...document.images].find(i => i.src.startsWith('blob:') && i.complete)?.naturalWidth"
            assert page.wait_for(loaded) > 400
            page.photograph(tmp_path / path.replace("/", "-"))
        table = json.loads(Path(client.download_artifacts(first, "confusion/length.json", tmp_path)).read_text())
        page.open(f"{address}/{first}/artifacts/confusion/length.json")
        page.wait_for_text(*table["columns"], *(str(count) for row in table["data"] for count in row))
        page.photograph(tmp_path / "table.png")
        page.open(f"{address}/{first}/model-metrics")
        page.wait_for_text(f"{names[0]} (epoch/angle_accuracy)")
        page.photograph(tmp_path / "curves.png")
        pair = [quote(json.dumps(ids)) for ids in ([run.info.run_id for run in trials[:2]], [number])]
        page.open(f"{server}/#/compare-runs?runs={pair[0]}&experiments={pair[1]}")
        page.wait_for_text("Comparing 2 Runs", *(run.info.run_name for run in trials[:2]), "joint_accuracy")
        page.photograph(tmp_path / "compared.png")
