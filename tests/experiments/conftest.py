"""What tests of the engine share."""

import pytest

from lineclf.tracking import Tracker
from tests.experiments.folder import Folder, Naps


@pytest.fixture(scope="session")
def mlflow_database(tmp_path_factory):
    """An MLflow database with nothing in it: MLflow takes seconds to make one."""
    path = tmp_path_factory.mktemp("empty") / "mlflow.db"
    Tracker(f"sqlite:///{path}", experiment="none")
    return path


@pytest.fixture
def folder(tmp_path, mlflow_database):
    """A working directory with a study in it."""
    return Folder(tmp_path, mlflow_database)


@pytest.fixture
def naps(tmp_path, mlflow_database):
    """A working directory with a study that does next to nothing."""
    return Naps(tmp_path, mlflow_database)


@pytest.fixture
def mlflow_server(mlflow_process):
    """URL of an MLflow server whose default experiment holds the studies of these tests alone."""
    return mlflow_process.url
