"""Tracks: split protocols as scikit-learn cross-validators, and the audit and repair of splits."""

from lineclf.model_selection._audit import SplitAudit, audit_split
from lineclf.model_selection._color_shift import ColorShiftSplit
from lineclf.model_selection._composition import ColorCompositionSplit, CompositionSplit
from lineclf.model_selection._draw import TrackDraw
from lineclf.model_selection._extended import AngleSplit, ExtrapolationSplit
from lineclf.model_selection._few_shot import FewShotSplit, few_shot_sizes
from lineclf.model_selection._positions import HalvesSplit, PositionSplit
from lineclf.model_selection._random import DistinctSplit, ReplicaSplit
from lineclf.model_selection._range import RangeSplit
from lineclf.model_selection._read_positions import read_positions
from lineclf.model_selection._registry import TRACKS, get_track
from lineclf.model_selection._repair import SplitRepair, repair_split
from lineclf.model_selection._world_draws import BackgroundDraw, CountDraw, CrossingDraw, ShortcutDraw

__all__ = [
    "TRACKS",
    "AngleSplit",
    "BackgroundDraw",
    "ColorCompositionSplit",
    "ColorShiftSplit",
    "CompositionSplit",
    "CountDraw",
    "CrossingDraw",
    "DistinctSplit",
    "ExtrapolationSplit",
    "FewShotSplit",
    "HalvesSplit",
    "PositionSplit",
    "RangeSplit",
    "ReplicaSplit",
    "ShortcutDraw",
    "SplitAudit",
    "SplitRepair",
    "TrackDraw",
    "audit_split",
    "few_shot_sizes",
    "get_track",
    "read_positions",
    "repair_split",
]
