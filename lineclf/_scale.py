"""The scale of pixels: bytes, 0–255 in other types, or 0–1; with mixed scales a classifier is at chance level."""

import numpy as np

__all__ = ["BYTES", "HIGH", "OTHER", "UNIT", "as_shares", "check_scale", "scale_of"]

BYTES, HIGH, UNIT, OTHER = "uint8", "0–255", "0–1", "other numbers"
_DIM = 16  # numbers up to it may be counts, or features of a table


def scale_of(X):
    """Tell how pixels are scaled.

    Parameters
    ----------
    X : ndarray of numbers

    Returns
    -------
    {"uint8", "0–255", "0–1", "other numbers"}
        "0–255" has numbers above 16. Negative numbers, numbers above 255, and 0 alone are "other numbers".
    """
    if X.dtype == np.uint8:
        return BYTES
    low, high = X.min(initial=0), X.max(initial=0)
    if low < 0 or high == 0:
        return OTHER
    if high <= 1:
        return UNIT
    return HIGH if _DIM < high <= 255 else OTHER


def as_shares(X):
    """Return pixels as shares of full scale: uint8 divided by 255, as float32; other types as they are."""
    return X / np.float32(255) if X.dtype == np.uint8 else X


def check_scale(X, fitted, largest):
    """Raise ValueError if pixels are clearly on another scale than the fitted ones.

    Only zeros and ones, after a fit on 0–255, may be counts: they pass.

    Parameters
    ----------
    X : ndarray of numbers
        uint8 is read as 0–255, which becomes 0–1; other types as they are.
    fitted : str
        Scale of the fitted pixels, from :func:`scale_of`.
    largest : float
        The largest fitted pixel.
    """
    given = scale_of(X)
    if fitted == BYTES:
        wrong = given != BYTES and X.max(initial=0) > 1
        legal = "uint8 as in fit, or scaled to 0–1"
    elif given == BYTES:
        wrong = largest > 1 and X.any()
        legal = f"on the scale of fit, where it was no uint8 and reached {largest:g}"
    else:
        wrong = (fitted, given) == (UNIT, HIGH) or (
            (fitted, given) == (HIGH, UNIT) and not np.array_equal(X, np.rint(X))
        )
        legal = f"on the scale of fit, which was {fitted}"
    if wrong:
        taken = "divided by 255" if given == BYTES else "taken as they are"
        raise ValueError(f"X must be {legal}; got {given} of up to {X.max():g}, which would be {taken}")
