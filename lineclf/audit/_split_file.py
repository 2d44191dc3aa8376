"""A repaired split as a file: the old and the new side of each image, for this command and other programs."""

import csv
import io
import os
from collections.abc import Iterator

import numpy as np

from lineclf._labels import pair_targets
from lineclf._pixels import as_pixels
from lineclf.audit._sides import Side, printable
from lineclf.model_selection import SplitRepair

__all__ = ["read_split", "repair_report", "split_table"]

_SIDES = ("train", "test")
_NEW_SIDES = (*_SIDES, "dropped")
_COLUMNS = (
    *("side", "row", "file", "label", "new_side", "why"),
    *("other_side", "other_row", "other_file", "distance", "conflict"),
)


def split_table(repair: SplitRepair, train: Side, test: Side) -> str:
    """Return a repaired split as CSV, a row for each image of both sides.

    ``side``, ``row`` and ``file`` say where the image was; ``new_side`` says where it is: "train", "test" or "dropped".
    If it is no longer where it was, ``why`` is "leaked" or "near", and the other columns name the image that it equals
    or is near to, and the distance. ``conflict`` is "yes" if the same pixels carry more than one label. An image that
    was not audited, because it has another size, stays where it was and has no row number.
    """

    def place(row):
        name, row = ("train", row) if row < len(train.X) else ("test", row - len(train.X))
        side = train if name == "train" else test
        return name, int(row), side.name(row), side.label(row)

    def rows() -> Iterator[tuple]:
        for row, (new_side, why, other) in enumerate(zip(repair.side, repair.why, repair.other, strict=True)):
            like = (*place(other)[:3], repair.distance[row]) if why else ("",) * 4
            yield *place(row), new_side, why, *like, "yes" if repair.conflicting[row] else ""
        for name, side in zip(_SIDES, (train, test), strict=True):
            for file in side.left_out:
                yield name, "", file, "", name, "not audited", *("",) * 5

    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([_COLUMNS, *rows()])
    return text.getvalue()


def repair_report(repair: SplitRepair) -> str:
    """Return a line on what a repair did, and the labels that a side has lost by it."""
    lines = [f"Repaired: {repair}"]
    for side in _SIDES:
        lost = [" ".join(map(str, label)) for name, label in repair.lost_labels if name == side]
        if lost:
            named = ", ".join(map(printable, lost[:10])) + (f" and {len(lost) - 10:,} more" if len(lost) > 10 else "")
            lines.append(f"No image of {side} is left of {len(lost):,} of its labels: {named}")
    return "\n".join(lines)


def read_split(path: str | os.PathLike, train: Side, test: Side) -> list[Side]:
    """Split the images of both sides anew, as a file from :func:`split_table` says.

    Parameters
    ----------
    path : str or path
        The file.
    train, test : Side
        The sides as they were.

    Returns
    -------
    list of 2 Sides
        Sides with images of one shape, and names that say where each image was.

    Raises
    ------
    ValueError
        If the file does not hold a split of these images, or a side has no image.
    """
    called, sides = printable(path), {"train": train, "test": test}
    new_sides = {name: np.full(len(side.X), "", "<U7") for name, side in sides.items()}
    try:
        with open(path, newline="", encoding="utf-8") as file:
            for line, entry in enumerate(csv.DictReader(file), 2):
                if problem := _take(entry, sides, new_sides):
                    raise ValueError(f"{called} must part the images of TRAIN and TEST; entry {line - 1} {problem}")
    except (UnicodeDecodeError, csv.Error) as error:
        raise ValueError(f"{called} must be a table as --repair writes it: {error}") from error
    for name, each in new_sides.items():
        if (each == "").any():
            missing = sides[name].describe(np.flatnonzero(each == "")[0])
            raise ValueError(f"{called} must have every image of TRAIN and TEST; it lacks {name} row {missing}")
    parted = np.concatenate([new_sides[name] for name in _SIDES])
    targets = pair_targets(train.y, test.y, ("y_train", "y_test"))
    y = np.concatenate([target.table() for target in targets])
    X = np.concatenate([as_pixels(side.X).reshape(len(side.X), -1) for side in sides.values()])
    if np.shape(train.X)[1:] == np.shape(test.X)[1:]:
        X = X.reshape(-1, *np.shape(train.X)[1:])
    names = [f"{name} {side.name(row) or row}" for name, side in sides.items() for row in range(len(side.X))]
    for name in _SIDES:
        if not (parted == name).any():
            raise ValueError(f"{called} must leave images on both sides; {name} has none")
    rows = [np.flatnonzero(parted == name) for name in _SIDES]
    return [
        Side(X[each], y[each], [names[row] for row in each], side.left_out)
        for each, side in zip(rows, sides.values(), strict=True)
    ]


def _take(entry: dict[str, str], sides: dict[str, Side], new_sides: dict[str, np.ndarray]) -> str:
    """Note where an image is now; return what is wrong with its entry ("" if nothing)."""
    side, row, new_side = (entry.get(each) or "" for each in ("side", "row", "new_side"))
    if side not in sides:
        return f"has side {side!r}, where train and test are legal"
    if new_side not in _NEW_SIDES:
        return f"has new_side {new_side!r}, where {', '.join(_NEW_SIDES)} are legal"
    if not row:
        return ""
    if not (row.isascii() and row.isdecimal()) or int(row) >= len(sides[side].X):
        return f"has row {row!r}, where 0 to {len(sides[side].X) - 1} are legal for {side}"
    file, known = entry.get("file") or "", sides[side].name(int(row)).encode(errors="backslashreplace").decode()
    if file != known:
        return f"has file {file!r}, where {side} row {row} is {known!r}"
    if new_sides[side][int(row)]:
        return f"has {side} row {row}, which an earlier one has"
    new_sides[side][int(row)] = new_side
    return ""
