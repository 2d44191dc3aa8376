"""Tracks and models of installed packages; they join every benchmark."""

import warnings
from dataclasses import dataclass, replace
from typing import Any

from lineclf import _plugins
from lineclf.benchmark._entries import CEILING, Arena, Contestant
from lineclf.model_selection import get_track
from lineclf.runs._options import OptionError

__all__ = ["Installed", "with_installed"]


@dataclass(frozen=True)
class Installed:
    """Tracks and models that join a benchmark.

    Parameters
    ----------
    study : Benchmark
        The study with the tracks of installed packages, and notes on what is left out.
    models : tuple of Contestant
        Models of installed packages.
    broken : dict of str to dict
        Reasons why plugins are left out, by their names, of "tracks" and "models".
    """

    study: Any
    models: tuple[Contestant, ...]
    broken: dict[str, dict[str, str]]

    def check(self, option, asked):
        """Raise OptionError if an option asks for a plugin that is left out."""
        for name in asked:
            known = self.study.tables if option == "tracks" else (*self.study.contestants, *self.models)
            if name in self.broken[option] and name not in {each.name for each in known}:
                raise OptionError(option, f"has an entry that cannot be used: {self.broken[option][name]}")


def with_installed(study):
    """Return an :class:`Installed`; a broken plugin gives a :class:`PluginWarning` and a note of the study.

    Parameters
    ----------
    study : Benchmark
    """
    wider = study

    def read_track(entry):
        nonlocal wider
        arena = _arena_of(entry)
        wider = replace(wider, arenas=(*wider.arenas, arena))  # raises for what does not fit the others
        return arena

    taken = {each.name for each in study.tables}
    _, no_tracks = _plugins.read_plugins(_plugins.TRACKS, read_track, taken)
    taken = {CEILING, *(each.name for each in study.contestants)}
    models, no_models = _plugins.read_plugins(_plugins.MODELS, _model_of, taken)
    told = (*no_tracks.values(), *no_models.values())
    for text in told:
        warnings.warn(text, _plugins.PluginWarning, stacklevel=3)
    if told:
        wider = replace(wider, notes=(*wider.notes, *(f"{text}." for text in told)))
    return Installed(wider, tuple(models.values()), {"tracks": no_tracks, "models": no_models})


def _model_of(entry):
    return Contestant(entry.name, entry.value)  # not loaded: one that cannot be fails its own trials


def _arena_of(entry):
    found = entry.load()
    if isinstance(found, type) and hasattr(found, "split"):
        get_track(entry.name)  # raises if it cannot be made
        asks = (found.__doc__ or "").strip().partition("\n")[0].rstrip(".") or f"a track of {found.__module__}"
        return Arena(entry.name, entry.name, asks)
    if not isinstance(found, Arena):
        raise TypeError(f"must be the class of a cross-validator, or an Arena; got {found!r}")
    if found.name != entry.name:
        raise ValueError(f"its Arena is called {found.name!r}")
    if isinstance(found.split, str):
        get_track(found.split, **found.options)
    return found
