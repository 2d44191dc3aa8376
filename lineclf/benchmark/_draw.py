"""Both sides of a benchmark's track at a seed: of the world of lines, or of other drawn data."""

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
from sklearn.dummy import DummyClassifier

from lineclf._labels import head_names, read_target
from lineclf.datasets import FACTORS, TARGET_NAMES, make_lines
from lineclf.model_selection import get_track
from lineclf.model_selection._track import Track
from lineclf.runs._evaluate import Split, audit_facts
from lineclf.runs._identity import child_seed
from lineclf.trials._data import DrawnData, seeded
from lineclf.trials._levels import label

__all__ = ["draw"]

_N_LEVELS = dict(zip(FACTORS, map(len, TARGET_NAMES), strict=True))


@lru_cache(maxsize=1)
def draw(arena, n_per_class, seed):
    """Draw both sides of each fold that a seed trains on.

    Parameters
    ----------
    arena : Arena
    n_per_class : int or None
        Images drawn per class of the default world; None for the track's full size.
    seed : int

    Returns
    -------
    list of Split
    """
    make = _of_lines if arena.draw is None else _drawn
    splits = [_without_held_out(each, arena.hold_out, seed) for each in make(arena, n_per_class, seed)]
    for split in splits:
        split.facts.update(audit_facts(split, distances=True))
    return splits


def _chosen(arena, folds, seed):
    """Number and rows of the folds that a seed trains on."""
    return list(enumerate(folds)) if arena.folds == "all" else [(seed % len(folds), folds[seed % len(folds)])]


def _of_lines(arena, n_per_class, seed):
    """Folds of the world of lines."""
    world = dict(arena.world)
    n = _images_a_class(arena, n_per_class)
    X, y, positions = make_lines(
        n,
        distinct=arena.distinct,
        return_positions=True,
        random_state=child_seed(seed, "data"),
        **world,
    )
    if isinstance(arena.split, str):
        track = get_track(arena.split, random_state=child_seed(seed, "split"), **arena.options)
    else:
        track = seeded(arena.split, seed)
    groups = positions if isinstance(track, Track) else None  # others would take them for what groups rows
    for fold, (train, test) in _chosen(arena, list(track.split(X, y, groups)), seed):
        yield Split(
            name=f"lines {arena.name}",
            X_train=X[train],
            y_train=y[train],
            X_test=X[test],
            y_test=y[test],
            labels=_labels(world),
            source={"function": "lineclf.datasets.make_lines", "n_per_class": n, "seed": seed, **world},
            facts={"track": arena.name, "fold": fold},
            levels=_numbers(world) if arena.units else None,
        )


def _drawn(arena, n_per_class, seed):
    """Folds of data from the track's own `draw`, as many images as it gives."""
    data = DrawnData(DummyClassifier(), arena.draw, arena.split)
    for fold, part in _chosen(arena, list(data.folds(seed, {}, {})), seed):
        cut = data.cut(DummyClassifier(), part)
        targets = [read_target(y) for y in (cut.y_train, cut.y_test)]
        names = head_names(targets[0])
        levels = [
            np.unique(np.concatenate(columns)) for columns in zip(*(each.columns for each in targets), strict=True)
        ]
        y_train, y_test = (
            np.column_stack(
                [np.searchsorted(known, column) for known, column in zip(levels, each.columns, strict=True)]
            )
            for each in targets
        )
        single = len(names) == 1
        sides = [np.asarray(side) for side in (cut.X_train, cut.X_test)]
        if sides[0].dtype.kind not in "biuf":
            raise ValueError(f"draw of track {arena.name!r} must return X of numbers; got {sides[0].dtype}")
        yield Split(
            name=arena.name,
            X_train=sides[0],
            y_train=y_train[:, 0] if single else y_train,
            X_test=sides[1],
            y_test=y_test[:, 0] if single else y_test,
            labels={name: [str(level) for level in known] for name, known in zip(names, levels, strict=True)},
            source={"draw": label(arena.draw), "seed": seed},
            facts={"track": arena.name, "fold": fold},
        )


def _without_held_out(split, share, seed):
    """The same split with a share of the training side put aside."""
    if not share:
        return split
    order = np.random.default_rng(child_seed(seed, "hold out")).permutation(len(split.y_train))
    train, kept = np.split(order, [len(order) - round(share * len(order))])
    X, y = split.X_train, split.y_train
    return replace(split, X_train=X[train], y_train=y[train], held_out=(X[kept], y[kept]))


def _images_a_class(arena, n_per_class):
    if n_per_class is None:
        return arena.n_per_class
    counts = (
        len(arena.world[f"{factor}s"]) if f"{factor}s" in arena.world else _N_LEVELS[factor] for factor in FACTORS
    )
    scaled = max(1, round(n_per_class * math.prod(_N_LEVELS.values()) / math.prod(counts)))
    return scaled if arena.n_per_class is None else min(scaled, arena.n_per_class)


def _labels(world):
    """Names of the levels of each factor in a world."""
    names = dict(zip(FACTORS, TARGET_NAMES, strict=True))
    for factor in FACTORS:
        if f"{factor}s" in world:
            names[factor] = [str(level) for level in world[f"{factor}s"]]
    return names


def _numbers(world):
    """Levels of each factor as numbers; levels of colour are not numbers."""
    return {factor: None if factor == "color" else list(world[f"{factor}s"]) for factor in FACTORS}
