"""Known from new by a confidence: against counting all pairs and all thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.metrics import novelty_scores

confidences = st.lists(st.integers(0, 20).map(lambda v: v / 20), min_size=1, max_size=60)


@given(confidences, confidences)
def test_agrees_with_counting(known, unseen):
    found = novelty_scores(known, unseen)
    pairs = [(a > b) + (a == b) / 2 for a in known for b in unseen]
    assert found.auroc == pytest.approx(np.mean(pairs))
    enough = [t for t in known if sum(v >= t for v in known) >= 0.95 * len(known)]
    assert found.fpr95 == pytest.approx(np.mean([v >= max(enough) for v in unseen]))


@pytest.mark.parametrize(
    ("known", "unseen", "name"), [([], [1], "known"), ([1], [[1]], "unseen"), ([np.nan], [1], "known")]
)
def test_bad_confidences_are_named(known, unseen, name):
    with pytest.raises(ValueError, match=f"{name} must be at least one finite number"):
        novelty_scores(known, unseen)
