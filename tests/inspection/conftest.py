"""Small trained nets of each kind, and the images they were trained on."""

import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler

from lineclf import CompactCNNClassifier, MatchedFilterClassifier, MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.datasets import make_lines

SMALL = {"epochs": 3, "filters": 6, "batch_size": 32, "random_state": 0}


@pytest.fixture(scope="session")
def lines():
    """Images (320, 12, 12, 3): 2 lengths, 2 widths, 4 angles, 2 colours."""
    return make_lines(
        n_per_class=10, image_size=12, lengths=(4, 9), widths=(1, 2), angles=(0, 45, 90, 135), random_state=0
    )


@pytest.fixture(scope="session")
def four_heads(lines):
    return MultiHeadLineClassifier(**SMALL).fit(*lines)


@pytest.fixture(scope="session")
def combinations(lines):
    """A net whose classes are combinations of the four labels."""
    return CompactCNNClassifier(**SMALL).fit(*lines)


@pytest.fixture(scope="session")
def one_target(lines):
    """A net with a single target, whose labels are strings."""
    X, y = lines
    names = [f"{15 * angle}°" for angle in y[:, 2]]
    return OneLayerCNNClassifier(**SMALL, units=8, kernel_size=3).fit(X, names)


@pytest.fixture(scope="session")
def matched_filters(lines):
    """A net without a ReLU, whose maps are log-probabilities."""
    return MatchedFilterClassifier(template_size=9, min_steps=20, max_steps=20, random_state=0).fit(*lines)


@pytest.fixture(scope="session")
def pipeline(four_heads, lines):
    """A fitted pipeline, as one of fitted steps is."""
    X = lines[0].reshape(len(lines[0]), -1)
    return make_pipeline(MinMaxScaler().fit(X), four_heads)


@pytest.fixture(params=["four_heads", "combinations", "one_target", "matched_filters", "pipeline"])
def estimator(request):
    return request.getfixturevalue(request.param)
