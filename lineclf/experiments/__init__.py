"""Experiments as declarations: components, cells, designs, and the engine that runs, resumes and reports them."""

from importlib import import_module

from lineclf.ablation import (
    Ablation,
    Ablations,
    Cell,
    Component,
    Fraction,
    Range,
    fractional_factorial,
    full_factorial,
    leave_one_out,
    one_at_a_time,
)
from lineclf.benchmark import Arena, Benchmark, Contestant, Further, Goal
from lineclf.experiments._cli import main
from lineclf.experiments._items import Item, Model, Reproduction, Target
from lineclf.runs import Plan, Profile, child_seed

_LAZY = {  # these load pandas, scikit-learn or Optuna; a study's --help does without
    "Split": "lineclf.runs",
    "Task": "lineclf.ablation",
    "effects_frame": "lineclf.ablation",
    "load_split": "lineclf.experiments._data",
    "evaluate": "lineclf.runs",
    "results_frame": "lineclf.ablation",
    "run_trial": "lineclf.ablation",
    "write_report": "lineclf.ablation",
}

__all__ = [
    "Ablation",
    "Ablations",
    "Arena",
    "Benchmark",
    "Cell",
    "Component",
    "Contestant",
    "Fraction",
    "Further",
    "Goal",
    "Item",
    "Model",
    "Plan",
    "Profile",
    "Range",
    "Reproduction",
    "Target",
    "child_seed",
    "fractional_factorial",
    "full_factorial",
    "leave_one_out",
    "main",
    "one_at_a_time",
    *_LAZY,
]


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
