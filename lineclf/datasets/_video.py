"""`class_video`: every class of the default world as a moving mosaic."""

import os
from pathlib import Path
from typing import Any

import numpy as np

from lineclf._checks import check_count, check_path
from lineclf._files import atomic_write
from lineclf._words import fail
from lineclf.datasets._lines import make_lines
from lineclf.datasets._world import NAMED_COLORS, World

__all__ = ["FRAME_MS", "TILES", "class_video"]

#: Images in each row and column of a frame.
TILES = 3

#: Milliseconds a frame is shown: two frames a second.
FRAME_MS = 500


def class_video(path: str | os.PathLike, *, n_frames: int = 10, scale: int = 4, random_state: Any = 0) -> Path:
    """Write an animated GIF that shows every class of the default world.

    A class has `n_frames` frames, two per second, each a mosaic of 3×3 of its images with thin grey lines between them.
    The classes follow each other in nested order: colours change first, then angles, widths and lengths. No image comes
    twice.

    Parameters
    ----------
    path : str or path
        The GIF file to write, named ``.gif``; its folder must exist. A file of this name is replaced.
    n_frames : int, default=10
        Frames per class, at most 28: the smallest classes do not have images for more.
    scale : int, default=4
        Pixels of the video, in each direction, for one pixel of an image.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, default=0
        Seed or source of the choice of images.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ValueError
        If an argument is not as above.
    FileNotFoundError
        If the folder does not exist.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     class_video(f"{folder}/lines.gif", n_frames=1, scale=1).name
    'lines.gif'
    """
    world = World.checked()
    # no image comes twice
    tiles = check_count("n_frames", n_frames, maximum=int(world.n_images.min()) // TILES**2) * TILES**2
    check_count("scale", scale)
    legal = "the path of a .gif file"
    given, path = path, check_path("path", path, legal)
    if path.suffix.lower() != ".gif":
        raise fail("path", legal, given)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"the folder of path does not exist: {path.parent}")

    X, y = make_lines(tiles, distinct=True, shuffle=False, random_state=random_state)
    # Palette: background, the colours by level, and the grid.
    palette = np.array([world.background, *world.colors, NAMED_COLORS["gray"]], dtype=np.uint8)
    indexed = (X.any(axis=-1) * (1 + y[:, -1, None, None])).astype(np.uint8)
    frames = (
        _frame(_mosaic(tile, len(palette) - 1, scale), palette)
        for tile in indexed.reshape(-1, TILES, TILES, *indexed.shape[1:])
    )
    with atomic_write(path) as file:
        next(frames).save(
            file, format="GIF", save_all=True, append_images=frames, duration=FRAME_MS, loop=0, optimize=False
        )
    return path


def _mosaic(tiles: np.ndarray, grid: int, scale: int) -> np.ndarray:
    """Lay out tiles (rows, columns, height, width) with one line of the value `grid` between them."""
    rows, columns, height, width = tiles.shape
    height, width = height * scale, width * scale
    result = np.full((rows, height + 1, columns, width + 1), grid, dtype=tiles.dtype)
    result[:, :height, :, :width] = tiles.repeat(scale, axis=2).repeat(scale, axis=3).swapaxes(1, 2)
    return result.reshape(rows * (height + 1), columns * (width + 1))[:-1, :-1]


def _frame(indices: np.ndarray, palette: np.ndarray) -> Any:
    from PIL import Image

    frame = Image.fromarray(indices)
    frame.putpalette(palette.tobytes())
    return frame
