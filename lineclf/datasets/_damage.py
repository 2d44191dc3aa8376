"""The corruptions themselves: functions of images (n, height, width, channels) of float32 from 0 to 1.

Each takes the images, its level and `draw`, which gives the generator for a purpose. Every image takes the same number
of draws from each, whatever it shows, so that its draws depend only on the seed and its place. Results may exceed 0 and
1.
"""

import math
from collections.abc import Callable

import numpy as np

__all__ = [
    "DARK",
    "DROP_GREY",
    "DROP_SIZE",
    "LEAST",
    "MOST",
    "Draw",
    "blur",
    "brightness",
    "contrast",
    "fog",
    "gaussian_noise",
    "impulse_noise",
    "pixelate",
    "shot_noise",
    "spatter",
]

Draw = Callable[[str], np.random.Generator]

#: Light that a sensor counts in the dark, as a share of full scale; its mean is taken off again.
DARK = 0.1

#: Images differ in how hard brightness and contrast strike: by this factor of the level, from least to most.
LEAST, MOST = 0.8, 1.2

#: Grey of the drops of spatter, and their size: the standard deviation in pixels that smooths the noise they come from.
DROP_GREY, DROP_SIZE = 0.9, 1.5

_FOG_OCTAVES = 4


def gaussian_noise(images: np.ndarray, sigma: float, draw: Draw) -> np.ndarray:
    """Add Gaussian noise of standard deviation `sigma`."""
    return images + np.float32(sigma) * draw("noise").standard_normal(images.shape, dtype=np.float32)


def shot_noise(images: np.ndarray, full: float, draw: Draw) -> np.ndarray:
    """Count light: Poisson counts of mean `full` per unit of intensity, less the mean count of the dark."""
    result = np.empty_like(images)
    # A Poisson draw uses up more numbers the brighter it is, so every image needs a generator of its own.
    for seed, image, out in zip(draw("seeds").integers(2**63, size=len(images)), images, result, strict=True):
        out[...] = np.random.default_rng(seed).poisson(full * (image + DARK)) / full - DARK
    return result


def impulse_noise(images: np.ndarray, share: float, draw: Draw) -> np.ndarray:
    """Set a `share` of the values, each by itself, to 0 or to 1."""
    chance = draw("values").random(images.shape, dtype=np.float32)
    return np.where(chance < share / 2, 0, np.where(chance >= 1 - share / 2, 1, images))


def blur(images: np.ndarray, sigma: float, draw: Draw) -> np.ndarray:
    """Smooth by a Gaussian of standard deviation `sigma` pixels."""
    return _separable(images, lambda size: _gaussian(size, sigma))


def fog(images: np.ndarray, density: float, draw: Draw) -> np.ndarray:
    """Mix in, by the share `density`, a smooth random cloud: 0 at its darkest place and 1 at its brightest."""
    n, height, width, _ = images.shape
    cloud = np.zeros((n, height, width))
    for octave in range(_FOG_OCTAVES):
        nodes = 2**octave + 1
        heights = draw(f"octave {octave}").random((n, nodes, nodes)) / 2**octave
        cloud += _interpolation(height, nodes) @ heights @ _interpolation(width, nodes).T
    cloud -= cloud.min(axis=(1, 2), keepdims=True)
    cloud /= np.maximum(cloud.max(axis=(1, 2), keepdims=True), np.finfo(float).tiny)
    return _mix(images, density, cloud[..., None].astype(np.float32))


def spatter(images: np.ndarray, level: tuple[float, float], draw: Draw) -> np.ndarray:
    """Put grey drops, which let some of the image through, on a share of the image.

    `level` is how high smooth noise must rise for a drop, in standard deviations, and how opaque drops are.
    """
    threshold, opacity = level
    noise = draw("drops").standard_normal((*images.shape[:3], 1), dtype=np.float32)
    noise = _separable(noise, lambda size: _gaussian(size, DROP_SIZE))
    noise *= 2 * math.sqrt(math.pi) * DROP_SIZE  # smoothing divided the standard deviation by this
    return _mix(images, opacity * np.clip(2 * (noise - threshold), 0, 1), DROP_GREY)


def brightness(images: np.ndarray, shift: float, draw: Draw) -> np.ndarray:
    """Add `shift` to all values, more to some images than to others."""
    return images + shift * _strength(images, draw)


def contrast(images: np.ndarray, loss: float, draw: Draw) -> np.ndarray:
    """Move values to their channel's mean over the image by the share `loss`, in some images more than in others."""
    # in float64, whose sums round to the same float32 in whichever order NumPy adds
    mean = images.mean(axis=(1, 2), keepdims=True, dtype=np.float64).astype(np.float32)
    return _mix(images, loss * _strength(images, draw), mean)


def pixelate(images: np.ndarray, cells: float, draw: Draw) -> np.ndarray:
    """Average over the cells of a grid, in each direction `cells` for one pixel."""
    return _separable(images, lambda size: _cells(size, max(1, round(cells * size))))


def _strength(images: np.ndarray, draw: Draw) -> np.ndarray:
    return draw("strength").uniform(LEAST, MOST, size=(len(images), 1, 1, 1)).astype(np.float32)


def _mix(images: np.ndarray, share: np.ndarray | float, other: np.ndarray | float) -> np.ndarray:
    return (1 - share) * images + share * other


def _separable(images: np.ndarray, matrix: Callable[[int], np.ndarray]) -> np.ndarray:
    """Apply a square matrix for each direction; image by image, so that the sums' order is always the same."""
    n, height, width, channels = images.shape
    rows, columns = (matrix(size).astype(np.float32) for size in (height, width))
    down = rows @ images.reshape(n, height, width * channels)
    return columns @ down.reshape(images.shape)


def _gaussian(size: int, sigma: float) -> np.ndarray:
    """Weights of a Gaussian out to four `sigma`; the image is mirrored beyond its border, so no weight is lost."""
    radius = int(4 * sigma + 0.5)
    offsets = np.arange(-radius, radius + 1)
    weights = np.exp(-(offsets**2) / (2 * sigma**2))
    pixels = np.arange(size)
    period = np.concatenate([pixels, pixels[::-1]])
    result = np.zeros((size, size))
    np.add.at(result, (pixels[:, None], period[(pixels[:, None] + offsets) % (2 * size)]), weights / weights.sum())
    return result


def _interpolation(size: int, nodes: int) -> np.ndarray:
    """Weights (size, nodes) that interpolate linearly from nodes, the outermost on the borders, to pixels' centres."""
    places = (np.arange(size) + 0.5) / size * (nodes - 1)
    return np.maximum(1 - np.abs(places[:, None] - np.arange(nodes)), 0)


def _cells(size: int, count: int) -> np.ndarray:
    """Weights that average over `count` cells of nearly equal size."""
    cell = np.arange(size) * count // size
    same = cell[:, None] == cell
    return same / same.sum(axis=1)
