"""The scale of pixels: bytes, bytes as other numbers, or 0 to 1; silently mixed, they put a classifier at chance."""

import numpy as np

BYTES, WHOLE, UNIT, OTHER = "uint8", "whole numbers of 0–255", "0–1", "other numbers"
_DIM = 16  # whole numbers up to it may be counts, or the pixels of a dark image


def scale_of(X):
    """Tell how pixels are scaled.

    Parameters
    ----------
    X : ndarray of numbers

    Returns
    -------
    {"uint8", "whole numbers of 0–255", "0–1", "other numbers"}
        Whole numbers count as bytes from 17 on. What is 0 and 1 only, as a blank image, may be either: "other numbers".
    """
    if X.dtype == np.uint8:
        return BYTES
    low, high = X.min(initial=0), X.max(initial=0)
    if low < 0 or high > 255 or 1 < high <= _DIM:
        return OTHER
    whole = np.array_equal(X, np.floor(X))
    if high > 1:
        return WHOLE if whole else OTHER
    return OTHER if whole else UNIT


def check_scale(X, fitted, largest):
    """Raise ValueError where pixels are clearly on another scale than those that were fitted.

    Parameters
    ----------
    X : ndarray of numbers
        uint8 is read as 0–255, which becomes 0–1; anything else as it is.
    fitted : str
        Scale of the fitted pixels, as :func:`scale_of` tells it.
    largest : float
        The largest of them.
    """
    given = scale_of(X)
    if fitted == BYTES:
        wrong = given != BYTES and X.max(initial=0) > 1
        legal = "uint8 as in fit, or scaled to 0–1"
    elif given == BYTES:
        wrong = largest > 1
        legal = f"on the scale of fit, where it was no uint8 and reached {largest:g}"
    else:
        wrong = {fitted, given} == {UNIT, WHOLE}
        legal = f"on the scale of fit, which had {fitted}"
    if wrong:
        taken = "divided by 255" if given == BYTES else "taken as they are"
        raise ValueError(f"X must be {legal}; got {given} of up to {X.max():g}, which would be {taken}")
