"""Tracks by name."""

from difflib import get_close_matches
from inspect import signature
from types import MappingProxyType

from lineclf.model_selection._color_shift import ColorShiftSplit
from lineclf.model_selection._composition import ColorCompositionSplit, CompositionSplit
from lineclf.model_selection._extended import AngleSplit, ExtrapolationSplit
from lineclf.model_selection._few_shot import FewShotSplit
from lineclf.model_selection._positions import HalvesSplit, PositionSplit
from lineclf.model_selection._random import DistinctSplit, ReplicaSplit
from lineclf.model_selection._range import RangeSplit

TRACKS = MappingProxyType(
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


def get_track(name, *, random_state=None, **params):
    """Make the cross-validator of a track.

    Parameters
    ----------
    name : str
        A key of ``TRACKS``.
    random_state : int, RandomState instance or None, default=None
        Seed, for the tracks that draw at random; the others do without.
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
        raise ValueError(f"track must be one of {', '.join(TRACKS)}; got {name!r}.{_did_you_mean(name, TRACKS)}")
    legal = signature(TRACKS[name]).parameters
    for param in params:
        if param not in legal:
            raise ValueError(
                f"track {name!r} has the parameters {', '.join(legal)}; got {param!r}.{_did_you_mean(param, legal)}"
            )
    if "random_state" in legal:
        params["random_state"] = random_state
    return TRACKS[name](**params)


def _did_you_mean(name, known):
    close = get_close_matches(str(name), known, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
