"""A fast scikit-learn classifier for the tests of the engine; it notes its fits in files that FITS names."""

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
