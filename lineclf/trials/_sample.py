"""The population of which a study's seeds are a sample: the scope of differences, and when they are looked at."""

import math
from dataclasses import dataclass

__all__ = ["ALONE", "Sample"]

ALONE = ("draw", "split")  # kinds of data whose trials have nothing in common that chance has made


@dataclass(frozen=True)
class Sample:
    """The population of which a study's seeds are a sample.

    Parameters
    ----------
    kind : {"draw", "cv", "fixed", "split"}
        Data drawn anew by each seed; folds of one sample that each seed shuffles; folds that are the same for all; one
        split, which each seed trains on anew.
    seeds : tuple of int
        The seeds that were asked for.
    confidence : float
        Confidence of all verdicts of a table together.
    rope : dict of str to float
        Largest difference that counts as none, by score.
    first : str
        Name of the first score.
    steps : bool
        Whether the first score moves in steps of one row, so that equal differences may be chance.
    low : int, optional
        Number of seeds from which on they continue only until a row is decided; by default their number is fixed.
    """

    kind: str
    seeds: tuple[int, ...]
    confidence: float
    rope: dict
    first: str
    steps: bool
    low: int | None = None

    @property
    def method(self):
        """Description of the intervals."""
        text = {
            "draw": "paired t over independent draws",
            "cv": "Nadeau and Bengio's, for the folds of one sample",
            "fixed": "Nadeau and Bengio's, over folds that no seed changes",
            "split": "paired t over trainings on one split",
        }[self.kind]
        if self.low is None:
            return text
        if self.kind in ALONE:
            return f"{text}, as a confidence sequence, which holds after every seed"
        looks = ", ".join(map(str, self.looks))
        return f"{text}, looked at after {looks} seeds, with a half of the error, a quarter, and so on"

    def only_describes(self, contrast):
        """Whether nothing can be decided: other folds of the same sample are other test rows, without pairs."""
        return self.kind != "draw" and "cv:" in contrast.component

    @property
    def looks(self):
        """Numbers of seeds at which a row is read."""
        n = len(self.seeds)
        if self.low is None:
            return [n]
        if self.kind in ALONE:
            return list(range(self.low, n + 1))
        return [self.low * 2**i for i in range(n) if self.low * 2**i <= n]  # the same ones, whatever the most seeds

    def part(self, n):
        """Part of the error for a look after `n` seeds."""
        if self.low is None or self.kind in ALONE:
            return 1.0
        return 0.5 ** (1 + max(0, math.ceil(math.log2(n / self.low))))
