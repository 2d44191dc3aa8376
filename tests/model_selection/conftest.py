"""Worlds that the tests of the tracks share."""

import numpy as np
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


@pytest.fixture(scope="session")
def data_for(lines):
    """Give a track's name, get a world that has what it asks of one: images, levels, positions."""
    options = {"antialias": True, "subpixel": True, "return_positions": True, "random_state": 0}
    own = {
        "color-shift": make_lines(
            n_per_class=20, colors=("red", "blue", "green"), return_positions=True, random_state=0
        ),
        "angles": make_lines(n_per_class=20, angles=np.arange(0, 180, 7.5), **options),
        "extrapolation": make_lines(
            n_per_class=36, lengths=(5, 8, 11), widths=(1, 2, 3), angles=range(0, 180, 30), **options
        ),
    }
    return lambda name: own.get(name, lines)
