"""Occlusion that hides no label: squares that keep away from the ends of the line."""

from collections.abc import Callable

import numpy as np

__all__ = ["BRIGHTEST", "DARKEST", "MOST_SQUARES", "occlusion"]

#: Most squares on an image.
MOST_SQUARES = 5

#: Grey of the squares, drawn for each between these.
DARKEST, BRIGHTEST = 0.3, 0.8

#: Depth in pixels of a line's end along its axis: one layer of pixels.
_END = 0.75


def occlusion(images: np.ndarray, level: tuple[int, int], draw: Callable[[str], np.random.Generator]) -> np.ndarray:
    """Paint grey squares; `level` is how many and the length of their sides in pixels.

    The first crosses the line if it can, and hides at most half of it; the others lie beside it. None covers an end of
    the line or a neighbour of an end's pixels, diagonals included: both ends stay visible as ends.
    """
    count, side = level
    n, height, width, _ = images.shape
    result = images.copy()
    # One number a square for its place and one for its grey, at every level alike.
    places, greys = draw("places").random((n, MOST_SQUARES)), draw("greys").random((n, MOST_SQUARES))
    greys = (DARKEST + (BRIGHTEST - DARKEST) * greys).astype(np.float32)
    if side > min(height, width):
        return result
    # What is not of the background, which fills more than half of the image, is of the line.
    line = (images != np.median(images, axis=(1, 2), keepdims=True)).any(axis=-1)
    free = _count(_with_neighbours(_ends(line)), side) == 0
    hidden = _count(line, side)
    beside = free & (hidden == 0)
    across = free & (hidden > 0) & (2 * hidden <= line.sum(axis=(1, 2), keepdims=True))
    first = np.where(across.any(axis=(1, 2), keepdims=True), across, beside)
    for k in range(count):
        some, row, column = _pick(beside if k else first, places[:, k])
        rows, columns = row[:, None, None] + np.arange(side)[:, None], column[:, None, None] + np.arange(side)
        result[some[:, None, None], rows, columns] = greys[some, k, None, None, None]
    return result


def _ends(line: np.ndarray) -> np.ndarray:
    """Return which pixels of lines (n, height, width) are outermost along the lines' longer axes."""
    rows, columns = np.arange(line.shape[1])[:, None], np.arange(line.shape[2])
    area = np.maximum(line.sum(axis=(1, 2), keepdims=True), 1)

    def mean(values: np.ndarray) -> np.ndarray:
        return (line * values).sum(axis=(1, 2), keepdims=True) / area

    down, across = rows - mean(rows), columns - mean(columns)
    angle = np.arctan2(2 * mean(down * across), mean(across**2) - mean(down**2)) / 2
    along = np.cos(angle) * across + np.sin(angle) * down
    first = np.where(line, along, np.inf).min(axis=(1, 2), keepdims=True)
    last = np.where(line, along, -np.inf).max(axis=(1, 2), keepdims=True)
    return line & ((along <= first + _END) | (along >= last - _END))


def _with_neighbours(pixels: np.ndarray) -> np.ndarray:
    _, height, width = pixels.shape
    padded = np.pad(pixels, ((0, 0), (1, 1), (1, 1)))
    return np.any([padded[:, r : r + height, c : c + width] for r in range(3) for c in range(3)], axis=0)


def _count(pixels: np.ndarray, side: int) -> np.ndarray:
    """Number of pixels that each square holds, by its first corner: (n, height − side + 1, width − side + 1)."""
    total = np.pad(pixels.cumsum(axis=1).cumsum(axis=2), ((0, 0), (1, 0), (1, 0)))
    return total[:, side:, side:] - total[:, :-side, side:] - total[:, side:, :-side] + total[:, :-side, :-side]


def _pick(places: np.ndarray, chance: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Pick one place in each image that has any, by a number from 0 to 1: image, row and column."""
    reached = places.reshape(len(places), -1).cumsum(axis=1)
    some = np.flatnonzero(reached[:, -1])
    rank = (chance[some] * reached[some, -1]).astype(np.int64)
    row, column = np.divmod((reached[some] > rank[:, None]).argmax(axis=1), places.shape[2])
    return some, row, column
