"""Every distinct clean image of a world, and the probability of each given a noisy image."""

from functools import lru_cache

import numpy as np
from scipy import sparse

from lineclf._checks import is_number
from lineclf._pixels import as_pixels
from lineclf._words import fail
from lineclf.datasets import make_lines
from lineclf.datasets._noise import check_beta, filter_images, power_law_spectrum
from lineclf.datasets._worlds import COLORED_LINES, checked_world

__all__ = ["Templates", "check_noise", "marginals", "normalise", "templates_of"]

_SMALLEST_NOISE = 1e-6  # float32 images resolve no less
_LARGEST_NOISE = 1e6  # nothing is left of a line long before
_BLOCK = 256  # images at a time: their pixels and one class's products stay in the processor's cache


def templates_of(image_size, lengths, widths, angles, colors, background, antialias, beta):
    """Return the templates of a world. The last two are kept: the same world is often asked for several times."""
    options = (image_size, lengths, widths, angles, antialias, colors, background)
    return _kept(checked_world(dict(zip(COLORED_LINES, options, strict=True))), check_beta(beta))


class Templates:
    """Every distinct clean image, class by class, as its difference to the empty background.

    The noise has covariance σ²R with R of ``power_law_spectrum(image_size, beta)``; for white noise R is the identity.
    """

    def __init__(self, world, beta):
        self.world = {name: getattr(world, name) for name in COLORED_LINES}
        self.beta = beta
        clean, y, masks = make_lines(
            None, distinct=True, dtype="float32", shuffle=False, return_masks=True, random_state=0, **self.world
        )
        self.shape = world.shape
        self.image_shape = clean.shape[1:]
        # A pixel of background. Any image would do for the origin; the empty one makes most differences zero.
        empty = clean[np.unravel_index(masks.argmin(), masks.shape)]
        self.origin = np.broadcast_to(empty, self.image_shape).reshape(-1)
        starts = np.flatnonzero(np.any(np.diff(y, axis=0, prepend=-1), axis=1))
        self.members = [self._differences(images) for images in np.split(clean, starts[1:])]

    def _differences(self, images):
        flat = images.reshape(len(images), -1).astype(np.float64)
        flat -= self.origin
        half_squares = (flat * self._precise(flat)).sum(axis=1, keepdims=True) / 2
        return sparse.csr_array(flat), half_squares

    def _precise(self, flat):
        """R⁻¹ times each row of differences to the background."""
        if not self.beta:
            return flat
        gain = 1 / power_law_spectrum(self.image_shape[0], self.beta)
        return filter_images(flat.reshape(-1, *self.image_shape), gain).reshape(flat.shape)

    def log_ratios(self, X, noise):
        """Log-likelihood of each class less that of the empty background: (n, n_classes)."""
        noise, X = check_noise(noise), self._check_images(X)
        log_ratio = np.empty((len(self.members), len(X)))
        for start in range(0, len(X), _BLOCK):
            block = slice(start, start + _BLOCK)
            # ‖x − T‖² = ‖x − B‖² − 2 (x − B)·(T − B) + ‖T − B‖² with B the background, in the norm that R⁻¹ gives. The
            # first term is the largest and the same for every T: left out, nothing large is left to cancel. R⁻¹ goes
            # to the images, so that the templates stay sparse.
            x = np.ascontiguousarray(self._precise(X[block].astype(np.float64) - self.origin).T)
            for k, (differences, half_squares) in enumerate(self.members):
                score = (differences @ x - half_squares) / noise**2
                top = score.max(axis=0)
                log_ratio[k, block] = top + np.log(np.exp(score - top).mean(axis=0))
        return log_ratio.T

    def posterior(self, X, noise):
        """Probability of each class: (n, n_classes)."""
        return normalise(self.log_ratios(X, noise))

    def marginals(self, posterior):
        """Probabilities of the levels of each head, a list of (n, n_levels)."""
        return marginals(posterior, self.shape)

    def _check_images(self, X):
        X = as_pixels(X)
        size = int(np.prod(self.image_shape))
        if X.dtype.kind != "f" or X.shape[1:] not in (self.image_shape, (size,)) or not np.isfinite(X).all():
            raise ValueError(
                f"X must hold finite float images from 0 to 1 plus unclipped noise (make_lines with dtype='float32'), "
                f"shape (n, {', '.join(map(str, self.image_shape))}) or (n, {size}); got {X.dtype}, shape {X.shape}"
            )
        return X.reshape(-1, size)


@lru_cache(maxsize=2)
def _kept(world, beta):
    return Templates(world, beta)


def normalise(log_weight):
    """Turn logarithms of weights (n, n_classes) into probabilities; every row has a finite one."""
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    return weight / weight.sum(axis=1, keepdims=True)


def marginals(posterior, shape):
    """Sum probabilities (n, n_classes) over all heads but one, for each head: a list of (n, n_levels)."""
    grid = posterior.reshape(len(posterior), *shape)
    axes = range(1, grid.ndim)
    return [grid.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]


def check_noise(noise):
    """Return the standard deviation as a float, or raise ValueError."""
    if not is_number(noise) or not _SMALLEST_NOISE <= noise <= _LARGEST_NOISE:
        legal = f"a number from {_SMALLEST_NOISE:g} to {_LARGEST_NOISE:g}, a share of full scale"
        raise fail("noise", legal, noise)
    return float(noise)
