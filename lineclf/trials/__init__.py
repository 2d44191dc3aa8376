"""Any estimator on any data, with any score, seed by seed: the base of ablations and comparisons."""

from lineclf.trials._cells import Cell
from lineclf.trials._contrasts import Contrast

__all__ = ["Cell", "Contrast"]
