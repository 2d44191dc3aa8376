"""Shared parts of the displays: axes, pictures of images, mosaics."""

import threading

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

__all__ = ["SIGNED", "SIGNED_ON_BLACK", "as_picture", "grid_of_axes", "mosaic"]

SIGNED = "PuOr_r"  # of values that may be negative, about zero: white in the middle
SIGNED_ON_BLACK = "managua_r"  # the same over dark images: dark in the middle


def grid_of_axes(ax, rows, columns, *, width, height):
    """Figure and axes of shape (rows, columns): new ones, or those given; without ticks."""
    if ax is None:
        figure = _new_figure(figsize=(width * columns, height * rows + 0.3), dpi=100, layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
    else:
        axes = np.atleast_1d(np.asarray(ax, dtype=object))
        if not all(isinstance(each, Axes) for each in axes.ravel()):
            raise ValueError(f"ax must be Matplotlib axes, or an array of them; got {ax!r}")
        if axes.size != rows * columns or (axes.ndim > 1 and axes.shape != (rows, columns)):
            raise ValueError(f"ax must hold {rows} × {columns} axes; got {' × '.join(map(str, axes.shape))}")
        axes = axes.reshape(rows, columns)
        figure = axes[0, 0].figure
    for each in axes.ravel():
        each.xaxis.set_visible(False)  # far cheaper to lay out than an axis without ticks
        each.yaxis.set_visible(False)
    return figure, axes


def _new_figure(**options):
    """A figure that ``plt.show()`` shows; outside the main thread, which must not open windows, a separate one."""
    if threading.current_thread() is not threading.main_thread():
        return Figure(**options)
    import matplotlib.pyplot as plt

    return plt.figure(**options)


def as_picture(image):
    """An image (height, width, channels) for ``imshow``: RGB as it is, one channel as a plane, else the mean."""
    image = np.clip(image, 0, 1)
    if image.shape[-1] == 3:
        return image
    return image.mean(axis=-1)


def mosaic(tiles, across):
    """Tiles (n, height, width) side by side with a gap of one pixel, each divided by its largest absolute value."""
    tiles = np.asarray(tiles, dtype=float)
    largest = np.abs(tiles).max(axis=(1, 2), keepdims=True)
    tiles = tiles / np.where(largest > 0, largest, 1)
    n, height, width = tiles.shape
    down = -(-n // across)
    sheet = np.full((down * (height + 1) - 1, across * (width + 1) - 1), np.nan)
    for i, tile in enumerate(tiles):
        row, column = i // across * (height + 1), i % across * (width + 1)
        sheet[row : row + height, column : column + width] = tile
    return sheet
