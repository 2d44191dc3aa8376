"""The ceilings of harder worlds: Bayes' rule for two lines in one image, counting, and a shortcut."""

import numpy as np
from sklearn.utils.validation import check_is_fitted

from lineclf.baselines._bayes import ExactRule
from lineclf.datasets import COUNTS
from lineclf.datasets._worlds import LINES, check_agreement, checked_world, factors_agree, shortcut_world
from lineclf.metrics._templates import marginals, normalise

__all__ = ["CountBayesClassifier", "CrossingBayesClassifier", "RedAndBlueRule", "ShortcutBayesClassifier"]


class RedAndBlueRule(ExactRule):
    """Base of rules for red and blue lines on black, which have a channel each."""

    def __init__(self, noise=0.5, *, world=None):
        self.noise, self.world = noise, world

    def _read_world(self):
        return checked_world(self.world, LINES)

    def _by_color(self, X):
        """Log-likelihood ratios of the red lines and of the blue ones, both (n, n_lines): the colour varies fastest."""
        log_ratios = self._log_ratios(X)
        return log_ratios[:, ::2], log_ratios[:, 1::2]


class CrossingBayesClassifier(RedAndBlueRule):
    """Bayes' rule for a red and a blue line in one image, :func:`lineclf.datasets.make_crossing_lines`.

    Each line stands in a channel of its own, and the noise of the channels is independent. So the posterior is the
    product of two: of the red line given the first channel, and of the blue line given the last. The answer, the most
    probable red line and the most probable blue one, is the best for all six labels together.

    Parameters
    ----------
    noise : float, default=0.5
        Standard deviation of white Gaussian noise as a share of full scale, from 1e-6 to 1e6.
    world : dict, default=None
        Options image_size, lengths, widths, angles and antialias of the world, if they are not the defaults.

    Examples
    --------
    >>> from lineclf.baselines import CrossingBayesClassifier
    >>> from lineclf.datasets import make_crossing_lines
    >>> world = {"lengths": [7], "angles": [0, 45, 90, 135]}
    >>> X, y = make_crossing_lines(100, noise=0.5, random_state=0, **world)
    >>> CrossingBayesClassifier(0.5, world=world).fit(X, y).score(X, y)
    0.9...
    """

    def _shapes(self):
        return 2 * [self._world.shape[:3]]

    def _posteriors(self, X):
        red, blue = self._by_color(X)
        return [normalise(red), normalise(blue)]


class CountBayesClassifier(RedAndBlueRule):
    """Bayes' rule for no line, a red one, a blue one or both, :func:`lineclf.datasets.make_count_lines`.

    The odds of a red line grow by its likelihood ratio to an empty channel, averaged over all red lines and their
    places; the same holds for blue.

    Parameters
    ----------
    noise, world
        As in :class:`CrossingBayesClassifier`.

    Examples
    --------
    >>> from lineclf.baselines import CountBayesClassifier
    >>> from lineclf.datasets import make_count_lines
    >>> world = {"lengths": [7], "angles": [0, 45, 90, 135]}
    >>> X, y = make_count_lines(100, noise=0.5, random_state=0, **world)
    >>> CountBayesClassifier(0.5, world=world).fit(X, y).score(X, y)
    0.89
    """

    def _shapes(self):
        return [(len(COUNTS),)]

    def _posteriors(self, X):
        red, blue = (_log_mean(ratios) for ratios in self._by_color(X))
        return [normalise(np.column_stack([np.zeros_like(red), red, blue, red + blue]))]


class ShortcutBayesClassifier(ExactRule):
    """Bayes' rule for a colour that tells much of the angle, :func:`lineclf.datasets.make_shortcut_lines`.

    It is exact for the agreement given. The training's agreement gives the best rule for images as in training, which
    images without the shortcut mislead; 0.5 ignores what the colour tells; the test's agreement gives the ceiling of
    the test. The answer is the most probable level of each head by itself, the best one for the accuracy of the angle.

    Parameters
    ----------
    noise : float, default=0.8
        Standard deviation of white Gaussian noise as a share of full scale, from 1e-6 to 1e6.
    agreement : float, default=0.5
        Probability from 0 to 1 that colour and angle agree.
    world : dict, default=None
        Options image_size, lengths, widths, angles, colors, background and antialias of the world, if they are not the
        defaults.

    Examples
    --------
    >>> from lineclf.baselines import ShortcutBayesClassifier
    >>> from lineclf.metrics import head_accuracy_scores
    >>> from lineclf.model_selection import ShortcutDraw
    >>> world = {"lengths": [7], "angles": [0, 45, 90, 135]}
    >>> data = ShortcutDraw(0.8, agreement=0.99, n_train=10, n_test=400, world=world)(random_state=0)
    >>> for agreement in (0.99, 0.5, 0.01):
    ...     rule = ShortcutBayesClassifier(0.8, agreement, world=world).fit(data.X, data.y)
    ...     print(f"{head_accuracy_scores(data.y_test, rule.predict(data.X_test))['angle']:.2f}")
    0.47
    0.70
    0.77
    """

    def __init__(self, noise=0.8, agreement=0.5, *, world=None):
        self.noise, self.agreement, self.world = noise, agreement, world

    def _read_world(self):
        return shortcut_world(self.world)

    def predict(self, X):
        """Most probable level of each head: (n, 4).

        Parameters
        ----------
        X : array-like of float, shape (n, height, width, channels) or (n, height·width·channels)
        """
        check_is_fitted(self)
        (posterior,) = self._posteriors(X)
        return np.column_stack([proba.argmax(axis=1) for proba in marginals(posterior, self._world.shape)])

    def _posteriors(self, X):
        agreement = check_agreement("agreement", self.agreement)
        with np.errstate(divide="ignore"):  # what cannot be has probability 0
            log_prior = np.log(np.where(factors_agree(self._world), agreement, 1 - agreement))
        return [normalise(self._log_ratios(X) + log_prior)]


def _log_mean(log_values):
    """Logarithm of the mean of each row's values."""
    top = log_values.max(axis=1)
    return top + np.log(np.exp(log_values - top[:, None]).mean(axis=1))
