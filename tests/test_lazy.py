"""Names that load when they are used are seen before, and a wrong one is told with the near ones."""

from importlib import import_module

import pytest


@pytest.mark.parametrize("package", ["runs", "reporting", "ablation"])
def test_every_public_name_is_listed_and_resolves(package):
    module = import_module(f"lineclf.{package}")
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is not None


def test_a_wrong_name_is_told_with_a_near_one():
    with pytest.raises(
        AttributeError, match=r"'lineclf.runs' has no attribute 'run_studie'; did you mean 'run_study'\?"
    ):
        import_module("lineclf.runs").run_studie  # noqa: B018
