"""Images read in one way, whatever holds them."""

import numpy as np


def as_pixels(X):
    """`X` as an array of the dtype that its numbers have."""
    return np.asarray(X, dtype=_frame_dtype(X))


def is_frame_of_bytes(X):
    """Whether `X` is a DataFrame of uint8 alone, NumPy's or pandas' own."""
    return _frame_dtype(X) == np.uint8


def _frame_dtype(X):
    """NumPy's dtype of what a DataFrame holds, if its columns share one; as an array pandas' own become objects."""
    if not hasattr(X, "iloc") or X.ndim != 2 or X.isna().any(axis=None):
        return None
    dtypes = {getattr(each, "numpy_dtype", each) for each in X.dtypes}
    return dtypes.pop() if len(dtypes) == 1 and all(isinstance(each, np.dtype) for each in dtypes) else None
