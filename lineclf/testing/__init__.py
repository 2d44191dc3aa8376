"""Checks that what others declare keeps the contracts of this package: studies, models and tracks."""

from lineclf.testing._model import check_model
from lineclf.testing._study import check_study
from lineclf.testing._track import check_track

__all__ = ["check_model", "check_study", "check_track"]
