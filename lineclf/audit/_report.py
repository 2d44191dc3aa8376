"""The findings of an audit, as text and as a table."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from lineclf.audit._sides import Side, printable
from lineclf.model_selection import SplitAudit

__all__ = ["report", "table"]

_BAR = 40  # characters of the histogram's longest bar
_MOST_NAMED = 10

_COLUMNS = (
    *("kind", "side", "row", "file", "label"),
    *("other_side", "other_row", "other_file", "other_label", "distance", "size"),
)


def report(audit: SplitAudit, train: Side, test: Side) -> str:
    """Return an audit's findings as some lines of text: the first ten of each kind, and the number of the others."""
    sides = {"train": train, "test": test}

    def say(*places):
        return "; ".join(f"{side} row {sides[side].describe(row)}" for side, row in places)

    lines = [
        str(audit),
        *_listed(
            "Not audited, as their size is not that of the others:",
            [(name, *each) for name, side in sides.items() for each in side.left_out.items()],
            lambda name, file, size: f"{name} {printable(file)}: {size}",
        ),
        *_listed(
            "Test images that are leaked, and the first training image of the same pixels:",
            list(zip(audit.leaked_rows, audit.leaked_from, strict=True)),
            lambda test, train: say(("test", test), ("train", train)),
        ),
        *_listed(
            "Test images that are nearest to training without being leaked:",
            audit.near_pairs or [],
            lambda test, train, distance: f"{distance:.6g}: {say(('test', test), ('train', train))}",
        ),
        *_listed("The same pixels under more than one label:", audit.conflicts, say),
    ]
    if audit.histogram is not None:
        counts, edges = audit.histogram
        lines.append("Distances of test images to the nearest training image, in units of the pixel values:")
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
            bar = "#" * int(np.ceil(_BAR * count / counts.max()))
            lines.append(f"  {low:>10.4g} to {high:<10.4g} {count:>7,} {bar}".rstrip())
    return "\n".join(lines)


def _listed(title: str, items: Sequence, say: Callable[..., str]) -> list[str]:
    """Return a title and the first items as text, or nothing if there are none."""
    more = [f"  and {len(items) - _MOST_NAMED:,} more"] if len(items) > _MOST_NAMED else []
    return [title, *(f"  {say(*item)}" for item in items[:_MOST_NAMED]), *more] if len(items) else []


def table(audit: SplitAudit, train: Side, test: Side) -> str:
    """Return all findings of an audit as CSV: a row for each image, with the image that it is compared with.

    Kinds are "leaked" (a test image, and the first training image of the same pixels), "near" (a test image that is not
    leaked, and the nearest training image), "conflict" (an image, and the first of the same pixels, which has another
    label) and "not audited" (an image of another size).
    """
    sides = {"train": train, "test": test}

    def place(name, row):
        return name, int(row), sides[name].name(row), sides[name].label(row)

    def rows() -> Iterator[tuple]:
        for row, other in zip(audit.leaked_rows, audit.leaked_from, strict=True):
            yield "leaked", *place("test", row), *place("train", other), 0.0, ""
        for row, other, distance in audit.near_pairs or ():
            yield "near", *place("test", row), *place("train", other), distance, ""
        for first, *others in audit.conflicts:
            for each in others:
                yield "conflict", *place(*each), *place(*first), 0.0, ""
        for name, side in sides.items():
            for file, size in side.left_out.items():
                yield "not audited", name, "", file, *[""] * 6, size

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_COLUMNS, *rows()])
    return text.getvalue()
