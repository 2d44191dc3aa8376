"""Harder worlds of lines, drawn anew by each seed: a ``draw`` for an AblationCV, a comparison or a track."""

from sklearn.base import BaseEstimator, clone
from sklearn.utils import Bunch, check_random_state

from lineclf._checks import check_count, check_flag
from lineclf._labels import default_heads
from lineclf.datasets import (
    COUNTS,
    FACTORS,
    TARGET_NAMES,
    make_background_lines,
    make_count_lines,
    make_crossing_lines,
    make_shortcut_lines,
)
from lineclf.datasets._worlds import COLORED_LINES, LINES, check_agreement, checked_world

__all__ = ["BackgroundDraw", "CountDraw", "CrossingDraw", "RedAndBlueDraw", "ShortcutDraw", "WorldDraw"]


class WorldDraw(BaseEstimator):
    """Base of draws whose test images are drawn anew, like the training images."""

    _legal = COLORED_LINES  # options of the world

    def __call__(self, random_state=None, **changes):
        """Draw training and test images, independently of each other.

        Parameters
        ----------
        random_state : int, RandomState instance or None
            Seed.
        **changes
            Arguments to change for this call.

        Returns
        -------
        Bunch
            X, y, X_test, y_test: float32 images of shape (n, height, width, 3), or flat, and labels as the world's
            function gives them; labels: head → names of its levels, in the default world.

        Raises
        ------
        ValueError
            If an argument is not as the class says.
        """
        if changes:
            return clone(self).set_params(**changes)(random_state)
        checked_world(self.world, self._legal)
        flat = check_flag("flat", self.flat)
        n_train, n_test = check_count("n_train", self.n_train), check_count("n_test", self.n_test)
        seeds = check_random_state(random_state).randint(2**31, size=2)
        X, y = self._draw(n_train, seeds[0], test=False)
        X_test, y_test = self._draw(n_test, seeds[1], test=True)
        if flat:
            X, X_test = X.reshape(len(X), -1), X_test.reshape(len(X_test), -1)
        return Bunch(X=X, y=y, X_test=X_test, y_test=y_test, labels={} if self.world else self._labels())

    def _labels(self):
        """Names of the levels of each head in the default world."""
        return dict(zip(FACTORS, TARGET_NAMES, strict=True))


class BackgroundDraw(WorldDraw):
    """Draw lines on 1/f^β noise of known covariance: :func:`lineclf.datasets.make_background_lines`.

    ``lineclf.baselines.BayesClassifier(noise, beta=beta, world=world)`` is the exact bound. With `beta` 0 it assumes
    white noise.

    Parameters
    ----------
    noise : float, default=0.5
        Standard deviation of the noise at each pixel as a share of full scale.
    beta : float, default=2.0
        Exponent of the noise's spectrum, from 0 (white) to 4.
    n_train, n_test : int, default=2000
        Images of each side.
    flat : bool, default=False
        Whether images are rows of pixels, as scikit-learn's own estimators take them.
    world : dict, default=None
        Other options of the world, as the function takes them, such as ``{"angles": [0, 90]}``.

    Examples
    --------
    >>> from lineclf.model_selection import BackgroundDraw
    >>> data = BackgroundDraw(noise=0.8, n_train=200, n_test=50)(random_state=0)
    >>> data.X.shape, data.y.shape, data.X_test.shape
    ((200, 28, 28, 3), (200, 4), (50, 28, 28, 3))
    """

    def __init__(self, noise=0.5, beta=2.0, *, n_train=2000, n_test=2000, flat=False, world=None):
        self.noise, self.beta, self.n_train, self.n_test = noise, beta, n_train, n_test
        self.flat, self.world = flat, world

    def _draw(self, n, random_state, test):
        options = {"noise": self.noise, "beta": self.beta, **(self.world or {})}
        return make_background_lines(n, random_state=random_state, **options)


class RedAndBlueDraw(WorldDraw):
    """Base of draws of red and blue lines on black."""

    _legal = LINES

    def __init__(self, noise=0.5, *, n_train=2000, n_test=2000, flat=False, world=None):
        self.noise, self.n_train, self.n_test, self.flat, self.world = noise, n_train, n_test, flat, world


class CrossingDraw(RedAndBlueDraw):
    """Draw a red and a blue line into each image: :func:`lineclf.datasets.make_crossing_lines`.

    ``lineclf.baselines.CrossingBayesClassifier(noise, world=world)`` is the exact bound.

    Parameters
    ----------
    noise : float, default=0.5
        Standard deviation of white noise as a share of full scale.
    n_train, n_test, flat, world
        As in :class:`BackgroundDraw`.

    Examples
    --------
    >>> from lineclf.model_selection import CrossingDraw
    >>> data = CrossingDraw(n_train=200, n_test=50, flat=True)(random_state=0)
    >>> data.X.shape, data.y.shape
    ((200, 2352), (200, 6))
    """

    def _draw(self, n, random_state, test):
        return make_crossing_lines(n, noise=self.noise, random_state=random_state, **(self.world or {}))

    def _labels(self):
        return dict(zip(default_heads(6), 2 * TARGET_NAMES[:3], strict=True))


class CountDraw(RedAndBlueDraw):
    """Draw no line, a red one, a blue one or both: :func:`lineclf.datasets.make_count_lines`.

    ``lineclf.baselines.CountBayesClassifier(noise, world=world)`` is the exact bound.

    Parameters
    ----------
    noise : float, default=0.5
        Standard deviation of white noise as a share of full scale.
    n_train, n_test, flat, world
        As in :class:`BackgroundDraw`.

    Examples
    --------
    >>> from lineclf.model_selection import CountDraw
    >>> data = CountDraw(n_train=200, n_test=50)(random_state=0)
    >>> data.y.shape, data.labels
    ((200,), {'class': ['none', 'red', 'blue', 'both']})
    """

    def _draw(self, n, random_state, test):
        return make_count_lines(n, noise=self.noise, random_state=random_state, **(self.world or {}))

    def _labels(self):
        return {"class": list(COUNTS)}


class ShortcutDraw(WorldDraw):
    """Draw lines whose colour tells their angle in training, and is misleading in the test.

    Images are of :func:`lineclf.datasets.make_shortcut_lines`. ``lineclf.baselines.ShortcutBayesClassifier`` is the
    exact bound: for models that rely on the training's agreement, on none, or on the test's. Only the angle counts:
    :func:`lineclf.metrics.worst_group_accuracy`.

    Parameters
    ----------
    noise : float, default=0.8
        Standard deviation of white noise as a share of full scale.
    agreement : float, default=0.99
        Probability that colour and angle agree in a training image.
    test_agreement : float, default=None
        The same in a test image; by default ``1 - agreement``.
    n_train, n_test, flat, world
        As in :class:`BackgroundDraw`; the world has two colours, and angles on both sides of 90°.

    Examples
    --------
    >>> from lineclf.datasets import shortcut_groups
    >>> from lineclf.model_selection import ShortcutDraw
    >>> data = ShortcutDraw(agreement=1.0, n_train=200, n_test=50)(random_state=0)
    >>> set(shortcut_groups(data.y).tolist()), set(shortcut_groups(data.y_test).tolist())
    ({0, 3}, {1, 2})
    """

    def __init__(
        self, noise=0.8, agreement=0.99, test_agreement=None, *, n_train=2000, n_test=2000, flat=False, world=None
    ):
        self.noise, self.agreement, self.test_agreement = noise, agreement, test_agreement
        self.n_train, self.n_test, self.flat, self.world = n_train, n_test, flat, world

    def _draw(self, n, random_state, test):
        agreement = check_agreement("agreement", self.agreement)
        if test:
            given = self.test_agreement
            agreement = 1 - agreement if given is None else check_agreement("test_agreement", given)
        options = {"agreement": agreement, "noise": self.noise, **(self.world or {})}
        return make_shortcut_lines(n, random_state=random_state, **options)
