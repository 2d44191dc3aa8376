"""Benchmarks: models compared on any data; models on tracks as declarations, standings and leaderboard pages."""

from lineclf._lazy import lazy_names
from lineclf.benchmark._declaration import Benchmark
from lineclf.benchmark._entries import Arena, Contestant, Further, Goal
from lineclf.benchmark._scores import SCORES, Score

# These load scikit-learn; a declaration does without.
_LAZY = {
    "BenchmarkDisplay": "_display",
    "Comparison": "_compare",
    "compare": "_compare",
}  # scikit-learn comes with them

__all__ = ["Arena", "Benchmark", "Contestant", "Further", "Goal", "SCORES", "Score", *_LAZY]

__getattr__, __dir__ = lazy_names(__name__, __all__, _LAZY)
