"""The subject of an inspection: the net inside an estimator or pipeline, its images, its layers, a head's score."""

import re
from difflib import get_close_matches

import keras
import numpy as np
from scipy.special import softmax
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from lineclf._labels import head_names, label_kind, read_target
from lineclf._pixels import as_pixels
from lineclf._scale import as_shares
from lineclf.estimators._base import ImageClassifier
from lineclf.nets import MatchedFilter

__all__ = [
    "HeadScore",
    "check_head",
    "find_layers",
    "kind_of",
    "map_layer",
    "per_head",
    "pictures",
    "predicted_labels",
    "true_labels",
    "unwrap",
    "unwrap_classifier",
]


def unwrap(estimator, X):
    """Fitted classifier and its images as it sees them, float32 of shape (n, height, width, channels).

    Parameters
    ----------
    estimator : classifier of this package, or Pipeline that ends in one
    X : array-like of shape (n, height, width, channels) or (n, features)

    Returns
    -------
    classifier : ImageClassifier
    images : ndarray
    """
    classifier = unwrap_classifier(estimator)
    while isinstance(estimator, Pipeline):
        if len(estimator) > 1:
            X = _transformed(estimator[:-1], X)
        estimator = estimator[-1]
    return classifier, classifier.as_images(X)


def _transformed(steps, X):
    try:
        return steps.transform(X)
    except ValueError:
        if np.ndim(X) <= 2:
            raise
        return steps.transform(np.reshape(X, (len(X), -1)))  # scikit-learn's own want rows


def unwrap_classifier(estimator):
    """Classifier of this package, itself or as the last step of a Pipeline."""
    while isinstance(estimator, Pipeline):
        estimator = estimator[-1]
    if not isinstance(estimator, ImageClassifier):
        raise ValueError(
            f"estimator must be a classifier of lineclf, or a Pipeline that ends in one; got {type(estimator).__name__}"
        )
    check_is_fitted(estimator)
    return estimator


def pictures(X, images):
    """The given images, before a pipeline's steps, 0 to 1 and of the shape that the net sees.

    Parameters
    ----------
    X : array-like
        The given images.
    images : ndarray of shape (n, height, width, channels)
        The images that the net sees; returned if a pipeline's steps give the net something other than the pixels of
        `X`.
    """
    given = as_pixels(X)
    if given.size == images.size and given.dtype.kind in "buif" and np.isfinite(given).all():
        images = as_shares(given.reshape(images.shape)) / np.float32(1)  # integers become floats, too
    low, high = images.min(initial=0), images.max(initial=1)
    return images if (low, high) == (0, 1) else (images - low) / (high - low)


def find_layers(model, wanted):
    """Find layers by name or by kind.

    Parameters
    ----------
    model : keras.Model
    wanted : str, list of str, or None
        "conv2d_1", or a kind such as "conv2d", "activation" or "max_pooling2d"; None for all with maps.

    Returns
    -------
    list of keras.layers.Layer
        In the order of the net.
    """
    layers = [layer for layer in model.layers if not isinstance(layer, keras.layers.InputLayer)]
    if wanted is None:
        return [layer for layer in layers if len(layer.output.shape) == 4]
    names = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(names, list | tuple) or not names:
        raise ValueError(f"layer must be a name, a kind, a list of them, or None; got {wanted!r}")
    found = {}
    for name in names:
        match = [layer for layer in layers if name in (layer.name, kind_of(layer))]
        if not match:
            known = [layer.name for layer in layers]
            kinds = list(dict.fromkeys(map(kind_of, layers)))
            raise ValueError(
                f"layer must be among {', '.join(known)}, or of a kind, {', '.join(kinds)}; "
                f"got {name!r}{_hint(name, known + kinds)}"
            )
        found.update({layer.name: layer for layer in match})
    return [layer for layer in layers if layer.name in found]


def map_layer(model, wanted, *, head=None):
    """Layer with maps that has this name, or is the only one of this kind; of a net that ends in `head`, if given."""
    maps = find_layers(model, None)
    found = [layer for layer in maps if wanted in (layer.name, kind_of(layer))]
    if len(found) != 1:
        names = [layer.name for layer in maps]
        before = f" before head {head!r}" if head else ""
        raise ValueError(
            f"layer must be one with maps{before}, {', '.join(names)}; got {wanted!r}{_hint(wanted, names)}"
        )
    return found[0]


def _hint(name, known):
    close = get_close_matches(str(name), known, n=1)
    return f". Did you mean {close[0]!r}?" if close else ""


def kind_of(layer):
    """Name of a layer without its number."""
    return re.sub(r"_\d+$", "", layer.name)


def check_head(classifier, head):
    """Names of the heads that `head` stands for; None stands for all, or for the single target."""
    if head is None:
        return list(classifier.heads_)
    if head not in classifier.heads_:
        raise ValueError(f"head must be among {', '.join(map(repr, classifier.heads_))}, or None; got {head!r}")
    return [head]


def per_head(values):
    """One entry per head; scikit-learn gives a list for several outputs, and the entry itself for one."""
    return values if isinstance(values, list) else [values]


def predicted_labels(classifier, images):
    """Labels that are predicted, shape (n, n_heads)."""
    return np.asarray(classifier.predict(images)).reshape(len(images), -1)


def true_labels(classifier, y, n, heads):
    """Head → labels of shape (n,), from `y` with a column for each of the net's heads, or for each of `heads` alone."""
    target = read_target(y)
    columns, every = target.columns, list(classifier.heads_)
    if len(columns[0]) != n or len(columns) not in (len(every), len(heads)):
        raise ValueError(
            f"y must hold the labels of {n} images and {len(every)} heads, {', '.join(every)}; "
            f"got {len(columns)} columns of {len(columns[0])}"
        )
    names = list(head_names(target, every if len(columns) == len(every) else heads))
    labels = {head: columns[names.index(head)] for head in heads}
    classes = dict(zip(every, per_head(classifier.classes_), strict=True))
    for head, column in labels.items():  # an unseen label may well be true, but not one of another kind
        if label_kind(column) != label_kind(classes[head]):
            raise ValueError(
                f"y must have labels of head {head!r}, such as {classes[head].tolist()}; got {column[0].item()!r}"
            )
    return labels


class HeadScore:
    """The linear score of one head's levels.

    With a softmax the score of a level is its logit; with a sigmoid it is z for the second level and −z for the first.
    If the classes are combinations, the score of a level of one factor is log Σ exp over the combinations that have it.

    Parameters
    ----------
    classifier : ImageClassifier
    head : str
        One of its ``heads_``.
    layer : str, optional
        Layer whose maps are used; by default the last ReLU with the finest maps or, in a net without ReLU, the layer
        with the finest maps.

    Attributes
    ----------
    model : keras.Model
        Images → maps of the layer, logits.
    layer : keras.layers.Layer
    """

    def __init__(self, classifier, head, layer=None):
        net, encoder = classifier.model_, classifier.target_encoder_
        self._place = classifier.heads_.index(head)
        self._encoder = encoder.encoders_[self._place]
        shared = len(net.outputs) < len(classifier.heads_)  # one output for the combinations of all heads
        self._members = keras.ops.convert_to_tensor(encoder.members(self._place)) if shared else None
        logits = net.get_layer(net.output_names[0 if shared else self._place]).input
        path = keras.Model(net.input, logits)
        self.layer = _finest(path) if layer is None else map_layer(path, layer, head=head)
        self.model = keras.Model(net.input, [self.layer.output, logits])
        self.path = [each for each in path.layers if not isinstance(each, keras.layers.InputLayer)]

    def __call__(self, logits, levels):
        """Score of the level asked for, shape (n,)."""
        ops = keras.ops
        if logits.shape[-1] == 1:
            return ops.where(ops.equal(levels, 1), logits[:, 0], -logits[:, 0])
        if self._members is None:
            return ops.take_along_axis(logits, levels[:, None], axis=1)[:, 0]
        return ops.logsumexp(ops.where(ops.take(self._members, levels, axis=0), logits, -1e9), axis=1)

    def activations(self, maps):
        """Maps (n, rows, columns, channels) of the layer; instead of log-probabilities of places, the probabilities."""
        return softmax(maps, axis=(1, 2)) if isinstance(self.layer, MatchedFilter) else np.asarray(maps)

    def levels(self, target, predicted):
        """Level index of each image, int32: of `target`, a label or one per image, or else of the predicted label."""
        n = len(predicted)
        if target is None:
            target = predicted[:, self._place]
        labels = np.full(n, target) if np.ndim(target) == 0 else np.asarray(target)
        known = self._encoder.classes_.tolist()
        if labels.shape != (n,) or not set(labels.tolist()) <= set(known):
            raise ValueError(f"target must be one of the labels {known}, or one per image ({n}); got {target!r}")
        return self._encoder.transform(labels).astype(np.int32)


def _finest(path):
    maps = find_layers(path, None)
    active = [each for each in maps if kind_of(each) == "activation"] or maps
    return max(reversed(active), key=lambda each: each.output.shape[1] * each.output.shape[2])
