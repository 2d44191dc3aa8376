"""What tests of the engine share."""

import pytest

from tests.experiments.folder import Folder


@pytest.fixture
def folder(tmp_path):
    """A working directory with a study in it."""
    return Folder(tmp_path)
