"""The centre of a line, read from the pixels."""

import numpy as np

from lineclf._pixels import reshape_images

__all__ = ["read_positions"]

_ROWS = 2048  # rows worked on at a time, which bounds the memory for intermediate results


def read_positions(X):
    """Read the centre of each line from the pixels.

    The centre is the mean place of the pixels, each weighted by how far it differs from the background. On clean lines
    it is within half a pixel of the true centre, with the same error in all images of a class. The background is the
    median of the image's border; a line covers too little of the border to change it.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels), (n, height, width) or (n, n_features)
        Clean images; flattened ones are square, grey or RGB.

    Returns
    -------
    ndarray of shape (n, 2), float64
        Centre row and column in pixels, to a thousandth; the first pixel has its centre at 0.

    Raises
    ------
    ValueError
        If `X` holds no images, or in one of them no pixel or more than half of the pixels differ from the background
        (as under noise): then no centre can be read.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.model_selection import read_positions
    >>> image = np.zeros((1, 9, 9, 3), np.uint8)
    >>> image[0, 4, 1:6, 0] = 255
    >>> read_positions(image)
    array([[4., 3.]])
    """
    images = reshape_images(X)
    n, height, width, _ = images.shape
    rows, columns = np.mgrid[:height, :width].reshape(2, -1).astype(np.float32)
    moments = np.column_stack([np.ones_like(rows), rows, columns])
    positions = np.empty((n, 2))
    for start in range(0, n, _ROWS):
        weight = _difference(images[start : start + _ROWS])
        lit = np.count_nonzero(weight, axis=1)
        if len(wrong := np.flatnonzero((lit == 0) | (2 * lit > height * width) | ~np.isfinite(weight).all(axis=1))):
            raise ValueError(
                f"X must show one line on a plain background, but {lit[wrong[0]]} of the {height * width} pixels of "
                f"image {start + wrong[0]} differ from it: give the centres as groups"
            )
        mass, *centre = (weight @ moments).T
        positions[start : start + _ROWS] = np.column_stack(centre) / mass[:, None]
    return positions.round(3)  # past this lies noise of rounding, which must not part images with the same centre


def _difference(images):
    n, height, width, _ = images.shape
    border = np.ones((height, width), dtype=bool)
    border[1:-1, 1:-1] = False
    middle = border.sum() // 2
    difference = np.zeros((n, height * width), np.float32)
    for channel in np.moveaxis(images, 3, 0):
        plane = channel.reshape(n, -1).astype(np.float32)
        background = np.partition(plane[:, border.ravel()], middle, axis=1)[:, middle, None]
        difference += np.abs(plane - background)
    return difference
