"""Pictures of trained nets for the tracker."""

import numpy as np

from lineclf.reporting._figures import png

__all__ = ["draw"]

_N_IMAGES = 2
_N_FILTERS = 8
_STEPS = 40


def draw(estimator, split):
    """Activations, filters and heatmaps of a trained net.

    Parameters
    ----------
    estimator : classifier
        Fitted.
    split : Split
        Some images of its test side are shown.

    Returns
    -------
    dict of str to bytes
        File name → PNG; empty for an estimator of another package.
    """
    if not hasattr(estimator, "as_images"):
        return {}
    from lineclf.inspection import ClassActivationDisplay, FeatureMapsDisplay, FilterDisplay
    from lineclf.inspection._subject import find_layers, kind_of

    rows = np.linspace(0, len(split.X_test) - 1, min(_N_IMAGES, len(split.X_test))).astype(int)
    X, y = split.X_test[rows], split.y_test[rows]
    maps = find_layers(estimator.model_, None)
    layers = [layer for layer in maps if kind_of(layer) == "conv2d"] or maps
    filters = range(min(_N_FILTERS, layers[-1].output.shape[-1]))
    displays = {
        "feature_maps": FeatureMapsDisplay.from_estimator(estimator, X[:1], [layer.name for layer in layers]),
        "filters": FilterDisplay.from_estimator(estimator, layers[-1].name, filters, steps=_STEPS),
        "heatmaps": ClassActivationDisplay.from_estimator(estimator, X, y),
    }
    return {f"{name}.png": png(display.figure_, close=True) for name, display in displays.items()}
