"""Photographs pages for docs/, MLflow's and the leaderboard's: `python -m docs.screenshots`, with Chromium."""

import subprocess
import sys
import tempfile
from pathlib import Path

from lineclf.benchmark._columns import meanings
from lineclf.defaults import BENCHMARK
from lineclf.reporting import html_page
from tests.browser import browser, find_chromium
from tests.conftest import MLflow
from tests.mlflow_pages import PICTURE, UNFOLD, find_study

FOLDER = Path(__file__).parent
REPORT = FOLDER.parent / "reports" / "leaderboard"
SCRIPT = FOLDER.parent / "studies" / "ablate.py"
TELLS = "[...document.querySelectorAll('p')].find(p => p.textContent.includes('have a verdict'))"


def photograph(page, url):
    """Look at the study as a person would: its cells, its note, two trials compared, pictures and curves."""
    pages = find_study(url)
    names = [run.info.run_name for run in pages.trials]
    first = f"{pages.experiment}/{pages.trials[0].info.run_id}"

    page.open(pages.listed)
    page.wait_for_text(pages.study.info.run_name)
    page.wait_for(UNFOLD)
    page.wait_for_text(*(run.info.run_name for run in pages.cells))
    page.photograph(FOLDER / "mlflow-cells.png")

    page.open(f"{pages.experiment}/{pages.study.info.run_id}")
    page.wait_for_text("have a verdict", "trials_finished")
    page.wait_for(f"({TELLS}.scrollIntoView(), true)")
    page.photograph(FOLDER / "mlflow-study.png")

    page.open(pages.compared)
    page.wait_for_text(*names[:2], "Show diff only", "joint_accuracy")
    page.wait_for("document.querySelector('.js-plotly-plot .main-svg')")
    page.photograph(FOLDER / "mlflow-compare.png")

    cell = f"{pages.experiment}/{pages.cells[0].info.run_id}"
    for name, run, path in (("confusion", cell, "confusion/angle.png"), ("heatmaps", first, "inside/heatmaps.png")):
        page.open(f"{run}/artifacts/{path}")
        page.wait_for(PICTURE)
        page.photograph(FOLDER / f"mlflow-{name}.png")

    page.open(f"{first}/model-metrics")
    page.wait_for("document.querySelector('.js-plotly-plot .main-svg')")
    page.photograph(FOLDER / "mlflow-curves.png")


def photograph_leaderboard(page, folder):
    """Look at the stored leaderboard's HTML page, sorted by its fourth track."""
    markdown, picture = (REPORT / f"leaderboard.{kind}" for kind in ("md", "png"))
    pictures = {picture.name: picture.read_bytes()}
    known = meanings(BENCHMARK)
    path = Path(folder, "leaderboard.html")
    path.write_text(
        html_page(markdown.read_text(encoding="utf-8"), pictures=pictures, meanings=known), encoding="utf-8"
    )
    page.open(path.as_uri())
    page.wait_for("document.body && document.body.dataset.ready")
    page.run("document.querySelector('main table').tHead.rows[0].cells[4].click()")
    page.photograph(FOLDER / "leaderboard.png")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        server = MLflow(Path(folder))
        try:
            options = ["--components", "dropout", "--seeds", "2", "--pictures", "all", "--tracking-uri", server.url]
            subprocess.run([sys.executable, SCRIPT, *options], cwd=folder, check=True)
            with browser(find_chromium(), folder) as page:
                photograph(page, server.url)
                photograph_leaderboard(page, folder)
        finally:
            server.kill()
