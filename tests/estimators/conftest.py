"""Small data and small nets: a fit takes a second, or a tenth where a net of its kind has been traced before."""

from collections import OrderedDict
from contextlib import contextmanager

import pytest

from lineclf import CompactCNNClassifier, MatchedFilterClassifier, MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.datasets import make_lines
from lineclf.estimators import _twins
from tests.conftest import untraced

SMALL = {"epochs": 1, "batch_size": 64, "random_state": 0}

SMALLER = {
    MultiHeadLineClassifier: {"filters": 4},
    OneLayerCNNClassifier: {"filters": 2, "units": 4, "kernel_size": 3},
    CompactCNNClassifier: {"filters": 4, "max_shift": 1, "depth": 1},
    MatchedFilterClassifier: {"template_size": 9, "min_steps": 1},
}
ESTIMATORS = list(SMALLER)
CNNS = [cls for cls in ESTIMATORS if cls is not MatchedFilterClassifier]
ENCODERS = [MultiHeadLineClassifier, OneLayerCNNClassifier]  # one class for each way to encode labels


@pytest.fixture(scope="module", autouse=True)
def _many_twins():
    """Keep as many traced nets on every machine, however little memory it has."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LINECLF_TWINS", "16")
        yield


@contextmanager
def apart():
    """Nets that are not traced, with twins of their own: theirs must not take the place of those that are traced."""
    with pytest.MonkeyPatch.context() as patch, untraced():
        patch.setattr(_twins, "_twins", OrderedDict())
        yield


@pytest.fixture
def eagerly():
    """Nets that are not traced: for a few steps of each net, where what it learns is not the point."""
    with apart():
        yield


def small_net(cls):
    """Factory of a small, unfitted estimator of a class."""
    return lambda **kwargs: cls(**{**SMALL, **SMALLER[cls], **kwargs})


@pytest.fixture(scope="module", params=ESTIMATORS, ids=lambda cls: cls.__name__)
def small(request):
    """Factory of a small, unfitted estimator of each class: for what is a promise of all of them."""
    return small_net(request.param)


@pytest.fixture(scope="module", params=CNNS, ids=lambda cls: cls.__name__)
def small_cnn(request):
    """The same, of those that are made of convolutions."""
    return small_net(request.param)


@pytest.fixture(scope="module", params=ENCODERS, ids=lambda cls: cls.__name__)
def small_encoder(request):
    """The same, of one class for each way to encode labels: for what hangs on that alone."""
    return small_net(request.param)


@pytest.fixture(scope="module")
def tiny():
    """The same, of the class that is trained fastest: for what all classes have from their base."""
    return small_net(OneLayerCNNClassifier)


@pytest.fixture(scope="module")
def fitted(small, lines):
    """A fitted estimator of each class, to be left as it is."""
    with apart():
        return small().fit(*lines)


@pytest.fixture(scope="session")
def lines():
    """Images (128, 10, 10, 3) of a small world: 2 lengths, 2 widths, 4 angles, 2 colours."""
    return make_lines(
        n_per_class=4, image_size=10, lengths=(4, 7), widths=(1, 2), angles=(0, 45, 90, 135), random_state=0
    )
