"""Images in folders, one folder per class: ``class/image.png``."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from lineclf._checks import check_path
from lineclf.datasets._folder import Images, Sizes, any_size, odd_sizes, refuse
from lineclf.datasets._image_file import open_image, problem_of

__all__ = ["load_class_folder", "read_classes"]

_FORMATS = {".png": "PNG", ".jpg": "JPEG", ".jpeg": "JPEG"}
_MODES = ("RGB", "L", "1", "P", "RGBA", "LA")


def load_class_folder(folder: str | os.PathLike) -> Any:
    """Load a folder of images of any kind, one folder per class: ``class/image.png``, ``.jpg`` or ``.jpeg``.

    All images must have one size. Grey ones and ones with a palette become RGB. Everything in the folder must be a
    folder of images; only hidden files (``.name``) are passed over. Files are opened if they, or the links to them,
    lead to regular files inside the folder.

    Pixels are read as they are stored, so anything that would change them is an error: more than 8 bits a channel,
    transparent pixels, an EXIF orientation other than upright. Gamma and colour profiles are not applied. A
    multi-picture JPEG (MPO, as some cameras write) counts as the JPEG that its first picture is.

    Parameters
    ----------
    folder : str or path
        The folder.

    Returns
    -------
    Bunch
        images : ndarray of uint8, shape (n, height, width, 3)
            The images, ordered by class and name.
        data : ndarray of uint8, shape (n, height · width · 3)
            The same memory, flattened.
        target : ndarray of int64, shape (n,)
            The classes, as indices.
        target_names : list of str
            Names of the classes' folders, sorted.
        filenames : list of str
            ``class/image.png`` of each image.
        DESCR : str
            Description of the data set.

    Raises
    ------
    ValueError
        If `folder` is no path, it or a class has no image, or any file is not as described: one error lists the
        offenders, each with its path and what is wrong.
    FileNotFoundError, NotADirectoryError
        If `folder` does not exist, or is a file.

    See Also
    --------
    load_lines_folder : Loads images whose names give the levels.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from PIL import Image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name, grey in (("dark", 20), ("light", 220)):
    ...         (Path(folder) / name).mkdir()
    ...         Image.new("L", (4, 3), grey).save(Path(folder) / name / "1.png")
    ...     bunch = load_class_folder(folder)
    >>> bunch.images.shape, bunch.target, bunch.filenames
    ((2, 3, 4, 3), array([0, 1]), ['dark/1.png', 'light/1.png'])
    """
    root = check_path("folder", folder).resolve()
    images, classes = read_classes(root, odd_sizes)

    from sklearn.utils import Bunch

    stacked = np.stack(list(images.values()))
    _, height, width, _ = stacked.shape
    return Bunch(
        images=stacked,
        data=stacked.reshape(len(stacked), -1),
        target=np.array([classes.index(member.split("/")[0]) for member in images], dtype=np.int64),
        target_names=classes,
        filenames=list(images),
        DESCR=f"{len(stacked)} images of {height}x{width} pixels in {len(classes)} classes, read from {root}",
    )


def read_classes(root: Path, wrong_sizes: Sizes = any_size) -> tuple[Images, list[str]]:
    """Return the images as ``class/image``, and the classes; `root` is resolved."""
    offenders: dict[str, str] = {}
    images: Images = {}
    classes = _visible(root)
    for name in classes:
        if not os.path.realpath(root / name).startswith(f"{root}{os.sep}"):
            offenders[name] = "is a link that leads outside the folder"
        elif not (root / name).is_dir():
            offenders[name] = "is not in the folder of a class"
        elif not (members := _visible(root / name)):
            offenders[name] = "has no image"
        else:
            for member in (f"{name}/{file}" for file in members):
                try:
                    images[member] = _read(root, member)
                except Exception as error:  # a hostile file may make a decoder raise anything
                    offenders[member] = str(error) or type(error).__name__
    refuse(root, offenders | wrong_sizes(images), "nothing but folders of PNG and JPEG images, one folder per class")
    if not images:
        raise ValueError(f"folder must hold one folder of images per class; {root} has none")
    return images, classes


def _visible(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if not name.startswith("."))


def _read(root: Path, member: str) -> np.ndarray:
    """Return an image as uint8 (height, width, 3), or raise an exception that says what is wrong with it."""
    wanted = _FORMATS.get(Path(member).suffix.lower())
    if problem := "is not named .png, .jpg or .jpeg" if wanted is None else problem_of(root, member):
        raise ValueError(problem)
    return np.asarray(open_image(root / member, str(wanted), _MODES).convert("RGB"))
