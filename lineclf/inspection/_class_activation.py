"""Heatmaps of evidence beside the images they explain."""

import numpy as np

from lineclf.inspection._attributions import class_activation_map
from lineclf.inspection._plots import SIGNED_ON_BLACK, as_picture, grid_of_axes
from lineclf.inspection._subject import check_head, per_head, pictures, predicted_labels, true_labels, unwrap

__all__ = ["ClassActivationDisplay"]


class ClassActivationDisplay:
    """Images with the evidence for every head's answer: a row per image, a column per head.

    Create it with :meth:`from_estimator`.

    Parameters
    ----------
    maps : dict of str to ndarray of shape (n, height, width)
        Head → evidence.
    images : ndarray of shape (n, height, width, channels)
        The given images, 0 to 1.
    titles : dict of str to list of str
        Head → title above each image's map.
    method : str

    Attributes
    ----------
    figure_ : matplotlib.figure.Figure
        ``plt.show()`` shows it, and ``savefig`` saves it.
    axes_ : ndarray of matplotlib.axes.Axes, shape (n, 1 + n_heads)
    """

    def __init__(self, *, maps, images, titles, method):
        self.maps = maps
        self.images = images
        self.titles = titles
        self.method = method

    @classmethod
    def from_estimator(
        cls, estimator, X, y=None, *, head=None, target=None, layer=None, method="gradcam", random_state=0, ax=None
    ):
        """Compute and plot.

        Parameters
        ----------
        estimator, X, head, target, layer, method, random_state
            As in :func:`class_activation_map`.
        y : array-like of shape (n,) or (n, n_heads), optional
            True labels, shown beside the predicted ones: of all the estimator's heads, or of `head` alone.
        ax : matplotlib.axes.Axes or array of them, optional
            As in :meth:`plot`.

        Returns
        -------
        ClassActivationDisplay
        """
        classifier, images = unwrap(estimator, X)
        heads = check_head(classifier, head)
        truth = None if y is None else true_labels(classifier, y, len(images), heads)
        maps = per_head(
            class_activation_map(classifier, images, head, target, layer, method, random_state=random_state)
        )
        titles = _titles(classifier, images, heads, target, truth)
        named = dict(zip(heads, maps, strict=True))
        return cls(maps=named, images=pictures(X, images), titles=titles, method=method).plot(ax=ax)

    def plot(self, ax=None):
        """Draw each image beside its heatmaps, each with a colour bar.

        Parameters
        ----------
        ax : matplotlib.axes.Axes or array of them, optional
            n · (1 + n_heads) axes; a new figure by default.

        Returns
        -------
        ClassActivationDisplay
        """
        n, columns = len(self.images), 1 + len(self.maps)
        self.figure_, self.axes_ = grid_of_axes(ax, n, columns, width=2.2, height=2.1)
        signed = any(maps.min(initial=0) < 0 for maps in self.maps.values())
        for row, image in enumerate(self.images):
            picture = as_picture(image)
            self.axes_[row, 0].imshow(picture, cmap="gray", vmin=0, vmax=1)
            self.axes_[row, 0].set_title(f"image {row + 1}", fontsize=8)
            dimmed = 0.35 * (picture.mean(axis=-1) if picture.ndim == 3 else picture)
            for axes, (head, maps) in zip(self.axes_[row, 1:], self.maps.items(), strict=True):
                axes.set_title(self.titles[head][row], fontsize=8)
                axes.imshow(dimmed, cmap="gray", vmin=0, vmax=1)
                evidence = maps[row]
                largest = float(np.abs(evidence).max())
                if largest == 0:
                    axes.text(0.5, 0.5, "no evidence", color="white", ha="center", transform=axes.transAxes, fontsize=8)
                    continue
                colors = {"cmap": SIGNED_ON_BLACK, "vmin": -largest} if signed else {"cmap": "inferno", "vmin": 0}
                strength = np.abs(evidence) / largest
                drawn = axes.imshow(evidence, vmax=largest, alpha=np.clip(0.15 + strength, 0, 1), **colors)
                bar = self.figure_.colorbar(drawn, ax=axes, fraction=0.05, pad=0.02)
                bar.ax.tick_params(labelsize=6)
        if ax is None:
            self.figure_.suptitle(f"evidence by {self.method}; bars in units of the score", fontsize=9)
        return self


def _titles(classifier, images, heads, target, truth):
    """For each head the label explained, its probability, and the true label."""
    predicted = predicted_labels(classifier, images)
    probabilities, classes = per_head(classifier.predict_proba(images)), per_head(classifier.classes_)
    titles = {}
    for head in heads:
        place = classifier.heads_.index(head)
        labels = predicted[:, place] if target is None else np.broadcast_to(np.asarray(target), len(images))
        sure = probabilities[place][np.arange(len(images)), np.searchsorted(classes[place], labels)]
        titles[head] = [
            f"{head}: {label} ({100 * p:.0f} %)" + ("" if truth is None else f"\ntrue: {truth[head][i]}")
            for i, (label, p) in enumerate(zip(labels, sure, strict=True))
        ]
    return titles
