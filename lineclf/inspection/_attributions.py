"""Evidence of each pixel for a level of a head, by six methods."""

from collections.abc import Callable
from functools import partial

import numpy as np
import tensorflow as tf
from scipy.ndimage import maximum_filter

from lineclf.inspection._subject import HeadScore, check_head, predicted_labels, unwrap
from lineclf.inspection._upsampling import centres, upsample

__all__ = ["METHODS", "class_activation_map"]

_BATCH = 64  # images explained at a time
_MANY = 512  # versions of them that a net sees at a time


def class_activation_map(estimator, X, head=None, target=None, layer=None, method="gradcam", *, random_state=0):
    """Heatmaps of the evidence for a level of a head.

    Parameters
    ----------
    estimator : classifier of this package, or Pipeline that ends in one
        Fitted; used in inference mode.
    X : array-like of shape (n, height, width, channels) or (n, features)
        Images.
    head : str, optional
        One of the estimator's ``heads_``; by default all of them.
    target : label, or array-like of shape (n,), optional
        Label or labels of the head to explain; by default the predicted ones. Needs a single head.
    layer : str, optional
        Layer whose maps "gradcam", "gradcam++" and "scorecam" combine; by default the last ReLU with the finest maps
        before the head. Deeper layers, which [1]_ takes in deep nets, are right less often in these nets. A
        :class:`MatchedFilterClassifier` has no ReLU: its maps are log-probabilities of a line at every place. Their
        probabilities are combined, so these methods show where the middle of the line is.
    method : {"gradcam", "gradcam++", "scorecam", "smoothgrad", "integrated_gradients", "occlusion"}
        Grad-CAM [1]_ weights the layer's maps by the mean gradient of the score; Grad-CAM++ [2]_ by positive gradients
        at the places that matter; ScoreCAM [3]_ by the score that the image keeps when it is masked by a map.
        SmoothGrad [4]_ is the size of the mean gradient over 16 noisy copies (σ = 0.15 of the image's range),
        integrated gradients [5]_ are taken in 32 steps from a black image; occlusion [6]_ is the loss of score under a
        black square of 3×3 pixels around the place. Black is zero as the net sees it, after a pipeline's steps.
    random_state : int, RandomState or None, default=0
        Seed of SmoothGrad's noise, which is the same for every image.

    Returns
    -------
    ndarray of shape (n, height, width), float32, or list of them for several heads
        Evidence per pixel. The three CAMs and SmoothGrad have no negative values; a map of zeros means that nothing in
        the layer speaks for the target. Integrated gradients add up to the score's difference to a black image.

    Raises
    ------
    ValueError
        If head, target, layer or method is unknown; the message lists the known ones.

    References
    ----------
    .. [1] R. Selvaraju et al., ICCV 2017.
    .. [2] A. Chattopadhyay et al., WACV 2018.
    .. [3] H. Wang et al., CVPR Workshops 2020.
    .. [4] D. Smilkov et al., 2017.
    .. [5] M. Sundararajan et al., ICML 2017.
    .. [6] M. Zeiler and R. Fergus, ECCV 2014.

    Examples
    --------
    >>> from lineclf import MultiHeadLineClassifier
    >>> from lineclf.datasets import make_lines
    >>> from lineclf.inspection import class_activation_map
    >>> X, y = make_lines(n_per_class=1, random_state=0)
    >>> clf = MultiHeadLineClassifier(epochs=1, random_state=0).fit(X, y)
    >>> class_activation_map(clf, X[:5], head="angle").shape
    (5, 28, 28)
    """
    classifier, images = unwrap(estimator, X)
    if method not in list(METHODS):
        raise ValueError(f"method must be among {', '.join(METHODS)}; got {method!r}")
    heads = check_head(classifier, head)
    if target is not None and len(heads) > 1:
        raise ValueError(f"target={target!r} needs a head, one of {', '.join(map(repr, heads))}")
    seed = np.random.default_rng(random_state).integers(2**32)
    attribute = partial(_smoothgrad, seed=seed) if method == "smoothgrad" else METHODS[method]
    predicted = predicted_labels(classifier, images)
    maps = []
    for name in heads:
        score = HeadScore(classifier, name, layer)
        levels = score.levels(target, predicted)
        parts = [
            attribute(score, images[start : start + _BATCH], levels[start : start + _BATCH])
            for start in range(0, len(images), _BATCH)
        ]
        maps.append(np.concatenate(parts))
    return maps[0] if head is not None or len(heads) == 1 else maps


def _maps_and_gradients(score, images, levels):
    with tf.GradientTape() as tape:
        images = tf.convert_to_tensor(images)
        tape.watch(images)
        maps, logits = score.model(images, training=False)
        total = tf.reduce_sum(score(logits, levels))
    return score.activations(maps), tape.gradient(total, maps).numpy()


def _combine(score, maps, weights, image_shape):
    cams = np.maximum((maps * weights).sum(axis=-1), 0)
    return upsample(cams, centres(score.path, score.layer), image_shape)


def _gradcam(score, images, levels):
    maps, gradients = _maps_and_gradients(score, images, levels)
    return _combine(score, maps, gradients.mean(axis=(1, 2), keepdims=True), images.shape[1:])


def _gradcam_plus_plus(score, images, levels):
    # For a score that is exponentiated, second and third derivatives are powers of the first one [2]. As in its
    # authors' code, the places that speak for the score share a weight of one.
    maps, gradients = _maps_and_gradients(score, images, levels)
    positive = np.maximum(gradients, 0)
    below = 2 + maps.sum(axis=(1, 2), keepdims=True) * positive
    alpha = np.divide(positive > 0, below, out=np.zeros_like(maps), where=below != 0)
    weights, total = ((alpha * each).sum(axis=(1, 2), keepdims=True) for each in (positive, 1))
    weights = np.divide(weights, total, out=np.zeros_like(total), where=total != 0)
    return _combine(score, maps, weights, images.shape[1:])


def _scorecam(score, images, levels):
    maps = score.activations(score.model(images, training=False)[0])
    cells = centres(score.path, score.layer)
    cams = []
    for image, own, level in zip(images, maps, levels, strict=True):
        masks = upsample(np.moveaxis(own, -1, 0), cells, image.shape)
        low, high = (edge(masks, axis=(1, 2), keepdims=True) for edge in (np.min, np.max))
        masks = np.divide(masks - low, high - low, out=np.zeros_like(masks), where=high > low)
        masked = np.concatenate([image * masks[..., None], np.zeros_like(image)[None]])
        scores = _scores(score, masked, np.full(len(masked), level, np.int32))
        gains = scores[:-1] - scores[-1]
        weights = np.exp(gains - gains.max())
        cams.append(np.maximum(np.tensordot(weights / weights.sum(), own, (0, 2)), 0))
    return upsample(np.array(cams), cells, images.shape[1:])


def _scores(score, images, levels):
    parts = []
    for start in range(0, len(images), _MANY):
        _, logits = score.model(images[start : start + _MANY], training=False)
        parts.append(score(logits, levels[start : start + _MANY]).numpy())
    return np.concatenate(parts)


def _mean_gradients(score, versions, levels):
    """Gradients with respect to the images, averaged over their versions, an array (n_versions, n, …)."""
    images, levels = versions.reshape(-1, *versions.shape[2:]), np.tile(levels, len(versions))
    parts = []
    for start in range(0, len(images), _MANY):
        with tf.GradientTape() as tape:
            some = tf.convert_to_tensor(images[start : start + _MANY])
            tape.watch(some)
            _, logits = score.model(some, training=False)
            total = tf.reduce_sum(score(logits, levels[start : start + _MANY]))
        parts.append(tape.gradient(total, some).numpy())
    return np.concatenate(parts).reshape(versions.shape).mean(axis=0)


def _smoothgrad(score, images, levels, *, seed=0, copies=16, noise=0.15):
    rng = np.random.default_rng(seed)
    spread = noise * np.ptp(images, axis=(1, 2, 3), keepdims=True)
    normal = rng.normal(size=(copies, 1, *images.shape[1:])).astype(np.float32)  # the same for each image
    return np.abs(_mean_gradients(score, images + spread * normal, levels)).sum(axis=-1)


def _integrated_gradients(score, images, levels, *, steps=32):
    shares = (np.arange(steps, dtype=np.float32) + np.float32(0.5)) / steps  # midpoints
    return (_mean_gradients(score, np.multiply.outer(shares, images), levels) * images).sum(axis=-1)


def _occlusion(score, images, levels, *, side=3):
    lit = images.any(axis=-1)
    windows = np.argwhere(maximum_filter(lit, side, axes=(1, 2)))  # black on black changes nothing
    drops = np.zeros(lit.shape, np.float32)
    whole = _scores(score, images, levels)
    down, across = np.mgrid[: lit.shape[1], : lit.shape[2]]
    for start in range(0, len(windows), _MANY):
        i, row, column = windows[start : start + _MANY].T
        far = np.maximum(abs(down - row[:, None, None]), abs(across - column[:, None, None])) > side // 2
        drops[i, row, column] = whole[i] - _scores(score, images[i] * far[..., None], levels[i])
    return drops


METHODS: dict[str, Callable] = {
    "gradcam": _gradcam,
    "gradcam++": _gradcam_plus_plus,
    "scorecam": _scorecam,
    "smoothgrad": _smoothgrad,
    "integrated_gradients": _integrated_gradients,
    "occlusion": _occlusion,
}
