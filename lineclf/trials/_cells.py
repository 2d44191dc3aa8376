"""Cells of a design, which the seeds repeat. Pure Python."""

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
        Levels by the components' keys; a component that is not in it has the baseline's level.
    name : str, default="baseline"
        Name for people, unique within the design.
    component : str, optional
        Key of the one component in which the cell differs from the first, if the design changes one at a time.
    level : object
        Level of this component.
    """

    settings: dict = field(default_factory=dict)
    name: str = "baseline"
    component: str | None = None
    level: Any = None


def trial_key(cell, seed):
    """Identity of a trial within its study: a JSON string of the cell's changes and the seed."""
    settings = {name: json.loads(key(level)) for name, level in cell.settings.items()}
    return json.dumps({"settings": settings, "seed": seed}, sort_keys=True)
