"""A stranger's models: one keeps every promise of :func:`lineclf.testing.check_model`, the others break one each."""

import random

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.tree import DecisionTreeClassifier


class Tree(ClassifierMixin, BaseEstimator):
    """Keeps them all, by a tree inside."""

    def __init__(self, depth=None, random_state=None):
        self.depth, self.random_state = depth, random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags

    def fit(self, X, y):
        self.tree_ = DecisionTreeClassifier(max_depth=self.depth, random_state=self.random_state).fit(X, y)
        self.classes_ = self.tree_.classes_
        return self

    def predict(self, X):
        return self.tree_.predict(X).astype(int)

    def predict_proba(self, X):
        return self.tree_.predict_proba(X)


def shallow_tree():
    return Tree(depth=2)


class AsksForDepth(Tree):
    def __init__(self, depth):
        super().__init__(depth)


class Renames(Tree):
    def __init__(self, depth=None, leaves=3):
        super().__init__(depth)
        self.n_leaves = leaves


class Replaces(Tree):
    def __init__(self, depth=None, random_state=None):
        super().__init__(depth or 3, random_state)


class HasNoPredict(BaseEstimator):
    def fit(self, X, y):
        return self


class CannotFit(Tree):
    def fit(self, X, y):
        raise RuntimeError("not today")


class ReturnsNothing(Tree):
    def fit(self, X, y):
        super().fit(X, y)


class WritesIntoData(Tree):
    def fit(self, X, y):
        super().fit(X, y)
        X[0] = 7
        return self


class ChangesSettings(Tree):
    def fit(self, X, y):
        self.depth = 4
        return super().fit(X, y)


class DrawsFromNumPy(Tree):
    def fit(self, X, y):
        np.random.rand()  # noqa: NPY002
        return super().fit(X, y)


class DrawsFromPython(Tree):
    def predict(self, X):
        random.random()
        return super().predict(X)


class CannotPredict(Tree):
    def predict(self, X):
        raise SystemExit(3)


class AnswersOneLabel(Tree):
    def predict(self, X):
        return super().predict(X)[:, 0]


class Invents(Tree):
    def predict(self, X):
        return super().predict(X) + 5


class ChangesItsMind(Tree):
    def fit(self, X, y):
        self.n_asked_ = 0
        return super().fit(X, y)

    def predict(self, X):
        self.n_asked_ += 1
        return np.roll(super().predict(X), self.n_asked_, axis=0)


class LooksAround(Tree):
    def predict(self, X):
        return super().predict(X)[::-1]


class HasNoClasses(Tree):
    def fit(self, X, y):
        super().fit(X, y)
        del self.classes_
        return self


class ForgetsAHead(Tree):
    def predict_proba(self, X):
        return super().predict_proba(X)[1:]


class ForgetsAClass(Tree):
    def predict_proba(self, X):
        return [table[:, :-1] for table in super().predict_proba(X)]


class IsTooSure(Tree):
    def predict_proba(self, X):
        return [2 * table for table in super().predict_proba(X)]


class IsNegative(Tree):
    def predict_proba(self, X):
        tables = super().predict_proba(X)
        return [3 * np.eye(table.shape[1])[table.argmax(axis=1)] - 2 / table.shape[1] for table in tables]


class HasNoSeed(Tree):
    def fit(self, X, y):
        super().fit(X, y)
        # A number for each pixel: two fits never answer all rows alike, as the few orders of three classes may.
        self.noise_ = np.random.default_rng().random(np.asarray(X)[0].size)
        return self

    def predict(self, X):
        answers = super().predict(X)
        answers[:, 2] = (np.reshape(X, (len(X), -1)) @ self.noise_).astype(int) % len(self.classes_[2])
        return answers


class Remembers(Tree):
    def fit(self, X, y):
        super().fit(X, y)
        self.n_fits_ = getattr(self, "n_fits_", 0) + 1
        return self

    def predict(self, X):
        answers = super().predict(X)
        answers[:, 2] = (answers[:, 2] + self.n_fits_) % len(self.classes_[2])
        return answers


class TakesBytesAlone(Tree):
    def fit(self, X, y):
        assert X.dtype == np.uint8, "bytes alone"
        return super().fit(X, y)
