"""Worlds that the tests of the tracks share."""

import pytest

from lineclf.datasets import make_lines


@pytest.fixture(scope="session")
def lines():
    """Forty draws of each of the 96 classes: images, levels, positions."""
    return make_lines(n_per_class=40, return_positions=True, random_state=0)


@pytest.fixture(scope="session")
def report():
    """The report's size, 1,000 draws a class: images, levels, positions."""
    return make_lines(n_per_class=1000, return_positions=True, random_state=0)


@pytest.fixture(scope="session")
def every_line():
    """Each distinct image of the default world once: images, levels, positions."""
    return make_lines(n_per_class=None, distinct=True, return_positions=True, random_state=0)
