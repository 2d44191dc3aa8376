"""A stranger's tracks: one keeps every promise of :func:`lineclf.testing.check_track`, the others break one each."""

import numpy as np

from lineclf.benchmark import Arena


class Thirds:
    """A third at random is tested."""

    def __init__(self, n_splits=3, random_state=None):
        self.n_splits, self.random_state = n_splits, random_state

    def get_n_splits(self, X=None, y=None, groups=None):
        return self.n_splits

    def split(self, X, y=None, groups=None):
        parts = np.array_split(np.random.default_rng(self.random_state).permutation(len(X)), self.n_splits)
        for part in parts:
            yield self.sides(np.setdiff1d(np.arange(len(X)), part), np.sort(part))

    def sides(self, train, test):
        return train, test


class AsksForAShare(Thirds):
    def __init__(self, share):
        super().__init__()


class Forgets(Thirds):
    def __init__(self, n_splits=3, random_state=None, share=0.5):
        super().__init__(n_splits, random_state)


class HasNoNumber:
    def split(self, X, y=None, groups=None):
        yield from Thirds().split(X)


class HasNoIdentity(Thirds):
    def __init__(self, rule=lambda: 3, random_state=None):
        super().__init__(3, random_state)
        self.rule = rule


class CannotSplit(Thirds):
    def split(self, X, y=None, groups=None):
        raise RuntimeError("not today")


class Miscounts(Thirds):
    def get_n_splits(self, X=None, y=None, groups=None):
        return 4


class CountsInParts(Thirds):
    def get_n_splits(self, X=None, y=None, groups=None):
        return 3.0


class Masks(Thirds):
    def sides(self, train, test):
        mask = np.zeros(len(train) + len(test), bool)
        mask[test] = True
        return ~mask, mask


class TestsNothing(Thirds):
    __test__ = False

    def sides(self, train, test):
        return train, test[:0]


class GoesBeyond(Thirds):
    def sides(self, train, test):
        return train, test + 1_000


class RepeatsRows(Thirds):
    def sides(self, train, test):
        return np.append(train, train[:3]), test


class Leaks(Thirds):
    def sides(self, train, test):
        return np.append(train, test[:2]), test


class Relabels(Thirds):
    def split(self, X, y=None, groups=None):
        y[0] = 1 - y[0]
        yield from super().split(X)


class DrawsFromNumPy(Thirds):
    def split(self, X, y=None, groups=None):
        np.random.rand()  # noqa: NPY002
        yield from super().split(X)


class HasNoSeed(Thirds):
    def split(self, X, y=None, groups=None):
        yield from Thirds(self.n_splits).split(X)


class Counts(Thirds):
    """Another split in each copy."""

    n_made = 0

    def __deepcopy__(self, memo):
        return Counts(self.n_splits, self.random_state + 1)


class IgnoresItsSeed(Thirds):
    def split(self, X, y=None, groups=None):
        yield from Thirds(self.n_splits, 0).split(X)


class LooksAtTheForm(Thirds):
    def split(self, X, y=None, groups=None):
        yield from Thirds(self.n_splits, self.random_state + np.ndim(X)).split(X)


def rows(random_state, shift=0):
    """Two classes."""
    random = np.random.default_rng(random_state)
    y = np.arange(60) % 2
    return random.normal(size=(60, 3)) + y[:, None], y


def same_rows(random_state):
    X, y = rows(0)
    return {"X": X[::2], "y": y[::2], "X_test": X[1::2], "y_test": y[1::2]}


def other_rows(random_state):
    return rows(None)


def no_rows(random_state):
    raise RuntimeError("nothing there")


GOOD = Arena("rows", 3, "two classes?", draw=rows, score="test_accuracy")
AGAIN = Arena("again", None, "?", draw=same_rows, score="test_accuracy")
NEVER_AGAIN = Arena("never again", 3, "?", draw=other_rows, score="test_accuracy")
EMPTY = Arena("empty", 3, "?", draw=no_rows, score="test_accuracy")
NOT_LEGAL = Arena("not legal", "halves", "?", draw=rows)
NO_SCORE = Arena("no score", 3, "?", draw=rows, score="test_mae_angle")
