"""Studies and trials in MLflow: the one file that knows it.

A trial is logged from its stored result alone, so one that MLflow missed can be logged later. Runs are reached through
an explicit client: no active run, no global tracking URI.
"""

import csv
import logging
import math
import os
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from lineclf._urls import mask_url

_PARENT, _STUDY, _TRIAL = "mlflow.parentRunId", "lineclf.study", "lineclf.trial"
_METRICS_A_CALL = 1000  # MLflow's limits
_LONGEST_PARAM = 6000


class Tracker:
    """Runs of studies and trials on an MLflow store.

    Parameters
    ----------
    uri : str, optional
        ``sqlite:///…``, ``postgresql+psycopg://…`` or ``http(s)://…``; by default ``sqlite:///mlruns/mlflow.db`` in the
        working directory, with its artifacts beside it.
    experiment : str, default="lineclf"
        Name of the MLflow experiment; created where it is not there.

    Raises
    ------
    ValueError
        If the store cannot be opened.
    """

    def __init__(self, uri=None, *, experiment="lineclf"):
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
        for name in ("alembic", "mlflow.store.db.utils"):
            logging.getLogger(name).setLevel(logging.WARNING)
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from sqlalchemy.exc import SQLAlchemyError

        self.uri = uri or "sqlite:///mlruns/mlflow.db"
        self._served = self.uri.startswith(("http://", "https://"))
        artifacts = None
        try:
            if self._served:
                with urllib.request.urlopen(f"{self.uri.rstrip('/')}/health", timeout=10):
                    pass
            else:
                folder = Path("mlruns")
                if self.uri.startswith("sqlite:///"):
                    folder = Path(self.uri.removeprefix("sqlite:///")).parent
                folder.mkdir(parents=True, exist_ok=True)
                artifacts = (folder / "artifacts").resolve().as_uri()
            self._client = MlflowClient(self.uri)
            self._experiment = self._find_experiment(experiment, artifacts)
        except (MlflowException, SQLAlchemyError, urllib.error.URLError, OSError, ValueError) as error:
            reason = mask_url(str(getattr(error, "orig", None) or error).strip().split("\n")[0])
            raise ValueError(f"tracking_uri={mask_url(self.uri)!r} cannot be opened: {reason}") from None

    def _find_experiment(self, name, artifacts):
        from mlflow.exceptions import MlflowException

        known = self._client.get_experiment_by_name(name)
        if known is None:
            try:
                return self._client.create_experiment(name, artifact_location=artifacts)
            except MlflowException:  # another worker was faster
                known = self._client.get_experiment_by_name(name)
                if known is None:
                    raise
        return known.experiment_id

    def start_study(self, key, name, *, params, tags=None):
        """Open the run of a study, the one that is there if it was begun before.

        Parameters
        ----------
        key : str
            Identity of the study.
        name : str
            Name of the run, for people.
        params, tags : dict

        Returns
        -------
        str
            Run id.
        """
        runs = self._search(f"tags.`{_STUDY}` = '{key}'")
        if runs:
            run_id = runs[0].info.run_id
            self._client.update_run(run_id, status="RUNNING")
        else:
            created = self._client.create_run(self._experiment, run_name=name, tags={_STUDY: key})
            run_id = created.info.run_id
            self._log(run_id, params=params)
        self._log(run_id, tags=tags or {})
        return run_id

    def log_trial(self, parent_id, result):
        """Log one trial as a run under its study's; a trial that is there already is not logged twice.

        Parameters
        ----------
        parent_id : str
            Run id of the study.
        result : dict
            As :func:`lineclf.experiments.run_trial` gives it, with ``key`` and ``optuna``.

        Returns
        -------
        str
            Run id.
        """
        for run in self._search(f"tags.`{_PARENT}` = '{parent_id}'"):
            if run.data.tags.get(_TRIAL) != result["key"]:
                continue
            if run.info.status == "FINISHED":
                return run.info.run_id
            self._client.set_terminated(run.info.run_id, "KILLED")
        milliseconds = {when: int(1000 * result[when]) for when in ("started", "finished")}
        run_id = self._client.create_run(
            self._experiment,
            start_time=milliseconds["started"],
            run_name=f"{result['cell']} · seed {result['seed']}",
            tags={_PARENT: parent_id, _TRIAL: result["key"]},
        ).info.run_id
        try:
            self._log(
                run_id,
                params={**result["params"], **result["split"], "seed": result["seed"], "cell": result["cell"]},
                tags={
                    "component": result["component"] or "baseline",
                    **{f"optuna.{name}": value for name, value in result["optuna"].items()},
                    **{f"version.{name}": number for name, number in result["versions"].items()},
                },
                metrics=[(name, value, 0) for name, value in result["metrics"].items()]
                + [
                    (f"epoch/{name}", value, epoch)
                    for name, values in result["history"].items()
                    for epoch, value in enumerate(values, start=1)
                ],
                timestamp=milliseconds["finished"],
            )
            self._log_datasets(run_id, result["datasets"])
            with tempfile.TemporaryDirectory() as folder:
                _write_pictures(Path(folder), result)
                self._client.log_artifacts(run_id, folder)
        except BaseException:
            self._client.set_terminated(run_id, "FAILED")
            raise
        self._client.set_terminated(run_id, "FINISHED", end_time=milliseconds["finished"])
        return run_id

    def finish_study(self, parent_id, *, metrics, artifacts):
        """Close the run of a study with its summary and the files of its report.

        Parameters
        ----------
        parent_id : str
            Run id of the study.
        metrics : dict of str to float
        artifacts : list of path-like
        """
        self._log(parent_id, metrics=[(name, value, 0) for name, value in metrics.items()])
        for path in artifacts:
            self._client.log_artifact(parent_id, str(path))
        self._client.set_terminated(parent_id, "FINISHED")

    def ui_command(self):
        """Tell what opens the runs in a browser: a command, or a server's address."""
        if self._served:
            return mask_url(self.uri)
        return f"mlflow ui --backend-store-uri {mask_url(self.uri)} --host 127.0.0.1 --port 5000"

    def _search(self, condition):
        runs: list = []
        token = None
        while True:
            page = self._client.search_runs([self._experiment], condition, max_results=1000, page_token=token)
            runs += page
            token = page.token
            if not token:
                return runs

    def _log(self, run_id, *, params=None, tags=None, metrics=(), timestamp=None):
        from mlflow.entities import Metric, Param, RunTag
        from mlflow.utils.time import get_current_time_millis

        now = timestamp or get_current_time_millis()
        entries = [Metric(name, float(value), now, step) for name, value, step in metrics if math.isfinite(value)]
        self._client.log_batch(
            run_id,
            metrics=entries[:_METRICS_A_CALL],
            params=[Param(name, mask_url(str(value))[:_LONGEST_PARAM]) for name, value in (params or {}).items()],
            tags=[RunTag(name, mask_url(str(value))) for name, value in (tags or {}).items()],
        )
        for start in range(_METRICS_A_CALL, len(entries), _METRICS_A_CALL):
            self._client.log_batch(run_id, metrics=entries[start : start + _METRICS_A_CALL])

    def _log_datasets(self, run_id, datasets):
        import json

        from mlflow.entities import Dataset, DatasetInput, InputTag

        inputs = [
            DatasetInput(
                Dataset(
                    name=data["name"],
                    digest=data["digest"],
                    source_type="code",
                    source=data["source"],
                    profile=json.dumps(data["profile"]),
                ),
                [InputTag("mlflow.data.context", context)],
            )
            for context, data in datasets.items()
        ]
        self._client.log_inputs(run_id, inputs)


def _write_pictures(folder, result):
    (folder / "confusion").mkdir()
    for head, matrix in result["confusion"].items():
        labels = result["labels"][head]
        with open(folder / "confusion" / f"{head}.csv", "w", newline="") as file:
            table = csv.writer(file)
            table.writerow(["true \\ predicted", *labels])
            table.writerows([label, *row] for label, row in zip(labels, matrix, strict=True))
        _confusion_figure(head, matrix, labels).savefig(folder / "confusion" / f"{head}.png")
    if result["history"]:
        _curves_figure(result["history"]).savefig(folder / "curves.png")


def _confusion_figure(head, matrix, labels):
    from matplotlib.figure import Figure

    n = len(labels)
    side = 1.6 + 0.36 * n
    figure = Figure(figsize=(side, side), dpi=90)
    axes = figure.add_axes((1.0 / side, 0.7 / side, 0.36 * n / side, 0.36 * n / side))
    largest = max(1, max(map(max, matrix)))
    axes.imshow(matrix, cmap="Blues", vmin=0, vmax=largest)
    for i, row in enumerate(matrix):
        for j, count in enumerate(row):
            if count:
                color = "white" if count > 0.6 * largest else "black"
                axes.text(j, i, count, ha="center", va="center", color=color, fontsize=8)
    axes.set_xticks(range(n), labels, fontsize=8)
    axes.set_yticks(range(n), labels, fontsize=8)
    axes.set_xlabel("predicted level", fontsize=9)
    axes.set_ylabel("true level", fontsize=9)
    axes.set_title(f"{head}, n = {sum(map(sum, matrix))}", fontsize=9)
    return figure


def _curves_figure(history):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), dpi=90)
    colors = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00"]  # Okabe and Ito's
    lines: dict[str, str] = {}  # the same head, the same colour in both
    for axes, kind, whole in zip(figure.subplots(1, 2), ("accuracy", "loss"), ("joint", "sum"), strict=True):
        for name in (name for name in history if name.endswith(kind) and not name.startswith("val_")):
            label = name.removesuffix(kind).rstrip("_") or whole
            color = "#000000" if label == whole else lines.setdefault(label, colors[len(lines) % len(colors)])
            for key, dashes in ((name, "-"), (f"val_{name}", "--")):
                if key in history:
                    epochs = range(1, len(history[key]) + 1)
                    shown = label if key == name else None
                    axes.plot(epochs, history[key], dashes, color=color, label=shown, marker=".")
        axes.set_xlabel("epoch")
        axes.set_ylabel(kind)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.grid(color="0.9")
        if axes.lines:
            axes.legend(fontsize=8, title="solid: training, dashed: test", title_fontsize=8, frameon=False)
    figure.subplots_adjust(left=0.08, right=0.98, bottom=0.15, top=0.96)
    return figure
