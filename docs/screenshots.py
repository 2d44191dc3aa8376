"""Photographs MLflow's pages of a small ablation for docs/mlflow.md: `python -m docs.screenshots`, with Chromium."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from mlflow import MlflowClient

from lineclf.tracking import Tracker
from tests.browser import browser, find_chromium
from tests.conftest import MLflow

FOLDER = Path(__file__).parent
SCRIPT = FOLDER.parent / "studies" / "ablate.py"


def photograph(page, url):
    """Look at the study as a person would: its trials, two of them compared, one trial's pictures and curves."""
    listed = Tracker(url).page()
    address = listed.partition("?")[0]
    number = address.split("/")[-2]
    runs = MlflowClient(url).search_runs([number], order_by=["attributes.start_time"])
    (study,) = (run for run in runs if "mlflow.parentRunId" not in run.data.tags)
    trials = [run for run in runs if run is not study]
    names = [run.info.run_name for run in trials]
    pictures = "[...document.images].some(i => i.src.startsWith('blob:') && i.complete)"

    page.open(listed)
    page.wait_for_text(study.info.run_name)
    page.wait_for("(expander => expander && (expander.click(), true))(document.querySelector('.ag-row button'))")
    page.wait_for_text(*names)
    page.photograph(FOLDER / "mlflow-trials.png")

    pair = quote(json.dumps([run.info.run_id for run in trials[:2]]))
    page.open(f"{url}/#/compare-runs?runs={pair}&experiments={quote(json.dumps([number]))}")
    page.wait_for_text(*names[:2], "Show diff only", "joint_accuracy")
    page.wait_for("document.querySelector('.js-plotly-plot .main-svg')")
    page.photograph(FOLDER / "mlflow-compare.png")

    for name, path in (("confusion", "confusion/angle.png"), ("heatmaps", "inside/heatmaps.png")):
        page.open(f"{address}/{trials[0].info.run_id}/artifacts/{path}")
        page.wait_for(pictures)
        page.photograph(FOLDER / f"mlflow-{name}.png")

    page.open(f"{address}/{trials[0].info.run_id}/model-metrics")
    page.wait_for("document.querySelector('.js-plotly-plot .main-svg')")
    page.photograph(FOLDER / "mlflow-curves.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        server = MLflow(Path(folder))
        try:
            options = ["--components", "dropout", "--seeds", "2", "--pictures", "all", "--tracking-uri", server.url]
            subprocess.run([sys.executable, SCRIPT, *options], cwd=folder, check=True)
            with browser(find_chromium(), folder) as page:
                photograph(page, server.url)
        finally:
            server.kill()
