"""The nearest image against scikit-learn's."""

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier

from lineclf.baselines import NearestClassifier
from lineclf.datasets import make_lines


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_the_nearest_image_is_sklearns(noise):
    options = {"noise": noise, "dtype": "float32"}
    X, y = make_lines(n_per_class=4, random_state=0, **options)
    fresh, _ = make_lines(n_per_class=2, random_state=1, **options)
    X, fresh = X.reshape(len(X), -1), fresh.reshape(len(fresh), -1)
    theirs = KNeighborsClassifier(n_neighbors=1, algorithm="brute").fit(X, y)
    ours = NearestClassifier().fit(X, y)
    distances = np.linalg.norm(fresh[:, None] - X[None], axis=-1)
    alone = np.isclose(distances, distances.min(axis=1, keepdims=True)).sum(axis=1) == 1  # else either may be named
    assert alone.mean() > 0.3
    np.testing.assert_array_equal(ours.predict(fresh)[alone], theirs.predict(fresh)[alone])
    single = NearestClassifier().fit(X, y[:, 2])
    np.testing.assert_array_equal(single.predict(fresh), ours.predict(fresh)[:, 2])
    np.testing.assert_array_equal(single.classes_, range(12))
    with pytest.raises(ValueError, match=r"y must have a row of labels for each of the 384 images; got shape \(383,\)"):
        NearestClassifier().fit(X, y[1:, 0])
    for known, asked in ((np.uint8, float), (np.float32, np.uint8)):
        with pytest.raises(ValueError, match=f"X must be {np.dtype(known)} as in fit; got {np.dtype(asked)}"):
            NearestClassifier().fit(X.astype(known), y).predict(X.astype(asked))
