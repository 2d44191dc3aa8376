"""What a person sees: MLflow's own pages of a small ablation, in a real browser."""

import csv
import json
import sys
from pathlib import Path

import pytest
from mlflow import MlflowClient

from lineclf.ablation import Ablation, Component
from lineclf.cli import main
from lineclf.runs import Profile
from tests.browser import browser
from tests.conftest import untraced
from tests.mlflow_pages import PICTURE, UNFOLD, find_study

SETTINGS = {"filters": 4, "epochs": 2, "batch_size": 512, "batch_norm": False}
STUDY = Ablation(
    name="ablation",
    question="what does a person see?",
    estimator="lineclf.estimators:MultiHeadLineClassifier",
    track="distinct",
    components=(Component("dropout", 0.1, (0.0,)),),
    profiles={"quick": Profile(n_per_class=2, seeds=1, settings=SETTINGS)},
)


@pytest.fixture
def server(mlflow_server, tmp_path, monkeypatch):
    """An MLflow server whose default experiment holds an ablation that has just run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["study.py"])
    with untraced():
        assert main(STUDY, ["--pictures", "--tracking-uri", mlflow_server]) == 0
    return mlflow_server


# More than 20 seconds where the machine is busy: it is two trainings with pictures, a browser and eight pages.
def test_a_person_finds_the_study_its_trials_and_their_pictures(chromium, server, tmp_path):
    pages = find_study(server)
    names = [f"{cell} · seed 0" for cell in ("baseline", "dropout=0.0")]
    assert sorted(run.info.run_name for run in pages.trials) == sorted(names)
    first = next(run.info.run_id for run in pages.trials if run.info.run_name == "baseline · seed 0")
    cells = {run.info.run_name: run.info.run_id for run in pages.cells}
    assert cells.keys() == {"baseline", "dropout=0.0"}

    with browser(chromium, tmp_path) as page:
        # The address that a study prints: its run, and under it the cells.
        page.open(pages.listed)
        page.wait_for_text(pages.study.info.run_name, "Model training")
        assert "dropout=0.0" not in page.text()
        page.wait_for(UNFOLD)
        page.wait_for_text(*cells)
        page.photograph(tmp_path / "runs.png")

        page.open(f"{pages.experiment}/{pages.study.info.run_id}")
        page.wait_for_text("Child runs", "trials_finished", "of 1 rows have a verdict")  # its note
        page.photograph(tmp_path / "study.png")
        with open(tmp_path / "reports" / "ablation" / "effects.csv") as file:
            effects = list(csv.DictReader(file))
        page.open(f"{pages.experiment}/{pages.study.info.run_id}/artifacts/effects.json")
        page.wait_for_text(*effects[0], *(row["level"] for row in effects))
        page.photograph(tmp_path / "effects.png")

        page.open(f"{pages.experiment}/{cells['dropout=0.0']}")
        page.wait_for_text("Child runs", names[1], "verdict", "n_seeds")
        page.photograph(tmp_path / "cell.png")
        shown = {"confusion/angle.png": (cells["baseline"], "curves.png"), "inside/heatmaps.png": (first, names[0])}
        for path, (run_id, beside) in shown.items():
            page.open(f"{pages.experiment}/{run_id}/artifacts/{path}")
            page.wait_for_text(beside)
            assert page.wait_for(PICTURE) > 400
            page.photograph(tmp_path / path.replace("/", "-"))
        table = json.loads(
            Path(MlflowClient(server).download_artifacts(first, "confusion/length.json", tmp_path)).read_text()
        )
        page.open(f"{pages.experiment}/{first}/artifacts/confusion/length.json")
        page.wait_for_text(*table["columns"], *(str(count) for row in table["data"] for count in row))
        page.photograph(tmp_path / "table.png")
        page.open(f"{pages.experiment}/{first}/model-metrics")
        page.wait_for_text(f"{names[0]} (epoch/angle_accuracy)")
        page.photograph(tmp_path / "curves.png")
        page.open(pages.compared)
        page.wait_for_text("Comparing 2 Runs", *(run.info.run_name for run in pages.trials[:2]), "joint_accuracy")
        page.photograph(tmp_path / "compared.png")
