"""What the displays share: axes, pictures of images, mosaics. Matplotlib's objects, no pyplot state."""

import numpy as np


def grid_of_axes(ax, rows, columns, *, width, height):
    """Figure and axes of shape (rows, columns): new ones, or those given; without ticks."""
    if ax is None:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(width * columns, height * rows + 0.3), dpi=100, layout="constrained")
        axes = figure.subplots(rows, columns, squeeze=False)
    else:
        axes = np.atleast_1d(np.asarray(ax, dtype=object))
        if axes.size != rows * columns:
            raise ValueError(f"ax must hold {rows} × {columns} axes; got {axes.size}")
        axes = axes.reshape(rows, columns)
        figure = axes[0, 0].figure
    for each in axes.ravel():
        each.xaxis.set_visible(False)  # far cheaper to lay out than an axis without ticks
        each.yaxis.set_visible(False)
    return figure, axes


def as_picture(image):
    """An image (height, width, channels) for ``imshow``: RGB as it is, one channel as a plane, else the mean."""
    image = np.clip(image, 0, 1)
    if image.shape[-1] == 3:
        return image
    return image.mean(axis=-1)


def mosaic(tiles, across):
    """Tiles (n, height, width[, channels]) side by side with a gap of one pixel.

    Single-channel tiles are scaled, each to its own largest value, negative values being shown as zero.
    """
    tiles = np.asarray(tiles, dtype=float)
    if tiles.ndim == 3:
        largest = tiles.max(axis=(1, 2), keepdims=True)
        tiles = np.clip(tiles / np.where(largest > 0, largest, 1), 0, 1)
    n, height, width, *channels = tiles.shape
    down = -(-n // across)
    sheet = np.full((down * (height + 1) - 1, across * (width + 1) - 1, *channels), np.nan if not channels else 1.0)
    for i, tile in enumerate(tiles):
        row, column = divmod(i, across)
        sheet[row * (height + 1) : row * (height + 1) + height, column * (width + 1) : column * (width + 1) + width] = (
            tile
        )
    return sheet
