"""MLflow's stores: a database or a server, opened with the experiment that the runs go to."""

import logging
import os
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from lineclf._files import locked
from lineclf._urls import mask_url, prepare_database_file, reason_of

__all__ = ["NOTE", "Opened", "is_served", "open_store"]

NOTE = "mlflow.note.content"  # tag that MLflow's pages show as the description
_DESCRIPTION = """\
A run here is a **study**: its first page tells what was found, its artifacts are the report and its tables.
Below it stands a run for each **cell**, one combination of what the study varies: the mean of every metric over the
seeds, its verdict, the confusion matrices of all seeds together and the mean learning curves. Below that stands a run
for each **trial**, one cell at one seed: parameters, data digests, scores, and a value per epoch.
"""
_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",  # a line a run, with the credentials of the server's URL
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",  # 7 by default: minutes a trial once a server is gone
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "20",  # 120 by default, for one that takes a request and does not answer
    "GIT_PYTHON_REFRESH": "quiet",
}


class Opened(NamedTuple):
    """An open store: MLflow's client, the experiment's id, and the identity of both, independent of the address."""

    client: Any
    experiment: str
    identity: str


def is_served(uri):
    """Whether the store is on a server."""
    return uri.startswith(("http://", "https://"))


def open_store(uri, experiment):
    """Open a store; create it, its folder and the experiment if they do not exist.

    Parameters
    ----------
    uri : str
    experiment : str
        Name of the experiment.

    Returns
    -------
    Opened

    Raises
    ------
    ValueError
        If that is not possible.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    # What its store logs as an error, with a traceback, it raises too: that is told in a line, or suppressed.
    for name, level in (("alembic", logging.WARNING), ("mlflow.store.db.utils", logging.CRITICAL)):
        logging.getLogger(name).setLevel(level)
    from alembic.util import CommandError
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException
    from mlflow.utils.credentials import get_default_host_creds
    from mlflow.utils.rest_utils import http_request_safe
    from sqlalchemy import make_url
    from sqlalchemy.exc import SQLAlchemyError

    if not uri.strip():
        raise ValueError(f"tracking_uri must name a store, such as sqlite:///mlruns/mlflow.db; got {uri!r}")
    address, artifacts = uri, None
    lock: AbstractContextManager[None] = nullcontext()
    try:
        if is_served(uri):
            # One try: a wrong address is told at once. With MLflow's own request, for its credentials' sake.
            http_request_safe(get_default_host_creds(uri), "/health", "GET", max_retries=0, timeout=10)
        else:
            folder = Path("mlruns")
            if uri.startswith("sqlite:///"):
                url = make_url(uri)
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
            client = MlflowClient(address)
            found = _find_experiment(client, experiment, artifacts)
        return Opened(client, found.experiment_id, f"{found.experiment_id}-{found.creation_time}")
    except (MlflowException, SQLAlchemyError, CommandError, ImportError, OSError, ValueError) as error:
        reason = _with_advice(uri, reason_of(error))
        raise ValueError(f"tracking_uri={mask_url(uri)!r} cannot be opened: {reason}") from None


def _find_experiment(client, name, artifacts):
    from mlflow.exceptions import MlflowException

    known = client.get_experiment_by_name(name)
    if known is None:
        try:
            made = client.create_experiment(name, artifact_location=artifacts, tags={NOTE: _DESCRIPTION})
            return client.get_experiment(made)
        except MlflowException:  # another process was faster
            known = client.get_experiment_by_name(name)
            if known is None:
                raise
    if known.lifecycle_stage != "active":
        raise ValueError(
            f"its experiment {name!r} was deleted; `mlflow experiments restore -x {known.experiment_id}` brings it "
            "back, `mlflow gc` removes it for good"
        )
    if NOTE not in known.tags:  # lineclf 0.2 made it
        client.set_experiment_tag(known.experiment_id, NOTE, _DESCRIPTION)
    return known


def _with_advice(uri, reason):
    """Why a store cannot be opened, and advice, instead of MLflow's, if its address or its tables are wrong."""
    if not uri.startswith(("sqlite:///", "postgresql", "mysql", "mssql", "http://", "https://")):
        legal = "legal are sqlite:///FILE, postgresql+psycopg://USER@HOST/DATABASE, http:// and https://"
        return f"{reason.partition('. ')[0]}; {legal}"
    if "database schema" in reason or "locate revision" in reason:
        return (
            f"{reason.partition('. ')[0]}: its tables are of another MLflow, or of another program; `mlflow db "
            "upgrade` brings older ones up to date, a newer MLflow opens newer ones, or take another store"
        )
    return reason
