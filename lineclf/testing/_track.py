"""The contract of a track: a cross-validator, or a track that brings its data."""

import copy
from dataclasses import replace
from inspect import signature
from numbers import Integral

import numpy as np
from sklearn.dummy import DummyClassifier

from lineclf.benchmark import Arena, Benchmark, Contestant
from lineclf.model_selection import TRACKS, get_track
from lineclf.model_selection._track import Track
from lineclf.runs import Profile, describe_sides, make_options
from lineclf.testing._promises import promise, untouched
from lineclf.trials._data import splitter_identity

__all__ = ["check_track"]

_SEEDS = range(5)


def check_track(track, *, X=None, y=None, groups=None):
    """Check that a track keeps its promises to its users, by splitting a small world of lines, or other data.

    Parameters
    ----------
    track : str, class, cross-validator or Arena
        A key of ``lineclf.model_selection.TRACKS``, the class of a track, an instance, or a benchmark's track with its
        data, for which two seeds are drawn and a classifier is run.
    X : array-like of shape (n, height, width, channels) or (n, n_features), optional
        Data to split; by default 768 images of lines. Not for an Arena.
    y : array-like of shape (n,) or (n, n_targets), optional
        Labels; by default length, width, angle and colour.
    groups : array-like, optional
        Groups of the rows for the track; by default the lines' positions, for a subclass of the package's tracks.

    Raises
    ------
    AssertionError
        If it does not; the message says which promise is broken.

    Notes
    -----
    The checks are, in this order: a class can be made without arguments, and stores arguments as they are given, so
    that its results can be told from others later; ``get_n_splits`` is the number of splits, at least one; sides are
    row numbers, none twice, none on both sides, neither side empty; data and global random states do not change; the
    same ``random_state`` gives the same splits, in a copy too, and another one gives others; rows of pixels are split
    like the same images. For an Arena: a benchmark accepts it; a seed draws the same data again, and another seed draws
    others; a classifier can be trained and scored on them.

    Examples
    --------
    >>> from sklearn.model_selection import StratifiedKFold
    >>> from lineclf.testing import check_track
    >>> check_track("halves")
    >>> check_track(StratifiedKFold(3), X=[[i] for i in range(12)], y=[0, 1] * 6)
    """
    if isinstance(track, Arena):
        _check_arena(track)
        return
    make = _maker(track)
    if X is None:
        from lineclf.datasets import make_lines

        X, y, positions = make_lines(8, return_positions=True, random_state=0)
        groups = positions if groups is None and isinstance(make(0), Track) else groups
    X, y = np.asarray(X), np.asarray(y)
    cv = make(0)
    _check_made(cv)
    splits = _check_sides(cv, X, y, groups)
    assert _same(splits, _split(cv, X, y, groups)), "a second split with the same random_state must be the same"
    assert _same(splits, _split(make(0), X, y, groups)), "the same random_state must give the same splits"
    assert _same(splits, _split(copy.deepcopy(cv), X, y, groups)), "a copy must give the same splits"
    if _is_seeded(cv):
        others = [_split(make(seed), X, y, groups) for seed in _SEEDS]
        assert not all(_same(splits, each) for each in others), (
            f"random_state must decide something: {len(_SEEDS)} seeds give the same splits; leave it out if it does not"
        )
    flat = _split(cv, X.reshape(len(X), -1), y, groups)
    assert _same(splits, flat), "rows of pixels must be split as the same images are"


def _maker(track):
    """Function of a seed that makes the track."""
    if isinstance(track, str):
        with promise(f"track {track!r} must be in TRACKS, and be made without arguments"):
            get_track(track)
        track = TRACKS[track]
    if isinstance(track, type):
        with promise(f"{track.__name__} must be made without arguments"):
            track()
        takes = "random_state" in signature(track).parameters
        return lambda seed: track(random_state=seed) if takes else track()
    for name in ("split", "get_n_splits"):
        assert callable(getattr(track, name, None)), f"a track must have {name}(); got {track!r}"

    def made(seed):
        cv = copy.deepcopy(track)
        if _is_seeded(cv):
            cv.random_state = seed
        return cv

    return made


def _is_seeded(cv):
    return hasattr(cv, "random_state") and getattr(cv, "shuffle", True)


def _check_made(cv):
    for name in ("split", "get_n_splits"):
        assert callable(getattr(cv, name, None)), f"a track must have {name}(); {type(cv).__name__} has none"
    kinds = {name: each.kind for name, each in signature(type(cv)).parameters.items()}
    lost = [n for n, kind in kinds.items() if kind not in (2, 4) and not hasattr(cv, n) and not hasattr(cv, "cvargs")]
    assert not lost, f"__init__ must store each argument under its name; it has no {', '.join(lost)}"
    with promise("arguments must be plain values, so that the track's results can be told from others' later"):
        splitter_identity(cv)


def _check_sides(cv, X, y, groups):
    with untouched(X=X, y=y, groups=groups):
        splits = _split(cv, X, y, groups)
        with promise("get_n_splits(X, y, groups) must say how many splits there are"):
            n = cv.get_n_splits(X, y, groups)
    assert isinstance(n, Integral) and int(n) >= 1, f"get_n_splits must be a whole number of at least 1; it gives {n!r}"
    assert n == len(splits), f"get_n_splits must be the number of splits: it gives {n}, and split {len(splits)}"
    for number, sides in enumerate(splits):
        for name, rows in zip(("training", "test"), sides, strict=True):
            what = f"the {name} side of split {number} must be"
            assert rows.ndim == 1 and rows.dtype.kind in "iu", f"{what} rows by number; it is {rows!r}"
            assert len(rows), f"{what} of some rows; it is empty"
            legal = rows.min() >= 0 and rows.max() < len(X)
            assert legal, f"{what} of rows from 0 to {len(X) - 1}; it has {rows.min()} to {rows.max()}"
            assert len(np.unique(rows)) == len(rows), f"{what} of different rows; it has some twice"
        both = np.intersect1d(*sides)
        assert not len(both), f"no row may be on both sides; in split {number} {len(both)} are, such as {both[:3]}"
    return splits


def _split(cv, X, y, groups):
    with promise("split(X, y, groups) must give pairs of training and test rows"):
        return [(np.asarray(train), np.asarray(test)) for train, test in cv.split(X, y, groups)]


def _same(splits, others):
    return len(splits) == len(others) and all(
        np.array_equal(a, b) for pair in zip(splits, others, strict=True) for a, b in zip(*pair, strict=True)
    )


def _check_arena(arena):
    from lineclf.benchmark._draw import draw

    n, arena = max(8, 2 * arena.at_least), replace(arena, tests=(), curve=None)  # these are the benchmark's
    with promise(f"a benchmark must take the track {arena.name!r}"):
        study = Benchmark(
            name="check",
            question="is it a track?",
            arenas=(arena,),
            contestants=(Contestant("dummy", DummyClassifier),),
            profiles={"quick": Profile(n_per_class=n, seeds=2)},
        )
        plan = study.plan(make_options(study, {"tracks": [arena.name], "models": ["dummy"]}))
    fresh = draw.__wrapped__  # past its cache
    with untouched(), promise(f"the track {arena.name!r} must draw and split data for a seed"):
        first, again, other = ([describe_sides(split) for split in fresh(arena, n, seed)] for seed in (0, 0, 1))
    for side in ("train", "test"):
        for fold in first:
            assert fold[side]["profile"]["n"], f"the {side} side of the track {arena.name!r} must not be empty"
    assert first == again, f"a seed must draw the same data again; the track {arena.name!r} draws others"
    digests = [[facts["digest"] for fold in folds for facts in fold.values()] for folds in (first, other)]
    assert digests[0] != digests[1], f"another seed must draw or split other data; the track {arena.name!r} does not"
    with promise(f"a classifier must be trained and scored on the track {arena.name!r}"):
        for key in plan.trials:
            value, _ = plan.run(key)
            assert np.isfinite(value), f"its score {arena.metric!r} is {value}"
