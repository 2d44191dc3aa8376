"""Classifiers made of scikit-learn's parts, on rows."""

import numpy as np
import pytest

from lineclf.baselines import fft_neighbor, gradient_boosting, logistic_regression, pixel_neighbor


def few_trees():
    return gradient_boosting(n_components=20, max_iter=8, learning_rate=0.3, min_samples_leaf=2)


@pytest.mark.parametrize("make", [pixel_neighbor, fft_neighbor, logistic_regression, few_trees])
def test_pipelines_take_images_as_rows_and_answer_with_four_columns(lines, make):
    X, y = lines
    rows = X.reshape(len(X), -1)
    predicted = make().fit(rows, y).predict(rows)
    assert predicted.shape == y.shape
    assert (predicted == y).mean() > 0.9  # it has seen them


def test_boosting_takes_as_many_components_as_there_are(lines):
    X, y = lines
    few = np.r_[0:9, 60:69]
    model = few_trees().fit(X[few], y[few, 3])
    assert model[0].transform(X[few]).shape == (18, 18)
    assert model.predict_proba(X[few]).shape == (18, 2)
    shares = few_trees()[0].fit(X[few] / np.float32(255))
    np.testing.assert_allclose(shares.transform(X[few] / np.float32(255)), model[0].transform(X[few]), atol=1e-5)
