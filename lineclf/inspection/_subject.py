"""What is inspected: the net inside an estimator or pipeline, its images, its layers, and the score of a head."""

import re
from difflib import get_close_matches

import keras
import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from lineclf.estimators._base import ImageClassifier


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
    if isinstance(estimator, Pipeline):
        X = np.asarray(X)
        X = estimator[:-1].transform(X.reshape(len(X), -1))
    return classifier, classifier.as_images(X)


def unwrap_classifier(estimator):
    """Classifier of this package, itself or as the last step of a Pipeline."""
    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    if not isinstance(last, ImageClassifier):
        raise ValueError(
            f"estimator must be a classifier of lineclf, or a Pipeline that ends in one; got {type(last).__name__}"
        )
    check_is_fitted(last)
    return last


def find_layers(model, wanted):
    """Layers of a name or of a kind.

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
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    found = {}
    for name in names:
        match = [layer for layer in layers if name in (layer.name, kind_of(layer))]
        if not match:
            known = [layer.name for layer in layers]
            kinds = list(dict.fromkeys(map(kind_of, layers)))
            close = get_close_matches(str(name), known + kinds, n=1)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise ValueError(
                f"layer must be among {', '.join(known)}, or of a kind, {', '.join(kinds)}; got {name!r}.{hint}"
            )
        found.update({layer.name: layer for layer in match})
    return [layer for layer in layers if layer.name in found]


def kind_of(layer):
    """Name of a layer without its number."""
    return re.sub(r"_\d+$", "", layer.name)


def check_head(classifier, head):
    """Head names that `head` stands for; None is all of them, or the one target of a net with one."""
    if head is None:
        return list(classifier.heads_)
    if head not in classifier.heads_:
        raise ValueError(f"head must be among {', '.join(map(repr, classifier.heads_))}, or None; got {head!r}")
    return [head]


class HeadScore:
    """The linear score of one head's levels.

    For a softmax the score of a level is its logit; for a sigmoid it is z for the second level and −z for the first.
    A net whose classes are combinations scores a level of one factor by log Σ exp over the combinations that have it.

    Parameters
    ----------
    classifier : ImageClassifier
    head : str
        One of its ``heads_``.
    layer : str, optional
        Layer whose maps are looked at; by default the ReLU of the finest maps, the last one of them.

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
        self.layer = _pick_layer(path, layer)
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

    def levels(self, target, predicted):
        """Level index of each image, int32: that of `target`, a label or one an image, or of the predicted label."""
        n = len(predicted)
        if target is None:
            target = predicted if np.ndim(predicted) == 1 else np.asarray(predicted)[:, self._place]
        labels = np.full(n, target) if np.ndim(target) == 0 else np.asarray(target)
        known = self._encoder.classes_
        if labels.shape != (n,) or not np.isin(labels, known).all():
            raise ValueError(
                f"target must be one of the labels {known.tolist()}, or one an image ({n}); got {target!r}"
            )
        return self._encoder.transform(labels).astype(np.int32)


def _pick_layer(path, layer):
    maps = [each for each in path.layers[1:] if len(each.output.shape) == 4]
    if layer is None:
        active = [each for each in maps if kind_of(each) == "activation"] or maps
        return max(reversed(active), key=lambda each: each.output.shape[1] * each.output.shape[2])
    found = find_layers(path, layer)
    if len(found) != 1 or found[0] not in maps:
        raise ValueError(f"layer must be one with maps, {', '.join(each.name for each in maps)}; got {layer!r}")
    return found[0]
