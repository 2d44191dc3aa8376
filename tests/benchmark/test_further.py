"""Further test sets of one fit, with classifiers whose answers are known."""

import numpy as np
import pytest

from lineclf.baselines import MomentsRuleClassifier
from lineclf.benchmark._further import NEW_COLORS, color_shift, corruptions, recolor
from lineclf.datasets import CORRUPTIONS, TARGET_NAMES, make_lines
from lineclf.runs._evaluate import Split


class Oracle:
    """Knows a batch by heart: right on rows whose pixels it has seen, else the first levels."""

    def __init__(self, X, y):
        self.known = {image.tobytes(): labels for image, labels in zip(X, y, strict=True)}

    def fit(self, X, y):
        """Nothing to learn."""

    def predict(self, X):
        """What it knows."""
        return np.array([self.known.get(row.tobytes(), np.zeros(4, int)) for row in X])


class Unsure(Oracle):
    """Sure of a colour where it knows the image."""

    def predict_proba(self, X):
        """0.9 or 0.5 for the first level."""
        sure = np.array([0.9 if row.tobytes() in self.known else 0.5 for row in X])
        return [None, None, None, np.column_stack([sure, 1 - sure])]


@pytest.fixture(scope="module")
def split():
    X, y = make_lines(n_per_class=2, random_state=0)
    return Split("lines", X, y, X, y, dict(enumerate(TARGET_NAMES)), {})


def test_corruptions_count_the_errors_of_each(split):
    found = corruptions(Oracle(split.X_test, split.y_test), split, 0)
    errors = [found[f"error_{name}_{severity}"] for name in CORRUPTIONS for severity in range(1, 6)]
    assert found["error_clean"] == 0
    assert found["error"] == pytest.approx(np.mean(errors))
    first_levels = (split.y_test == 0).all(axis=1).mean()
    assert found["error_gaussian-noise_5"] == pytest.approx(1 - first_levels)  # every image changed
    assert found == corruptions(Oracle(split.X_test, split.y_test), split, 0)
    assert found["n_test"] == len(split.y_test)


def test_new_colors_are_those_that_lines_are_drawn_in(split):
    for color, rgb in {"green": (0, 255, 0), "yellow": (255, 255, 0), "white": (255, 255, 255)}.items():
        red, y = make_lines(n_per_class=1, colors=["red"], random_state=0)
        drawn, same = make_lines(n_per_class=1, colors=[color], random_state=0)
        np.testing.assert_array_equal(y, same)
        np.testing.assert_array_equal(recolor(red, rgb), drawn)


def test_a_rule_that_looks_at_shape_alone_reads_every_color(split):
    found = color_shift(MomentsRuleClassifier().fit(split.X_train, split.y_train), split, 0)
    assert found["accuracy"] == found["accuracy_known"] == 1
    assert all(found[f"accuracy_{color}_{head}"] == 1 for color in NEW_COLORS for head in ("length", "width", "angle"))
    assert not any(name.startswith(("auroc", "fpr95")) for name in found)


def test_confidence_tells_known_from_new(split):
    found = color_shift(Unsure(split.X_test, split.y_test), split, 0)
    assert (found["auroc"], found["fpr95"], found["accuracy_known"]) == (1, 0, 1)
    assert found["accuracy_green"] == pytest.approx((split.y_test[:, :3] == 0).all(axis=1).mean())
