"""Levels of parameters in a form for Optuna: numbers if all are numbers of one kind, else names."""

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution

__all__ = ["Parameter", "levels_of", "parameters"]

_EXACT = 2**53  # Optuna's numbers are floats


@dataclass(frozen=True)
class Parameter:
    """Form of a parameter's levels for Optuna.

    Parameters
    ----------
    kind : optuna.distributions.BaseDistribution
        A range of numbers may grow within a study, a list of names may not.
    as_text : bool
        Whether the names are the levels themselves (all are texts), and not their JSON.
    """

    kind: BaseDistribution
    as_text: bool = False

    def has_room(self, levels: Iterable[Any]) -> bool:
        """Whether a study with this parameter can take these levels as well."""
        if isinstance(self.kind, CategoricalDistribution):
            return all(self.label(level) in self.kind.choices for level in levels)
        kinds = (int,) if isinstance(self.kind, IntDistribution) else (int, float)
        return _are_numbers(levels, *kinds)

    def label(self, level: Any) -> Any:
        """The name or number of a level."""
        if not isinstance(self.kind, CategoricalDistribution):
            return level
        if self.as_text:
            return level if isinstance(level, str) else None
        return json.dumps(level)

    def around(self, level: Any) -> "Parameter":
        """Return the parameter with a range that is wide enough for a level."""
        if isinstance(self.kind, IntDistribution | FloatDistribution):
            low, high = min(self.kind.low, level), max(self.kind.high, level)
            return replace(self, kind=type(self.kind)(low, high))
        return self


def parameters(trials: Iterable[Mapping[str, Any]]) -> dict[str, Parameter]:
    """Return the parameters of trials, by name, from the levels in each trial.

    Raises
    ------
    ValueError
        If a level is not JSON-able.

    Examples
    --------
    >>> from lineclf.runs._space import parameters
    >>> found = parameters([{"depth": 1, "pooling": "max"}, {"depth": 3, "pooling": None}])
    >>> found["depth"].kind, found["pooling"].kind.choices
    (IntDistribution(high=3, log=False, low=1, step=1), ('"max"', 'null'))
    """
    return {name: _parameter(levels) for name, levels in levels_of(trials).items()}


def levels_of(trials: Iterable[Mapping[str, Any]]) -> dict[str, list]:
    """Return all levels of each parameter, by name."""
    levels: dict[str, dict] = {}
    for trial in trials:
        for name, level in trial.items():
            try:
                levels.setdefault(name, {})[json.dumps(level)] = level
            except (TypeError, ValueError):
                raise ValueError(f"levels of {name!r} must be JSON-able; got {level!r}") from None
    return {name: list(each.values()) for name, each in levels.items()}


def _parameter(levels):
    if _are_numbers(levels, int):
        return Parameter(IntDistribution(min(levels), max(levels)))
    if _are_numbers(levels, int, float):
        return Parameter(FloatDistribution(min(levels), max(levels)))
    if all(isinstance(level, str) for level in levels):
        return Parameter(CategoricalDistribution(levels), as_text=True)
    return Parameter(CategoricalDistribution([json.dumps(level) for level in levels]))


def _are_numbers(levels, *kinds):
    # True is no number here; what floats do not hold exactly has a name.
    return all(type(level) in kinds and math.isfinite(level) and abs(level) <= _EXACT for level in levels)
