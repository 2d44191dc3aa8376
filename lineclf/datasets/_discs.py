"""Distractors: small discs beside the line that say nothing about it, and masks of lines and discs."""

import numpy as np

from lineclf._words import fail
from lineclf.datasets._world import NAMED_COLORS, World

__all__ = ["BACKGROUND", "DISC", "DISTRACTOR", "LINE", "add_discs", "line_masks"]

#: What the pixels of a mask show.
BACKGROUND, LINE, DISTRACTOR = 0, 1, 2

#: Pixels of a disc of diameter 3 about its centre, (5, 2): all whose centres lie within one pixel of its own.
DISC = np.argwhere(np.add.outer(*2 * [np.abs(np.arange(-1, 2))]) <= 1) - 1

_CHUNK_PIXELS = 2**18
_PAD = 3
_TRIES = 100


def _near(steps: int) -> np.ndarray:
    """Offsets (n, 2) within a 3×3 box grown by the plus `steps` times."""
    beyond = np.maximum(np.abs(np.arange(-_PAD, _PAD + 1)) - 1, 0)
    return np.argwhere(np.add.outer(beyond, beyond) <= steps) - _PAD


#: From a pixel of the line to the centres of discs that would touch it, and from a disc's centre to the others'.
_NEAR_PIXEL, _NEAR_DISC = _near(1), _near(2)


def line_masks(world: World, images: np.ndarray) -> np.ndarray:
    """Return the mask of noiseless images of lines, uint8 (n, image_size, image_size)."""
    masks = np.zeros(images.shape[:3], dtype=bool)
    for channel, value in enumerate(world.paint(np.zeros(()), world.background)):
        masks |= images[..., channel] != value
    return masks.view(np.uint8)


def add_discs(
    world: World, images: np.ndarray, masks: np.ndarray, count: int, order: np.ndarray, rng: np.random.Generator
) -> None:
    """Draw `count` discs on each image, in `images` and `masks` both.

    The images draw from `rng` in the order (n,) given, which makes their discs independent of a shuffle.
    """
    centres = _centres(world, masks, count, order, rng)
    white = NAMED_COLORS["white"]
    colors = [color for color in dict.fromkeys((*world.colors, white)) if color != world.background]
    palette = np.stack([world.paint(np.ones(()), color) for color in colors])
    drawn = rng.integers(len(palette), size=(len(order), count, 1))
    rows, columns = np.moveaxis(centres[:, :, None] + DISC, -1, 0)
    at = order[:, None, None], rows, columns
    images[at] = palette[drawn]
    masks[at] = DISTRACTOR


def _centres(world: World, masks: np.ndarray, wanted: int, order: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw the discs' centres of every image in `order`, (n, wanted, 2), or raise ValueError for want of room."""
    # No two centres share a box of 3×3, so that more discs than boxes are sure to fail, and none need be placed.
    count = min(wanted, (-(-world.image_size // 3)) ** 2 + 1)
    centres = np.empty((len(order), count, 2), dtype=np.int64)
    chunk = max(1, _CHUNK_PIXELS // world.image_size**2)
    for start in range(0, len(order), chunk):
        free = _free(masks[order[start : start + chunk]] == LINE)
        found = centres[start : start + chunk, :count]
        left = np.arange(len(free))
        tries: list[np.ndarray] = []
        while left.size and len(tries) < _TRIES:
            some = _place(free[left], count, rng)
            found[left] = some
            placed = (some[..., 0] >= 0).sum(axis=1)
            tries = [reached[placed < count] for reached in (*tries, placed)]
            left = left[placed < count]
        if left.size:
            # Go on with what these images hold, so that the error tells what all do. A number that every tenth try
            # reaches is one that a hundred tries of another call will not miss.
            count = int(np.quantile(tries, 0.9, axis=0, method="lower").min())
    if count < wanted:
        raise fail(
            "distractors",
            f"at most {count} to be sure to fit beside every line at image_size={world.image_size}",
            wanted,
        )
    return centres


def _free(lines: np.ndarray) -> np.ndarray:
    """Where discs may have their centres beside lines (n, size, size); padded by `_PAD` all around."""
    n, size, _ = lines.shape
    free = np.zeros((n, size + 2 * _PAD, size + 2 * _PAD), dtype=bool)
    inside = slice(_PAD + 1, _PAD + size - 1)
    free[:, inside, inside] = True
    clear = ~lines
    for row, column in _PAD + _NEAR_PIXEL:
        free[:, row : row + size, column : column + size] &= clear
    return free


def _place(free: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """Draw centres one after the other, each uniform over the places left: (n, count, 2), −1 if none was left.

    `free` is used up.
    """
    centres = np.full((len(free), count, 2), -1, dtype=np.int64)
    for disc in range(count):
        places, counts = np.flatnonzero(free), np.count_nonzero(free, axis=(1, 2))
        if not places.size:
            break
        some = counts > 0
        pick = np.cumsum(counts) - counts + rng.integers(np.maximum(counts, 1))
        image, row, column = np.unravel_index(places[pick[some]], free.shape)
        centres[image, disc] = np.stack([row, column], axis=1) - _PAD
        rows, columns = row[:, None] + _NEAR_DISC[:, 0], column[:, None] + _NEAR_DISC[:, 1]
        free[image[:, None], rows, columns] = False
    return centres
