"""Further test sets: nets trained on one track are tested on images of another kind, without a training of their own.

Each is a function of the fitted estimator, the split and the seed that returns plain metrics. They are made for clean
uint8 images of the default world.
"""

from types import MappingProxyType

import numpy as np

from lineclf.datasets import CORRUPTIONS, FACTORS, corrupt
from lineclf.datasets._world import NAMED_COLORS
from lineclf.metrics import joint_accuracy_score, novelty_scores
from lineclf.runs._evaluate import as_input
from lineclf.runs._identity import child_seed

__all__ = ["FURTHER", "NEW_COLORS", "SEVERITIES", "color_shift", "corruptions", "recolor"]

SEVERITIES = range(1, 6)
NEW_COLORS = ("green", "yellow", "white")
_MOST_CORRUPTED = 1000  # test images, in each of fifty ways
_MOST_RECOLORED = 2000
_SHAPE, _COLOR = slice(0, 3), FACTORS.index("color")


def corruptions(estimator, split, seed):
    """Joint error on corrupted test images.

    Returns
    -------
    dict of str to float
        "error_<corruption>_<severity>", "error_clean" on the same images as they are, "error" the mean over all
        corruptions and severities, "n_test".
    """
    X, y = split.X_test[:_MOST_CORRUPTED], split.y_test[:_MOST_CORRUPTED]

    def errors(*batches):  # in one call: some estimators have much to do before the first answer
        predicted = estimator.predict(as_input(estimator, np.concatenate(batches)))
        return [1 - joint_accuracy_score(y, part) for part in np.split(predicted, len(batches))]

    found: dict[str, float] = {}
    for name in CORRUPTIONS:
        images = (corrupt(X, name, severity, random_state=child_seed(seed, name)) for severity in SEVERITIES)
        found |= {f"error_{name}_{severity}": e for severity, e in zip(SEVERITIES, errors(*images), strict=True)}
    return {**found, "error": float(np.mean(list(found.values()))), "error_clean": errors(X)[0], "n_test": len(X)}


def color_shift(estimator, split, seed):
    """Accuracy on lines in colours that were never trained, and whether the colour head notices the new colour.

    Returns
    -------
    dict of str to float
        "accuracy_<colour>_<head>"; "accuracy_<colour>", all three heads right; "accuracy", its mean over the new
        colours; "accuracy_known", on the same lines as they are; "n_test". With probabilities also
        "auroc_<colour>" and "fpr95_<colour>" of the colour head's confidence, and their means "auroc" and "fpr95".
    """
    X, y = split.X_test[:_MOST_RECOLORED], split.y_test[:_MOST_RECOLORED]
    sides = {"known": X, **{color: recolor(X, NAMED_COLORS[color]) for color in NEW_COLORS}}
    scores: dict[str, float] = {"n_test": len(X)}
    confidence = {}
    for color, images in sides.items():
        inputs = as_input(estimator, images)
        predicted = estimator.predict(inputs)
        scores[f"accuracy_{color}"] = joint_accuracy_score(y[:, _SHAPE], predicted[:, _SHAPE])
        for i, head in enumerate(FACTORS[_SHAPE]):
            scores[f"accuracy_{color}_{head}"] = float((y[:, i] == predicted[:, i]).mean())
        if hasattr(estimator, "predict_proba"):
            confidence[color] = np.max(estimator.predict_proba(inputs)[_COLOR], axis=1)
    scores["accuracy"] = float(np.mean([scores[f"accuracy_{color}"] for color in NEW_COLORS]))
    for color in NEW_COLORS if confidence else ():
        found = novelty_scores(confidence["known"], confidence[color])
        scores |= {f"auroc_{color}": found.auroc, f"fpr95_{color}": found.fpr95}
    for name in ("auroc", "fpr95") if confidence else ():
        scores[name] = float(np.mean([scores[f"{name}_{color}"] for color in NEW_COLORS]))
    return scores


def recolor(X, color):
    """Lines on black in another colour, whatever colour they had.

    Parameters
    ----------
    X : ndarray of uint8, shape (n, height, width, 3)
    color : tuple of 3 ints, 0 to 255

    Returns
    -------
    ndarray of uint8, shape (n, height, width, 3)
    """
    light = X.max(axis=-1, keepdims=True).astype(np.float32) / 255
    return np.rint(light * np.array(color, np.float32)).astype(np.uint8)


FURTHER = MappingProxyType({"corruptions": corruptions, "color-shift": color_shift})
