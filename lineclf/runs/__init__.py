"""What every kind of study runs by: plans of trials, sizes, and child seeds."""

from lineclf.runs._identity import child_seed
from lineclf.runs._plan import Plan, Profile

__all__ = ["Plan", "Profile", "child_seed"]
