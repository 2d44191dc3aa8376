"""Experiments as declarations: components, cells, designs, and the engine that runs, resumes and reports them."""

from importlib import import_module

from lineclf.experiments._cli import main
from lineclf.experiments._contest import Arena, Benchmark, Contestant, Further, Goal
from lineclf.experiments._declaration import Ablation, Ablations
from lineclf.experiments._design import (
    Cell,
    Component,
    Plan,
    Profile,
    Range,
    child_seed,
    leave_one_out,
    one_at_a_time,
)
from lineclf.experiments._factorial import Fraction, fractional_factorial, full_factorial
from lineclf.experiments._items import Item, Model, Reproduction, Target
from lineclf.experiments._transfer import Method, Transfer, TransferProfile, Variant

_LAZY = {  # these load pandas, scikit-learn or Optuna; a study's --help does without
    "Split": "_evaluate",
    "Task": "_ablation",
    "effects_frame": "_effects",
    "load_split": "_data",
    "evaluate": "_evaluate",
    "results_frame": "_effects",
    "run_trial": "_ablation",
    "write_report": "_ablation_pages",
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
    "Method",
    "Model",
    "Plan",
    "Profile",
    "Range",
    "Reproduction",
    "Target",
    "Transfer",
    "TransferProfile",
    "Variant",
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
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
