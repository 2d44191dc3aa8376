"""The data of a trial: split from X and y by a splitter that the seed shuffles, or drawn anew by the seed."""

import copy
import inspect
from numbers import Integral
from typing import Any, NamedTuple

import joblib
import numpy as np
from sklearn.base import is_classifier
from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit, check_cv, train_test_split
from sklearn.utils import Bunch, indexable
from sklearn.utils.metaestimators import _safe_split
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import _check_method_params, _num_samples

from lineclf._words import fail
from lineclf.runs import child_seed
from lineclf.trials._levels import identity, label
from lineclf.trials._owner import ABSENT, Owner

__all__ = [
    "DrawnData",
    "Fold",
    "GivenData",
    "is_seeded",
    "seeded",
    "set_splitter",
    "splitter_identity",
    "splitter_params",
]

_TEST_SHARE = 0.25  # of a draw, where nothing says how to split it
_NOT_ASKED = ("random_state", "self")


class Fold(NamedTuple):
    """Both sides of a split.

    Attributes
    ----------
    X_train, y_train, X_test, y_test : array-like
    fit_params, score_params : dict
        Parameters, sliced to their side.
    labels : dict of str to list of str
        Names of the levels of each head, if the data name them.
    """

    X_train: Any
    y_train: Any
    X_test: Any
    y_test: Any
    fit_params: dict
    score_params: dict
    labels: dict = {}  # noqa: RUF012 - nobody writes it


class GivenData:
    """X and y, split anew by each seed.

    Parameters
    ----------
    estimator : estimator
        The baseline.
    X, y, groups : array-like
    cv : int, splitter, iterable or None
    routed : Bunch
        Parameters for ``fit``, ``score`` and ``split``.

    Attributes
    ----------
    kind : {"cv", "fixed", "split"}
        Whether seeds shuffle the folds or not; "split" for one fold, on which each seed trains anew.
    """

    def __init__(self, estimator, X, y, groups, cv, routed):
        self.X, self.y = indexable(X, y)
        self.routed = routed
        self.groups = groups
        if groups is not None and (cv is None or isinstance(cv, Integral)):
            raise ValueError(
                f"groups are given, but cv={cv!r} splits without them; pass cv=GroupKFold(5, shuffle=True) or "
                "StratifiedGroupKFold(5, shuffle=True)"
            )
        self.splitter = _splitter(cv, y, is_classifier(estimator))
        self.kind = "cv" if is_seeded(self.splitter) else "fixed"

    def about(self):
        """Description of the data and their split, for people."""
        if type(self.splitter).__name__ == "_CVIterableWrapper":
            return {"cv": f"{self.splitter.get_n_splits()} given folds"}
        return {"cv": " ".join(repr(self.splitter).split())}

    def owners(self):
        """Owners of parameters beside the estimator, by ``where``."""
        return {"cv": Owner("the splitter", splitter_params(self.splitter))}

    def folds(self, seed, draw_params, cv_params):
        """Yield the folds of a seed."""
        splitter = seeded(set_splitter(self.splitter, cv_params), seed)
        split_params = {"groups": self.groups} if self.groups is not None else self.routed.split
        yield from splitter.split(self.X, self.y, **split_params)

    def n_splits(self):
        """Return the number of folds."""
        return sum(1 for _ in self.folds("", {}, {}))

    def cut(self, estimator, fold):
        """Return both sides of a fold."""
        train, test = fold
        X_train, y_train = _safe_split(estimator, self.X, self.y, train)
        X_test, y_test = _safe_split(estimator, self.X, self.y, test, train)
        fit_params = _check_method_params(self.X, self.routed.fit, train)
        return Fold(X_train, y_train, X_test, y_test, fit_params, _check_method_params(self.X, self.routed.score, test))

    def identity(self):
        """Identity of these data."""
        known = {"X": self.X, "y": self.y, "groups": self.groups, "fit parameters": dict(self.routed.fit)}
        return {name: joblib.hash(each) for name, each in known.items()} | {"cv": splitter_identity(self.splitter)}


class DrawnData:
    """Data that each seed draws anew.

    Parameters
    ----------
    estimator : estimator
        The baseline.
    draw : callable
        ``draw(random_state=…)`` → (X, y), (X, y, groups) or a Bunch of X (or data), y (or target), groups,
        sample_weight, X_test, y_test; with these, labels: head → names of its levels.
    cv : int, splitter or None
    """

    kind = "draw"

    def __init__(self, estimator, draw, cv):
        self._draw, self._is_classifier, self._cv = draw, is_classifier(estimator), cv
        self._params, self._is_open = _arguments(draw)

    def about(self):
        """Description of the data and their split, for people."""
        return {"draw": label(self._draw)} | ({} if self._cv is None else {"cv": str(self._cv)})

    def owners(self):
        """Owners of parameters beside the estimator, by ``where``."""
        owners = {"draw": Owner("draw", self._params, is_open=self._is_open)}
        if self._cv is not None:
            owners["cv"] = Owner("the splitter", splitter_params(_splitter(self._cv, None, self._is_classifier)))
        return owners

    def draw(self, seed, params):
        """Draw the data of a seed: a Bunch of X, y and the optional parts."""
        drawn: Any = self._draw(random_state=child_seed(seed, "data"), **params)
        if isinstance(drawn, tuple) and len(drawn) in (2, 3):
            parts = dict(zip(("X", "y", "groups"), drawn, strict=False))
        elif isinstance(drawn, dict):
            names = {"data": "X", "target": "y"}
            parts = {names.get(name, str(name)): each for name, each in drawn.items()}
        else:
            parts = {}
        if not {"X", "y"} <= parts.keys():
            raise ValueError(
                "draw must return (X, y), (X, y, groups), or a Bunch with X (or data) and y (or target), and perhaps "
                f"X_test and y_test; got {_shape(drawn)}"
            )
        data = Bunch(**parts)
        for name in ("y", "groups", "sample_weight"):
            if data.get(name) is not None and _num_samples(data[name]) != _num_samples(data.X):
                raise ValueError(
                    f"draw must return as many {name} as X; got {_num_samples(data[name])} and {_num_samples(data.X)}"
                )
        if ("X_test" in data) != ("y_test" in data):
            raise ValueError("draw must return both X_test and y_test, or neither")
        if "X_test" in data and self._cv is not None:
            raise ValueError("draw returns X_test, so nothing is left to split; leave cv out")
        return data

    def folds(self, seed, draw_params, cv_params):
        """Yield the folds of a seed."""
        data = self.draw(seed, draw_params)
        if "X_test" in data:
            yield data, None, None
            return
        for train, test in self._split(data, seed, cv_params):
            yield data, train, test

    def _split(self, data, seed, cv_params):
        groups = data.get("groups")
        if self._cv is not None:
            splitter = seeded(set_splitter(_splitter(self._cv, data.y, self._is_classifier), cv_params), seed)
            return splitter.split(data.X, data.y, groups)
        options = {"test_size": _TEST_SHARE, "random_state": child_seed(seed, "split")}
        if groups is not None:
            return GroupShuffleSplit(1, **options).split(data.X, data.y, groups)
        if self._is_classifier and type_of_target(data.y) in ("binary", "multiclass"):
            return StratifiedShuffleSplit(1, **options).split(np.zeros(_num_samples(data.X)), data.y)
        return [train_test_split(np.arange(_num_samples(data.X)), **options)]

    def cut(self, estimator, fold):
        """Return both sides of a fold."""
        data, train, test = fold
        weights = {} if data.get("sample_weight") is None else {"sample_weight": data.sample_weight}
        if train is None:
            return Fold(data.X, data.y, data.X_test, data.y_test, weights, {}, data.get("labels") or {})
        X_train, y_train = _safe_split(estimator, data.X, data.y, train)
        X_test, y_test = _safe_split(estimator, data.X, data.y, test, train)
        return Fold(X_train, y_train, X_test, y_test, _check_method_params(data.X, weights, train), {})

    def check(self, seeds):
        """Raise ValueError unless a seed draws the same data again, and another seed other data."""
        one, again, *others = (joblib.hash(dict(self.draw(seed, {}))) for seed in (seeds[0], *seeds[:2]))
        if one != again:
            raise ValueError("draw must return the same for the same random_state; called twice, it did not")
        if one in others:
            raise ValueError("draw must return other data for another random_state; it returned the same ones")

    def identity(self):
        """Identity of these data."""
        return {"draw": identity(self._draw), "cv": None if self._cv is None else splitter_identity(self._cv)}


def _splitter(cv, y, classifier):
    """The given splitter, or the shuffled splitter for a number of folds."""
    if isinstance(cv, Integral) and (isinstance(cv, bool) or cv < 2):
        raise fail("cv", "at least 2 folds, a splitter, or an iterable of (train, test)", cv)
    if cv is None or isinstance(cv, Integral):
        return check_cv(cv, y, classifier=classifier, shuffle=True)
    if isinstance(cv, str) or not (hasattr(cv, "split") or hasattr(cv, "__iter__")):
        raise ValueError(f"cv must be a number of folds, a splitter, or an iterable of (train, test); got {cv!r}")
    splitter = check_cv(cv)
    if hasattr(cv, "__iter__") and not splitter.get_n_splits():
        raise fail("cv", "an iterable of at least one (train, test)", cv)
    return splitter


def is_seeded(splitter):
    """Whether a splitter takes a seed that changes its folds."""
    return hasattr(splitter, "random_state") and getattr(splitter, "shuffle", True)


def seeded(splitter, seed):
    """Return a copy of a splitter with this seed; the splitter itself if it takes no seed."""
    if not is_seeded(splitter):
        return splitter
    splitter = copy.deepcopy(splitter)
    splitter.random_state = child_seed(seed, "split")
    return splitter


def splitter_params(splitter):
    """Parameters of a splitter, by name: scikit-learn's splitters have no get_params."""
    params = inspect.signature(type(splitter)).parameters
    more = getattr(splitter, "cvargs", {})  # of repeated ones
    found = {name: getattr(splitter, name, more.get(name, ABSENT)) for name in params if name not in _NOT_ASKED}
    return {name: value for name, value in found.items() if value is not ABSENT}


def set_splitter(splitter, params):
    """Return a splitter made anew with these parameters; the splitter itself without any."""
    if not params:
        return splitter
    known = {**splitter_params(splitter), **params}
    if hasattr(splitter, "random_state"):
        known["random_state"] = splitter.random_state if not is_seeded(splitter) else 0
    return type(splitter)(**known)


def splitter_identity(cv):
    """Identity of a splitter, a number of folds or None."""
    if cv is None or isinstance(cv, Integral):
        return cv
    if type(cv).__name__ == "_CVIterableWrapper":
        return {"folds": joblib.hash(cv.cv)}
    return {"object": f"{type(cv).__module__}:{type(cv).__qualname__}", "params": identity(splitter_params(cv))}


def _arguments(draw):
    """Arguments of a draw with their defaults, and whether it takes further ones."""
    if not callable(draw):
        raise ValueError(f"draw must be a function draw(random_state, …) that returns (X, y); got {draw!r}")
    if hasattr(draw, "get_params"):
        return draw.get_params(), False
    params = inspect.signature(draw).parameters
    is_open = any(each.kind is each.VAR_KEYWORD for each in params.values())
    if "random_state" not in params and not is_open:
        raise ValueError(
            f"draw must take random_state, which each seed sets; {label(draw)} takes {', '.join(params) or 'nothing'}"
        )
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {
        name: each.default for name, each in params.items() if each.kind in kinds and name != "random_state"
    }, is_open


def _shape(drawn):
    if isinstance(drawn, tuple):
        return f"a tuple of {len(drawn)}"
    return f"a {type(drawn).__name__}" + (f" of {', '.join(map(str, drawn))}" if isinstance(drawn, dict) else "")
