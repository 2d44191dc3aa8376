"""The contract of tracks: this package's keep it, and each way to break it is told."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold

from lineclf.datasets import make_lines
from lineclf.defaults import BENCHMARK
from lineclf.model_selection import TRACKS, HalvesSplit, PositionSplit
from lineclf.testing import check_track
from tests.testing import tracks

OPTIONS = {"antialias": True, "subpixel": True}
WORLDS = {  # what some tracks ask of one
    "color-shift": {"n_per_class": 4, "colors": ("red", "blue", "green")},
    "angles": {"n_per_class": 4, "angles": np.arange(0, 180, 15), **OPTIONS},
    "extrapolation": {
        "n_per_class": 4,
        "lengths": (5, 8, 11),
        "widths": (1, 2, 3),
        "angles": range(0, 180, 30),
        **OPTIONS,
    },
}
KINDS = {(each.split, bool(each.world)): each for each in reversed(BENCHMARK.arenas)}  # one of each curve or noise


@pytest.mark.parametrize("name", TRACKS)
def test_tracks_of_the_package_pass(name):
    if name in WORLDS:
        X, y, positions = make_lines(return_positions=True, random_state=0, **WORLDS[name])
        check_track(name, X=X, y=y, groups=positions)
    else:
        check_track(name)


@pytest.mark.parametrize("arena", KINDS.values(), ids=lambda each: each.name)
def test_tracks_of_the_leaderboard_pass(arena):
    check_track(replace(arena, draw=partial(arena.draw, n_train=200, n_test=100)) if arena.draw else arena)


@pytest.mark.parametrize(
    "track",
    [HalvesSplit, PositionSplit(3), tracks.Thirds, tracks.Thirds(2), KFold(3), KFold(3, shuffle=True), tracks.GOOD],
)
def test_tracks_of_strangers_pass_in_every_form(track):
    check_track(track)


def test_other_data_may_be_given():
    X, y = tracks.rows(0)
    check_track(StratifiedKFold(4, shuffle=True), X=X, y=y)
    check_track(GroupKFold(3), X=X, y=y, groups=np.arange(60) // 7)


@pytest.mark.parametrize(
    ("track", "words"),
    [
        ("halfs", "track 'halfs' must be in TRACKS.*Did you mean 'halves'"),
        (3, r"a track must have split\(\); got 3"),
        (tracks.AsksForAShare, "AsksForAShare must be made without arguments.*share"),
        (tracks.HasNoNumber, r"a track must have get_n_splits\(\)"),
        (tracks.Forgets, "__init__ must store each argument under its name; it has no share"),
        (tracks.HasNoIdentity, "arguments must be plain values"),
        (tracks.CannotSplit, "split.* must give pairs of training and test rows; RuntimeError: not today"),
        (tracks.CountsInParts, "get_n_splits must be a whole number of at least 1; it gives 3.0"),
        (tracks.Miscounts, "get_n_splits must be the number of splits: it gives 4, and split 3"),
        (tracks.Masks, "the training side of split 0 must be rows by number"),
        (tracks.TestsNothing, "the test side of split 0 must be of some rows; it is empty"),
        (tracks.GoesBeyond, "the test side of split 0 must be of rows from 0 to 767; it has .* to 17"),
        (tracks.RepeatsRows, "the training side of split 0 must be of different rows"),
        (tracks.Leaks, "no row may be on both sides; in split 0 2 are"),
        (tracks.Relabels, "y must be left as it is"),
        (tracks.DrawsFromNumPy, "no global random state may be touched"),
        (tracks.HasNoSeed, "a second split with the same random_state must be the same"),
        (tracks.Counts, "a copy must give the same splits"),
        (tracks.IgnoresItsSeed, "random_state must decide something"),
        (tracks.LooksAtTheForm, "rows of pixels must be split as the same images are"),
        (tracks.AGAIN, "another seed must draw or split other data"),
        (tracks.NEVER_AGAIN, "a seed must draw the same data again"),
        (tracks.EMPTY, "the track 'empty' must draw and split data for a seed; RuntimeError: nothing there"),
        (tracks.NOT_LEGAL, "a benchmark must take the track 'not legal'; ValueError: split of track"),
        (tracks.NO_SCORE, "a classifier must be trained and scored on the track 'no score'; KeyError"),
    ],
)
def test_what_breaks_a_promise_is_told(track, words):
    with pytest.raises(AssertionError, match=words):
        check_track(track)
