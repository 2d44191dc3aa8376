"""Studies, cells and trials in MLflow.

A trial is logged from its stored result alone, so one that MLflow missed can be logged later. Runs are reached through
an explicit client: no active run, no global tracking URI.
"""

import json
import math
import shlex
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from lineclf._urls import mask_url
from lineclf.reporting import _trials, read_table
from lineclf.runs._identity import fingerprint
from lineclf.runs._tracking_store import NOTE, is_served, open_store

__all__ = ["Tracker"]

_PARENT, _STUDY, _CELL, _TRIAL = "mlflow.parentRunId", "lineclf.study", "lineclf.cell", "lineclf.trial"
_DRAWN = "lineclf.drawn"  # the trials that a cell's pictures show
_TABLES = "mlflow.loggedArtifacts"  # lists the JSON files that MLflow's pages show as tables
_LONGEST_PARAM, _LONGEST_TAG = 6000, 8000  # MLflow's limits


class Tracker:
    """Runs of studies and trials on an MLflow store.

    Parameters
    ----------
    uri : str, optional
        ``sqlite:///…``, ``postgresql+psycopg://…`` or ``http(s)://…``; by default ``sqlite:///mlruns/mlflow.db`` in the
        working directory, with its artifacts beside it.
    experiment : str, default="lineclf"
        Name of the MLflow experiment; created if it does not exist.

    Raises
    ------
    ValueError
        If the store cannot be opened.

    Attributes
    ----------
    store : str
        Identity of the experiment in its store, independent of the address.

    Notes
    -----
    MLflow's telemetry and its lines on the terminal are switched off, unless ``os.environ`` says otherwise.
    """

    def __init__(self, uri=None, *, experiment="lineclf"):
        self.uri = "sqlite:///mlruns/mlflow.db" if uri is None else uri
        self._client, self._experiment, self.store = open_store(self.uri, experiment)
        self._cells: dict[str, dict[str, Any]] = {}  # runs of cells as they were found, by the study's run and name

    def start_study(self, key, name, *, params, tags=None):
        """Open the run of a study, or its existing run if it was begun before.

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
        run = self._study(key)
        if run:
            run_id = run.info.run_id
            self._client.update_run(run_id, status="RUNNING")
        else:
            created = self._client.create_run(self._experiment, run_name=name, tags={_STUDY: key}).info.run_id
            run_id = self._study(key).info.run_id
            if run_id == created:
                self._log(run_id, params=params)
            else:  # another worker began the study at the same time
                self._client.delete_run(created)
        self._log(run_id, tags=tags or {})
        return run_id

    def _study(self, key):
        return min(self._search({_STUDY: key}), key=lambda run: (run.info.start_time, run.info.run_id), default=None)

    def _cell(self, study_id, name):
        """Run id of a cell under its study's run; begun if it does not exist."""
        if study_id not in self._cells:
            runs = self._search({_PARENT: study_id})
            self._cells[study_id] = {run.data.tags[_CELL]: run for run in runs if _CELL in run.data.tags}
        known = self._cells[study_id]
        if name not in known:
            identity = {_PARENT: study_id, _CELL: name}
            known[name] = self._client.create_run(self._experiment, run_name=name, tags=identity)
        return known[name].info.run_id

    def log_trial(self, study_id, result, *, cell=None):
        """Log one trial as a run under its cell's or study's run; a trial is never logged twice.

        Parameters
        ----------
        study_id : str
            Run id of the study.
        result : TrialResult
            Result from the store, with ``key`` and ``optuna``.
        cell : str, optional
            Name of the cell that the trial belongs to.

        Returns
        -------
        str
            Run id.
        """
        parent_id = study_id if cell is None else self._cell(study_id, cell)
        identity = {_PARENT: parent_id, _TRIAL: result["key"]}
        for run in self._search(identity):
            if run.info.status == "FINISHED":
                return run.info.run_id
            if run.info.status != "KILLED":
                self._client.set_terminated(run.info.run_id, "KILLED")
        tables = _trials.confusion_tables(result.get("confusion", {}), result.get("labels", {}))
        milliseconds = {when: int(1000 * result[when]) for when in ("started", "finished")}
        run_id = self._client.create_run(
            self._experiment,
            start_time=milliseconds["started"],
            run_name=f"{result['name']} · seed {result['seed']}",
            tags=identity,
        ).info.run_id
        try:
            self._log(
                run_id,
                params={**result.get("params", {}), **result.get("split", {}), "seed": result["seed"]},
                tags={
                    **result["tags"],
                    **{f"optuna.{name}": value for name, value in result["optuna"].items()},
                    **{f"version.{name}": number for name, number in result.get("versions", {}).items()},
                    **({"processor": result["processor"]} if "processor" in result else {}),
                    _TABLES: _tables(tables),
                },
                metrics=[(name, value, 0) for name, value in result["metrics"].items()]
                + [
                    (f"epoch/{name}", value, epoch)
                    for name, values in result.get("history", {}).items()
                    for epoch, value in enumerate(values, start=1)
                ],
                timestamp=milliseconds["finished"],
            )
            self._log_datasets(run_id, result.get("datasets", {}))
            self._log_files(run_id, tables)
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                self._client.set_terminated(run_id, "FAILED")
            raise
        self._client.set_terminated(run_id, "FINISHED", end_time=milliseconds["finished"])
        return run_id

    @staticmethod
    def is_refusal(error):
        """Whether MLflow refuses what it was given for good, not only at this time."""
        from mlflow.exceptions import MlflowException

        return isinstance(error, MlflowException) and error.error_code == "INVALID_PARAMETER_VALUE"

    def add_files(self, run_id, folder, files):
        """Add files to an existing run, in a folder of its artifacts.

        Parameters
        ----------
        run_id : str
        folder : str
        files : dict of str to bytes
            By name.
        """
        self._log_files(run_id, {f"{folder}/{name}": content for name, content in files.items()})

    def _log_files(self, run_id, files):
        """Add files to a run's artifacts, by path, in one go."""
        if files:
            with tempfile.TemporaryDirectory() as folder:
                for name, content in files.items():
                    path = Path(folder, name)
                    path.parent.mkdir(exist_ok=True)
                    path.write_bytes(content)
                self._client.log_artifacts(run_id, folder)

    def finish_cell(self, study_id, name, said, results):
        """Log the summary of a cell over its seeds, with pictures: confusion matrices, mean learning curves.

        Parameters
        ----------
        study_id : str
            Run id of the study.
        name : str
        said : dict of str to float or str
            Numbers become metrics, words tags.
        results : list of TrialResult
            Results of the cell's trials.
        """
        run_id = self._cell(study_id, name)
        before = self._cells[study_id][name]
        trials = json.dumps(sorted(result["optuna"]["trial"] for result in results))
        tags = {each: word for each, word in said.items() if isinstance(word, str)} | {_DRAWN: fingerprint(trials)}
        metrics = {each: value for each, value in said.items() if each not in tags and math.isfinite(value)}
        same = before.data.metrics == metrics and tags.items() <= before.data.tags.items()
        if same and before.info.status == "FINISHED":
            return  # nothing is new, in a study of thousands of cells
        if before.data.tags.get(_DRAWN) != tags[_DRAWN]:
            confusion = _trials.add_confusions(result.get("confusion", {}) for result in results)
            labels = {head: names for result in results for head, names in result.get("labels", {}).items()}
            histories = [result["history"] for result in results if result.get("history")]
            tables = _trials.confusion_tables(confusion, labels)
            self._log_files(run_id, tables | _trials.draw_trials(confusion, labels, histories))
            tags[_TABLES] = _tables(tables)
        self._log(run_id, metrics=[(each, value, 0) for each, value in metrics.items()], tags=tags)
        self._client.set_terminated(run_id, "FINISHED")

    def finish_study(self, parent_id, *, metrics, artifacts, note=""):
        """Close the run of a study with its summary and the files of its report.

        Parameters
        ----------
        parent_id : str
            Run id of the study.
        metrics : dict of str to float
        artifacts : list of path-like
            Each ``.csv`` is also stored as a ``.json`` that MLflow's pages show as a table.
        note : str
            Markdown for the first page of the study's run.
        """
        tables = [path for path in map(Path, artifacts) if path.suffix == ".csv"]
        tags = {NOTE: note} if note else {}
        tags |= {_TABLES: _tables(f"{path.stem}.json" for path in tables)} if tables else {}
        self._log(parent_id, metrics=[(name, value, 0) for name, value in metrics.items()], tags=tags)
        for path in artifacts:
            self._client.log_artifact(parent_id, str(path))
        for path in tables:
            table = read_table(path).to_json(orient="split", index=False)
            self._client.log_text(parent_id, table, f"{path.stem}.json")
        self._client.set_terminated(parent_id, "FINISHED")

    def stop_study(self, parent_id, *, failed):
        """Close the run of a study that was stopped, or failed, before its end; :meth:`start_study` continues it.

        Parameters
        ----------
        parent_id : str
            Run id of the study.
        failed : bool
        """
        self._client.set_terminated(parent_id, "FAILED" if failed else "KILLED")

    def ui_command(self):
        """Return how to open the runs in a browser: a command or, for a server, the page."""
        if is_served(self.uri):
            return self.page()
        uri = shlex.quote(mask_url(self.uri))
        return f"mlflow ui --backend-store-uri {uri} --host 127.0.0.1 --port 5000"

    def page(self, port=5000):
        """Address of the list of runs: on the server, or on this port of this machine."""
        server = mask_url(self.uri).rstrip("/") if is_served(self.uri) else f"http://127.0.0.1:{port}"
        # Without the type MLflow opens on its pages for language models, which show no runs.
        return f"{server}/#/experiments/{self._experiment}/runs?workflowType=machine_learning"

    def _search(self, tags):
        """Return the runs with these tags."""
        # MLflow's filters know no escapes, so a value with a quote is left to the comparison here.
        condition = " and ".join(
            f"tags.`{name}` = '{value}'" for name, value in tags.items() if not {*value} & {*"'\\"}
        )
        runs: list = []
        token = None
        while True:
            page = self._client.search_runs([self._experiment], condition, max_results=1000, page_token=token)
            runs += [run for run in page if tags.items() <= run.data.tags.items()]
            token = page.token
            if not token:
                return runs

    def _log(self, run_id, *, params=None, tags=None, metrics=(), timestamp=None):
        """Log everything in as few calls as MLflow allows; MLflow's curves cannot hold NaN and infinity."""
        from mlflow.entities import Metric, Param, RunTag
        from mlflow.utils.time import get_current_time_millis

        now = timestamp or get_current_time_millis()
        self._client.log_batch(
            run_id,
            metrics=[Metric(name, float(value), now, step) for name, value, step in metrics if math.isfinite(value)],
            params=[Param(name, _shown(value, _LONGEST_PARAM)) for name, value in (params or {}).items()],
            tags=[RunTag(name, _shown(value, _LONGEST_TAG)) for name, value in (tags or {}).items()],
        )

    def _log_datasets(self, run_id, datasets):
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


def _shown(value, longest):
    text = mask_url(str(value))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _tables(paths):
    return json.dumps([{"path": path, "type": "table"} for path in paths])
