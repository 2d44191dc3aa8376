"""From a layer's grid back to pixels: every cell's value belongs to the middle of the cell's receptive field."""

import numpy as np

__all__ = ["centres", "upsample"]


def centres(path, layer):
    """Pixel at the centre of each cell of a layer, along both axes.

    Parameters
    ----------
    path : list of keras.layers.Layer
        From the first layer on.
    layer : keras.layers.Layer
        One of them, with maps.

    Returns
    -------
    tuple of two ndarray of float
        Rows and columns, in pixels; pixel 0 is centred on 0.
    """
    sides = path[0].input.shape[1:3]
    first, jump = np.zeros(2), np.ones(2)
    for each in path:
        window = getattr(each, "kernel_size", None) or getattr(each, "pool_size", None)
        if window and len(each.output.shape) == 4:
            window, strides = np.array(window), np.array(each.strides)
            before = np.zeros(2)
            if each.padding == "same":
                here = np.array(each.input.shape[1:3])
                before = np.maximum((-(-here // strides) - 1) * strides + window - here, 0) // 2
            first = first + ((window - 1) / 2 - before) * jump
            jump = jump * strides
        sides = each.output.shape[1:3]
        if each is layer:
            break
    return tuple(first[axis] + jump[axis] * np.arange(sides[axis]) for axis in range(2))


def upsample(maps, cells, image_shape):
    """Linear interpolation between the cells' centres; beyond the outermost centre its value stays.

    Parameters
    ----------
    maps : ndarray of shape (n, rows, columns)
    cells : tuple of two ndarray
        From :func:`centres`.
    image_shape : tuple of int
        Height and width first.

    Returns
    -------
    ndarray of shape (n, height, width), float32
    """
    down, across = (_weights(side, middle) for side, middle in zip(image_shape[:2], cells, strict=True))
    return np.einsum("hr,nrc,wc->nhw", down, maps, across, optimize=True).astype(np.float32)


def _weights(side, middle):
    """Interpolation weights, shape (side, cells)."""
    return np.column_stack([np.interp(np.arange(side), middle, unit) for unit in np.eye(len(middle))])
