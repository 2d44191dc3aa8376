"""Experiments as declarations: components, cells, designs, and the engine that runs, resumes and reports them."""

from importlib import import_module

from lineclf.experiments._cli import main
from lineclf.experiments._contest import Arena, Benchmark, Contestant, Further, Goal
from lineclf.experiments._design import Ablation, Cell, Component, Plan, Profile, child_seed, one_at_a_time
from lineclf.experiments._items import Item, Model, Reproduction, Target
from lineclf.experiments._transfer import Method, Transfer, TransferProfile, Variant

_LAZY = {  # these load pandas, scikit-learn or Optuna; a study's --help does without
    "Split": "_evaluate",
    "Task": "_ablation",
    "TrialQueue": "_queue",
    "effects_frame": "_effects",
    "load_split": "_data",
    "evaluate": "_evaluate",
    "results_frame": "_effects",
    "run_trial": "_ablation",
    "write_report": "_report",
}

__all__ = [
    "Ablation",
    "Arena",
    "Benchmark",
    "Cell",
    "Component",
    "Contestant",
    "Further",
    "Goal",
    "Item",
    "Method",
    "Model",
    "Plan",
    "Profile",
    "Reproduction",
    "Target",
    "Transfer",
    "TransferProfile",
    "Variant",
    "child_seed",
    "main",
    "one_at_a_time",
    *_LAZY,
]


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
