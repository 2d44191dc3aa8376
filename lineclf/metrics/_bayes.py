"""The exact ceiling under additive Gaussian noise: every clean image is known, and so is the posterior."""

from typing import NamedTuple

import numpy as np

from lineclf._checks import check_count
from lineclf.datasets import FACTORS, factors_of, make_lines
from lineclf.datasets._noise import add_power_law_noise
from lineclf.datasets._seeds import child_generator, root_seed
from lineclf.metrics._templates import check_noise, templates_of

__all__ = ["Ceiling", "bayes_accuracy", "bayes_log_ratios", "bayes_posterior", "bayes_predict"]


class Ceiling(NamedTuple):
    """An estimated accuracy that no classifier exceeds, and the standard error of the estimate.

    Attributes
    ----------
    accuracy : float
        From 0 to 1.
    standard_error : float
        Of `accuracy`.
    """

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
    beta=0.0,
):
    """Exact probability of every class given images with Gaussian noise.

    With T_k the distinct images of the world, equally probable classes, and equally probable n_c places in each class
    c, p(c | x) ∝ 1/n_c · Σ_{k ∈ c} exp(−‖x − T_k‖² / 2σ²). That is Bayes' rule for what :func:`make_lines` draws with
    ``noise=σ, dtype="float32"``, and :func:`make_background_lines`; the model has no parameters and learns nothing.

    Parameters
    ----------
    X : array-like of float, shape (n, image_size, image_size, 3) or (n, image_size · image_size · 3)
        Images from 0 to 1 plus noise, unclipped: clipped or rounded noise is not Gaussian.
    noise : float
        Standard deviation σ of the noise at each pixel as a share of full scale, from 1e-6 to 1e6.
    image_size, lengths, widths, angles, colors, background, antialias
        The world, as in :func:`make_lines`: whole-pixel centres, no distractors.
    beta : float, default=0.0
        Exponent β of the noise's spectrum 1/f^β, from 0 (white) to 4, as in
        :func:`lineclf.datasets.make_background_lines`. With its known covariance C the distance above becomes
        (x − T_k)ᵀ C⁻¹ (x − T_k): the noise is whitened first.

    Returns
    -------
    ndarray of float64, shape (n, n_classes)
        Probabilities; the columns are class indices, as :func:`class_index` counts them.

    Raises
    ------
    ValueError
        If `X` or `noise` is not as above, or :func:`make_lines` cannot draw the world with ``distinct=True``.

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
    return templates_of(image_size, lengths, widths, angles, colors, background, antialias, beta).posterior(X, noise)


def bayes_log_ratios(
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
    beta=0.0,
):
    """Exact log-likelihood ratio of every class to the empty image, given images with Gaussian noise.

    The ratio is log p(x | c) − log p(x | no line). The posterior follows from it under any prior of the classes, of
    lines in channels of their own, or of no line at all.

    Parameters
    ----------
    X, noise, image_size, lengths, widths, angles, colors, background, antialias, beta
        As in :func:`bayes_posterior`.

    Returns
    -------
    ndarray of float64, shape (n, n_classes)
        Ratios in nats; the columns are class indices, as :func:`class_index` counts them.

    Raises
    ------
    ValueError
        As in :func:`bayes_posterior`.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.metrics import bayes_log_ratios
    >>> world = {"image_size": 9, "lengths": [5, 7], "angles": [0, 90]}
    >>> empty = np.zeros((1, 9, 9, 3))
    >>> bool((bayes_log_ratios(empty, 0.3, **world) < 0).all())
    True
    """
    return templates_of(image_size, lengths, widths, angles, colors, background, antialias, beta).log_ratios(X, noise)


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
    beta=0.0,
    return_proba=False,
):
    """Give the best possible prediction: the most probable combination of levels given a noisy image.

    This is the best prediction for the *joint* accuracy. The best for one head alone, the largest of its marginal
    probabilities, may differ from it.

    Parameters
    ----------
    X, noise, image_size, lengths, widths, angles, colors, background, antialias, beta
        As in :func:`bayes_posterior`.
    return_proba : bool, default=False
        Whether to return the heads' probabilities as well.

    Returns
    -------
    y : ndarray of int64, shape (n, 4)
        Level indices of length, width, angle and colour.
    proba : list of 4 ndarrays of float64, shape (n, n_levels)
        Marginal probability of every level of each head, as from `predict_proba` of a classifier. Only with
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
    templates = templates_of(image_size, lengths, widths, angles, colors, background, antialias, beta)
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
    beta=0.0,
    random_state=None,
):
    """Estimate the highest accuracy that any classifier can reach under Gaussian noise, jointly and for each head.

    The best prediction for an image x is right with probability max_c p(c | x), which is known exactly, so the ceiling
    is the mean of this maximum over images. The mean over drawn images has the same expectation as the share of right
    predictions, and less variance (it is the Rao–Blackwellised estimate). Only the images are drawn, the same number
    for each class. A head's ceiling is that of its own best prediction, the maximum of its marginal, so one prediction
    need not reach all four.

    Parameters
    ----------
    noise : float
        Standard deviation of the noise at each pixel as a share of full scale, from 1e-6 to 1e6.
    n : int, default=5000
        Number of images, rounded up to the same number for every class, at least two per class.
    image_size, lengths, widths, angles, colors, background, antialias, beta
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
    templates = templates_of(image_size, lengths, widths, angles, colors, background, antialias, beta)
    n_classes = len(templates.members)
    n_per_class = max(2, -(-int(n) // n_classes))
    noise, root = check_noise(noise), root_seed(random_state)
    X, _ = make_lines(
        n_per_class,
        noise=0 if templates.beta else noise,
        dtype="float32",
        shuffle=False,
        random_state=root,
        **templates.world,
    )
    if templates.beta:
        add_power_law_noise(X, noise, templates.beta, child_generator(root, "power-law noise"))
    posterior = templates.posterior(X, noise)
    ceilings = {}
    for name, proba in zip(("joint", *FACTORS), (posterior, *templates.marginals(posterior)), strict=True):
        right = proba.max(axis=1).reshape(n_classes, n_per_class)
        variance = right.var(axis=1, ddof=1).mean() / right.size  # as drawn: so many from every class
        ceilings[name] = Ceiling(float(right.mean()), float(np.sqrt(variance)))
    return ceilings
