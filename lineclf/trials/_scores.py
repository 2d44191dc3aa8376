"""Scores of an ablation: all that scikit-learn's ``cross_validate`` takes, tried before hours of training."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from sklearn.base import clone, is_classifier, is_regressor
from sklearn.metrics import accuracy_score, balanced_accuracy_score, check_scoring, get_scorer
from sklearn.model_selection import train_test_split
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import _safe_indexing
from sklearn.utils.validation import _num_samples

from lineclf._checks import is_number
from lineclf._words import first_line
from lineclf.metrics import HeadScorers, joint_accuracy_score
from lineclf.trials._confusion import Remembering
from lineclf.trials._levels import identity, label

__all__ = ["Scores"]

_ACCURACIES = (accuracy_score, balanced_accuracy_score, joint_accuracy_score)
_OF_CLASSES = accuracy_score.__module__
_ROPE = 0.005  # of accuracies: half a point counts as none
_FEW = 100  # rows of the fit that scoring is tried on


class Scores:
    """The scores of each fold.

    Parameters
    ----------
    estimator : estimator
        The baseline.
    scoring : str, callable, list, tuple, dict or None
        As in :func:`sklearn.model_selection.cross_validate`; the first score gets the verdicts.

    Attributes
    ----------
    names : list of str
        The first score first; a callable's names are known after its first call.
    is_accuracy : bool
        Whether the first score counts right answers, so that it moves in steps of one row.
    """

    def __init__(self, estimator, scoring):
        if isinstance(scoring, set | frozenset):
            raise ValueError(f"scoring must have an order, as the first score ranks; give a list instead of {scoring}")
        try:
            self.scorer = check_scoring(estimator, scoring=scoring)
        except (ValueError, TypeError) as error:
            raise ValueError(f"scoring={scoring!r} is not legal: {error}") from error
        self.scoring = scoring
        for each in _scorers_of(self.scorer):
            if is_regressor(estimator) and _function(each) is not None and _function(each).__module__ == _OF_CLASSES:
                raise ValueError(f"scoring={scoring!r} counts classes, but the estimator is a regressor")
        self.names = [scoring] if isinstance(scoring, str) else ["score"]
        if isinstance(scoring, list | tuple | Mapping):
            self.names = list(scoring)
        self.is_accuracy = _is_accuracy(estimator, scoring)

    def of(self, fitted, X, y, params):
        """Score a fitted estimator: float by name; ValueError if a score is no number."""
        if isinstance(fitted, Remembering) and not isinstance(self.scoring, HeadScorers | str | list | tuple):
            fitted = fitted.fitted  # somebody's own scorer may look at its class
        found = self.scorer(fitted, X, y, **params)
        if not isinstance(found, Mapping):
            found = {self.names[0]: found}
        for name, value in found.items():
            if not isinstance(value, Real | np.number):
                raise ValueError(f"scoring must give numbers; {name!r} gave a {type(value).__name__}")
        return {str(name): float(value) for name, value in found.items()}

    def rope(self, rope):
        """Return the largest difference that counts as none, by score."""
        if isinstance(rope, Mapping):
            unknown = [name for name in rope if name not in self.names]
            if unknown:
                raise ValueError(f"rope must be by the scores {', '.join(self.names)}; got {unknown[0]!r}")
        elif rope is None:
            rope = {self.names[0]: _ROPE} if self.is_accuracy else {}
        else:
            rope = {self.names[0]: rope}
        for name, value in rope.items():
            if not is_number(value) or value < 0:
                raise ValueError(f"rope must be a number ≥ 0, or such by score; got {value!r} for {name!r}")
        return dict(rope)

    def about(self):
        """Description of the scores, for people."""
        if isinstance(self.scoring, Mapping):
            return {"scoring": ", ".join(self.names)}
        return {"scoring": "the estimator's own score" if self.scoring is None else label(self.scoring)}

    def identity(self):
        """Identity of these scores; TypeError if they have none."""
        if isinstance(self.scoring, list | tuple):
            return [identity(each) for each in self.scoring]
        if isinstance(self.scoring, Mapping):
            return [[name, identity(each)] for name, each in self.scoring.items()]
        return identity(self.scoring)

    def check_kinds(self, estimators):
        """Raise ValueError if estimators, by name, are of different kinds and each would be scored by its own score.

        Parameters
        ----------
        estimators : dict of str to estimator
        """
        kinds = {name: (is_classifier(each), is_regressor(each)) for name, each in estimators.items()}
        first = next(iter(kinds))
        for name, kind in kinds.items():
            if self.scoring is None and kind != kinds[first]:
                raise ValueError(
                    f"scoring must be given, as {first!r} and {name!r} are of different kinds, classifier and other, "
                    "and their own scores are not the same"
                )

    def try_on(self, estimator, data, folds):
        """Raise ValueError unless the baseline can be scored: after a small fit, or else on its first fold.

        Parameters
        ----------
        estimator : estimator
            The baseline, seeded.
        data : GivenData or DrawnData
        folds : iterator
            Folds of the first seed.
        """
        fold = data.cut(estimator, next(iter(folds)))
        try:
            found = self._small(clone(estimator), fold)
        except Exception:  # a few rows may be too few
            found = self._of_fold(estimator, fold)
        self.names = list(found)
        if self.names and not np.isfinite(found[self.names[0]]):
            found = self._of_fold(estimator, fold)
            if not np.isfinite(found[self.names[0]]):
                raise ValueError(f"scoring={self.scoring!r} gives {found[self.names[0]]} for the baseline")
        if not self.names:
            raise ValueError(f"scoring={self.scoring!r} gives no score")

    def _of_fold(self, estimator, fold):
        """Scores of the baseline on a whole fold; ValueError if it cannot be fitted or scored."""
        fitted = clone(estimator)
        try:
            fitted.fit(fold.X_train, fold.y_train, **fold.fit_params)
        except Exception as error:
            raise ValueError(f"estimator: the baseline cannot be fitted: {first_line(error)}") from error
        try:
            return self.of(fitted, fold.X_test, fold.y_test, fold.score_params)
        except Exception as error:
            raise ValueError(f"scoring={self.scoring!r} cannot score the baseline: {first_line(error)}") from error

    def _small(self, estimator, fold):
        if any(np.ndim(value) for value in (*fold.fit_params.values(), *fold.score_params.values())):
            raise ValueError("sliced to the fold, so only the fold will do")
        rows, y = np.arange(_num_samples(fold.X_train)), fold.y_train
        if len(rows) > _FEW:
            stratify = y if is_classifier(estimator) and np.ndim(y) == 1 else None
            rows, _ = train_test_split(rows, train_size=_FEW, random_state=0, stratify=stratify)
        y = None if y is None else _safe_indexing(y, rows)
        estimator.fit(_safe_indexing(fold.X_train, rows), y, **fold.fit_params)
        test = np.arange(min(_FEW, _num_samples(fold.X_test)))
        y_test = None if fold.y_test is None else _safe_indexing(fold.y_test, test)
        return self.of(estimator, _safe_indexing(fold.X_test, test), y_test, fold.score_params)


def _scorers_of(scorer):
    """The scorers of a scorer that may be several."""
    return list(getattr(scorer, "_scorers", {"": scorer}).values())


def _function(scorer):
    """The function of a scorer that :func:`sklearn.metrics.make_scorer` made, else None."""
    return getattr(scorer, "_score_func", None)


def _is_accuracy(estimator, scoring):
    """Whether the first score is an accuracy: by its function, as names say nothing."""
    if isinstance(scoring, Mapping):
        scoring = next(iter(scoring.values()), None)
    elif isinstance(scoring, list | tuple):
        scoring = scoring[0] if scoring else None
    if scoring is None:
        own = isinstance(estimator, BaseSearchCV) and estimator.scoring is not None
        return is_classifier(estimator) and not own
    return _function(get_scorer(scoring) if isinstance(scoring, str) else scoring) in _ACCURACIES
