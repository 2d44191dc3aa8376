"""A net that knows what a line is, as a scikit-learn classifier."""

import math
from numbers import Integral, Real
from typing import ClassVar

import numpy as np
from sklearn.utils._param_validation import Interval, StrOptions

from lineclf import nets
from lineclf.datasets import FACTORS
from lineclf.estimators._base import ImageClassifier
from lineclf.estimators._line_shapes import rank_and_turn

__all__ = ["MatchedFilterClassifier"]


class MatchedFilterClassifier(ImageClassifier):
    """Learned matched filters for lines: a few hundred parameters, and no wrong recombination.

    A line of any length, width, angle, colour and place is a profile along the line times a profile across it, turned
    and painted. The net learns these profiles, the angles and the colours by gradient descent, from the labels and from
    how well a line explains an image. It compares the image with every template at every place, and sums probabilities
    over the places and over the other factors (see :class:`lineclf.nets.MatchedFilter`). Under white noise the Bayes
    classifier has this form.

    There may be up to four target columns. In a DataFrame, columns called length, width, angle and color are these
    factors; columns of other names are these factors in this order. Before the first step, the direction of each angle
    and the order of lengths and widths are read from the autocorrelation of the training images; then they are learned.
    The order of the labels tells nothing.

    Parameters
    ----------
    template_size : int, default=17
        Side of the templates, px; odd. The longest line should fit in.
    knots : int, default=8
        Knots per pixel of the piecewise linear profiles.
    templates : {"separable", "free"}, default="separable"
        "free" learns the pixels of a separate template for each length, width and angle.
    share_colors : bool, default=True
        Whether lines of all colours have the same templates.
    centered : bool, default=True
        Whether a learned share of their mean is subtracted from templates, so that the background matters little.
    pooling : {"logsumexp", "max", "mean"}, default="logsumexp"
        How evidence for a line at each place becomes evidence for a line anywhere.
    reconstruction : float, default=0.1
        Weight of a second loss beside that of the labels: half the squared distance from an image to the most probable
        line. It keeps templates similar to lines, not only able to tell apart the lines that were seen. It is part of
        ``history_["loss"]``, and treats all images of a batch alike, whatever their ``sample_weight``.
    loss, optimizer, learning_rate, lr_schedule, lr_decay
        As in :class:`MultiHeadLineClassifier`, except that learning_rate defaults to 0.06.
    epochs : int, default=1
        Passes over the training data, within the bounds of ``min_steps`` and ``max_steps``; these are equal by default,
        so that ``epochs`` has no effect.
    min_steps : int, default=400
        Least number of steps of a fit. So few parameters need enough steps, not many images.
    max_steps : int or None, default=400
        Greatest number of steps, rounded up to epochs of equal length; None for no bound.
    batch_size, validation_split, patience, image_shape, callbacks, warm_start, verbose, random_state
        As in :class:`MultiHeadLineClassifier`.

    Attributes
    ----------
    model_, history_, classes_, heads_, n_features_in_, image_shape_, n_epochs_
        As in :class:`MultiHeadLineClassifier`.

    Examples
    --------
    >>> from lineclf import MatchedFilterClassifier
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=2, random_state=0)
    >>> clf = MatchedFilterClassifier(min_steps=3, random_state=0).fit(X, y)  # a few steps, for a look
    >>> clf.model_.count_params()
    601
    """

    revision = 2
    _predict_batch_size = 64  # a map for each line and colour

    _parameter_constraints: ClassVar[dict] = {
        **ImageClassifier._parameter_constraints,
        "template_size": [Interval(Integral, 1, None, closed="left")],
        "knots": [Interval(Integral, 1, None, closed="left")],
        "templates": [StrOptions(set(nets.TEMPLATES))],
        "share_colors": ["boolean"],
        "centered": ["boolean"],
        "pooling": [StrOptions(set(nets.POSITION_POOLINGS))],
        "reconstruction": [Interval(Real, 0, None, closed="left")],
        "min_steps": [Interval(Integral, 1, None, closed="left")],
        "max_steps": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        *,
        template_size=17,
        knots=8,
        templates="separable",
        share_colors=True,
        centered=True,
        pooling="logsumexp",
        reconstruction=0.1,
        loss="crossentropy",
        optimizer="adam",
        learning_rate=6e-2,
        lr_schedule="cosine",
        lr_decay=1e-5,
        epochs=1,
        min_steps=400,
        max_steps=400,
        batch_size=32,
        validation_split=0.0,
        patience=None,
        image_shape=None,
        callbacks=None,
        warm_start=False,
        verbose=0,
        random_state=None,
    ):
        self.template_size = template_size
        self.knots = knots
        self.templates = templates
        self.share_colors = share_colors
        self.centered = centered
        self.pooling = pooling
        self.reconstruction = reconstruction
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.lr_schedule = lr_schedule
        self.lr_decay = lr_decay
        self.epochs = epochs
        self.min_steps = min_steps
        self.max_steps = max_steps
        self.batch_size = batch_size
        self.validation_split = validation_split
        self.patience = patience
        self.image_shape = image_shape
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = True  # on data that are no lines
        return tags

    def _validate_data(self, X=None, y=None, reset=False, y_numeric=False):
        X, y = super()._validate_data(X, y, reset, y_numeric)
        if reset and len(self._heads) > len(FACTORS):
            raise ValueError(f"y must have at most {len(FACTORS)} columns, {', '.join(FACTORS)}; got {self._heads}")
        if reset and self.template_size % 2 == 0:
            raise ValueError(f"template_size must be odd; got {self.template_size}")
        if reset and self.max_steps is not None and self.max_steps < self.min_steps:
            raise ValueError(f"max_steps must be at least min_steps={self.min_steps}; got {self.max_steps}")
        return X, y

    def _factors(self, heads):
        """Factor of each head."""
        return list(heads) if set(heads) <= set(FACTORS) else FACTORS[: len(heads)]

    def _fit_keras_model(self, X, y, sample_weight, *args, **kwargs):
        if not self.n_epochs_:
            units = self.target_encoder_.n_units_
            images = X.reshape(-1, *self.image_shape_)
            found = rank_and_turn(images, self._factors(self._heads), np.asarray(y), units)
            self.model_.get_layer("matched_filter_1").start(*found)
        return super()._fit_keras_model(X, y, sample_weight, *args, **kwargs)

    def _build_network(self, image_shape, heads, seed):
        return nets.matched_filter_net(
            image_shape,
            heads,
            factors=self._factors(heads),
            size=self.template_size,
            knots=self.knots,
            templates=self.templates,
            share_colors=self.share_colors,
            centered=self.centered,
            pooling=self.pooling,
            reconstruction=self.reconstruction,
            seed=seed,
        )

    def _plan_steps(self, epochs, steps):
        epochs = max(epochs, math.ceil(self.min_steps / steps))
        if self.max_steps is not None and epochs * steps > self.max_steps:
            epochs = math.ceil(self.max_steps / steps)
            steps = math.ceil(self.max_steps / epochs)
        return epochs, steps
