"""Look inside nets: activations, filters, and heatmaps of evidence, as functions and as scikit-learn displays."""

from lineclf.inspection._attributions import METHODS, class_activation_map
from lineclf.inspection._choose import choose_images
from lineclf.inspection._class_activation import ClassActivationDisplay
from lineclf.inspection._feature_maps import FeatureMapsDisplay, feature_maps
from lineclf.inspection._filters import FilterDisplay, maximize_filters
from lineclf.inspection._rating import rate_filters, rate_methods

__all__ = [
    "METHODS",
    "ClassActivationDisplay",
    "FeatureMapsDisplay",
    "FilterDisplay",
    "choose_images",
    "class_activation_map",
    "feature_maps",
    "maximize_filters",
    "rate_filters",
    "rate_methods",
]
