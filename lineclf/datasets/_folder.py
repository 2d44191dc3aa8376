"""Images in a folder, their labels in their names: ``length_width_angle_color_id.png``."""

import os
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from lineclf._checks import check_count, check_path
from lineclf._files import atomic_write
from lineclf._words import check_choice
from lineclf.datasets._factors import DEFAULT_SHAPE, FACTORS, check_levels, check_shape, class_index
from lineclf.datasets._image_file import FORMATS, by, open_image, problem_of

__all__ = [
    "Images",
    "Size",
    "Sizes",
    "any_size",
    "export_lines",
    "load_lines_folder",
    "odd_sizes",
    "read_lines",
    "refuse",
]

_NAME = r"(0|[1-9][0-9]{0,8})_" * 4 + r"(0|[1-9][0-9]{0,8})\.(png|jpg)"
_MOST_NAMED = 50

Size = tuple[int, int]
Images = dict[str, np.ndarray]
Sizes = Callable[[Images], dict[str, str]]  # says which images have a wrong size


def any_size(images: Images) -> dict[str, str]:
    """Accept images of any size."""
    return {}


def export_lines(
    folder: str | os.PathLike, X: np.ndarray, y: Any, *, format: str = "png", quality: int = 95
) -> list[Path]:
    """Write images to a folder, one file each, named ``length_width_angle_color_id`` by their level indices.

    The ids count up from 0 inside each class. The folder is created if necessary; a file appears whole or not at all.

    Parameters
    ----------
    folder : str or path
        Where to write. Other files in it stay as they are.
    X : ndarray of uint8, shape (n, height, width, 3)
        The images.
    y : array-like of int, shape (n, 4)
        Level indices of length, width, angle and colour.
    format : {"png", "jpg"}, default="png"
        PNG keeps every pixel; JPEG keeps them approximately.
    quality : int, default=95
        Quality of JPEG files, 1 to 100; PNG has none.

    Returns
    -------
    list of Path
        The files written, in the order of the images.

    Raises
    ------
    ValueError
        If an argument is not as above.
    FileExistsError
        If the folder already has an image of one of these names, in either format. Nothing is written then.

    See Also
    --------
    load_lines_folder : The way back.

    Examples
    --------
    >>> import tempfile
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=1, shuffle=False, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     paths = export_lines(folder, X, y)
    ...     [path.name for path in paths[:3]], load_lines_folder(folder).images.shape
    (['0_0_0_0_0.png', '0_0_0_1_0.png', '0_0_1_0_0.png'], (96, 28, 28, 3))
    """
    from PIL import Image

    folder = check_path("folder", folder)
    check_choice("format", format, FORMATS)
    check_count("quality", quality, maximum=100)
    X = np.asarray(X)
    if X.ndim != 4 or X.shape[3] != 3 or X.dtype != np.uint8 or 0 in X.shape:
        raise ValueError(f"X must be uint8 images of shape (n, height, width, 3); got {X.dtype} of shape {X.shape}")
    y = check_levels(y, (10**9,) * len(FACTORS))
    if len(X) != len(y):
        raise ValueError(f"y must have one row per image; got {len(y)} rows for {len(X)} images")

    folder.mkdir(parents=True, exist_ok=True)
    ids: Counter[tuple[int, ...]] = Counter()
    stems = []
    for levels in map(tuple, y.tolist()):
        stems.append("_".join(map(str, (*levels, ids[levels]))))
        ids[levels] += 1
    there = set(os.listdir(folder))
    clashes = [name for stem in stems for name in (f"{stem}.{ending}" for ending in FORMATS) if name in there]
    if clashes:
        raise FileExistsError(f"{folder} already has {_listed(clashes, ', ')}")

    # JPEG otherwise halves the resolution of the colours, and lines are nothing but colour.
    options: dict[str, Any] = {"quality": quality, "subsampling": 0} if format == "jpg" else {}
    paths = [folder / f"{stem}.{format}" for stem in stems]
    for path, image in zip(paths, X, strict=True):
        with atomic_write(path) as file:
            Image.fromarray(image).save(file, format=FORMATS[format], **options)
    return paths


def load_lines_folder(
    folder: str | os.PathLike, *, image_size: int | None = None, shape: Sequence[int] = DEFAULT_SHAPE
) -> Any:
    """Load a folder of images named ``length_width_angle_color_id.png`` or ``.jpg``.

    Everything in the folder must be such an image, RGB and of one size; only hidden files (``.name``) are passed over.
    Files are opened if they, or the links to them, lead to regular files inside the folder.

    Pixels are read as they are stored, so anything that would change them is an error: more than 8 bits a channel,
    transparent pixels, an EXIF orientation other than upright. Gamma and colour profiles are not applied. A
    multi-picture JPEG (MPO, as some cameras write) counts as the JPEG that its first picture is.

    Parameters
    ----------
    folder : str or path
        The folder.
    image_size : int, default=None
        Height and width in pixels that every image must have; None takes the commonest size in the folder.
    shape : sequence of 4 ints, default=(2, 2, 12, 2)
        Number of levels of each factor; a name with a level beyond is an error.

    Returns
    -------
    Bunch
        images : ndarray of uint8, shape (n, height, width, 3)
            The images, ordered by their levels and then by id.
        data : ndarray of uint8, shape (n, height · width · 3)
            The same memory, flattened.
        target : ndarray of int64, shape (n, 4)
            Level indices of length, width, angle and colour.
        target_names : list of 4 lists of str
            Names of the levels: their numbers, as in the file names.
        factor_names : list of 4 str
            Names of the factors.
        class_index : ndarray of int64, shape (n,)
            The combination of the four levels.
        filenames : list of str
            Names of the files.
        DESCR : str
            Description of the data set.

    Raises
    ------
    ValueError
        If an argument is not as above, the folder has no image, or any file is not as described: one error lists the
        offenders, each with its path and what is wrong.
    FileNotFoundError, NotADirectoryError
        If `folder` does not exist, or is a file.

    See Also
    --------
    export_lines : Writes such a folder, with an example.
    """
    if image_size is not None:
        check_count("image_size", image_size)
    shape = check_shape(shape)
    size = None if image_size is None else (image_size, image_size)
    root = check_path("folder", folder).resolve()
    images, target = read_lines(root, shape, lambda images: odd_sizes(images, size))

    from sklearn.utils import Bunch

    stacked = np.stack(list(images.values()))
    return Bunch(
        images=stacked,
        data=stacked.reshape(len(stacked), -1),
        target=target,
        target_names=[[str(level) for level in range(count)] for count in shape],
        factor_names=list(FACTORS),
        class_index=class_index(target, shape),
        filenames=list(images),
        DESCR=f"{len(stacked)} images of lines of {by(stacked.shape[1:3])} pixels, read from {root}",
    )


def read_lines(root: Path, shape: tuple[int, ...], wrong_sizes: Sizes = any_size) -> tuple[Images, np.ndarray]:
    """Return the images by name, and their levels; `root` is resolved."""
    offenders: dict[str, str] = {}
    labels: dict[str, tuple[int, ...]] = {}
    owners: dict[tuple[int, ...], str] = {}
    for name in sorted(os.listdir(root)):
        if name.startswith("."):
            continue
        label, problem = _label_of(root, name, shape)
        if not problem and label in owners:
            problem = f"has the class and id of {owners[label]}"
        if problem:
            offenders[name] = problem
        else:
            labels[name] = label
            owners[label] = name

    images: Images = {}
    for name in sorted(labels, key=labels.__getitem__):
        try:
            images[name] = np.asarray(open_image(root / name, FORMATS[name[-3:]], ("RGB",)))
        except Exception as error:  # a hostile file may make a decoder raise anything
            offenders[name] = str(error) or type(error).__name__
    refuse(root, offenders | wrong_sizes(images), "nothing but images of lines")
    if not images:
        raise ValueError(f"folder must hold images named length_width_angle_color_id.png or .jpg; {root} has none")
    return images, np.array([labels[name][:-1] for name in images], dtype=np.int64)


def _label_of(root: Path, name: str, shape: tuple[int, ...]) -> tuple[tuple[int, ...], str]:
    """Return the four levels and the id in a file's name, and what is wrong with name or file ("" if nothing)."""
    match = re.fullmatch(_NAME, name)
    if not match:
        return (), "is not named length_width_angle_color_id.png or .jpg"
    label = tuple(map(int, match.groups()[:-1]))
    for factor, level, count in zip(FACTORS, label[:-1], shape, strict=True):
        if level >= count:
            return label, f"has {factor} {level}, where 0 to {count - 1} are legal"
    return label, problem_of(root, name)


def refuse(root: Path, offenders: dict[str, str], wanted: str) -> None:
    """Raise ValueError with what is wrong with which files below `root`, if there are any."""
    if offenders:
        lines = [f"{_printable(root / name)}: {problem}" for name, problem in sorted(offenders.items())]
        raise ValueError(f"folder must hold {wanted}; got\n{_listed(lines, chr(10))}")


def odd_sizes(images: Images, size: Size | None = None) -> dict[str, str]:
    """Say which images do not have the wanted size, by default the commonest."""
    sizes = Counter(image.shape[:2] for image in images.values())
    wanted = size or max(sizes, key=lambda size: (sizes[size], size), default=(0, 0))
    return {
        name: f"has {by(image.shape)} pixels and not {by(wanted)}"
        for name, image in images.items()
        if image.shape[:2] != wanted
    }


def _printable(path: Path) -> str:
    """Return a path as it is, or escaped if its name would break the line or the terminal."""
    return str(path) if str(path).isprintable() else ascii(str(path))


def _listed(items: Sequence[str], separator: str) -> str:
    """Join the first items, and say how many more there are."""
    more = [f"and {len(items) - _MOST_NAMED} more"] if len(items) > _MOST_NAMED else []
    return separator.join([*items[:_MOST_NAMED], *more])
