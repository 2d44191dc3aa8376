"""Image files: opened only if they are what they seem and their pixels can be used as stored."""

import os
import stat
import warnings
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["FORMATS", "by", "open_image", "problem_of"]

#: File-name endings, and what Pillow calls their formats.
FORMATS = {"png": "PNG", "jpg": "JPEG"}

_MOST_PIXELS = 2**20
_ORIENTATION = 0x0112  # EXIF's number for it


def by(size: Sequence[int]) -> str:
    """Return height and width as text."""
    return f"{size[0]}x{size[1]}"


def problem_of(root: Path, name: str) -> str:
    """Return the reason why a file below `root` must not be opened ("" if none)."""
    # Nothing is opened before it is known to be a regular file of this folder: a pipe would block for ever.
    target = Path(os.path.realpath(root / name))
    if not target.is_relative_to(root):
        return "is a link that leads outside the folder"
    try:
        mode = target.stat().st_mode
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return "" if stat.S_ISREG(mode) else "is not a regular file"


def open_image(path: Path, wanted: str, modes: Collection[str]) -> Any:
    """Return a loaded Pillow image of format `wanted`, or raise an exception that says what is wrong with the file."""
    from PIL import Image

    with open(path, "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        header = file.read(25)
        file.seek(0)
        try:
            image = Image.open(file, formats=list(FORMATS.values()))
        except Image.UnidentifiedImageError:
            raise ValueError("is not a PNG or JPEG image") from None
        # A multi-picture file is a JPEG with more behind it; its first picture is what other programs show.
        if wanted != {"MPO": "JPEG"}.get(str(image.format), image.format):
            raise ValueError(f"is a {image.format} image by content")
        # The header tells the size; nothing is unpacked before it is known to be small.
        if image.width * image.height > _MOST_PIXELS:
            raise ValueError(f"has {by((image.height, image.width))} pixels, more than {_MOST_PIXELS} in all")
        if wanted == "PNG":
            _check_depth(header)
        if image.mode not in modes:
            raise ValueError(f"has mode {image.mode} and not {' or '.join(modes)}")
        if wanted == "PNG" and getattr(image, "is_animated", False):
            raise ValueError("is an animation")
        image.load()
        _check_orientation(image)
        # a palette's or a single transparent colour's entry stands in info, an alpha channel in the mode
        may_be = "transparency" in image.info or image.mode in ("RGBA", "LA")
        if may_be and np.asarray(image.convert("RGBA"))[..., 3].min() < 255:
            raise ValueError("has transparent pixels")
        return image


def _check_depth(header: bytes) -> None:
    """Raise ValueError if a PNG has more bits per channel than Pillow keeps: it cuts colours to 8 without warning."""
    if header[12:16] != b"IHDR":
        raise ValueError("is not a valid PNG: it does not begin with its header")
    if header[24] > 8:
        raise ValueError(f"has {header[24]} bits a channel, more than 8")


def _check_orientation(image: Any) -> None:
    """Raise ValueError if EXIF says that the image must be turned, which some programs do and others do not."""
    orientation = None
    with suppress(Exception):  # what cannot be read turns nothing anywhere
        orientation = image.getexif().get(_ORIENTATION)
    if orientation in range(2, 9):
        raise ValueError(f"has EXIF orientation {orientation}, which turns it in some programs only: store it upright")
