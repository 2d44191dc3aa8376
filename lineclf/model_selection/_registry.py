"""Tracks by name: those of this package, and those of other installed packages."""

from collections.abc import Mapping
from difflib import get_close_matches
from inspect import signature
from types import MappingProxyType

from lineclf import _plugins
from lineclf.model_selection._color_shift import ColorShiftSplit
from lineclf.model_selection._composition import ColorCompositionSplit, CompositionSplit
from lineclf.model_selection._extended import AngleSplit, ExtrapolationSplit
from lineclf.model_selection._few_shot import FewShotSplit
from lineclf.model_selection._positions import HalvesSplit, PositionSplit
from lineclf.model_selection._random import DistinctSplit, ReplicaSplit
from lineclf.model_selection._range import RangeSplit

__all__ = ["TRACKS", "get_track", "installed_tracks"]

_OWN = MappingProxyType(
    {
        "replica": ReplicaSplit,
        "distinct": DistinctSplit,
        "position": PositionSplit,
        "halves": HalvesSplit,
        "composition": CompositionSplit,
        "color-composition": ColorCompositionSplit,
        "range": RangeSplit,
        "angles": AngleSplit,
        "extrapolation": ExtrapolationSplit,
        "few-shot": FewShotSplit,
        "color-shift": ColorShiftSplit,
    }
)


class _Tracks(Mapping):
    """Classes of tracks by name; those of installed packages load when a name is asked for that this package lacks."""

    def __getitem__(self, name):
        return _OWN[name] if name in _OWN else installed_tracks()[0][name]

    def __iter__(self):
        yield from _OWN
        yield from installed_tracks()[0]

    def __len__(self):
        return sum(1 for _ in self)

    def __repr__(self):
        return f"TRACKS({', '.join(self)})"


TRACKS = _Tracks()


def installed_tracks():
    """Return the classes of tracks of installed packages, and the reasons why others are left out, both by name."""
    return _plugins.read_plugins(_plugins.TRACKS, _splitter_of, taken=_OWN)


def _splitter_of(entry):
    """The class of an entry point; None for a track of a benchmark, which brings data."""
    found = entry.load()
    return found if isinstance(found, type) and hasattr(found, "split") else None


def get_track(name, *, random_state=None, **params):
    """Make the cross-validator of a track.

    Parameters
    ----------
    name : str
        A key of ``TRACKS``: a track of this package, or an entry point ``lineclf.tracks`` of an installed one.
    random_state : int, RandomState instance or None, default=None
        Seed, for the tracks that draw at random; the others ignore it.
    **params
        Further parameters of the track's class.

    Returns
    -------
    cross-validator

    Raises
    ------
    ValueError
        If there is no such track, or the track has no such parameter.

    Examples
    --------
    >>> from lineclf.model_selection import get_track
    >>> get_track("position", n_splits=5, random_state=0)
    PositionSplit(n_splits=5, random_state=0)
    >>> get_track("halfs")
    Traceback (most recent call last):
    ...
    ValueError: track must be one of replica, distinct, position, halves, composition, color-composition, range,
    angles, extrapolation, few-shot, color-shift; got 'halfs'. Did you mean 'halves'?
    """
    if name not in TRACKS:
        hint = _why_not(name)
        raise ValueError(f"track must be one of {', '.join(TRACKS)}; got {name!r}.{hint}")
    legal = signature(TRACKS[name]).parameters
    for param in params:
        if param not in legal:
            raise ValueError(
                f"track {name!r} has the parameters {', '.join(legal)}; got {param!r}.{_did_you_mean(param, legal)}"
            )
    if "random_state" in legal:
        params["random_state"] = random_state
    return TRACKS[name](**params)


def _why_not(name):
    """A hint for a name that is not a track."""
    reason = installed_tracks()[1].get(name)
    return f" {reason}" if reason else _did_you_mean(name, TRACKS)


def _did_you_mean(name, known):
    close = get_close_matches(str(name), known, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
