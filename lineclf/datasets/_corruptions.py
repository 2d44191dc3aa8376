"""`corrupt`: images made harder to read, their labels kept true."""

import math
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from lineclf._checks import check_count
from lineclf._pixels import as_pixels
from lineclf._scale import as_shares
from lineclf._words import check_choice
from lineclf.datasets import _damage
from lineclf.datasets._occluders import occlusion
from lineclf.datasets._seeds import child_generator, root_seed

__all__ = ["CORRUPTIONS", "corrupt"]

#: Each corruption's function, and its level at severities 1 to 5. At the first a nearest neighbour among all clean
#: images names all four labels of nearly every image, at the last of 40 to 85 %.
_KINDS: dict[str, tuple[Callable, tuple]] = {
    "gaussian-noise": (_damage.gaussian_noise, (0.1, 0.2, 0.3, 0.45, 0.6)),
    "shot-noise": (_damage.shot_noise, (50, 20, 8, 3, 1.5)),
    "impulse-noise": (_damage.impulse_noise, (0.05, 0.1, 0.2, 0.3, 0.4)),
    "blur": (_damage.blur, (0.4, 0.5, 0.6, 0.7, 0.8)),
    "fog": (_damage.fog, (0.2, 0.35, 0.5, 0.58, 0.65)),
    "spatter": (_damage.spatter, ((1.5, 0.5), (1.2, 0.55), (0.9, 0.6), (0.6, 0.65), (0.3, 0.7))),
    "brightness": (_damage.brightness, (0.15, 0.3, 0.4, 0.45, 0.5)),
    "contrast": (_damage.contrast, (0.15, 0.3, 0.4, 0.45, 0.5)),
    "pixelate": (_damage.pixelate, (0.95, 0.85, 0.7, 0.6, 0.5)),
    "occlusion": (occlusion, ((1, 3), (2, 4), (3, 5), (4, 6), (5, 7))),
}

#: Names of the corruptions.
CORRUPTIONS = tuple(_KINDS)

_CHUNK = 1024


def corrupt(X: Any, corruption: str, severity: int = 1, random_state: Any = None) -> np.ndarray:
    """Make images harder to read by one of ten corruptions, at one of five severities, and leave their labels true.

    Made for the default world of `make_lines`: 28×28 pixels that show one whole line on a plain background, without
    noise or distractors. There no corruption makes one class look like another: after blur or pixelation, no two of its
    38,912 images with different labels are the same; behind occluders, only one class fits the visible rest; fog,
    spatter, brightness and contrast leave at least 30 % of the line's contrast everywhere. Only the three kinds of
    noise may hide a label, by chance. Other images are accepted too, without these promises.

    Parameters
    ----------
    X : ndarray of uint8 or float32, shape (n, height, width, channels) or (n, n_features)
        The images: 0 to 255, or 0 to 1 as float32. Flattened ones must be square, grey (height²) or RGB (3·height²).
    corruption : str
        One of ``CORRUPTIONS``; five numbers are the levels at severities 1 to 5, in the units given.

        - "gaussian-noise": standard deviation 0.1, 0.2, 0.3, 0.45, 0.6 of full scale.
        - "shot-noise": Poisson counts of light, 50, 20, 8, 3, 1.5 at full scale, and a tenth as many in the dark, whose
          mean is subtracted.
        - "impulse-noise": a share of 0.05, 0.1, 0.2, 0.3, 0.4 of the values set to 0 or 1.
        - "blur": Gaussian, of standard deviation 0.4, 0.5, 0.6, 0.7, 0.8 px. The brightest pixel of a blurred line of
          width 1 stays darker than that of any of width 3.
        - "fog": a smooth random cloud, from black to white, mixed in by shares of 0.2, 0.35, 0.5, 0.58, 0.65.
        - "spatter": pale drops on about 8, 13, 20, 29, 39 % of the image, of opacity 0.5, 0.55, 0.6, 0.65, 0.7.
        - "brightness": 0.15, 0.3, 0.4, 0.45, 0.5 of full scale added, times 0.8 to 1.2, drawn for each image.
        - "contrast": values drawn to their channel's mean by 0.15, 0.3, 0.4, 0.45, 0.5, times 0.8 to 1.2 again.
        - "pixelate": averaged over the cells of a grid, 0.95, 0.85, 0.7, 0.6, 0.5 cells per pixel in each direction.
        - "occlusion": 1, 2, 3, 4, 5 grey squares of side 3, 4, 5, 6, 7 px. The first hides at most half of the line,
          the others lie beside it; none hides an end of the line or a neighbour of an end's pixels, so that the ends
          are always seen as such. Pixels that do not have the image's commonest colour count as line.
    severity : int, default=1
        1 to 5. Severities of one seed share their draws, and differ only in the level.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, default=None
        Seed or source of the draws. With the same seed, an image at the same place of the batch is corrupted in the
        same way whatever the other images are, as uint8 or as float32. "blur" and "pixelate" draw nothing.

    Returns
    -------
    ndarray of the shape and dtype of `X`
        The corrupted images, clipped to 0 to 255 (and rounded), or to 0 to 1.

    Raises
    ------
    ValueError
        If an argument is not as above.

    See Also
    --------
    make_lines : Draws lines; its noise is not clipped, and its distractors are coloured.

    Notes
    -----
    The five severities and most of the names are those of [1]_. The levels are others: lines of 1 px do not survive the
    levels that photographs survive.

    References
    ----------
    .. [1] D. Hendrycks and T. Dietterich, "Benchmarking neural network robustness to common corruptions and
       perturbations", ICLR 2019.

    Examples
    --------
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=1, random_state=0)
    >>> Z = corrupt(X, "fog", severity=3, random_state=0)
    >>> Z.shape, Z.dtype
    ((96, 28, 28, 3), dtype('uint8'))

    All of them at their worst:

    >>> worst = {name: corrupt(X, name, 5, random_state=0) for name in CORRUPTIONS}
    """
    kind, levels = _KINDS[check_choice("corruption", corruption, CORRUPTIONS)]
    level = levels[check_count("severity", severity, maximum=len(levels)) - 1]
    images = _as_images(X)
    root = root_seed(random_state)
    # One generator a purpose, which goes on from chunk to chunk.
    draw = cache(lambda purpose: child_generator(root, f"{corruption}: {purpose}"))
    result = np.empty(images.shape, images.dtype)
    for start in range(0, len(images), _CHUNK):
        chunk = slice(start, start + _CHUNK)
        shares = np.clip(kind(as_shares(images[chunk]), level, draw), 0, 1)
        result[chunk] = np.rint(255 * shares) if images.dtype == np.uint8 else shares
    return result.reshape(np.shape(X))


def _as_images(X: Any) -> np.ndarray:
    """Return `X` as images (n, height, width, channels), or raise ValueError."""
    X = as_pixels(X)
    if X.ndim not in (2, 4) or 0 in X.shape or X.dtype not in (np.uint8, np.float32):
        raise ValueError(
            "X must be uint8 or float32 images of shape (n, height, width, channels), or the same flattened to "
            f"(n, n_features); got {X.dtype} of shape {X.shape}"
        )
    if X.dtype == np.float32 and not (X.min() >= 0 and X.max() <= 1):  # not: NaN is neither
        raise ValueError(f"X must be from 0 to 1 as float32; got {X.min():g} to {X.max():g}")
    if X.ndim == 4:
        return X
    for channels in (3, 1):
        side = math.isqrt(X.shape[1] // channels)
        if channels * side**2 == X.shape[1]:
            return X.reshape(len(X), side, side, channels)
    raise ValueError(f"X must have height² or 3·height² features a row where flattened; got {X.shape[1]}")
