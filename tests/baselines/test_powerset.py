"""The label powerset against its classifier on the combinations' names."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import RidgeClassifier

from lineclf.baselines import LabelPowersetClassifier


@given(st.integers(0, 2**32 - 1), st.integers(2, 3))
@settings(max_examples=10)
def test_a_label_powerset_is_its_classifier_on_the_combinations(seed, n_labels):
    rng = np.random.default_rng(seed)
    X, y = rng.random((40, 3)), np.array(["a", "b", "c"])[rng.integers(0, n_labels, (40, 2))]
    names = np.array(["".join(row) for row in y])
    forest = RandomForestClassifier(5, random_state=0)
    powerset, plain = LabelPowersetClassifier(forest).fit(X, y), clone(forest).fit(X, names)
    assert ["".join(row) for row in powerset.predict(X)] == list(plain.predict(X))
    for column, (probabilities, labels) in enumerate(zip(powerset.predict_proba(X), powerset.classes_, strict=True)):
        for p, label in zip(probabilities.T, labels, strict=True):
            members = [name[column] == label for name in plain.classes_]
            np.testing.assert_allclose(p, plain.predict_proba(X)[:, members].sum(axis=1))


def test_a_label_powerset_has_the_probabilities_that_its_classifier_has():
    assert hasattr(LabelPowersetClassifier(RandomForestClassifier()), "predict_proba")
    assert not hasattr(LabelPowersetClassifier(RidgeClassifier()), "predict_proba")
    with pytest.raises(ValueError, match=r"y must have a column for each head; got shape \(3,\)"):
        LabelPowersetClassifier(RidgeClassifier()).fit(np.eye(3), [0, 1, 0])
