"""The two sides of a split, read from files."""

import os
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from lineclf.datasets import load_parquet
from lineclf.datasets._class_folder import read_classes
from lineclf.datasets._factors import check_shape
from lineclf.datasets._folder import read_lines
from lineclf.datasets._parquet import DIGESTS

__all__ = ["Side", "load_side", "of_one_size", "printable"]


@dataclass(frozen=True)
class Side:
    """One side of a split.

    Attributes
    ----------
    X : ndarray, or list of ndarray
        The images; a list if they are of several sizes.
    y : ndarray
        Their labels.
    names : list of str, or None
        Name of each image.
    left_out : dict of str to str
        Sizes of the images that are not in `X`, by name.
    """

    X: Any
    y: np.ndarray
    names: list[str] | None = None
    left_out: dict[str, str] = field(default_factory=dict)

    def name(self, row: int) -> str:
        """Return the name of an image ("" if it has none)."""
        return self.names[row] if self.names else ""

    def label(self, row: int) -> str:
        """Return the label of an image, those of several heads in one text."""
        return " ".join(map(str, np.ravel(self.y[row])))

    def describe(self, row: int) -> str:
        """Return row, file name if there is one, and label of an image."""
        name = f" ({printable(self.name(row))})" if self.names else ""
        return f"{row}{name} labelled {printable(self.label(row))}"

    def _has(self, shape: tuple[int, ...]) -> bool:
        if isinstance(self.X, list):
            return any(image.shape == shape for image in self.X)
        return self.X[0].size == np.prod(shape)

    def _only(self, shape: tuple[int, ...]) -> "Side":
        if not isinstance(self.X, list):
            return self
        rows = [row for row, image in enumerate(self.X) if image.shape == shape]
        names = self.names or []
        return Side(
            np.stack([self.X[row] for row in rows]),
            self.y[rows],
            [names[row] for row in rows],
            {name: _by(image) for name, image in zip(names, self.X, strict=True) if image.shape != shape},
        )


def of_one_size(*sides: Side) -> list[Side]:
    """Leave out images of other sizes: those of the commonest size that all sides have stay.

    Examples
    --------
    >>> small, large = np.zeros((2, 2, 3)), np.zeros((4, 4, 3))
    >>> train = Side([small, large, small], np.arange(3), ["a.png", "b.png", "c.png"])
    >>> test = Side(np.stack([small]), np.arange(1))
    >>> [len(side.X) for side in of_one_size(train, test)], of_one_size(train, test)[0].left_out
    ([2, 1], {'b.png': '4x4'})
    """
    counts = Counter(image.shape for side in sides if isinstance(side.X, list) for image in side.X)
    if not counts:
        return list(sides)
    shared = [shape for shape in counts if all(side._has(shape) for side in sides)]
    if not shared:
        found = " and ".join(", ".join(sorted({_by(image) for image in side.X})) for side in sides)
        raise ValueError(f"TRAIN and TEST must have images of one size in common; got {found} pixels")
    most = max(shared, key=lambda shape: (counts[shape], shape))
    return [side._only(most) for side in sides]


def load_side(path: str | os.PathLike, part: str, shape=(2, 2, 12, 2)) -> Side:
    """Load one side of a split.

    Parameters
    ----------
    path : str or path
        An .npz archive, a folder of images named by their levels, a folder of folders of images, one per class, or a
        folder that :func:`lineclf.datasets.export_parquet` has written.
    part : {"train", "test"}
        Which arrays of an archive to load: ``X_train`` and ``y_train`` or ``x_train`` and ``y_train`` if there are, or
        ``X`` and ``y`` or ``x`` and ``y``; or which split of such a folder.
    shape : sequence of 4 ints, default=(2, 2, 12, 2)
        Number of levels of each factor, for a folder of images named by their levels.

    Returns
    -------
    Side

    Raises
    ------
    ValueError
        If the path is none of these, or its contents are not as they should be.
    OSError
        If it does not exist or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/split.npz", x_train=np.zeros((3, 2, 2)), y_train=[0, 1, 1])
    ...     load_side(f"{folder}/split.npz", "train").describe(2)
    '2 labelled 1'
    """
    path = Path(path)
    if (path / DIGESTS).is_file():
        exported = load_parquet(path, part)
        return Side(exported.images, exported.target)
    if path.is_dir():
        visible = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
        y: Any
        if any(entry.is_dir() for entry in visible):
            images, _ = read_classes(path.resolve())
            y = np.array([name.split("/")[0] for name in images])
        else:
            images, y = read_lines(path.resolve(), check_shape(shape))
        X = list(images.values())
        return Side(np.stack(X) if len({image.shape for image in X}) == 1 else X, y, list(images))
    if not path.exists():
        raise FileNotFoundError(f"{printable(path)} does not exist")
    if path.suffix.lower() != ".npz" or not path.is_file():
        raise ValueError(f"{printable(path)} must be an .npz archive or a folder")
    return _load_archive(path, part)


def _load_archive(path: Path, part: str) -> Side:
    called = printable(path)
    pairs = [(f"X_{part}", f"y_{part}"), (f"x_{part}", f"y_{part}"), ("X", "y"), ("x", "y")]
    try:
        with np.load(path, allow_pickle=False) as archive:
            for keys in pairs:
                if set(keys) <= set(archive.files):
                    return Side(*(archive[key] for key in keys))
            found = ", ".join(map(printable, archive.files)) or "none"
    except (ValueError, EOFError, TypeError, AttributeError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        # NumPy advises to allow pickles, which run what they hold.
        reason = "it holds Python objects" if "pickle" in str(error) else error
        raise ValueError(f"{called} is not an .npz archive of numbers, or is damaged: {reason}") from error
    wanted = ", ".join(f"{X} and {y}" for X, y in pairs)
    raise ValueError(f"{called} must have one of the pairs of arrays {wanted}; got {found}")


def _by(image: np.ndarray) -> str:
    return "x".join(map(str, image.shape[:2]))


def printable(text: object) -> str:
    """Return a text as it is, or escaped if it would break the line or the terminal."""
    return str(text) if str(text).isprintable() else ascii(str(text))
