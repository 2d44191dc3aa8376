"""Files that 0.2.0 wrote, of a small net of each class, and what it answered."""

from pathlib import Path

import numpy as np
import pytest

import lineclf
from lineclf.datasets import make_lines
from tests.estimators.conftest import ESTIMATORS

DATA = Path(__file__).parents[1] / "data"


@pytest.mark.usefixtures("eagerly")
@pytest.mark.parametrize("cls", ESTIMATORS, ids=lambda cls: cls.__name__)
def test_they_load_answer_as_before_and_train_on(cls, tmp_path):
    world = {"image_size": 10, "lengths": (4, 7), "widths": (1, 2), "angles": (0, 45, 90, 135)}
    X, y = make_lines(n_per_class=4, **world, random_state=0)  # what they were trained on
    clf = cls.load(DATA / f"{cls.__name__}-0.2.0.keras")
    with np.load(DATA / "probabilities-0.2.0.npz") as expected:
        np.testing.assert_allclose(np.hstack(clf.predict_proba(X[::8])), expected[cls.__name__], atol=1e-4)
    assert (clf.n_epochs_, clf.heads_, clf.revision) == (2, ["length", "width", "angle", "color"], cls.revision)
    clf.partial_fit(X, y).save(tmp_path / "net.keras")
    again = getattr(lineclf, cls.__name__).load(tmp_path / "net.keras")
    np.testing.assert_array_equal(again.predict(X), clf.predict(X))
