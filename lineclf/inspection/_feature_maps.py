"""Intermediate activations of a net, and their display."""

import math

import keras
import numpy as np

from lineclf.inspection._plots import SIGNED, as_picture, grid_of_axes, mosaic
from lineclf.inspection._subject import find_layers, pictures, unwrap

__all__ = ["FeatureMapsDisplay", "feature_maps"]

_BATCH = 128


def feature_maps(estimator, X, layer=None):
    """Intermediate activations of a fitted net, in inference mode.

    Parameters
    ----------
    estimator : classifier of this package, or Pipeline that ends in one
    X : array-like of shape (n, height, width, channels) or (n, features)
        Images.
    layer : str or list of str, optional
        Layers by name ("conv2d_1") or kind ("conv2d", "activation", "max_pooling2d"); by default all that have maps.

    Returns
    -------
    dict of str to ndarray, float32
        Layer → activations, of shape (n, height, width, channels) or, after flattening, (n, units); in the order of the
        net.

    Raises
    ------
    ValueError
        If no layer has that name or kind; the message lists the existing ones.

    Examples
    --------
    >>> from lineclf import MultiHeadLineClassifier
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.inspection import feature_maps
    >>> X, y = make_lines(n_per_class=1, random_state=0)
    >>> clf = MultiHeadLineClassifier(epochs=1, random_state=0).fit(X, y)
    >>> {name: maps.shape for name, maps in feature_maps(clf, X[:3], ["conv2d_1", "max_pooling2d_1"]).items()}
    {'conv2d_1': (3, 28, 28, 32), 'max_pooling2d_1': (3, 9, 9, 32)}
    """
    classifier, images = unwrap(estimator, X)
    layers = find_layers(classifier.model_, layer)
    model = keras.Model(classifier.model_.input, [each.output for each in layers])
    parts = []
    for start in range(0, len(images), _BATCH):
        outputs = model(images[start : start + _BATCH], training=False)
        parts.append([np.asarray(output) for output in (outputs if isinstance(outputs, list) else [outputs])])
    return {layer.name: np.concatenate(maps) for layer, maps in zip(layers, zip(*parts, strict=True), strict=True)}


class FeatureMapsDisplay:
    """Intermediate activations of some images: a row per image, a column per layer, a tile per channel.

    Create it with :meth:`from_estimator`.

    Parameters
    ----------
    maps : dict of str to ndarray of shape (n, height, width, channels)
        Layer → activations.
    images : ndarray of shape (n, height, width, channels)
        The given images, 0 to 1.

    Attributes
    ----------
    figure_ : matplotlib.figure.Figure
        ``plt.show()`` shows it, and ``savefig`` saves it.
    axes_ : ndarray of matplotlib.axes.Axes, shape (n, 1 + n_layers)
        The image, then its layers.
    """

    def __init__(self, *, maps, images):
        self.maps = maps
        self.images = images

    @classmethod
    def from_estimator(cls, estimator, X, layer=None, *, max_channels=64, ax=None):
        """Compute and plot.

        Parameters
        ----------
        estimator, X, layer
            As in :func:`feature_maps`; layers without maps are refused.
        max_channels : int, default=64
            Largest number of channels to show per layer.
        ax : matplotlib.axes.Axes or array of them, optional
            As in :meth:`plot`.

        Returns
        -------
        FeatureMapsDisplay
        """
        classifier, images = unwrap(estimator, X)
        maps = feature_maps(classifier, images, layer)
        flat = [name for name, values in maps.items() if values.ndim != 4]
        if flat:
            raise ValueError(f"layer must have maps to show; got {', '.join(flat)}")
        return cls(maps=maps, images=pictures(X, images)).plot(ax=ax, max_channels=max_channels)

    def plot(self, ax=None, *, max_channels=64):
        """Draw the mosaics; each tile is scaled to its own largest absolute value, and a silent channel is plain.

        Layers with negative values, such as a convolution before its ReLU, are orange where positive, violet where
        negative.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or array of them, optional
            n · (1 + n_layers) axes; a new figure by default.
        max_channels : int, default=64

        Returns
        -------
        FeatureMapsDisplay
        """
        if max_channels < 1:
            raise ValueError(f"max_channels must be at least 1; got {max_channels}")
        n, columns = len(self.images), 1 + len(self.maps)
        self.figure_, self.axes_ = grid_of_axes(ax, n, columns, width=2.6, height=2.6)
        for row, image in enumerate(self.images):
            self.axes_[row, 0].imshow(as_picture(image), cmap="gray", vmin=0, vmax=1)
            self.axes_[row, 0].set_title(f"image {row + 1}", fontsize=8)
            for axes, (name, values) in zip(self.axes_[row, 1:], self.maps.items(), strict=True):
                shown = values[row, :, :, :max_channels]
                across = math.ceil(math.sqrt(shown.shape[-1]))
                colors = {"cmap": SIGNED, "vmin": -1} if values.min() < 0 else {"cmap": "viridis", "vmin": 0}
                axes.imshow(mosaic(np.moveaxis(shown, -1, 0), across), vmax=1, **colors)
                shape = " × ".join(map(str, values.shape[1:]))
                more = f", first {max_channels}" if values.shape[-1] > max_channels else ""
                axes.set_title(f"{name}\n{shape}{more}", fontsize=8)
        return self
