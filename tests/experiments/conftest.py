"""What tests of the engine share."""

from unittest.mock import patch

import pytest

from lineclf import _pictures
from tests.experiments.folder import Folder, Naps


@pytest.fixture(scope="module", autouse=True)
def _no_pictures():
    """Log a note instead of every trial's confusion matrices and curves: to draw them is half of a small study."""
    with patch("lineclf.tracking.write_files", lambda folder, result: (folder / "pictures").write_text(result["name"])):
        yield


@pytest.fixture
def with_pictures(monkeypatch):
    """Draw them all the same."""
    monkeypatch.setattr("lineclf.tracking.write_files", _pictures.write_files)


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
