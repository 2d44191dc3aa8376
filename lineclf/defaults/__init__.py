"""Declarations of the studies that the command line runs by default."""

from lineclf._lazy import lazy_names

_LAZY = {"ABLATION": "_ablation", "BENCHMARK": "_benchmark"}

__all__ = [*_LAZY]

__getattr__, __dir__ = lazy_names(__name__, __all__, _LAZY)
