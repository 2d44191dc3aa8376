"""Checks that the studies, models and tracks of others keep the contracts of this package."""

from lineclf.testing._model import check_model
from lineclf.testing._study import check_study
from lineclf.testing._track import check_track

__all__ = ["check_model", "check_study", "check_track"]
