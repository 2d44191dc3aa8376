"""The rule by moments."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.model_selection import cross_val_score

from lineclf.baselines import MomentsRuleClassifier, measure_lines
from lineclf.datasets import make_lines
from lineclf.model_selection import get_track


def test_the_moments_rule_knows_every_clean_line_from_a_few():
    few = MomentsRuleClassifier().fit(*make_lines(n_per_class=1, random_state=0))
    X, y = make_lines(n_per_class=None, distinct=True, random_state=0)
    np.testing.assert_array_equal(few.predict(X), y)


@pytest.mark.parametrize("track", ["halves", "composition"])
def test_the_moments_rule_recombines(lines, track):
    X, y = lines
    assert cross_val_score(MomentsRuleClassifier(), X, y, cv=get_track(track)).min() == 1


@settings(max_examples=20)
@given(st.integers(8, 19), st.integers(1, 4), st.integers(0, 11))
def test_what_is_measured_is_what_was_drawn(length, width, step):
    options = {"lengths": [length], "widths": [width], "angles": [15 * step], "colors": ["green"]}
    X, _ = make_lines(4, antialias=True, random_state=0, **options)
    for values, truth, tolerance in zip(
        measure_lines(X),
        (length, width, (np.cos(np.pi * step / 6), np.sin(np.pi * step / 6)), (0, 1, 0)),
        (0.3, 0.8, 0.02, 0.5),  # a pixel that is partly covered widens the line a little
        strict=True,
    ):
        np.testing.assert_allclose(values, np.broadcast_to(truth, values.shape), atol=tolerance)


def test_labels_of_another_shape_are_refused(lines):
    X, y = lines
    with pytest.raises(ValueError, match="y must have the four columns length, width, angle, color; got 1"):
        MomentsRuleClassifier().fit(X, y[:, 0])
    with pytest.raises(ValueError, match="y must label each of the 576 images; got 575"):
        MomentsRuleClassifier().fit(X, y[1:])
