"""The exact ceiling under additive Gaussian noise: every clean image of the world is known, so the posterior is."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse

from lineclf._checks import check_count, is_number
from lineclf._pixels import as_pixels
from lineclf._words import fail
from lineclf.datasets import FACTORS, factors_of, make_lines

_SMALLEST_NOISE = 1e-6  # float32 images resolve no less
_LARGEST_NOISE = 1e6  # nothing is left of a line long before
_BLOCK = 256  # images at a time: their pixels and one class's products stay in the processor's cache


class Ceiling(NamedTuple):
    """An estimated accuracy that no classifier exceeds, and the standard error of the estimate."""

    accuracy: float
    standard_error: float


def bayes_posterior(
    X,
    noise,
    *,
    image_size=28,
    lengths=(7, 15),
    widths=(1, 3),
    angles=range(0, 180, 15),
    colors=("red", "blue"),
    background="black",
    antialias=False,
):
    """Exact probability of every class given images with Gaussian noise.

    With T_k the distinct images of the world, classes equally probable and so the n_c places in each class c,
    p(c | x) ∝ 1/n_c · Σ_{k ∈ c} exp(−‖x − T_k‖² / 2σ²). That is Bayes' rule for what :func:`make_lines` draws with
    ``noise=σ, dtype="float32"``; the model has no parameters and nothing is learnt.

    Parameters
    ----------
    X : array-like of float, shape (n, image_size, image_size, 3) or (n, image_size · image_size · 3)
        Images from 0 to 1 plus noise, unclipped: clipped or rounded noise is not Gaussian.
    noise : float
        Standard deviation σ of the noise as a share of full scale, from 1e-6 to 1e6.
    image_size, lengths, widths, angles, colors, background, antialias
        The world, as in :func:`make_lines`: whole-pixel centres, no distractors.

    Returns
    -------
    ndarray of float64, shape (n, n_classes)
        Probabilities; the columns are class indices, as :func:`class_index` counts them.

    Raises
    ------
    ValueError
        If `X` or `noise` is not as above, or the world is none that :func:`make_lines` draws with ``distinct=True``.

    Examples
    --------
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.metrics import bayes_posterior
    >>> world = {"image_size": 9, "lengths": [5, 7], "angles": [0, 90]}
    >>> X, y = make_lines(n_per_class=1, noise=0.1, dtype="float32", random_state=0, **world)
    >>> posterior = bayes_posterior(X, 0.1, **world)
    >>> posterior.shape, bool((posterior.max(axis=1) > 0.99).all())
    ((16, 16), True)
    """
    return _Templates(image_size, lengths, widths, angles, colors, background, antialias).posterior(X, noise)


def bayes_predict(
    X,
    noise,
    *,
    image_size=28,
    lengths=(7, 15),
    widths=(1, 3),
    angles=range(0, 180, 15),
    colors=("red", "blue"),
    background="black",
    antialias=False,
    return_proba=False,
):
    """Predict what no classifier beats: the most probable combination of levels given a noisy image.

    This is the best prediction for the *joint* accuracy. The best for one head alone, the largest of its marginal
    probabilities, may differ from it.

    Parameters
    ----------
    X, noise, image_size, lengths, widths, angles, colors, background, antialias
        As in :func:`bayes_posterior`.
    return_proba : bool, default=False
        Whether to return the heads' probabilities as well.

    Returns
    -------
    y : ndarray of int64, shape (n, 4)
        Level indices of length, width, angle and colour.
    proba : list of 4 ndarrays of float64, shape (n, n_levels)
        Marginal probability of every level of each head, as `predict_proba` of a classifier. Only with
        ``return_proba=True``.

    Raises
    ------
    ValueError
        As in :func:`bayes_posterior`.

    Examples
    --------
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.metrics import bayes_predict, joint_accuracy_score
    >>> world = {"image_size": 9, "lengths": [5, 7], "angles": [0, 90]}
    >>> X, y = make_lines(n_per_class=50, noise=0.5, dtype="float32", random_state=0, **world)
    >>> joint_accuracy_score(y, bayes_predict(X, 0.5, **world))
    0.91...
    """
    templates = _Templates(image_size, lengths, widths, angles, colors, background, antialias)
    posterior = templates.posterior(X, noise)
    y = factors_of(posterior.argmax(axis=1), templates.shape)
    return (y, templates.marginals(posterior)) if return_proba else y


def bayes_accuracy(
    noise,
    *,
    n=5000,
    image_size=28,
    lengths=(7, 15),
    widths=(1, 3),
    angles=range(0, 180, 15),
    colors=("red", "blue"),
    background="black",
    antialias=False,
    random_state=None,
):
    """Estimate the highest accuracy that any classifier can reach under Gaussian noise, jointly and for each head.

    The best prediction for an image x is right with probability max_c p(c | x), which is known exactly, so the ceiling
    is the mean of that maximum over images. Averaging it over drawn images, instead of counting which predictions
    happen to be right, has the same expectation and less variance (it is the Rao–Blackwellised estimate); only the
    images are drawn, equally many a class. A head's ceiling is that of its own best prediction, the maximum of its
    marginal, and so the four need not be reached by one prediction.

    Parameters
    ----------
    noise : float
        Standard deviation of the noise as a share of full scale, from 1e-6 to 1e6.
    n : int, default=5000
        Number of images, rounded up to as many for every class, and at least two a class.
    image_size, lengths, widths, angles, colors, background, antialias
        As in :func:`bayes_posterior`.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, default=None
        Seed or source of the draws.

    Returns
    -------
    dict of str to Ceiling
        "joint", then each head → named tuple (accuracy, standard_error).

    Raises
    ------
    ValueError
        As in :func:`bayes_posterior`, or if `n` is not an integer ≥ 1.

    Examples
    --------
    >>> from lineclf.metrics import bayes_accuracy
    >>> ceiling = bayes_accuracy(0.5, n=800, image_size=9, lengths=[5, 7], angles=[0, 90], random_state=0)
    >>> round(ceiling["joint"].accuracy, 1), ceiling["joint"].standard_error < 0.01
    (0.9, True)
    >>> list(ceiling)
    ['joint', 'length', 'width', 'angle', 'color']
    """
    check_count("n", n)
    templates = _Templates(image_size, lengths, widths, angles, colors, background, antialias)
    n_classes = len(templates.members)
    n_per_class = max(2, -(-int(n) // n_classes))
    X, _ = make_lines(
        n_per_class,
        noise=_check_noise(noise),
        dtype="float32",
        shuffle=False,
        random_state=random_state,
        **templates.world,
    )
    posterior = templates.posterior(X, noise)
    ceilings = {}
    for name, proba in zip(("joint", *FACTORS), (posterior, *templates.marginals(posterior)), strict=True):
        right = proba.max(axis=1).reshape(n_classes, n_per_class)
        variance = right.var(axis=1, ddof=1).mean() / right.size  # as drawn: so many from every class
        ceilings[name] = Ceiling(float(right.mean()), float(np.sqrt(variance)))
    return ceilings


class _Templates:
    """Every distinct clean image, class by class, as its difference to the empty background."""

    def __init__(self, image_size, lengths, widths, angles, colors, background, antialias):
        levels = {"lengths": lengths, "widths": widths, "angles": angles, "colors": colors}
        levels = {name: list(level) if isinstance(level, Iterator) else level for name, level in levels.items()}
        self.world = {"image_size": image_size, **levels, "background": background, "antialias": antialias}
        clean, y, masks = make_lines(
            None, distinct=True, dtype="float32", shuffle=False, return_masks=True, random_state=0, **self.world
        )
        self.shape = tuple(y.max(axis=0) + 1)
        self.image_shape = clean.shape[1:]
        # A pixel of background. Any image would do for the origin; the empty one makes most differences zero.
        empty = clean[np.unravel_index(masks.argmin(), masks.shape)]
        self.origin = np.broadcast_to(empty, self.image_shape).reshape(-1)
        starts = np.flatnonzero(np.any(np.diff(y, axis=0, prepend=-1), axis=1))
        self.members = [self._differences(images) for images in np.split(clean, starts[1:])]

    def _differences(self, images):
        flat = images.reshape(len(images), -1).astype(np.float64)
        flat -= self.origin
        half_squares = (flat**2).sum(axis=1, keepdims=True) / 2
        return sparse.csr_array(flat), half_squares

    def posterior(self, X, noise):
        """Probability of each class: (n, n_classes)."""
        noise, X = _check_noise(noise), self._check_images(X)
        log_weight = np.empty((len(self.members), len(X)))
        for start in range(0, len(X), _BLOCK):
            block = slice(start, start + _BLOCK)
            # ‖x − T‖² = ‖x − B‖² − 2 (x − B)·(T − B) + ‖T − B‖² with B the background. The first term is the largest
            # and the same for every T: left out, nothing large is left to cancel.
            x = np.ascontiguousarray((X[block].astype(np.float64) - self.origin).T)
            for k, (differences, half_squares) in enumerate(self.members):
                score = (differences @ x - half_squares) / noise**2
                top = score.max(axis=0)
                log_weight[k, block] = top + np.log(np.exp(score - top).mean(axis=0))
        log_weight -= log_weight.max(axis=0)
        weight = np.exp(log_weight).T
        return weight / weight.sum(axis=1, keepdims=True)

    def marginals(self, posterior):
        """Probabilities of the levels of each head, a list of (n, n_levels)."""
        grid = posterior.reshape(len(posterior), *self.shape)
        axes = range(1, grid.ndim)
        return [grid.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]

    def _check_images(self, X):
        X = as_pixels(X)
        size = int(np.prod(self.image_shape))
        if X.dtype.kind != "f" or X.shape[1:] not in (self.image_shape, (size,)) or not np.isfinite(X).all():
            raise ValueError(
                f"X must hold finite float images from 0 to 1 plus unclipped noise (make_lines with dtype='float32'), "
                f"shape (n, {', '.join(map(str, self.image_shape))}) or (n, {size}); got {X.dtype}, shape {X.shape}"
            )
        return X.reshape(-1, size)


def _check_noise(noise):
    if not is_number(noise) or not _SMALLEST_NOISE <= noise <= _LARGEST_NOISE:
        legal = f"a number from {_SMALLEST_NOISE:g} to {_LARGEST_NOISE:g}, a share of full scale"
        raise fail("noise", legal, noise)
    return float(noise)
