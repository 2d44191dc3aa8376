"""Parquet files of images, as the Hugging Face libraries lay them out, and the way back."""

import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lineclf._checks import check_path
from lineclf._files import atomic_write
from lineclf._labels import read_column, read_target
from lineclf._pixels import reshape_images
from lineclf._words import check_choice
from lineclf.datasets._arrays import check_rows
from lineclf.datasets._card import CARD, card
from lineclf.datasets._columns import IMAGE, Column, check_names, label_columns, more_columns
from lineclf.datasets._croissant import CROISSANT, croissant
from lineclf.datasets._description import Description, Split

__all__ = ["DIGESTS", "SPLITS", "digest", "export_parquet", "load_parquet"]

SPLITS = ("train", "validation", "test")
DIGESTS = "SHA256SUMS"

_ROWS = 1000  # images a row group: what a reader takes at a time
_OURS = b"lineclf"


def export_parquet(
    folder: str | os.PathLike,
    X: Any,
    y: Any,
    *,
    split: Any = "train",
    heads: Any = None,
    target_names: Any = None,
    columns: Mapping[str, Any] | None = None,
    name: str = "images",
    description: str = "",
    license: str | None = None,
    creator: str | None = None,
    citation: str | None = None,
    url: str | None = None,
    date: str | None = None,
    version: str = "1.0.0",
) -> list[Path]:
    """Write images and labels to Parquet files, with a data card, a Croissant file and digests.

    The Hugging Face libraries read the folder as it is, with splits, images and names of levels::

        data/train-00000-of-00001.parquet   images as PNG, labels and other columns; a file per split
        README.md                           the data card: what it is, how many, what stands twice
        croissant.json                      the same for machines, by the Croissant vocabulary 1.0
        SHA256SUMS                          digests of all of these: ``sha256sum --check SHA256SUMS``

    The same arguments give the same bytes, with the same versions of the libraries. A file appears whole or not at all;
    ``SHA256SUMS`` comes last.

    Parameters
    ----------
    folder : str or path
        Where to write; created if necessary. Other files in it stay as they are.
    X : array-like of uint8, shape (n, height, width, channels), (n, height, width) or (n, n_features)
        The images, grey or RGB.
    y : array-like of shape (n,) or (n, n_heads)
        Their labels, numbers or strings. Strings become the names of levels, and are written as the levels' numbers.
    split : str or array-like of str, shape (n,), default="train"
        The split that all images, or each of them, belongs to: "train", "validation" or "test".
    heads : str or sequence of str, default=None
        Names of the columns of labels. By default those of a DataFrame, or length, width, angle, color for four,
        "label" for one, else head_0, head_1, …
    target_names : sequence of str, or of one such sequence or None a head, default=None
        Names of the levels 0, 1, … of each head, as in a Bunch. With None, numbers have no names.
    columns : mapping of str to array-like of shape (n,), default=None
        Further facts about each image, by name: numbers or strings.
    name : str, default="images"
        Name of the data set.
    description : str, default=""
        Description of the data set, in Markdown.
    license, creator, citation, url, date : str, default=None
        Identifier of the license, such as "cc-by-4.0"; who made the data set; how to cite it; its page; the day of its
        publication, such as "2026-12-31". Unknown ones are left out.
    version : str, default="1.0.0"
        Version of the data, three numbers.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    ValueError
        If an argument is not as above.
    FileExistsError
        If the folder already has one of these files. Nothing is written then.

    See Also
    --------
    load_parquet : The way back.
    export_lines : Image files whose names have the labels.

    Examples
    --------
    >>> import tempfile
    >>> from lineclf.datasets import TARGET_NAMES, export_parquet, load_parquet, make_lines
    >>> X, y = make_lines(n_per_class=2, random_state=0)
    >>> split = ["train"] * 150 + ["test"] * 42
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = export_parquet(folder, X, y, split=split, target_names=TARGET_NAMES, name="lines")
    ...     test = load_parquet(folder, "test")
    >>> [path.name for path in paths]
    ['train-00000-of-00001.parquet', 'test-00000-of-00001.parquet', 'README.md', 'croissant.json', 'SHA256SUMS']
    >>> test.images.shape, test.factor_names, test.target_names[0]
    ((42, 28, 28, 3), ['length', 'width', 'angle', 'color'], ['7', '15'])
    """
    folder = check_path("folder", folder)
    about = Description.checked(name, description, license, creator, citation, url, date, version)
    images = reshape_images(X)
    if images.dtype != np.uint8 or images.shape[3] not in (1, 3):
        raise ValueError(
            "X must be uint8 images, grey or RGB, as PNG files hold these; "
            f"got {images.dtype} with {images.shape[3]} channels"
        )
    target = read_target(y)
    check_rows(images, target)
    found = [*label_columns(target, heads, target_names), *more_columns(columns, len(images))]
    check_names(found)
    rows = _rows_of_each(split, len(images))
    paths = {each: folder / "data" / f"{each}-00000-of-00001.parquet" for each in rows}
    others = [folder / CARD, folder / CROISSANT, folder / DIGESTS]
    there = [str(path) for path in [*paths.values(), *others] if path.exists()]
    if there:
        raise FileExistsError(f"{folder} already has {', '.join(there)}")

    (folder / "data").mkdir(parents=True, exist_ok=True)
    splits = [_write(each, paths[each], images, found, rows[each]) for each in rows]
    for path, text in zip(others, (card(about, splits, found), croissant(about, splits, found)), strict=False):
        with atomic_write(path) as file:
            file.write(text.encode())
    written = [*paths.values(), *others[:-1]]
    with atomic_write(others[-1]) as file:
        file.write("".join(f"{digest(path)}  {path.relative_to(folder).as_posix()}\n" for path in written).encode())
    return [*written, others[-1]]


def _rows_of_each(split: Any, n_images: int) -> dict[str, np.ndarray]:
    """Return the rows of each split that is not empty, in the usual order."""
    if isinstance(split, str):
        check_choice("split", split, SPLITS, meant={"valid": "validation", "val": "validation", "dev": "validation"})
        return {split: np.arange(n_images)}
    names = read_column(split, "split")
    if len(names) != n_images:
        raise ValueError(f"split must be a name, or have one per image; got {len(names)} names for {n_images} images")
    for name in np.unique(names).tolist():
        check_choice("split", name, SPLITS, meant={"valid": "validation", "val": "validation", "dev": "validation"})
    return {each: np.flatnonzero(names == each) for each in SPLITS if (names == each).any()}


def _write(name: str, path: Path, images: np.ndarray, columns: Sequence[Column], rows: np.ndarray) -> Split:
    """Write a split, some images at a time, and return what has been written."""
    import pyarrow as pa
    from pyarrow import parquet

    stored = pa.struct([("bytes", pa.binary()), ("path", pa.string())])
    fields = [pa.field(IMAGE, stored), *(pa.field(each.name, _arrow_type(each)) for each in columns)]
    metadata: dict = {
        b"huggingface": json.dumps({"info": {"features": _features(columns)}}),
        _OURS: json.dumps({"heads": [each.name for each in columns if each.is_label]}),
    }
    schema = pa.schema(fields, metadata)
    digests: list[bytes] = []
    heads = [each.values[rows].tolist() for each in columns if each.is_label]
    with atomic_write(path) as file, parquet.ParquetWriter(file, schema) as writer:
        for first in range(0, len(rows), _ROWS):
            some = rows[first : first + _ROWS]
            files = [_png(image) for image in images[some]]
            digests += [hashlib.sha256(content).digest() for content in files]
            arrays = [pa.array([{"bytes": content, "path": None} for content in files], stored)]
            arrays += [pa.array(each.values[some].tolist(), _arrow_type(each)) for each in columns]
            writer.write_table(pa.table(arrays, schema=schema))
    labels = list(zip(*heads, strict=True))
    return Split(name, f"data/{path.name}", path.stat().st_size, digest(path), images.shape[1:], digests, labels)


def _arrow_type(column: Column) -> Any:
    import pyarrow as pa

    return pa.type_for_alias(column.dtype)


def _features(columns: Sequence[Column]) -> dict[str, Any]:
    """Metadata of a Parquet file for the Hugging Face libraries."""
    features: dict[str, Any] = {IMAGE: {"_type": "Image"}}
    for each in columns:
        if each.levels is None:
            features[each.name] = {"dtype": each.dtype, "_type": "Value"}
        else:
            features[each.name] = {"names": list(each.levels), "_type": "ClassLabel"}
    return features


def _png(image: np.ndarray) -> bytes:
    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(image[..., 0] if image.shape[2] == 1 else image).save(file, format="PNG")
    return file.getvalue()


def digest(path: Path) -> str:
    """Return a file's sha256 in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_parquet(folder: str | os.PathLike, split: str = "train") -> Any:
    """Load a split that :func:`export_parquet` has written, and verify its digest.

    Parameters
    ----------
    folder : str or path
        The folder.
    split : {"train", "validation", "test"}, default="train"
        The split.

    Returns
    -------
    Bunch
        images : ndarray of uint8, shape (n, height, width, channels)
            The images.
        data : ndarray of uint8, shape (n, height · width · channels)
            The same memory, flattened.
        target : ndarray of shape (n,) or (n, n_heads)
            The labels; labels with names of levels are the levels' numbers, int64.
        target_names : list
            Names of the levels, or None for a head of plain numbers; a list of these if there are several heads.
        factor_names : list of str
            Names of the heads.
        columns : dict of str to ndarray of shape (n,)
            Further facts about the images.
        DESCR : str
            The data card.

    Raises
    ------
    ValueError
        If `split` is not as above, or a file has changed since it was written.
    FileNotFoundError
        If the folder has no such split, or no digests.

    See Also
    --------
    export_parquet : Writes such a folder, with an example.
    """
    folder = check_path("folder", folder)
    check_choice("split", split, SPLITS)
    table, description = _read_verified(folder, split)

    from sklearn.utils import Bunch

    features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    heads = json.loads(table.schema.metadata[_OURS])["heads"]
    values = {each: np.asarray(table[each].to_pylist()) for each in features if each != IMAGE}
    levels = [features[head].get("names") for head in heads]
    images = np.stack([_pixels(image["bytes"]) for image in table[IMAGE].to_pylist()])
    one = len(heads) == 1
    return Bunch(
        images=images,
        data=images.reshape(len(images), -1),
        target=values[heads[0]] if one else np.column_stack([values[head] for head in heads]),
        target_names=levels[0] if one else levels,
        factor_names=heads,
        columns={each: column for each, column in values.items() if each not in heads},
        DESCR=description,
    )


def _read_verified(folder: Path, split: str) -> tuple[Any, str]:
    """Return the table of a split and the data card, after checking their digests."""
    from pyarrow import parquet

    lines = (folder / DIGESTS).read_text(encoding="utf-8").splitlines()
    digests = {file: known for known, _, file in (line.partition("  ") for line in lines)}
    wanted = f"data/{split}-00000-of-00001.parquet"
    if wanted not in digests:
        there = [each for each in SPLITS if f"data/{each}-00000-of-00001.parquet" in digests]
        raise FileNotFoundError(f"{folder} has no split {split!r}; it has {', '.join(there)}")
    for file in (wanted, CARD):
        found = digest(folder / file)
        if found != digests.get(file):
            raise ValueError(
                f"{folder / file} is not as it was written: its sha256 is {found}, not {digests.get(file)}"
            )
    return parquet.read_table(folder / wanted), (folder / CARD).read_text(encoding="utf-8")


def _pixels(content: bytes) -> np.ndarray:
    from PIL import Image

    with Image.open(io.BytesIO(content), formats=["PNG"]) as image:
        pixels = np.asarray(image)
    return pixels.reshape(*pixels.shape[:2], -1)
