"""Fast scikit-learn classifiers in the nets' place: one notes its fits in files that FITS names, one has curves."""

import os
import signal
import time

from sklearn.tree import DecisionTreeClassifier


class Tree(DecisionTreeClassifier):
    """A decision tree that takes `seconds` to fit; at depth `fail_at` it raises, at depth `die_at` its process dies."""

    def __init__(self, *, max_depth=None, seconds=0.0, fail_at=None, die_at=None, random_state=None):
        super().__init__(max_depth=max_depth, random_state=random_state)
        self.seconds = seconds
        self.fail_at = fail_at
        self.die_at = die_at

    def fit(self, X, y):
        """Fit, slowly; a line is written when it begins, and one when it is done."""
        self._note("begun")
        time.sleep(self.seconds)
        if self.fail_at is not None and self.max_depth == self.fail_at:
            raise RuntimeError("this depth fails")
        if self.die_at is not None and self.max_depth == self.die_at:
            os.kill(os.getpid(), signal.SIGKILL)
        super().fit(X, y)
        self._note("done")
        return self

    def _note(self, what):
        with open(f"{os.environ['FITS']}.{what}", "a") as file:
            file.write(f"{self.max_depth} {self.random_state}\n")


class Learner(DecisionTreeClassifier):
    """A decision tree that counts its depth in epochs and has curves of them, as a net does."""

    def __init__(self, *, epochs=2, min_samples_leaf=1, random_state=None):
        super().__init__(min_samples_leaf=min_samples_leaf, random_state=random_state)
        self.epochs = epochs

    def fit(self, X, y, validation_data=None):
        """Fit trees that get deeper, up to `epochs`; score each."""
        self.history_ = {}
        for depth in range(1, self.epochs + 1):
            self.max_depth = depth
            super().fit(X.reshape(len(X), -1), y)
            for side, (images, labels) in {"": (X, y), "val_": validation_data}.items():
                accuracy = self.score(images, labels)
                for name, value in (("loss", 1 - accuracy), ("accuracy", accuracy)):
                    self.history_.setdefault(side + name, []).append(value)
        return self

    def predict(self, X):
        """Predict flattened images."""
        return super().predict(X.reshape(len(X), -1))

    def predict_proba(self, X):
        """Predict flattened images."""
        return super().predict_proba(X.reshape(len(X), -1))
