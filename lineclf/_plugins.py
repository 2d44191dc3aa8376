"""What installed packages announce by entry points; what is broken is told by its name, and breaks nothing else."""

from collections.abc import Callable, Collection
from typing import Any

from lineclf._words import first_line

__all__ = ["MODELS", "TRACKS", "PluginWarning", "read_plugins"]

MODELS, TRACKS = "lineclf.models", "lineclf.tracks"


class PluginWarning(UserWarning):
    """Something that an installed package announces is left out."""


def read_plugins(
    group: str, read: Callable[[Any], Any], taken: Collection[str] = ()
) -> tuple[dict[str, Any], dict[str, str]]:
    """Return what installed packages announce in a group.

    Parameters
    ----------
    group : str
        Of entry points.
    read : callable
        From an ``importlib.metadata.EntryPoint`` to what it stands for; None for what is none of the caller's business.
        It may raise anything.
    taken : collection of str
        Names that no plugin may have.

    Returns
    -------
    found : dict of str to object
        By name. Of two packages with one name the one whose own name is first counts.
    broken : dict of str to str
        Why others are left out, by name: a sentence that names plugin and package.
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
