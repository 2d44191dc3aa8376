"""Cells of a design: what the seeds repeat. Pure Python."""

import json
from dataclasses import dataclass, field
from typing import Any

from lineclf.trials._levels import key

__all__ = ["Cell", "trial_key"]


@dataclass(frozen=True)
class Cell:
    """One combination of components.

    Parameters
    ----------
    settings : dict
        Levels by the components' keys; a component that is not there has its level of the baseline.
    name : str, default="baseline"
        For people, unique within the design.
    component : str, optional
        Key of the one component that tells the cell from the design's first, where that is how the design is made.
    level : object
        Its level here.
    """

    settings: dict = field(default_factory=dict)
    name: str = "baseline"
    component: str | None = None
    level: Any = None


def trial_key(cell, seed):
    """Identity of a trial within its study: a JSON string of what the cell changes, and the seed."""
    settings = {name: json.loads(key(level)) for name, level in cell.settings.items()}
    return json.dumps({"settings": settings, "seed": seed}, sort_keys=True)
