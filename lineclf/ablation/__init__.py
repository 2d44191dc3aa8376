"""Ablations: components and designs as declarations, the trials, and effects with their tables, pictures and pages."""

from importlib import import_module

from lineclf.ablation._components import Cell, Component, Range
from lineclf.ablation._declaration import Ablation, Ablations
from lineclf.ablation._designs import leave_one_out, one_at_a_time
from lineclf.ablation._factorial import Fraction, fractional_factorial, full_factorial

_LAZY = {  # these load pandas, scikit-learn or Optuna; a declaration does without
    "Task": "_plan",
    "effects_frame": "_effects",
    "results_frame": "_effects",
    "run_trial": "_plan",
    "write_report": "_pages",
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


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
