"""Argument checks: every error names the parameter, the legal values and the given one."""

import math
import os
import reprlib
from numbers import Integral, Real
from pathlib import Path
from typing import Any

import numpy as np

from lineclf._words import fail

__all__ = [
    "as_numbers",
    "check_count",
    "check_dtype",
    "check_flag",
    "check_fraction",
    "check_path",
    "check_sequence",
    "check_size",
    "is_number",
]


def check_flag(name: str, value: Any) -> bool:
    """Return `value` as a bool, or raise ValueError if it is not one."""
    if not isinstance(value, bool | np.bool_):
        raise fail(name, "True or False", value)
    return bool(value)


def check_count(name: str, value: Any, minimum: int = 1, maximum: int | None = None) -> int:
    """Return `value` as an int of at least `minimum` and at most `maximum`, or raise ValueError."""
    is_count = isinstance(value, Integral) and not isinstance(value, bool | np.bool_)
    if not is_count or value < minimum or (maximum is not None and value > maximum):
        raise fail(
            name, f"an integer ≥ {minimum}" if maximum is None else f"an integer from {minimum} to {maximum}", value
        )
    return int(value)


def check_fraction(name: str, value: Any) -> float:
    """Return `value` as a float between 0 and 1, both excluded, or raise ValueError."""
    if not is_number(value) or not 0 < value < 1:
        raise fail(name, "a number between 0 and 1", value)
    return float(value)


def check_size(name: str, value: Any) -> float:
    """Return `value` as a finite float of at least 0, or raise ValueError."""
    if not is_number(value) or value < 0:
        raise fail(name, "a finite number of at least 0", value)
    return float(value)


def is_number(value: Any) -> bool:
    """Whether `value` is a finite real number, and not a bool."""
    return isinstance(value, Real) and not isinstance(value, bool | np.bool_) and math.isfinite(value)


def check_sequence(name: str, value: Any, of: str) -> list:
    """Return `value` as a non-empty list, or raise ValueError; a single string or number is not a sequence."""
    if not isinstance(value, str | bytes):
        try:
            values = list(value)
        except TypeError:
            values = []
        if values:
            return values
    raise fail(name, f"a non-empty sequence of {of}", value)


def as_numbers(name: str, values: Any) -> np.ndarray:
    """Return `values` as a float64 array, or raise ValueError if they are text or have no order."""
    try:
        array = np.asarray(values)
        if array.dtype.kind in "biufO":
            return array.astype(np.float64)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{name} must hold numbers; got {reprlib.repr(values)}")


def check_path(name: str, value: Any, legal: str = "a path") -> Path:
    """Return `value` as a Path, or raise ValueError if it is not a path or is empty."""
    if not isinstance(value, str | os.PathLike) or not os.fspath(value):
        raise fail(name, legal, value)
    return Path(value)


def check_dtype(value: Any) -> np.dtype:
    """Return the image dtype uint8 or float32, or raise ValueError."""
    try:
        dtype = np.dtype(value)
    except TypeError:
        dtype = None
    if value is None or dtype not in (np.dtype(np.uint8), np.dtype(np.float32)):
        raise fail("dtype", "'uint8' (0 to 255) or 'float32' (0 to 1)", value)
    return dtype
