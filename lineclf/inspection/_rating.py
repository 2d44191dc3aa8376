"""Ratings of every method and head on images with a known answer, beside maps that do not look at the net."""

import copy

import keras
import numpy as np
import pandas as pd

from lineclf.inspection import _quality as quality
from lineclf.inspection._attributions import METHODS, class_activation_map
from lineclf.inspection._filters import check_filters, maximize_filters
from lineclf.inspection._subject import check_head, map_layer, per_head, predicted_labels, unwrap

__all__ = ["BASELINES", "rate_filters", "rate_methods", "reinitialised"]

_UNIFORM, _GAUSSIAN, _IMAGE = BASELINES = ("uniform", "centred Gaussian", "the image itself")


def rate_methods(estimator, X, masks, *, methods=tuple(METHODS), heads=None, n_checked=128, random_state=0):
    """Rate heatmaps of the predicted levels against the lines' masks.

    Parameters
    ----------
    estimator : classifier of this package, or Pipeline that ends in one
    X : array-like of shape (n, height, width, channels) or (n, features)
    masks : ndarray of uint8, shape (n, height, width)
        0 background, 1 line, 2 distractor, as ``make_lines(return_masks=True)`` gives them.
    methods : sequence of str
        Names of methods, from :data:`METHODS`.
    heads : sequence of str, optional
        All by default.
    n_checked : int, default=128
        Number of images, the first ones, whose maps are compared with those of new weights and of another level.
    random_state : int, default=0
        Seed of the weights of the randomisation check.

    Returns
    -------
    pandas.DataFrame
        Columns method, head, metric, value and n, the number of images. The baselines stand among the methods. Metrics:
        ``energy`` and ``pointing`` (inside the mask grown by one pixel), ``density`` (line over distractors, if there
        are any), ``iou`` (the mask itself), ``silent`` (share of the images without evidence, for which the metrics
        before are 0), ``deletion`` and ``insertion`` (areas under the curves of the level's probability),
        ``randomisation`` (Spearman's correlation with the map of the same net with new weights, over the pixels within
        two of line and distractors: a map that stays the same explains nothing), ``class_sensitivity`` (the same
        between the maps of two levels of the head). In these two, images with a constant map do not count.

    Raises
    ------
    ValueError
        If a method or head is unknown, or masks have another shape than the images.
    """
    classifier, images = unwrap(estimator, X)
    every = list(classifier.heads_)
    chosen = every if heads is None else [name for head in heads for name in check_head(classifier, head)]
    unknown = [method for method in methods if method not in METHODS]
    if unknown:
        raise ValueError(f"methods must be among {', '.join(METHODS)}; got {unknown[0]!r}")
    masks = np.asarray(masks)
    if masks.shape != images.shape[:3]:
        raise ValueError(f"masks must have the images' shape {images.shape[:3]}; got {masks.shape}")
    if n_checked < 1:
        raise ValueError(f"n_checked must be at least 1; got {n_checked}")
    line, discs = masks == 1, masks == 2
    near = quality.dilate(masks > 0, 2)  # farther away some methods cannot but be zero
    fresh = reinitialised(classifier, random_state)
    predicted = predicted_labels(classifier, images)
    rows = []
    for head in chosen:
        place = every.index(head)
        labels, classes = predicted[:, place], per_head(classifier.classes_)[place]
        others = _other_levels(classes, labels)
        columns = np.searchsorted(classes, labels)

        def probability(shown, rows, place=place, columns=columns):
            return per_head(classifier.predict_proba(shown))[place][np.arange(len(rows)), columns[rows]]

        for method in (*BASELINES, *methods):
            if method in BASELINES:
                maps = _baseline(method, images)
            else:
                maps = class_activation_map(classifier, images, head, labels, method=method)
            scores = {
                "energy": quality.energy_in_mask(maps, quality.dilate(line)).mean(),
                "pointing": quality.pointing_game(maps, quality.dilate(line)).mean(),
                "iou": quality.iou(maps, line).mean(),
                "silent": (maps.max(axis=(1, 2)) <= 0).mean(),
                "deletion": quality.removal_curves(probability, images, maps).mean(),
                "insertion": quality.removal_curves(probability, images, maps, insert=True).mean(),
            }
            if discs.any():
                scores["density"] = quality.density_ratio(maps, line, discs)
            counts = {}
            if method in METHODS:
                few = slice(n_checked)
                for metric, net, levels in (
                    ("randomisation", fresh, labels),
                    ("class_sensitivity", classifier, others),
                ):
                    other = class_activation_map(net, images[few], head, levels[few], method=method)
                    correlations = quality.rank_correlation(maps[few], other, near[few])
                    compared = correlations[~np.isnan(correlations)]
                    scores[metric] = compared.mean() if len(compared) else np.nan
                    counts[metric] = len(compared)
            rows += [
                (method, head, metric, float(value), counts.get(metric, len(images)))
                for metric, value in scores.items()
            ]
    return pd.DataFrame(rows, columns=["method", "head", "metric", "value", "n"])


def reinitialised(classifier, random_state):
    """The same estimator with new random weights, as before any training."""
    fresh = copy.copy(classifier)
    fresh.model_ = classifier._new_network(random_state)
    return fresh


def _other_levels(classes, labels):
    """For each label the next one, in a circle."""
    return classes[(np.searchsorted(classes, labels) + 1) % len(classes)]


def _baseline(name, images):
    n, height, width, _ = images.shape
    if name == _IMAGE:
        return images.mean(axis=-1)
    if name == _UNIFORM:
        return np.ones((n, height, width), np.float32)
    down, across = np.mgrid[:height, :width]
    distance = ((down - (height - 1) / 2) / height) ** 2 + ((across - (width - 1) / 2) / width) ** 2
    return np.tile(np.exp(-distance / (2 * 0.25**2)).astype(np.float32), (n, 1, 1))


def rate_filters(estimator, layer, X, **options):
    """Rate optimised images: are they flat, and do filters answer to them more than to any natural image?

    Parameters
    ----------
    estimator : classifier of this package, or Pipeline that ends in one
    layer : str
        As in :func:`maximize_filters`.
    X : array-like
        Natural images to compare with.
    **options
        Options of :func:`maximize_filters`.

    Returns
    -------
    dict of str to float
        ``flat``: share of the filters whose image varies by less than 1 % of full scale; ``above``: share of the
        filters whose mean activation on it is above that on the best natural image.
    """
    classifier, natural = unwrap(estimator, X)
    found = map_layer(classifier.model_, layer)
    channels = check_filters(options.pop("filters", None), found)
    images = maximize_filters(classifier, found.name, channels, **options)
    model = keras.Model(classifier.model_.input, found.output)
    own = np.asarray(model(images, training=False)).mean(axis=(1, 2))
    answers = (np.asarray(model(natural[i : i + 128], training=False)) for i in range(0, len(natural), 128))
    best = np.max([maps.mean(axis=(1, 2)).max(axis=0) for maps in answers], axis=0)
    low, high = options.get("value_range", (0, 1))
    flat = images.std(axis=(1, 2)).max(axis=1) < 0.01 * (high - low)
    return {
        "flat": float(flat.mean()),
        "above": float((own[np.arange(len(images)), channels] > best[channels]).mean()),
    }
