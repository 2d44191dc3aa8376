"""Small data and small nets: a fit takes a second or two."""

import pytest

from lineclf import CompactCNNClassifier, MatchedFilterClassifier, MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.datasets import make_lines

SMALL = {"epochs": 2, "batch_size": 32, "random_state": 0}

SMALLER = {
    MultiHeadLineClassifier: {"filters": 4},
    OneLayerCNNClassifier: {"filters": 4, "units": 8, "kernel_size": 3},
    CompactCNNClassifier: {"filters": 4, "max_shift": 1, "depth": 1},
    MatchedFilterClassifier: {"template_size": 9, "min_steps": 1},
}
ESTIMATORS = list(SMALLER)
CNNS = [cls for cls in ESTIMATORS if cls is not MatchedFilterClassifier]


def small_net(cls):
    """Factory of a small, unfitted estimator of a class."""
    return lambda **kwargs: cls(**{**SMALL, **SMALLER[cls], **kwargs})


@pytest.fixture(scope="module", params=ESTIMATORS, ids=lambda cls: cls.__name__)
def small(request):
    """Factory of a small, unfitted estimator of each class."""
    return small_net(request.param)


@pytest.fixture(scope="module", params=CNNS, ids=lambda cls: cls.__name__)
def small_cnn(request):
    """The same, of those that are made of convolutions."""
    return small_net(request.param)


@pytest.fixture(scope="session")
def lines():
    """Images (320, 10, 10, 3) of a small world: 2 lengths, 2 widths, 4 angles, 2 colours."""
    return make_lines(
        n_per_class=10, image_size=10, lengths=(4, 7), widths=(1, 2), angles=(0, 45, 90, 135), random_state=0
    )
