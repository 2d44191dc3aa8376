"""Ablations: components and designs as declarations, the trials, and effects with their tables, pictures and pages."""

from lineclf._lazy import lazy_names
from lineclf.ablation._components import Component, Range
from lineclf.ablation._declaration import Ablation, Ablations
from lineclf.ablation._designs import leave_one_out, one_at_a_time
from lineclf.ablation._factorial import Fraction, fractional_factorial, full_factorial
from lineclf.trials._cells import Cell

_LAZY = {  # these load pandas, scikit-learn or Optuna; a declaration does without
    "AblationCV": "_ablation_cv",
    "AblationDisplay": "_display",
    "AblationStudy": "_study",
}

__all__ = [
    "Ablation",
    "Ablations",
    "Cell",
    "Component",
    "Fraction",
    "Range",
    "fractional_factorial",
    "full_factorial",
    "leave_one_out",
    "one_at_a_time",
    *_LAZY,
]

__getattr__, __dir__ = lazy_names(__name__, __all__, _LAZY)
