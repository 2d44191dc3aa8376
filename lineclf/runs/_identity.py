"""Child seeds, derived by name."""

import hashlib


def child_seed(seed, name):
    """Seed for one purpose, derived by name: another purpose never shifts it.

    Parameters
    ----------
    seed : int
        Seed of the trial.
    name : str
        The purpose: "data", "split", "model".

    Returns
    -------
    int
        In [0, 2³¹).

    Examples
    --------
    >>> from lineclf.runs import child_seed
    >>> child_seed(0, "data") == child_seed(0, "data"), child_seed(0, "data") == child_seed(0, "split")
    (True, False)
    """
    return int.from_bytes(hashlib.sha256(f"{seed}/{name}".encode()).digest()[:4]) >> 1
