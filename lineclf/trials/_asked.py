"""Common options of ablations and comparisons: data, repetitions, identity. Checked before any training."""

import math
from functools import partial
from numbers import Integral, Real

import numpy as np

from lineclf._checks import check_fraction, is_number
from lineclf._words import fail
from lineclf.runs import load_estimator
from lineclf.trials._data import DrawnData, GivenData
from lineclf.trials._levels import identity
from lineclf.trials._metadata import route

__all__ = ["check_asked", "make_about", "make_data", "make_estimator", "repetitions"]


def check_asked(asked, stored):
    """Check the options that do not depend on others; return the random state as a number.

    Parameters
    ----------
    asked : object
        Object with the options as attributes, like an AblationCV.
    stored : bool
        Whether a later process continues it.

    Returns
    -------
    int
    """
    _check_seeds(asked.seeds)
    check_fraction("confidence", asked.confidence)
    if asked.max_time is not None and not (is_number(asked.max_time) and asked.max_time > 0):
        raise fail("max_time", "a number of seconds > 0, or None", asked.max_time)
    if asked.n_jobs is not None and (not isinstance(asked.n_jobs, Integral) or asked.n_jobs == 0):
        raise fail("n_jobs", "a number of processes, -1 for all cores, or None", asked.n_jobs)
    for name in ("cluster", "storage", "study_name", "tracking_uri"):
        value = getattr(asked, name)
        if value is not None and (not isinstance(value, str) or not value):
            raise fail(name, "a text, or None", value)
    is_nan = isinstance(asked.error_score, Real) and math.isnan(asked.error_score)
    if not is_nan and asked.error_score != "raise":  # a score that nobody measured would be compared
        raise fail("error_score", "'raise' or np.nan", asked.error_score)
    if not isinstance(asked.verbose, Integral):
        raise fail("verbose", "0, or 1 for a progress bar", asked.verbose)
    if asked.draw is not None and not callable(asked.draw):
        raise fail("draw", "a function draw(random_state, …) that returns (X, y)", asked.draw)
    if asked.random_state is None:
        if stored:
            raise ValueError("random_state must be a number with storage=, which cannot continue without one; got None")
        return int(np.random.default_rng().integers(2**31))
    if not isinstance(asked.random_state, Integral) or isinstance(asked.random_state, bool):
        raise fail("random_state", "a whole number, or None", asked.random_state)
    return int(asked.random_state)


def _check_seeds(seeds):
    """Raise ValueError unless it is a number, or a pair of numbers."""
    ends = seeds if isinstance(seeds, tuple) and len(seeds) == 2 else (seeds, seeds)
    if (
        not all(isinstance(each, Integral) and not isinstance(each, bool) for each in ends)
        or not 2 <= ends[0] <= ends[1]
    ):
        raise fail("seeds", "a number ≥ 2, or a pair (low, high) with 2 ≤ low ≤ high", seeds)


def make_estimator(given, name="estimator"):
    """Return an estimator, given as object or import path; ValueError that names `name` if it is not an estimator."""
    if isinstance(given, str) and ":" not in given:
        raise ValueError(f"{name} must be an estimator or its import path, package.module:Class; got {given!r}")
    base = load_estimator(given, {}) if isinstance(given, str) else given
    if isinstance(base, type) or not hasattr(base, "fit") or not hasattr(base, "get_params"):
        raise ValueError(
            f"{name} must be a scikit-learn estimator, with fit and get_params, or the import path of one, "
            f"package.module:Class; got {given!r}"
        )
    return base


def make_data(asked, base, X, y, groups, fit_params):
    """Return the data of all trials: the given data, or those that `draw` makes."""
    if asked.draw is None:
        if X is None:
            raise ValueError("X must be given to fit, unless draw= makes the data; got None")
        return GivenData(base, X, y, groups, asked.cv, route(base, asked.scoring, asked.cv, groups, fit_params))
    given = {name: value for name, value in {"X": X, "y": y, "groups": groups}.items() if value is not None}
    given |= fit_params
    if given:
        raise ValueError(
            f"draw makes the data, so fit takes none; got {', '.join(given)}. Leave draw out to compare on one "
            "sample, or have draw return sample_weight in a Bunch"
        )
    return DrawnData(base, asked.draw, asked.cv)


def repetitions(asked, data, estimators):
    """Return the numbers of the repetitions: one if all would be the same, because nothing is random.

    Returns
    -------
    dict
        ``seeds``, a list; and ``low``, the number of seeds from which on they continue only for open rows, or None.
    """
    low, high = asked.seeds if isinstance(asked.seeds, tuple) else (None, asked.seeds)
    if data.kind != "fixed":
        return {"seeds": list(range(high)), "low": low}
    is_random = any(name.split("__")[-1] == "random_state" for part in estimators for name in part.get_params())
    if data.n_splits() < 2:
        if not is_random:
            raise ValueError(
                f"cv must give two folds or more where no seed changes anything; got one by {asked.cv!r}, and "
                "estimators without a random_state"
            )
        data.kind = "split"
        return {"seeds": list(range(high)), "low": low}
    return {"seeds": list(range((low or high) if is_random else 1)), "low": None}  # more do not narrow an interval


def make_about(data, scores, random_state, stored, *, levels, **parts):
    """Return the parts of the study's question; ValueError if a part cannot be identified later.

    Levels need an identity as well, but each trial has its own.
    """
    tells = {name: partial(identity, part) for name, part in parts.items()}
    tells |= {"levels": partial(identity, list(levels)), "scoring": scores.identity}
    about: dict = {"random_state": random_state}
    for name, tell in tells.items():
        try:
            about[name] = tell()
        except TypeError as error:
            if stored:
                raise ValueError(f"storage cannot keep this study: {name}: {error}") from None
            about[name] = None
    try:
        about |= data.identity()
    except TypeError as error:
        if stored:
            raise ValueError(f"storage cannot keep this study: {error}") from None
    del about["levels"]
    return about
