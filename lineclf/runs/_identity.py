"""Identities of trials and results: child seeds by name, and hashes of everything that gives a result its meaning."""

import hashlib
import json
from typing import Any

__all__ = ["MEANING", "child_seed", "fingerprint", "identity_params"]

# Part of the identity of every stored result, with the revisions of the estimators that made it; not the package's
# version, since most releases change no result.
MEANING = "0.2.0"
# Arguments that came later, with the level that leaves all as it was: results stored before them stay valid.
_LATER: dict[str, dict[str, Any]] = {
    "MultiHeadLineClassifier": {"max_shift": 0},
    "OneLayerCNNClassifier": {"max_shift": 0},
    "CompactCNNClassifier": {"combine": True, "residual": False, "symmetry": None},
}


def child_seed(seed, name):
    """Seed for one purpose, derived by name: other purposes never change it.

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


def fingerprint(known, *, default=None, sort_keys=True):
    """Return a short hash of everything that gives a result its meaning, the same on every machine.

    Parameters
    ----------
    known : object
        JSON-able, or made so by `default`.
    default : callable, optional
        As in :func:`json.dumps`. `default` and `sort_keys` are part of the identity of stored results: a kind of study
        never changes them.
    sort_keys : bool, default=True

    Returns
    -------
    str
        Ten hexadecimal digits.
    """
    text = json.dumps(known, sort_keys=sort_keys, default=default)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def identity_params(estimator):
    """Parameters and revision of an estimator that tell its results from those of another one, for fingerprints.

    The first revision is left out, because results were stored before there were others.
    """
    kind = type(estimator)
    later = _LATER.get(kind.__name__, {}) if kind.__module__.startswith("lineclf.") else {}
    params = estimator.get_params()
    identity = {name: value for name, value in params.items() if name not in later or value != later[name]}
    revisions = {"": estimator, **{f"{name}__": value for name, value in params.items()}}
    identity |= {
        f"{name}revision": value.revision
        for name, value in revisions.items()
        if isinstance(getattr(value, "revision", None), int) and value.revision > 1
    }
    return identity
