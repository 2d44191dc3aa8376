"""A world of lines: the levels of the four factors and how they are rendered, checked once and then trusted."""

import itertools
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from lineclf._checks import check_count, check_dtype, check_flag, check_sequence, is_number
from lineclf._words import check_choice, fail
from lineclf.datasets._geometry import EPS, Line

__all__ = ["NAMED_COLORS", "RGB", "World"]

#: Red, green and blue (0 to 255) of the colours that go by a name.
NAMED_COLORS = {
    "black": (0, 0, 0),
    "white": (255, 255, 255),
    "gray": (128, 128, 128),
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "yellow": (255, 255, 0),
    "cyan": (0, 255, 255),
    "magenta": (255, 0, 255),
    "orange": (255, 128, 0),
    "purple": (128, 0, 255),
}

#: What comes closest to colours that other lists of names have.
_CLOSEST_COLORS = {
    "aqua": "cyan",
    "brown": "orange",
    "fuchsia": "magenta",
    "gold": "yellow",
    "indigo": "purple",
    "lime": "green",
    "maroon": "red",
    "navy": "blue",
    "olive": "yellow",
    "pink": "magenta",
    "silver": "gray",
    "teal": "cyan",
    "turquoise": "cyan",
    "violet": "purple",
}

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class World:
    """Checked levels and rendering options; `World.checked` builds one from a caller's arguments."""

    image_size: int
    lengths: tuple[float, ...]
    widths: tuple[float, ...]
    angles: tuple[float, ...]
    colors: tuple[RGB, ...]
    background: RGB
    antialias: bool
    subpixel: bool
    dtype: np.dtype

    @classmethod
    def checked(
        cls,
        *,
        image_size: Any = 28,
        lengths: Any = (7, 15),
        widths: Any = (1, 3),
        angles: Any = range(0, 180, 15),
        colors: Any = ("red", "blue"),
        background: Any = "black",
        antialias: Any = False,
        subpixel: Any = False,
        dtype: Any = "uint8",
    ) -> "World":
        """Check every argument, and that each line has a legal centre; raise ValueError otherwise.

        The defaults are those of `make_lines`: the world of 96 classes.
        """
        antialias = check_flag("antialias", antialias)
        thinnest = 0 if antialias else 1
        legal_size = "numbers > 0" if antialias else "numbers ≥ 1 (antialias=True renders thinner lines)"
        world = cls(
            image_size=check_count("image_size", image_size),
            lengths=_levels("lengths", lengths, legal_size, lambda v: v > 0 and v >= thinnest),
            widths=_levels("widths", widths, legal_size, lambda v: v > 0 and v >= thinnest),
            angles=_levels("angles", angles, "numbers of degrees in [0, 180)", lambda v: 0 <= v < 180),
            colors=_colors(colors),
            background=_color("background", background),
            antialias=antialias,
            subpixel=check_flag("subpixel", subpixel),
            dtype=check_dtype(dtype),
        )
        if world.background in world.colors:
            raise ValueError(f"colors must differ from the background {background!r}; got {colors!r}")
        world._check_centres()
        return world

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Number of levels of each factor."""
        return len(self.lengths), len(self.widths), len(self.angles), len(self.colors)

    @property
    def n_classes(self) -> int:
        """Number of classes."""
        return math.prod(self.shape)

    @cached_property
    def lines(self) -> list[Line]:
        """Every line without its colour, in class order."""
        return [Line(*levels) for levels in itertools.product(self.lengths, self.widths, self.angles)]

    @cached_property
    def centre_range(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last legal centre of every line, both (n_lines, 2) as row and column.

        A centre is legal if the ideal line lies inside the image, anti-aliased or not, but for corners whose tips are
        too small for eight bits to show. The legal centres fill a rectangle: of whole pixels, or of real numbers where
        `subpixel` is set.
        """
        half = np.array([line.half_extents for line in self.lines])
        half -= np.array([[line.slack] for line in self.lines])
        first, last = half - 0.5, self.image_size - 0.5 - half
        if not self.subpixel:
            return np.ceil(first - EPS).astype(np.int64), np.floor(last + EPS).astype(np.int64)
        touching = (first > last) & (first - last <= 2 * EPS)
        middle = (first + last) / 2
        return np.where(touching, middle, first), np.where(touching, middle, last)

    @cached_property
    def n_images(self) -> np.ndarray:
        """Number of whole-pixel centres of every class, (n_classes,)."""
        first, last = self.centre_range
        return np.repeat(np.prod(last - first + 1, axis=1), len(self.colors))

    def paint(self, coverage: np.ndarray, color: RGB) -> np.ndarray:
        """Mix a colour into the background by coverage (…): an array (…, 3) of the world's dtype."""
        background = np.array(self.background, dtype=float)
        values = background + coverage[..., None] * (np.array(color) - background)
        return np.rint(values).astype(np.uint8) if self.dtype == np.uint8 else (values / 255).astype(self.dtype)

    def _check_centres(self) -> None:
        first, last = self.centre_range
        for line, none_left in zip(self.lines, np.any(first > last, axis=1), strict=True):
            if none_left:
                down, across = (2 * half for half in line.half_extents)
                place = "centre" if self.subpixel else "whole-pixel centre"
                raise ValueError(
                    f"lengths, widths and angles must fit into image_size={self.image_size}, and no {place} keeps the "
                    f"line of length {line.length:g}, width {line.width:g} and angle {line.angle:g} uncut: it spans "
                    f"{down:.4g} rows and {across:.4g} columns"
                )


def _levels(name: str, value: Any, legal: str, is_legal: Callable[[float], bool]) -> tuple[float, ...]:
    """Return the levels of a numeric factor as floats: all legal, none twice."""
    levels = check_sequence(name, value, legal)
    for level in levels:
        if not is_number(level) or not is_legal(level):
            raise fail(name, legal, level)
    return _unrepeated(name, tuple(float(level) for level in levels), levels)


def _colors(value: Any) -> tuple[RGB, ...]:
    values = check_sequence("colors", value, "colour names or RGB triples")
    return _unrepeated("colors", tuple(_color("colors", color) for color in values), values)


def _color(name: str, value: Any) -> RGB:
    """Return a colour name or an RGB triple as three ints."""
    if isinstance(value, str):
        return NAMED_COLORS[check_choice(name, value, NAMED_COLORS, _CLOSEST_COLORS)]
    try:
        red, green, blue = (check_count(name, channel, minimum=0) for channel in value)
    except (TypeError, ValueError):
        red, green, blue = 256, 256, 256
    if max(red, green, blue) > 255:
        raise fail(name, f"a colour name ({', '.join(NAMED_COLORS)}) or three integers from 0 to 255", value)
    return red, green, blue


def _unrepeated(name: str, levels: tuple, given: Iterable[Any]) -> tuple:
    if len(set(levels)) < len(levels):
        raise fail(name, "free of repeats", list(given))
    return levels
