"""The engine's working directories, for studies run by their command line."""

from tests.experiments.conftest import _no_pictures, folder  # noqa: F401
