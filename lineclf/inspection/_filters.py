"""Images with the strongest answer of a filter, by gradient ascent in input space, and their display."""

from numbers import Integral, Real

import keras
import numpy as np
import tensorflow as tf
from sklearn.utils._param_validation import Interval, validate_params

from lineclf.inspection._plots import as_picture, grid_of_axes
from lineclf.inspection._subject import map_layer, unwrap_classifier

__all__ = ["FilterDisplay", "check_filters", "maximize_filters"]

_CONTRAST = 0.1  # least standard deviation of an image's values, as a share of the full scale


@validate_params(
    {
        "steps": [Interval(Integral, 1, None, closed="left")],
        "step_size": [Interval(Real, 0, None, closed="left")],
        "smoothness": [Interval(Real, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def maximize_filters(
    estimator,
    layer,
    filters=None,
    *,
    steps=200,
    step_size=0.05,
    smoothness=0.2,
    value_range=(0, 1),
    random_state=0,
):
    """Images that make filters answer most, by gradient ascent from a blank image.

    The ascent begins at mid-grey with a little noise. Each step follows the gradient of the filter's mean activation
    over all positions, divided by its root mean square [1]_, less a penalty on the total variation. Pixels stay in
    their range, and their standard deviation stays at least a tenth of it: if a filter prefers black, plain black says
    nothing.

    Parameters
    ----------
    estimator : classifier of this package, or Pipeline that ends in one
    layer : str
        A layer with maps: a convolution, or the dense layer on every position ("dense_1").
    filters : int or sequence of int, optional
        Channels; by default the first 32.
    steps : int, default=200
    step_size : float, default=0.05
        Largest root mean square change of a step, as a share of the full scale; it falls to zero over the steps.
    smoothness : float, default=0.2
        Weight of the total variation relative to the activation's gradient.
    value_range : tuple of 2 floats, default=(0, 1)
        Black and white as the net sees them: (0, 255) after a fit on floats of that range; after a pipeline that
        standardises, the range of its output.
    random_state : int, RandomState or None, default=0
        Seed of the noise.

    Returns
    -------
    ndarray of shape (n_filters, height, width, channels), float32
        Images within ``value_range``.

    Raises
    ------
    ValueError
        If the layer or a filter does not exist, or the layer has no maps, or another argument is out of its range.

    References
    ----------
    .. [1] D. Erhan et al., "Visualizing higher-layer features of a deep network", 2009.

    Examples
    --------
    >>> from lineclf import MultiHeadLineClassifier
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.inspection import maximize_filters
    >>> X, y = make_lines(n_per_class=1, random_state=0)
    >>> clf = MultiHeadLineClassifier(epochs=1, random_state=0).fit(X, y)
    >>> maximize_filters(clf, "conv2d_2", [0, 5, 7], steps=20).shape
    (3, 28, 28, 3)
    """
    classifier = unwrap_classifier(estimator)
    found = map_layer(classifier.model_, layer)
    filters = check_filters(filters, found)
    if np.shape(value_range) != (2,) or not np.isfinite(value_range).all() or value_range[0] >= value_range[1]:
        raise ValueError(f"value_range must be two numbers, the smaller first; got {value_range!r}")
    low, scale = value_range[0], value_range[1] - value_range[0]
    model = keras.Model(classifier.model_.input, found.output)
    noise = np.random.default_rng(random_state).normal(0, 0.02, (len(filters), *classifier.image_shape_))
    images = tf.Variable(_legal(tf.constant(0.5 + noise, tf.float32)))
    channel = tf.constant(filters, tf.int32)

    @tf.function
    def step(size):
        with tf.GradientTape() as tape:
            maps = tf.reduce_mean(model(low + scale * images, training=False), axis=(1, 2))
            activation = tf.gather(maps, channel, axis=1, batch_dims=1)
        upwards = _unit(tape.gradient(activation, images))
        with tf.GradientTape() as tape:
            variation = tf.image.total_variation(images)
        rough = _unit(tape.gradient(variation, images))
        images.assign(_legal(images + size * (upwards - smoothness * rough)))

    for i in range(steps):
        step(tf.constant(step_size * (1 - i / steps), tf.float32))
    return low + scale * images.numpy()


def check_filters(filters, layer):
    """Channels of a layer as an array; by default the first 32."""
    n_channels = layer.output.shape[-1]
    if filters is None:
        return np.arange(min(32, n_channels))
    if isinstance(filters, Integral):
        filters = [filters]
    channels = np.asarray(filters if isinstance(filters, np.ndarray | range) else list(filters))
    whole = channels.ndim == 1 and len(channels) and channels.dtype.kind in "iu"
    if not whole or channels.min() < 0 or channels.max() >= n_channels:
        raise ValueError(f"filters must be channels of {layer.name!r}, 0 to {n_channels - 1}; got {filters!r}")
    return channels


def _unit(gradient):
    """Gradient of each image divided by its root mean square; a gradient of zero stays zero."""
    rms = tf.sqrt(tf.reduce_mean(gradient**2, axis=(1, 2, 3), keepdims=True))
    return tf.math.divide_no_nan(gradient, rms)


def _legal(images):
    """Images in [0, 1], each with a contrast of its own (which the clipping may then reduce)."""
    images = tf.clip_by_value(images, 0.0, 1.0)
    mean, variance = tf.nn.moments(images, axes=(1, 2, 3), keepdims=True)
    gain = tf.math.divide_no_nan(_CONTRAST, tf.sqrt(variance))
    return tf.clip_by_value(mean + (images - mean) * tf.maximum(1.0, gain), 0.0, 1.0)


class FilterDisplay:
    """Images with the strongest answers of a layer's filters.

    Create it with :meth:`from_estimator`.

    Parameters
    ----------
    images : ndarray of shape (n_filters, height, width, channels)
    filters : sequence of int
        Their channels.
    layer : str
        Name of the layer.

    Attributes
    ----------
    figure_ : matplotlib.figure.Figure
        ``plt.show()`` shows it, and ``savefig`` saves it.
    axes_ : ndarray of matplotlib.axes.Axes, shape (rows, columns)
    """

    def __init__(self, *, images, filters, layer):
        self.images = images
        self.filters = filters
        self.layer = layer

    @classmethod
    def from_estimator(cls, estimator, layer, filters=None, *, ax=None, **options):
        """Compute and plot.

        Parameters
        ----------
        estimator, layer, filters, **options
            As in :func:`maximize_filters`.
        ax : matplotlib.axes.Axes or array of them, optional
            As in :meth:`plot`.

        Returns
        -------
        FilterDisplay
        """
        found = map_layer(unwrap_classifier(estimator).model_, layer)
        filters = check_filters(filters, found)
        images = maximize_filters(estimator, found.name, filters, **options)
        return cls(images=images, filters=filters, layer=found.name).plot(ax=ax)

    def plot(self, ax=None):
        """Draw the images, eight in a row, each stretched to its own smallest and largest value.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or array of them, optional
            As many axes as filters; a new figure by default.

        Returns
        -------
        FilterDisplay
        """
        n = len(self.images)
        columns = min(n, 8)
        if ax is None:
            self.figure_, self.axes_ = grid_of_axes(None, -(-n // columns), columns, width=1.1, height=1.25)
        else:
            rows, columns = np.shape(ax) if np.ndim(ax) == 2 else (1, n)
            self.figure_, self.axes_ = grid_of_axes(ax, rows, columns, width=1.1, height=1.25)
            if rows * columns < n:
                raise ValueError(f"ax must hold {n} axes; got {rows * columns}")
        for axes in self.axes_.ravel()[n:]:
            axes.set_axis_off()
        for axes, image, channel in zip(self.axes_.ravel(), self.images, self.filters, strict=False):
            low, high = image.min(), image.max()
            axes.imshow(as_picture((image - low) / max(high - low, 1e-6)), cmap="gray", vmin=0, vmax=1)
            axes.set_title(f"{channel}", fontsize=7, pad=2)
        if ax is None:
            self.figure_.suptitle(f"{self.layer}: images its filters answer to most", fontsize=9)
        return self
