"""Small data and small nets: a fit takes a second or two."""

import pytest

from lineclf import CompactCNNClassifier, MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.datasets import make_lines

SMALL = {"epochs": 2, "filters": 4, "batch_size": 32, "random_state": 0}


ESTIMATORS = [MultiHeadLineClassifier, OneLayerCNNClassifier, CompactCNNClassifier]


@pytest.fixture(params=ESTIMATORS, ids=lambda cls: cls.__name__)
def small(request):
    """Factory of a small, unfitted estimator of each class."""

    def make(**kwargs):
        if request.param is OneLayerCNNClassifier:
            kwargs = {"units": 8, "kernel_size": 3, **kwargs}
        if request.param is CompactCNNClassifier:
            kwargs = {"max_shift": 1, "depth": 1, **kwargs}
        return request.param(**{**SMALL, **kwargs})

    return make


@pytest.fixture(scope="session")
def lines():
    """Images (320, 10, 10, 3) of a small world: 2 lengths, 2 widths, 4 angles, 2 colours."""
    return make_lines(
        n_per_class=10, image_size=10, lengths=(4, 7), widths=(1, 2), angles=(0, 45, 90, 135), random_state=0
    )
