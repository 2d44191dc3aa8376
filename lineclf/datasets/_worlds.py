"""Harder worlds of lines whose exact posterior is known: noise with a spectrum, two lines, counting, a shortcut.

Images are float32 from 0 to 1 plus unclipped Gaussian noise. Each is drawn by itself: its class, its place and its
noise are independent of the others', so that the prior of the classes is exactly the one that is stated.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from lineclf._checks import as_numbers, check_count, check_size, is_number
from lineclf._words import check_choice, fail
from lineclf.datasets._factors import factors_of
from lineclf.datasets._noise import add_power_law_noise, check_beta
from lineclf.datasets._render import add_noise, render
from lineclf.datasets._seeds import child_generator, root_seed
from lineclf.datasets._world import World

__all__ = [
    "COLORED_LINES",
    "COUNTS",
    "LINES",
    "check_agreement",
    "checked_world",
    "factors_agree",
    "make_background_lines",
    "make_count_lines",
    "make_crossing_lines",
    "make_shortcut_lines",
    "shortcut_groups",
    "shortcut_world",
]

#: Options of `make_lines` that say which lines there are: of any colours, and of a red and a blue one on black.
COLORED_LINES: tuple[str, ...] = ("image_size", "lengths", "widths", "angles", "antialias", "colors", "background")
LINES = COLORED_LINES[:5]

#: What `make_count_lines` counts, in the order of its labels.
COUNTS = ("none", "red", "blue", "both")


def make_background_lines(
    n_samples: int = 1000, *, noise: float = 0.5, beta: float = 2.0, random_state: Any = None, **world: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Draw lines on a background of 1/f^β noise of known covariance.

    The noise has the same standard deviation at every pixel, and neighbours are alike: its power is that of
    :func:`power_law_spectrum`. Channels and images have independent noise. A model that learns the noise as well sees
    far more than one that takes it for white; ``lineclf.baselines.BayesClassifier(noise, beta=beta)`` is the exact
    bound.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of images.
    noise : float, default=0.5
        Standard deviation σ of the noise at each pixel as a share of full scale, at least 0.
    beta : float, default=2.0
        Exponent β of the spectrum, from 0 (white) to 4.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, default=None
        Seed or source of the draws. Neither `noise` nor `beta` changes which lines are drawn where.
    **world
        Options image_size, lengths, widths, angles, colors, background and antialias of :func:`make_lines`.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, image_size, image_size, 3)
        Images from 0 to 1 plus noise.
    y : ndarray of int64, shape (n_samples, 4)
        Level indices of length, width, angle and colour, all combinations equally probable.

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> from lineclf.datasets import make_background_lines
    >>> X, y = make_background_lines(100, noise=0.8, beta=1, random_state=0)
    >>> X.shape, X.dtype, y.shape
    ((100, 28, 28, 3), dtype('float32'), (100, 4))
    """
    n_samples, noise, lines = check_count("n_samples", n_samples), check_size("noise", noise), checked_world(world)
    beta, root = check_beta(beta), root_seed(random_state)
    index = child_generator(root, "classes").integers(lines.n_classes, size=n_samples)
    X = _draw(lines, index, child_generator(root, "positions"))
    if noise and beta:
        add_power_law_noise(X, noise, beta, child_generator(root, "noise"))
    elif noise:
        add_noise(X, noise, child_generator(root, "noise"))
    return X, factors_of(index, lines.shape)


def make_crossing_lines(
    n_samples: int = 1000, *, noise: float = 0.5, random_state: Any = None, **world: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Draw a red and a blue line into each image; light adds where they cross.

    The two are drawn independently and may cross; the pixels that they share are magenta. Each stands in a channel of
    its own, so the exact posterior is the product of two: ``lineclf.baselines.CrossingBayesClassifier``.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of images.
    noise : float, default=0.5
        Standard deviation of white Gaussian noise as a share of full scale, at least 0.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, default=None
        Seed or source of the draws. `noise` does not change which lines are drawn where.
    **world
        Options image_size, lengths, widths, angles and antialias of :func:`make_lines`, for both lines.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, image_size, image_size, 3)
        Images from 0 to 1 plus noise.
    y : ndarray of int64, shape (n_samples, 6)
        Level indices of length, width and angle of the red line, then of the blue one, all combinations equally
        probable.

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> from lineclf.datasets import make_crossing_lines
    >>> X, y = make_crossing_lines(100, noise=0, random_state=0)
    >>> X.shape, y.shape
    ((100, 28, 28, 3), (100, 6))
    >>> bool((X[..., 0].any(axis=(1, 2)) & X[..., 2].any(axis=(1, 2))).all())
    True
    """
    n_samples, noise = check_count("n_samples", n_samples), check_size("noise", noise)
    lines, root = checked_world(world, LINES), root_seed(random_state)
    X, y = _two_lines(lines, n_samples, root)
    if noise:
        add_noise(X, noise, child_generator(root, "noise"))
    return X, y


def make_count_lines(
    n_samples: int = 1000, *, noise: float = 0.5, random_state: Any = None, **world: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Draw no line, a red one, a blue one or both into each image; light adds where they cross.

    ``lineclf.baselines.CountBayesClassifier`` is the exact bound.

    Parameters
    ----------
    n_samples, noise, random_state, **world
        As in :func:`make_crossing_lines`.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, image_size, image_size, 3)
        Images from 0 to 1 plus noise.
    y : ndarray of int64, shape (n_samples,)
        0 for none, 1 for red, 2 for blue and 3 for both, all equally probable.

    Raises
    ------
    ValueError
        If an argument is not as in :func:`make_crossing_lines`.

    Examples
    --------
    >>> from lineclf.datasets import make_count_lines
    >>> X, y = make_count_lines(100, noise=0, random_state=0)
    >>> bool((X.any(axis=(1, 2, 3)) == (y > 0)).all())
    True
    """
    n_samples, noise = check_count("n_samples", n_samples), check_size("noise", noise)
    lines, root = checked_world(world, LINES), root_seed(random_state)
    X, _ = _two_lines(lines, n_samples, root)
    y = child_generator(root, "classes").integers(len(COUNTS), size=n_samples)
    X[(y & 1) == 0, ..., 0] = 0
    X[(y & 2) == 0, ..., 2] = 0
    if noise:
        add_noise(X, noise, child_generator(root, "noise"))
    return X, y


def make_shortcut_lines(
    n_samples: int = 1000, *, agreement: float = 0.99, noise: float = 0.8, random_state: Any = None, **world: Any
) -> tuple[np.ndarray, np.ndarray]:
    """Draw lines whose colour tells much of their angle.

    The colour *agrees* if a line of less than 90° has the first colour, or one of 90° or more the second. It does so
    with probability `agreement`. The colour misleads a model that learns from images with one agreement and is tested
    on images with another. ``lineclf.baselines.ShortcutBayesClassifier`` is the exact bound under any agreement.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of images.
    agreement : float, default=0.99
        Probability ρ from 0 to 1 that the colour agrees with the angle; with 0.5 they are independent.
    noise : float, default=0.8
        Standard deviation of white Gaussian noise as a share of full scale, at least 0.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, default=None
        Seed or source of the draws. Neither `noise` nor `agreement` changes which lines are drawn where.
    **world
        Options image_size, lengths, widths, angles, colors, background and antialias of :func:`make_lines`: two
        colours, and angles on both sides of 90°.

    Returns
    -------
    X : ndarray of float32, shape (n_samples, image_size, image_size, 3)
        Images from 0 to 1 plus noise.
    y : ndarray of int64, shape (n_samples, 4)
        Level indices of length, width, angle and colour; the first three are independent and each level as probable as
        the others.

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> from lineclf.datasets import make_shortcut_lines
    >>> X, y = make_shortcut_lines(1000, agreement=0.95, random_state=0)
    >>> round(float(((y[:, 2] >= 6) == y[:, 3]).mean()), 2)
    0.96
    """
    n_samples, noise, lines = check_count("n_samples", n_samples), check_size("noise", noise), shortcut_world(world)
    agreement, root = check_agreement("agreement", agreement), root_seed(random_state)
    geometry = child_generator(root, "classes").integers(len(lines.lines), size=n_samples)
    agrees = child_generator(root, "agreement").random(n_samples) < agreement
    index = 2 * geometry
    index += factors_agree(lines)[index] != agrees
    X = _draw(lines, index, child_generator(root, "positions"))
    if noise:
        add_noise(X, noise, child_generator(root, "noise"))
    return X, factors_of(index, lines.shape)


def shortcut_groups(y: Any, angles: Any = range(0, 180, 15)) -> np.ndarray:
    """Return which of the four groups of angle and colour each image of :func:`make_shortcut_lines` belongs to.

    Parameters
    ----------
    y : array-like of int, shape (n, 4)
        Level indices of length, width, angle and colour.
    angles : sequence of float, default=range(0, 180, 15)
        The world's angles in degrees.

    Returns
    -------
    ndarray of int64, shape (n,)
        0: less than 90° and first colour; 1: less than 90° and second colour; 2: 90° or more and first colour;
        3: 90° or more and second colour. In groups 1 and 2 the colour conflicts with the angle.

    Raises
    ------
    ValueError
        If `y` has not four columns, or its angles or colours are not among the levels.

    Examples
    --------
    >>> from lineclf.datasets import shortcut_groups
    >>> shortcut_groups([[0, 0, 0, 0], [0, 0, 5, 1], [0, 0, 6, 0], [0, 0, 11, 1]])
    array([0, 1, 2, 3])
    """
    late = as_numbers("angles", list(angles)) >= 90
    y = as_numbers("y", y)
    legal = y.ndim == 2 and y.shape[1] == 4
    if not legal or not np.isin(y[:, 2], np.arange(len(late))).all() or not np.isin(y[:, 3], (0, 1)).all():
        raise ValueError(
            f"y must have shape (n, 4) with angles from 0 to {len(late) - 1} and colours 0 and 1; got shape {y.shape}"
        )
    return 2 * late[y[:, 2].astype(np.int64)] + y[:, 3].astype(np.int64)


def checked_world(options: Mapping[str, Any] | None, legal: tuple[str, ...] = COLORED_LINES) -> World:
    """Return the world of lines in float32 with these options of `make_lines`; ValueError if one is not `legal`."""
    if options is not None and not isinstance(options, Mapping):
        raise fail("world", f"None or a dict of options, some of {', '.join(legal)}", options)
    for name in options or {}:
        check_choice("options of the world", name, legal)
    return World.checked(dtype="float32", **(options or {}))


def shortcut_world(options: Mapping[str, Any] | None) -> World:
    """Return a world as `checked_world` does; ValueError unless it has two colours, and angles on both sides of 90°."""
    world = checked_world(options)
    if len(world.colors) != 2:
        raise ValueError(f"colors must be two, one for each side of 90°; got {len(world.colors)}")
    if not min(world.angles) < 90 <= max(world.angles):
        raise fail("angles", "on both sides of 90°, some less and some not", list(world.angles))
    return world


def factors_agree(world: World) -> np.ndarray:
    """Return for each class of a shortcut's world whether colour and angle agree, (n_classes,)."""
    levels = factors_of(np.arange(world.n_classes), world.shape)
    return (np.array(world.angles)[levels[:, 2]] >= 90) == levels[:, 3]


def check_agreement(name: str, value: Any) -> float:
    """Return a probability as a float from 0 to 1, or raise ValueError."""
    if not is_number(value) or not 0 <= value <= 1:
        raise fail(name, "a number from 0 to 1", value)
    return float(value)


def _draw(world: World, index: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a place for every class index (n,), and render it."""
    first, last = (centre[index // len(world.colors)] for centre in world.centre_range)
    return render(world, index, rng.integers(first, last, endpoint=True))


def _two_lines(world: World, n: int, root: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw a red and a blue line into each image; classes of `world` with its colours red and blue."""
    images, levels = [], []
    for color, name in enumerate(("red", "blue")):
        geometry = child_generator(root, f"{name} lines").integers(len(world.lines), size=n)
        index = 2 * geometry + color
        images.append(_draw(world, index, child_generator(root, f"{name} positions")))
        levels.append(factors_of(index, world.shape)[:, :3])
    return images[0] + images[1], np.hstack(levels)
