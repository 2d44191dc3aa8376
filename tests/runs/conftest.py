"""What the engine's tests share with those of studies."""

import pytest

from tests.experiments.conftest import _no_pictures, folder, mlflow_server, naps, with_pictures

__all__ = ["_no_pictures", "folder", "mlflow_server", "naps", "with_pictures"]


@pytest.fixture(params=["sqlite", "postgresql"])
def storage(request, tmp_path):
    """URL of a storage with nothing in it."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/optuna.db"
    return request.getfixturevalue("postgresql_url")
