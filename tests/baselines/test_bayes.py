"""The classifier by Bayes' rule against the exact ceiling."""

import numpy as np
import pytest

from lineclf.baselines import BayesClassifier
from lineclf.datasets import make_lines
from lineclf.metrics import bayes_accuracy


def test_bayes_rule_scores_the_ceiling_and_its_probabilities_are_of_the_four_heads():
    X, y = make_lines(n_per_class=4, noise=0.7, dtype="float32", random_state=0)
    model = BayesClassifier(0.7).fit(X, y)
    ceiling = bayes_accuracy(0.7, n=960, random_state=1)["joint"]
    assert model.score(X, y) == pytest.approx(ceiling.accuracy, abs=0.08)
    proba = model.predict_proba(X.reshape(len(X), -1))
    assert [p.shape for p in proba] == [(384, len(levels)) for levels in model.classes_]
    for p in proba:
        np.testing.assert_allclose(p.sum(axis=1), 1)
