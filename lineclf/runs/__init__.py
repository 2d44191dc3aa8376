"""The engine under every study: trials run here or on Dask, Optuna remembers them, MLflow shows them."""

from importlib import import_module

from lineclf.runs._identity import child_seed
from lineclf.runs._plan import Plan, Profile

_LAZY = {  # these load scikit-learn or Optuna; a declaration does without
    "InProcess": "_execute",
    "Split": "_evaluate",
    "TrialStore": "_store",
    "evaluate": "_evaluate",
    "run_trials": "_run",
}

__all__ = ["Plan", "Profile", "child_seed", *_LAZY]


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
