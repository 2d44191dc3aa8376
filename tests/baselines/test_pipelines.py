"""Classifiers made of scikit-learn's parts, on rows."""

import pytest

from lineclf.baselines import fft_neighbor, logistic_regression, pixel_neighbor


@pytest.mark.parametrize("make", [pixel_neighbor, fft_neighbor, logistic_regression])
def test_pipelines_take_images_as_rows_and_answer_with_four_columns(lines, make):
    X, y = lines
    rows = X.reshape(len(X), -1)
    predicted = make().fit(rows, y).predict(rows)
    assert predicted.shape == y.shape
    assert (predicted == y).mean() > 0.9  # it has seen them
