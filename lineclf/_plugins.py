"""Entry points of installed packages; a broken one is reported by its name, and breaks nothing else."""

from collections.abc import Callable, Collection
from typing import Any

from lineclf._words import first_line

__all__ = ["MODELS", "TRACKS", "PluginWarning", "read_plugins"]

MODELS, TRACKS = "lineclf.models", "lineclf.tracks"


class PluginWarning(UserWarning):
    """An entry point of an installed package is left out."""


def read_plugins(
    group: str, read: Callable[[Any], Any], taken: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the objects that installed packages offer in a group of entry points.

    Parameters
    ----------
    group : str
        Name of the group.
    read : callable
        Turns an ``importlib.metadata.EntryPoint`` into its object, or into None if the caller does not need it. It may
        raise anything.
    taken : collection of str
        Names that no plugin may have.

    Returns
    -------
    found : dict of str to object
        Objects by name. If two packages use one name, the package whose own name comes first counts.
    broken : dict of str to str
        Reasons why others are left out, by name: a sentence that names plugin and package.
    """
    from importlib.metadata import entry_points

    found: dict[str, Any] = {}
    broken: dict[str, str] = {}
    for each in sorted(entry_points(group=group), key=lambda each: (each.name, _package(each))):
        try:
            if each.name in taken:
                raise ValueError("this name is taken")
            if each.name in found:
                raise ValueError("another package has this name, too")
            made = read(each)
        except (Exception, SystemExit) as error:  # it is somebody's code
            reason = f"{type(error).__name__}: {first_line(error)}"
            broken[each.name] = f"{each.name!r} of the package {_package(each)} ({group}) is left out: {reason}"
        else:
            if made is not None:
                found[each.name] = made
    return found, broken


def _package(entry):
    return entry.dist.name if entry.dist is not None else "not known"
