"""Labels are names: no estimator reads their order, so other names leave every score as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineclf import CompactCNNClassifier, MatchedFilterClassifier, MultiHeadLineClassifier, OneLayerCNNClassifier
from lineclf.baselines import MomentsRuleClassifier, fft_neighbor, logistic_regression, pixel_neighbor
from lineclf.datasets import make_lines
from lineclf.estimators._line_shapes import rank_and_turn
from tests.estimators.conftest import small_net

FACTORS = ("length", "width", "angle", "color")
LEARNING = {  # enough to learn the small world
    MultiHeadLineClassifier: {"epochs": 40, "filters": 8, "dropout": 0.0, "learning_rate": 5e-3},
    OneLayerCNNClassifier: {"epochs": 40, "filters": 8, "units": 32, "learning_rate": 5e-3},
    CompactCNNClassifier: {"epochs": 80, "filters": 8, "learning_rate": 1e-2},
    MatchedFilterClassifier: {"min_steps": 100},
}
BASELINES = [MomentsRuleClassifier, pixel_neighbor, fft_neighbor, logistic_regression]


def renamed(y, seed=0):
    """Labels of each head under other numbers, and what gives the former numbers back."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(column.max() + 1) for column in y.T]
    orders[0], orders[1] = np.array([1, 0]), np.array([1, 0])  # of two levels chance may change nothing
    return np.column_stack([order[column] for order, column in zip(orders, y.T, strict=True)]), orders


@pytest.mark.parametrize("cls", LEARNING, ids=lambda cls: cls.__name__)
def test_a_nets_score_does_not_hang_on_the_order_of_labels(cls, lines):
    X, y = lines
    make = small_net(cls)
    scores = [make(batch_size=32, **LEARNING[cls]).fit(X, labels).score(X, labels) for labels in (y, renamed(y)[0])]
    assert min(scores) > 0.7
    assert abs(scores[0] - scores[1]) < 0.25


@pytest.mark.parametrize("make", BASELINES, ids=lambda make: make.__name__)
def test_a_rule_answers_the_same_under_other_names(make):
    X, y = make_lines(n_per_class=2, random_state=0)
    fresh, _ = make_lines(n_per_class=1, random_state=1)
    flat = [images.reshape(len(images), -1) for images in (X, fresh)]
    labels, orders = renamed(y)
    answers = [make().fit(flat[0], each).predict(flat[1]) for each in (y, labels)]
    expected = np.column_stack([order[column] for order, column in zip(orders, answers[0].T, strict=True)])
    assert np.mean((expected == answers[1]).all(axis=1)) > 0.99  # sums in another order round otherwise


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**31 - 1), st.sampled_from([0.0, 0.5]))
def test_directions_and_ranks_are_read_off_the_images(seed, noise):
    angles = [0, 20, 45, 75, 90, 120, 160]
    X, y = make_lines(n_per_class=30, angles=angles, noise=noise, dtype="float32", random_state=seed)
    labels, orders = renamed(y, seed)
    lengths, widths, found = rank_and_turn(X, FACTORS, labels, [2, 2, len(angles), 2])
    assert (lengths, widths) == ([1, 0], [1, 0])
    off = np.degrees(found)[orders[2]] - angles
    assert np.abs((off + 90) % 180 - 90).max() < 6


def test_of_what_does_not_vary_nothing_is_read():
    X, y = make_lines(n_per_class=4, random_state=0)
    assert rank_and_turn(X, ["color"], y[:, 3:], [2])[:2] == ([0], [0])
    lengths, widths, angles = rank_and_turn(
        np.zeros((4, 8, 8, 1), np.uint8), ["width"], np.array([[0], [1], [0], [1]]), [2]
    )
    assert (lengths, sorted(widths), angles.tolist()) == ([0], [0, 1], [0.0])
