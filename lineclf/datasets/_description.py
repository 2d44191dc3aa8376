"""What an export is told about a data set, and what it has written."""

import re
from dataclasses import dataclass
from datetime import date as Date
from typing import Any

import numpy as np

from lineclf._words import fail

__all__ = ["Description", "Split", "count_conflicts"]

_VERSION = re.compile(r"\d+\.\d+\.\d+")


@dataclass(frozen=True)
class Description:
    """A person's description of a data set; unknown facts are None."""

    name: str
    description: str
    license: str | None
    creator: str | None
    citation: str | None
    url: str | None
    date: str | None
    version: str

    @classmethod
    def checked(cls, *values: Any) -> "Description":
        """Check every value, in the order of the fields; raise ValueError otherwise."""
        about = cls(*values)
        if not isinstance(about.name, str) or not about.name.strip() or not about.name.isprintable():
            raise fail("name", "a text of one line", about.name)
        if not isinstance(about.description, str):
            raise fail("description", "a text", about.description)
        for each in ("license", "creator", "citation", "url"):
            value = getattr(about, each)
            if value is not None and (not isinstance(value, str) or not value.strip()):
                raise fail(each, "a text, or None", value)
        if about.date is not None and not _is_day(about.date):
            raise fail("date", "a day as '2026-12-31', or None", about.date)
        if not isinstance(about.version, str) or not _VERSION.fullmatch(about.version):
            raise fail("version", "three numbers as '1.0.0'", about.version)
        return about


def _is_day(value: Any) -> bool:
    try:
        return Date.fromisoformat(value).isoformat() == value
    except (TypeError, ValueError):
        return False


@dataclass(frozen=True)
class Split:
    """A split as it has been written.

    Attributes
    ----------
    name : str
        "train", "validation" or "test".
    file : str
        Its file's path in the folder.
    n_bytes : int
    sha256 : str
        Digest of the file.
    shape : tuple of 3 ints
        Height, width and channels of an image.
    images : list of bytes
        A digest of each image: those of the same pixels have the same one.
    labels : list of tuple
        The labels of each image.
    """

    name: str
    file: str
    n_bytes: int
    sha256: str
    shape: tuple[int, ...]
    images: list[bytes]
    labels: list[tuple]

    def count_shared(self, other: "Split") -> int:
        """Count images that stand in another split as well."""
        there = set(other.images)
        return sum(image in there for image in self.images)


def count_conflicts(splits: list[Split]) -> int:
    """Count distinct images of all splits together that carry more than one label."""
    labels: dict[bytes, set[tuple]] = {}
    for split in splits:
        for image, label in zip(split.images, split.labels, strict=True):
            labels.setdefault(image, set()).add(label)
    return int(np.sum([len(each) > 1 for each in labels.values()]))
