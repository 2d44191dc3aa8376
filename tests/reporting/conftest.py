"""The engine's working directories, for studies run by their command line."""

from tests.runs.conftest import _no_pictures, folder  # noqa: F401
