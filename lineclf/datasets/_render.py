"""From classes and centres to images.

Within a class only the centre moves, so with whole-pixel centres an image is a window of its class's *canvas*: the line
in the middle of (2 · image_size − 1)² pixels of background. Rendering is then a gather of rows of bytes.
"""

import numpy as np

from lineclf.datasets._geometry import windows
from lineclf.datasets._world import World

__all__ = ["CHANNELS", "add_noise", "canvases", "check_distinct", "render"]

CHANNELS = 3
_CHUNK = 1024


def render(world: World, index: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Render one image for every class index (n,) and centre (n, 2): (n, image_size, image_size, 3)."""
    if world.subpixel:
        return _paint_each(world, index, positions)
    return _gather(canvases(world), index, positions, world.image_size)


def canvases(world: World) -> np.ndarray:
    """Return every class's canvas, (n_classes, 2 · image_size − 1, 2 · image_size − 1, 3)."""
    side = 2 * world.image_size - 1
    result = _background(world, (len(world.lines), len(world.colors), side, side))
    middle = np.full((1, 2), world.image_size - 1)
    for line, out in zip(world.lines, result, strict=True):
        (corner,), (coverage,) = windows(line, middle, side, world.antialias)
        (row, column), (height, width) = corner, coverage.shape
        for color, canvas in zip(world.colors, out, strict=True):
            canvas[row : row + height, column : column + width] = world.paint(coverage, color)
    return result.reshape(world.n_classes, side, side, CHANNELS)


def add_noise(images: np.ndarray, noise: float, rng: np.random.Generator) -> None:
    """Add Gaussian noise in place; `noise` is its standard deviation as a share of full scale.

    uint8 images are rounded and clipped to 0 to 255; float32 images are not clipped, below 0 and above 1 either.
    """
    for start in range(0, len(images), _CHUNK):
        chunk = images[start : start + _CHUNK]
        draw = rng.standard_normal(chunk.shape, dtype=np.float32)
        if images.dtype == np.uint8:
            chunk[...] = np.clip(np.rint(chunk + np.float32(255 * noise) * draw), 0, 255)
        else:
            chunk += np.float32(noise) * draw


def check_distinct(world: World) -> None:
    """Raise ValueError unless every class and whole-pixel centre gives pixels of its own.

    No line is cut, so an image is its canvas's lit box at some place: two classes share images exactly if their boxes
    are equal and the places of the boxes overlap.
    """
    seen: dict[tuple, list[tuple[np.ndarray, np.ndarray, str]]] = {}
    first, last = (np.repeat(centre, len(world.colors), axis=0) for centre in world.centre_range)
    labels = [
        f"length {line.length:g}, width {line.width:g}, angle {line.angle:g}, color {color}"
        for line in world.lines
        for color in world.colors
    ]
    for canvas, low, high, label in zip(canvases(world), first, last, labels, strict=True):
        lit = (canvas != canvas[0, 0]).any(axis=2)
        rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
        if not rows.size:
            raise ValueError(f"distinct=True must be able to tell the images apart; got only background for {label}")
        box = canvas[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
        offset = np.array([rows[0], columns[0]])
        same = seen.setdefault((box.shape, box.tobytes()), [])
        for other_low, other_high, other in same:
            if (np.maximum(low + offset, other_low) <= np.minimum(high + offset, other_high)).all():
                raise ValueError(
                    f"distinct=True must find no two classes with the same pixels; got {other} and {label}"
                )
        same.append((low + offset, high + offset, label))


def _gather(canvas: np.ndarray, index: np.ndarray, positions: np.ndarray, size: int) -> np.ndarray:
    """Cut the window with its line at `positions` out of each image's canvas."""
    side = canvas.shape[1]
    pixel = CHANNELS * canvas.itemsize
    row = np.dtype((np.void, size * pixel))
    buffer = canvas.reshape(-1).view(np.uint8)
    # One record a window row and one entry a first pixel: a single fancy index copies whole rows, already in order.
    rows = np.lib.stride_tricks.as_strided(
        buffer[: row.itemsize].view(row),
        shape=((buffer.size - row.itemsize) // pixel - (size - 1) * side + 1, size),
        strides=(pixel, side * pixel),
        writeable=False,
    )
    corner = size - 1 - positions
    start = (index * side + corner[:, 0]) * side + corner[:, 1]
    return rows[start].view(canvas.dtype).reshape(len(index), size, size, CHANNELS)


def _paint_each(world: World, index: np.ndarray, positions: np.ndarray) -> np.ndarray:
    """Render every image by itself, class by class."""
    images = _background(world, (len(index), world.image_size, world.image_size))
    order = np.argsort(index, kind="stable")
    members = np.split(order, np.searchsorted(index[order], np.arange(1, world.n_classes)))
    for k, member in enumerate(members):
        line, color = world.lines[k // len(world.colors)], world.colors[k % len(world.colors)]
        for start in range(0, len(member), _CHUNK):
            chunk = member[start : start + _CHUNK, None, None]
            corner, coverage = windows(line, positions[chunk[:, 0, 0]], world.image_size, world.antialias)
            rows = corner[:, 0, None, None] + np.arange(coverage.shape[1])[:, None]
            columns = corner[:, 1, None, None] + np.arange(coverage.shape[2])
            images[chunk, rows, columns] = world.paint(coverage, color)
    return images


def _background(world: World, shape: tuple[int, ...]) -> np.ndarray:
    color = world.paint(np.zeros(()), world.background)
    if not color.any():
        return np.zeros((*shape, CHANNELS), world.dtype)
    result = np.empty((*shape, CHANNELS), world.dtype)
    result[...] = color
    return result
