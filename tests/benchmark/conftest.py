"""Studies here run by their command line, without pictures of every trial."""

from tests.runs.conftest import _blank_pictures, _no_pictures  # noqa: F401
