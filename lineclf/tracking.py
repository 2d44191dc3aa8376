"""Studies and trials in MLflow: the one file that knows it.

A trial is logged from its stored result alone, so one that MLflow missed can be logged later. Runs are reached through
an explicit client: no active run, no global tracking URI.
"""

import json
import logging
import math
import os
import shlex
import tempfile
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path

from lineclf._files import locked
from lineclf._pictures import write_files
from lineclf._urls import mask_url, prepare_database_file, reason_of

_PARENT, _STUDY, _TRIAL = "mlflow.parentRunId", "lineclf.study", "lineclf.trial"
_TABLES = "mlflow.loggedArtifacts"  # lists the JSON files that MLflow's pages show as tables
_LONGEST_PARAM, _LONGEST_TAG = 6000, 8000  # MLflow's limits
_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # a line a run, with the credentials of the server's URL
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",  # 7 by default: minutes a trial once a server is gone
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",  # 120 by default, for one that takes a request and does not answer
    "GIT_PYTHON_REFRESH": "quiet",
}


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

    Attributes
    ----------
    store : str
        Identity of the experiment in its store, whatever the address.

    Notes
    -----
    MLflow's telemetry and its lines on the terminal are switched off in ``os.environ``, unless that says otherwise.
    """

    def __init__(self, uri=None, *, experiment="lineclf"):
        for name, value in _ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        for name in ("alembic", "mlflow.store.db.utils"):
            logging.getLogger(name).setLevel(logging.WARNING)
        from alembic.util import CommandError
        from mlflow import MlflowClient
        from mlflow.exceptions import MlflowException
        from mlflow.utils.credentials import get_default_host_creds
        from mlflow.utils.rest_utils import http_request_safe
        from sqlalchemy import make_url
        from sqlalchemy.exc import SQLAlchemyError

        self.uri = "sqlite:///mlruns/mlflow.db" if uri is None else uri
        if not self.uri.strip():
            raise ValueError(f"tracking_uri must name a store, such as sqlite:///mlruns/mlflow.db; got {uri!r}")
        self._served = self.uri.startswith(("http://", "https://"))
        address, artifacts = self.uri, None
        lock: AbstractContextManager[None] = nullcontext()
        try:
            if self._served:
                # One try: a wrong address is told at once. With MLflow's own request, for its credentials' sake.
                http_request_safe(get_default_host_creds(self.uri), "/health", "GET", max_retries=0, timeout=10)
            else:
                folder = Path("mlruns")
                if self.uri.startswith("sqlite:///"):
                    url = make_url(self.uri)
                    file = Path(url.database or "")
                    folder = file.parent
                    prepare_database_file(file)
                    # MLflow keeps stores by their address, and would go on with the one of a former working directory.
                    # The driver is named lest MLflow make the folder, which it does under its encoded name.
                    url = url.set(drivername="sqlite+pysqlite", database=str(file.resolve()))
                    address = url.render_as_string(hide_password=False)
                artifacts = (folder / "artifacts").resolve().as_uri()
                lock = locked(folder if folder.exists() else Path())
            # MLflow makes its tables without regard to another process that makes them.
            with lock:
                self._client = MlflowClient(address)
                self._experiment = self._find_experiment(experiment, artifacts)
            born = self._client.get_experiment(self._experiment).creation_time
            self.store = f"{self._experiment}-{born}"
        except (MlflowException, SQLAlchemyError, CommandError, ImportError, OSError, ValueError) as error:
            reason = _with_advice(self.uri, reason_of(error))
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
        if known.lifecycle_stage != "active":
            raise ValueError(
                f"its experiment {name!r} was deleted; `mlflow experiments restore -x {known.experiment_id}` brings it "
                "back, `mlflow gc` removes it for good"
            )
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

    def log_trial(self, parent_id, result):
        """Log one trial as a run under its study's; a trial that is there already is not logged twice.

        Parameters
        ----------
        parent_id : str
            Run id of the study.
        result : dict
            As :func:`lineclf.experiments.evaluate` gives it, with ``name``, ``tags``, ``seed``, ``key`` and ``optuna``.

        Returns
        -------
        str
            Run id.
        """
        identity = {_PARENT: parent_id, _TRIAL: result["key"]}
        for run in self._search(identity):
            if run.info.status == "FINISHED":
                return run.info.run_id
            if run.info.status != "KILLED":
                self._client.set_terminated(run.info.run_id, "KILLED")
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
                params={**result["params"], **result["split"], "seed": result["seed"]},
                tags={
                    **result["tags"],
                    **{f"optuna.{name}": value for name, value in result["optuna"].items()},
                    **{f"version.{name}": number for name, number in result["versions"].items()},
                    _TABLES: _tables(f"confusion/{head}.json" for head in result["confusion"]),
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
                write_files(Path(folder), result)
                self._client.log_artifacts(run_id, folder)
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                self._client.set_terminated(run_id, "FAILED")
            raise
        self._client.set_terminated(run_id, "FINISHED", end_time=milliseconds["finished"])
        # Another worker may have logged it at the same time: all keep the same one.
        twins = [run.info.run_id for run in self._search(identity) if run.info.status == "FINISHED"]
        for twin in sorted(twins)[1:]:
            self._client.set_terminated(twin, "KILLED")
        return min(twins)

    @staticmethod
    def is_refusal(error):
        """Whether MLflow does not take what it was given, and not only at this time."""
        from mlflow.exceptions import MlflowException

        return isinstance(error, MlflowException) and error.error_code == "INVALID_PARAMETER_VALUE"

    def add_files(self, run_id, folder, files):
        """Add files to a run that is there, in a folder of its artifacts.

        Parameters
        ----------
        run_id : str
        folder : str
        files : dict of str to bytes
            By name.
        """
        with tempfile.TemporaryDirectory() as place:
            for name, content in files.items():
                Path(place, name).write_bytes(content)
            self._client.log_artifacts(run_id, place, folder)

    def finish_study(self, parent_id, *, metrics, artifacts):
        """Close the run of a study with its summary and the files of its report.

        Parameters
        ----------
        parent_id : str
            Run id of the study.
        metrics : dict of str to float
        artifacts : list of path-like
            Each ``.csv`` is also stored as a ``.json`` that MLflow's pages show as a table.
        """
        import pandas as pd

        tables = [path for path in map(Path, artifacts) if path.suffix == ".csv"]
        tags = {_TABLES: _tables(f"{path.stem}.json" for path in tables)} if tables else {}
        self._log(parent_id, metrics=[(name, value, 0) for name, value in metrics.items()], tags=tags)
        for path in artifacts:
            self._client.log_artifact(parent_id, str(path))
        for path in tables:
            table = pd.read_csv(path).to_json(orient="split", index=False)
            self._client.log_text(parent_id, table, f"{path.stem}.json")
        self._client.set_terminated(parent_id, "FINISHED")

    def stop_study(self, parent_id, *, failed):
        """Close the run of a study that was stopped, or failed, before its end; :meth:`start_study` goes on with it.

        Parameters
        ----------
        parent_id : str
            Run id of the study.
        failed : bool
        """
        self._client.set_terminated(parent_id, "FAILED" if failed else "KILLED")

    def ui_command(self):
        """Tell what opens the runs in a browser: a command, or for a server the page."""
        if self._served:
            return self.page()
        uri = shlex.quote(mask_url(self.uri))
        return f"mlflow ui --backend-store-uri {uri} --host 127.0.0.1 --port 5000"

    def page(self):
        """Address of the list of runs: on the server, or where :meth:`ui_command` puts it."""
        server = mask_url(self.uri).rstrip("/") if self._served else "http://127.0.0.1:5000"
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
        """Log everything in as few calls as MLflow allows; it has no place for NaN and infinity in a curve."""
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


def _with_advice(uri, reason):
    """Why a store cannot be opened, and what to do where its address or its tables are wrong, instead of MLflow's."""
    if not uri.startswith(("sqlite:///", "postgresql", "mysql", "mssql", "http://", "https://")):
        legal = "legal are sqlite:///FILE, postgresql+psycopg://USER@HOST/DATABASE, http:// and https://"
        return f"{reason.partition('. ')[0]}; {legal}"
    if "database schema" in reason or "locate revision" in reason:
        return (
            f"{reason.partition('. ')[0]}: its tables are of another MLflow, or of another program; `mlflow db "
            "upgrade` brings older ones up to date, a newer MLflow opens newer ones, or take another store"
        )
    return reason


def _shown(value, longest):
    text = mask_url(str(value))
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _tables(paths):
    return json.dumps([{"path": path, "type": "table"} for path in paths])
