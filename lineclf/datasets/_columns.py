"""Columns of an exported table: an image, its labels and further facts about it, each with its meaning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lineclf._checks import check_sequence
from lineclf._labels import Target, default_heads, head_names, label_kind, read_column

__all__ = ["IMAGE", "Column", "as_values", "check_names", "label_columns", "more_columns"]

IMAGE = "image"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_KINDS = {"b": "bool", "i": "int64", "u": "int64", "f": "float64", "U": "string"}


@dataclass(frozen=True)
class Column:
    """A column besides the image.

    Attributes
    ----------
    name : str
    values : ndarray of shape (n,)
        Of bool, int64, float64 or strings.
    levels : tuple of str, or None
        Names of the values 0, 1, …
    is_label : bool
        Whether it is one of the labels.
    """

    name: str
    values: np.ndarray
    levels: tuple[str, ...] | None = None
    is_label: bool = False

    @property
    def dtype(self) -> str:
        """Type in the Parquet file: "bool", "int64", "float64" or "string"."""
        return _KINDS[self.values.dtype.kind]


def label_columns(target: Target, heads: Any, target_names: Any) -> list[Column]:
    """Return the labels as columns; `heads` and `target_names` as :func:`export_parquet` takes them."""
    if heads is None:
        n_heads = len(target.columns)
        heads = target.names or (("label",) if n_heads == 1 else default_heads(n_heads))
    else:
        heads = [heads] if isinstance(heads, str) else check_sequence("heads", heads, "names")
    names = head_names(target, heads)
    levels = _levels_of_each(target_names, len(names))
    return [_label(name, column, given) for name, column, given in zip(names, target.columns, levels, strict=True)]


def _levels_of_each(target_names: Any, n_heads: int) -> list[tuple[str, ...] | None]:
    if target_names is None:
        return [None] * n_heads
    legal = "names of the levels of each head"
    of_each = check_sequence("target_names", target_names, legal)
    if n_heads == 1 and all(isinstance(each, str) for each in of_each):
        of_each = [of_each]
    if len(of_each) != n_heads:
        raise ValueError(f"target_names must have {legal}, {n_heads} in all; got {len(of_each)}")
    levels = []
    for each in of_each:
        names = None if each is None else tuple(map(str, check_sequence("target_names", each, "names of levels")))
        if names is not None and len(set(names)) < len(names):
            raise ValueError(f"target_names must name each level once; got {names!r}")
        levels.append(names)
    return levels


def _label(name: str, values: np.ndarray, levels: tuple[str, ...] | None) -> Column:
    called = f"column {name!r} of y"
    if label_kind(values) == "strings":
        levels = levels or tuple(np.unique(values).tolist())
        numbers = {level: number for number, level in enumerate(levels)}
        unknown = next((value for value in values.tolist() if value not in numbers), None)
        if unknown is not None:
            raise ValueError(f"{called} must hold levels of target_names, {', '.join(levels)}; got {unknown!r}")
        return Column(name, np.array([numbers[value] for value in values.tolist()], np.int64), levels, True)
    if levels is None:
        return Column(name, as_values(values), None, True)
    if values.dtype.kind not in "iu" or not 0 <= values.min() <= values.max() < len(levels):
        raise ValueError(
            f"{called} must hold whole numbers from 0 to {len(levels) - 1}, as target_names has {len(levels)} levels; "
            f"got {values.dtype} from {values.min()} to {values.max()}"
        )
    return Column(name, values.astype(np.int64), levels, True)


def more_columns(columns: Mapping[str, Any] | None, n_images: int) -> list[Column]:
    """Return further facts about the images as columns."""
    if columns is None:
        return []
    if not isinstance(columns, Mapping):
        raise ValueError(f"columns must be a mapping of names to values; got {columns!r}")
    found = []
    for name, values in columns.items():
        column = as_values(read_column(values, f"column {name!r}"))
        if len(column) != n_images:
            raise ValueError(f"column {name!r} must have one value per image; got {len(column)} for {n_images} images")
        found.append(Column(name, column))
    return found


def as_values(values: np.ndarray) -> np.ndarray:
    """Return numbers as int64 or float64, bools and strings as they are."""
    kind = values.dtype.kind
    if kind == "u" and values.max() > np.iinfo(np.int64).max:
        raise ValueError(f"whole numbers of labels and columns must fit int64; got {values.max()}")
    return values if kind in "bU" else values.astype(np.float64 if kind == "f" else np.int64)


def check_names(columns: list[Column]) -> None:
    """Raise ValueError if a name is used twice, or programs would not accept it."""
    names = [IMAGE, *(column.name for column in columns)]
    for name in names:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ValueError(f"names of heads and columns must be letters, digits and _, a letter first; got {name!r}")
        if names.count(name) > 1:
            raise ValueError(f"names of heads and columns must differ, also from {IMAGE!r}; got {name!r} twice")
