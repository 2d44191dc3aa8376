"""Benchmarks: models on tracks as declarations, the trials, standings, and the leaderboard's pages."""

from lineclf.benchmark._declaration import Benchmark
from lineclf.benchmark._entries import Arena, Contestant, Further, Goal

__all__ = ["Arena", "Benchmark", "Contestant", "Further", "Goal"]
