"""Geometry of one line: its extents, and the share of every pixel that it covers.

A line is a rectangle of Euclidean length × width, turned counter-clockwise about its centre from the x-axis. Columns
grow to the right and rows downward; pixel (r, c) is the unit square centred there.
"""

import math
from typing import NamedTuple

import numpy as np

__all__ = ["EPS", "TIP", "Line", "windows"]

#: Slack in pixels, so that a rule decides a tie and not the last bit of a sine.
EPS = 1e-9

#: Area in px² that a corner may leave outside the image: half a grey level of one pixel, which eight bits do not show.
TIP = 1 / 510


class Line(NamedTuple):
    """Length and width in pixels, and angle in degrees counter-clockwise from the x-axis."""

    length: float
    width: float
    angle: float

    @property
    def direction(self) -> tuple[float, float]:
        """Cosine and sine of the angle, exact at 0 and 90 degrees and mirrored exactly about 90."""
        if self.angle > 90:
            cos, sin = Line(self.length, self.width, 180 - self.angle).direction
            return -cos, sin
        radians = math.radians(self.angle)
        return (0.0 if self.angle == 90 else math.cos(radians)), math.sin(radians)

    @property
    def half_extents(self) -> tuple[float, float]:
        """Half the height (rows) and half the width (columns) of the bounding box, in pixels."""
        cos, sin = self.direction
        across = self.length * abs(cos) + self.width * sin
        down = self.length * sin + self.width * abs(cos)
        return down / 2, across / 2

    @property
    def slack(self) -> float:
        """How far a corner may pass the border, in pixels: the depth of a corner triangle of area `TIP`."""
        cos, sin = self.direction
        return math.sqrt(2 * sin * abs(cos) * TIP)


def windows(line: Line, centres: np.ndarray, size: int, antialias: bool) -> tuple[np.ndarray, np.ndarray]:
    """Render a line at many centres, each inside the smallest window that is sure to hold it.

    Parameters
    ----------
    line : Line
        The line.
    centres : ndarray, shape (n, 2)
        Row and column of the centres; the line must lie inside the frame of `size` × `size` pixels,
        but for the tips of corners that `TIP` allows.
    size : int
        Height and width of the frame in pixels.
    antialias : bool
        Whether a pixel gets the exact share of its area that the line covers, or 1 if its centre lies inside.

    Returns
    -------
    corner : ndarray of int, shape (n, 2)
        Row and column of each window's first pixel.
    coverage : ndarray of float64, shape (n, height, width)
        Share of each pixel that the line covers, 0 to 1.
    """
    half = np.array(line.half_extents)
    extent = np.minimum(np.ceil(2 * half - EPS).astype(int) + 1, size)
    corner = np.clip(np.floor(centres - half + 0.5 + EPS).astype(int), 0, size - extent)
    row, column = (centres - corner).T[:, :, None]
    if antialias:
        return corner, _area(line, np.arange(extent[0] + 1) - 0.5 - row, np.arange(extent[1] + 1) - 0.5 - column)
    return corner, _inside(line, np.arange(extent[0]) - row, np.arange(extent[1]) - column)


def _inside(line: Line, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """1 if a point lies in the line, half-open on both of its axes, so that each tie counts once; else 0."""
    cos, sin = line.direction
    x, y = columns[:, None, :], -rows[:, :, None]
    along, across = x * cos + y * sin, x * sin - y * cos
    lit = np.ones(across.shape, dtype=bool)
    for value, half in ((along, line.length / 2), (across, line.width / 2)):
        lit &= (value >= -half - EPS) & (value < half - EPS)
    return lit.astype(float)


def _area(line: Line, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Area of the line in every cell between neighbouring `rows` (n, h + 1) and `columns` (n, w + 1).

    The area up to a corner (x, y) is the sum over the rectangle's directed edges of ∫ min(edge(X), y) dX for X ≤ x.
    On one edge that is its run times the mean of min(t, y) over the heights t that it passes, low to high:
    min(c − (c − low)² / (2 (high − low)), y) with c = clip(y, low, high). A cell is the difference of its corners.
    """
    cos, sin = line.direction
    along, across = line.length / 2, line.width / 2
    ends = np.array([(along, across), (along, -across), (-along, -across), (-along, across)])
    # Rows grow downward, so the line's direction is (cos, -sin); the corners' order makes its lower side positive.
    x = ends @ (cos, sin)
    y = ends @ (-sin, cos)
    area = np.zeros((len(rows), rows.shape[1], columns.shape[1]))
    for x0, y0, x1, y1 in zip(x, y, np.roll(x, -1), np.roll(y, -1), strict=True):
        if abs(x1 - x0) < EPS:
            continue
        slope = (y1 - y0) / (x1 - x0)
        start, stop = np.minimum(x0, columns), np.minimum(x1, columns)
        first, last = y0 + slope * (start - x0), y0 + slope * (stop - x0)
        low, high = np.minimum(first, last)[:, None, :], np.maximum(first, last)[:, None, :]
        height = np.clip(rows[:, :, None], low, high)
        mean = np.minimum(height - (height - low) ** 2 / (2 * np.maximum(high - low, EPS**2)), rows[:, :, None])
        area += (stop - start)[:, None, :] * mean
    cells = np.diff(np.diff(area, axis=1), axis=2)
    return np.clip(np.round(cells, 10), 0, 1)
