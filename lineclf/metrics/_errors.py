"""Errors that wrap around, and errors under corruption."""

from typing import NamedTuple

import numpy as np

from lineclf._checks import is_number
from lineclf._labels import label_kind, read_column
from lineclf.metrics._heads import check_weight

__all__ = ["CorruptionError", "circular_mae", "interpolated_angle", "mean_corruption_error"]


def circular_mae(y_true, y_pred, *, period=180, sample_weight=None):
    """Mean absolute error of angles, each measured the shorter way round.

    The error of one image is ``|((d + period/2) mod period) − period/2|`` with d = predicted − true: a line of 175°
    taken for one of 5° is off by 10°, and none is off by more than half a period.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        True and predicted angles in degrees; they need not lie in one period.
    period : float, default=180
        Degrees after which a direction repeats: 180 for lines, 360 for arrows.
    sample_weight : array-like of shape (n,), default=None
        Weight of each image.

    Returns
    -------
    float
        Degrees, between 0 and period / 2.

    Raises
    ------
    ValueError
        If the angles are not finite numbers in two arrays of one length, the period is not a number > 0, or the
        weights are not legal.

    Examples
    --------
    >>> from lineclf.metrics import circular_mae
    >>> circular_mae([175, 30, 0], [5, 45, 90])
    38.333...
    """
    true, pred = (_angles(y, name) for y, name in ((y_true, "y_true"), (y_pred, "y_pred")))
    if true.shape != pred.shape:
        raise ValueError(f"y_true and y_pred must have the same number of rows; got {len(true)} and {len(pred)}")
    if not (is_number(period) and period > 0):
        raise ValueError(f"period must be a number > 0, of degrees; got {period!r}")
    off = np.mod(pred - true, period)
    return float(np.average(np.minimum(off, period - off), weights=check_weight(sample_weight, len(off))))


def interpolated_angle(proba, angles, *, period=180):
    """Angle between the levels of a classifier, from its probabilities of those levels.

    This is the vertex of the parabola through the logarithms of the probabilities of the most probable level and its
    two neighbours on the circle, as the peak of a sampled spectrum is found between its samples [1]_. So a classifier
    that knows every 15 degrees can answer 7.5.

    Parameters
    ----------
    proba : array-like of shape (n, n_angles)
        Probability of each level.
    angles : array-like of shape (n_angles,)
        Levels in degrees, evenly spaced over the period and ascending; at least three.
    period : float, default=180
        As in :func:`circular_mae`.

    Returns
    -------
    ndarray of shape (n,)
        Degrees, in [0, period); never farther than half a step from the most probable level.

    Raises
    ------
    ValueError
        If the shapes do not agree, or the angles are not evenly spaced over the period.

    References
    ----------
    .. [1] J. Smith, X. Serra (1987), "PARSHL: an analysis/synthesis program", ICMC.

    Examples
    --------
    >>> import numpy as np
    >>> from lineclf.metrics import interpolated_angle
    >>> interpolated_angle([[0.5, 0.5, 0, 0], [0.25, 0.5, 0.25, 0]], [0, 45, 90, 135])
    array([22.5, 45. ])
    """
    proba, angles = np.asarray(proba, dtype=np.float64), _angles(angles, "angles")
    n, step = len(angles), period / len(angles)
    if proba.ndim != 2 or proba.shape[1] != n:
        raise ValueError(f"proba must have shape (n, {n}), a column per angle; got {proba.shape}")
    if n < 3 or not np.allclose(np.diff(angles), step):
        raise ValueError(
            f"angles must be at least three, evenly spaced over {period} degrees and ascending; got {angles.tolist()}"
        )
    logs = np.log(np.maximum(proba, np.finfo(np.float32).tiny))  # a float32 softmax underflows to 0
    best, row = logs.argmax(axis=1), np.arange(len(logs))
    before, peak, after = (logs[row, (best + shift) % n] for shift in (-1, 0, 1))
    bend = 2 * peak - before - after
    offset = np.divide(after - before, 2 * bend, out=np.zeros_like(peak), where=bend > 0)
    return np.mod(angles[best] + step * offset, period)


def _angles(y, name):
    angles = read_column(y, name)
    if label_kind(angles) != "numbers":
        raise ValueError(f"{name} must hold angles in degrees; got {angles[0].item()!r}")
    return angles.astype(np.float64)


class CorruptionError(NamedTuple):
    """Mean corruption error, and the error under each corruption, as multiples of the reference's.

    Attributes
    ----------
    mean : float
        Mean over the corruptions.
    each : dict of str to float
        Corruption → its error, as a multiple of the reference's.
    """

    mean: float
    each: dict[str, float]


def mean_corruption_error(errors, reference, *, clean=None):
    """Error under corruption as a multiple of a reference model's, averaged over corruptions.

    CE_c = Σ_s E_s,c / Σ_s E^ref_s,c over the severities s of a corruption c, and mCE is the mean of CE_c over c: every
    corruption counts the same, however hard it is. With `clean` both models' errors on clean images are subtracted
    first, which gives the relative mCE: how much a model loses, not how good it is [1]_.

    Parameters
    ----------
    errors, reference : dict of str to array-like of shape (n_severities,), or pandas.DataFrame
        Corruption → error rate (1 − accuracy) at each severity, of the model and of the reference. Both hold the same
        corruptions, and each corruption the same severities.
    clean : tuple of 2 floats, default=None
        Error rates of the model and of the reference on clean images. None gives the mCE, else the relative one.

    Returns
    -------
    CorruptionError
        Named tuple (mean, each): the mCE, and corruption → CE. 1 is as good as the reference; smaller is better.

    Raises
    ------
    ValueError
        If the two do not hold the same corruptions and severities, a value is not an error rate, or the reference has
        no error (loses nothing) under some corruption, so that nothing can be divided by it.

    References
    ----------
    .. [1] D. Hendrycks and T. Dietterich, "Benchmarking neural network robustness to common corruptions and
       perturbations", ICLR 2019, section 4.1.

    Examples
    --------
    >>> from lineclf.metrics import mean_corruption_error
    >>> errors = {"fog": [0.1, 0.2], "blur": [0.1, 0.5]}
    >>> reference = {"fog": [0.2, 0.4], "blur": [0.3, 0.3]}
    >>> mean_corruption_error(errors, reference)
    CorruptionError(mean=0.75, each={'fog': 0.5, 'blur': 1.0})
    >>> round(mean_corruption_error(errors, reference, clean=(0.0, 0.1)).mean, 3)
    1.125
    """
    tables = []
    for name, table in (("errors", errors), ("reference", reference)):
        rows = dict(table.items()) if hasattr(table, "items") else {}
        if not rows:
            raise ValueError(f"{name} must map at least one corruption to its error rates; got {table!r}")
        tables.append({key: _rates(values, f"{name}[{key!r}]") for key, values in rows.items()})
    if tables[0].keys() != tables[1].keys():
        raise ValueError(f"errors and reference must hold the same corruptions; got {[list(t) for t in tables]}")
    if clean is not None and np.shape(clean) != (2,):
        raise ValueError(f"clean must hold two error rates, the model's and the reference's; got {clean!r}")
    model_clean, reference_clean = (0.0, 0.0) if clean is None else _rates(clean, "clean")
    each = {}
    for key, rates in tables[0].items():
        if rates.shape != tables[1][key].shape:
            raise ValueError(
                f"errors and reference must hold the same severities; got {len(rates)} and {len(tables[1][key])} "
                f"of {key!r}"
            )
        scale = float((tables[1][key] - reference_clean).sum())
        if scale <= 0:
            lack = "has no error" if clean is None else "loses nothing"
            raise ValueError(f"reference must have errors to compare with; it {lack} under {key!r}")
        each[key] = float((rates - model_clean).sum()) / scale
    return CorruptionError(float(np.mean(list(each.values()))), each)


def _rates(values, name):
    rates = np.asarray(values, dtype=np.float64)
    if rates.ndim != 1 or not len(rates) or not ((rates >= 0) & (rates <= 1)).all():
        raise ValueError(f"{name} must hold error rates between 0 and 1; got {rates.tolist()}")
    return rates
