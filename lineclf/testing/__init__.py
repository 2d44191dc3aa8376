"""Checks that what others declare keeps the contracts of this package."""

from lineclf.testing._study import check_study

__all__ = ["check_study"]
