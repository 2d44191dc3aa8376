"""The engine under every study: trials run here or on Dask, Optuna remembers them, MLflow shows them."""

from importlib import import_module

from lineclf.runs._identity import child_seed
from lineclf.runs._plan import Plan, Profile

_LAZY = {"Split": "_evaluate", "evaluate": "_evaluate"}  # these load scikit-learn; a declaration does without

__all__ = ["Plan", "Profile", "child_seed", *_LAZY]


def __getattr__(name):
    if name in _LAZY:
        return getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
