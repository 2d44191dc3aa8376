"""What tests of the engine and of studies share."""

from unittest.mock import patch

import pytest
from PIL import Image

from lineclf.reporting import _figures, _trials
from tests.runs.folder import Folder, Naps


@pytest.fixture(scope="module", autouse=True)
def _no_pictures():
    """Keep a note instead of every cell's confusion matrices and curves: to draw them is half of a small study."""
    with patch.object(_trials, "draw_trials", lambda *what: {"pictures": b"drawn"}):
        yield


class BlankCanvas:
    """Writes a PNG of one white pixel, whatever the figure."""

    def __init__(self, figure):
        pass

    def print_png(self, file):
        Image.new("L", (1, 1), 255).save(file, "PNG")


@pytest.fixture(scope="module", autouse=True)
def _blank_pictures():
    """Leave a report's own pictures undrawn, which is a quarter of a small run: tests of the pages look at them."""
    with patch.object(_figures, "FigureCanvasAgg", BlankCanvas):
        yield


@pytest.fixture
def with_pictures(monkeypatch):
    """Draw them all the same."""
    monkeypatch.setattr(_trials, "draw_trials", DRAW)
    monkeypatch.setattr(_figures, "FigureCanvasAgg", CANVAS)


DRAW, CANVAS = _trials.draw_trials, _figures.FigureCanvasAgg


@pytest.fixture
def folder(tmp_path, mlflow_database):
    """A working directory with a study in it."""
    return Folder(tmp_path, mlflow_database)


@pytest.fixture
def naps(tmp_path, mlflow_database):
    """A working directory with a study that does next to nothing."""
    return Naps(tmp_path, mlflow_database)


@pytest.fixture
def untracked(naps):
    """Naps that no tracker is told of, for what is not about it: each process loads MLflow for longer than all else."""
    naps.tracking = "none"


@pytest.fixture
def mlflow_server(mlflow_process):
    """URL of an MLflow server whose default experiment holds the studies of these tests alone."""
    return mlflow_process.url


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request, tmp_path):
    """URL of a storage with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/optuna.db"
    return request.getfixturevalue("postgresql_url")
