"""Any estimator on any data, scored by any score, seed by seed: what ablations and comparisons are made of."""

from lineclf.trials._cells import Cell
from lineclf.trials._contrasts import Contrast

__all__ = ["Cell", "Contrast"]
