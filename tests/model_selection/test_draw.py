"""Lines drawn anew by each seed and parted by a track."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from lineclf.model_selection import TRACKS, TrackDraw, audit_split

NEEDS_OTHER_LEVELS = ("extrapolation", "color-shift")  # than the report's


@pytest.mark.parametrize("track", [name for name in TRACKS if name not in NEEDS_OTHER_LEVELS])
def test_a_seed_fixes_both_sides(track):
    draw = TrackDraw(track, n_per_class=8)
    one, again, other = draw(1), draw(1), draw(2)
    for name in ("X", "y", "X_test", "y_test"):
        np.testing.assert_array_equal(one[name], again[name])
    assert one.X.shape != other.X.shape or (one.X != other.X).any()
    assert len(one.X) == len(one.y)
    assert len(one.X_test) == len(one.y_test) > 0
    assert one.labels["color"] == ["red", "blue"]


@pytest.mark.parametrize("track", ["distinct", "halves", "composition"])
def test_further_images_are_tested_alone_and_leak_nothing(track):
    few, many = TrackDraw(track, n_per_class=8)(0), TrackDraw(track, n_per_class=8, n_more=12)(0)
    assert len(many.X) == pytest.approx(len(few.X), rel=0.1)
    assert len(many.X_test) > 1.5 * len(few.X_test)
    assert audit_split(many.X, many.y, many.X_test, many.y_test).leak == 0


def test_flat_images_are_the_same():
    whole, flat = TrackDraw(n_per_class=4)(0), TrackDraw(n_per_class=4, flat=True)(0)
    np.testing.assert_array_equal(whole.X.reshape(len(whole.X), -1), flat.X)


def test_it_has_parameters_as_estimators_have():
    draw = TrackDraw("halves", n_per_class=4, noise=0.1, track__direction="lower")
    assert repr(draw) == "TrackDraw(track='halves', n_per_class=4, noise=0.1, track__direction='lower')"
    for copy in (clone(draw), pickle.loads(pickle.dumps(draw))):
        assert copy.get_params() == draw.get_params()
    with pytest.raises(ValueError, match=r"options must be some of track, n_per_class, .* got 'foo'"):
        draw.set_params(foo=1)
    assert "foo" not in draw.get_params()  # as it was
    assert draw.set_params(noise=0.2).get_params()["noise"] == 0.2
    other = draw.set_params(track="distinct")
    assert "track__direction" not in other.get_params()
    assert other.get_params()["track__test_size"] == 0.25
    np.testing.assert_array_equal(
        TrackDraw("halves", n_per_class=4)(0, track="replica").y, TrackDraw("replica", n_per_class=4)(0).y
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"track": "halfs"}, "track must be one of .* Did you mean 'halves'"),
        ({"nose": 0.1}, "options must be some of .* got 'nose'"),
        ({"n_per_class": 0}, "n_per_class must be an integer from 1"),
        ({"n_more": -1}, "n_more must be an integer from 0"),
        ({"track": "few-shot", "n_more": 3}, "n_more must be 0 with track='few-shot'"),
        ({"noise": -1}, "noise"),
    ],
)
def test_refusals(options, message):
    with pytest.raises(ValueError, match=message):
        TrackDraw(**{"n_per_class": 4, **options})(0)
