"""Where MLflow's pages show a study that is alone on its server."""

import json
from dataclasses import dataclass
from urllib.parse import quote

from mlflow import MlflowClient

from lineclf.runs import Tracker

# For `Page.wait_for`: unfold the study's row into its trials, and the width of an artifact's picture once it is there.
# MLflow fetches a picture and shows it as an object URL; its own icons are data URLs.
UNFOLD = "(expander => expander && (expander.click(), true))(document.querySelector('.ag-row button'))"
PICTURE = "[...document.images].find(i => i.src.startsWith('blob:') && i.complete)?.naturalWidth"


@dataclass(frozen=True)
class StudyPages:
    """Addresses of the pages, and the runs of the study, its cells and its trials in the order they began."""

    listed: str
    experiment: str
    compared: str
    study: object
    cells: list
    trials: list


def find_study(url):
    """Pages of the only study on the server at `url`; those compared are its first two trials'."""
    listed = Tracker(url).page()
    experiment = listed.partition("?")[0]
    number = experiment.split("/")[-2]
    runs = MlflowClient(url).search_runs([number], order_by=["attributes.start_time"])
    (study,) = (run for run in runs if "mlflow.parentRunId" not in run.data.tags)
    trials, cells = ([run for run in runs if f"lineclf.{kind}" in run.data.tags] for kind in ("trial", "cell"))
    pair, where = (quote(json.dumps(ids)) for ids in ([run.info.run_id for run in trials[:2]], [number]))
    return StudyPages(listed, experiment, f"{url}/#/compare-runs?runs={pair}&experiments={where}", study, cells, trials)
