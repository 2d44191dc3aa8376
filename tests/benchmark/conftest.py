"""Studies here run by their command line, without pictures of every trial."""

from tests.experiments.conftest import _no_pictures  # noqa: F401
