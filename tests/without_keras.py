"""The fast run, `pytest --fast`: what needs no Keras.

Files that need it are named here, single tests are marked `keras`; neither can be forgotten, as an import of Keras
fails the fast run.
"""

import sys
from fnmatch import fnmatch
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
KERAS = (
    "lineclf/datasets/_tensorflow.py",
    "lineclf/estimators*",
    "lineclf/inspection*",
    "lineclf/nets*",
    "tests/estimators*",
    "tests/inspection*",
    "tests/nets*",
    "tests/reporting/test_pictures.py",
    "tests/runs/test_evaluate.py",
    "tests/studies/test_ablate.py",
    "tests/studies/test_green.py",
    "tests/studies/test_inside.py",
    "tests/studies/test_layers.py",
    "tests/studies/test_transfer.py",
    "tests/test_mlflow_ui.py",
)


class WithoutKeras:
    """Plugin that marks what needs Keras, leaves it out in a fast run, and lets nothing else there import it."""

    def __init__(self, fast):
        self.fast = fast
        if fast:
            sys.meta_path.insert(0, NoKeras())

    def _is_named(self, path):
        return path.is_relative_to(ROOT) and any(fnmatch(path.relative_to(ROOT).as_posix(), each) for each in KERAS)

    @pytest.hookimpl
    def pytest_ignore_collect(self, collection_path):
        """Do not even import it."""
        return True if self.fast and self._is_named(collection_path) else None

    @pytest.hookimpl(tryfirst=True)  # before -m is looked at
    def pytest_collection_modifyitems(self, config, items):
        """Mark it, or leave it out."""
        for item in items:
            if self._is_named(item.path):
                item.add_marker("keras")
        if self.fast:
            config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("keras")])
            items[:] = [item for item in items if not item.get_closest_marker("keras")]


class NoKeras:
    """Finder of modules that shows Keras and TensorFlow to those who look, and fails whoever loads them."""

    def find_spec(self, name, path=None, target=None):
        """Answer for the packages; their modules are out of reach without them."""
        return ModuleSpec(name, self) if name in ("keras", "tensorflow", "tf_keras", "scikeras") else None

    def create_module(self, spec):
        """Fail, and not with an ImportError, which may be taken for a library that is not there."""
        pytest.fail(
            f"{spec.name} was imported in the fast run: name the file in KERAS of tests/without_keras.py, "
            "or mark the test pytest.mark.keras"
        )

    def exec_module(self, module):
        """Never reached."""
