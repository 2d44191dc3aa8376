"""Lines for the classifiers without a net."""

import pytest

from lineclf.datasets import make_lines


@pytest.fixture(scope="module")
def lines():
    return make_lines(n_per_class=6, random_state=0)
