"""Randomness: one root per call, and a generator of its own for every purpose, derived by name."""

import zlib
from typing import Any

import numpy as np

from lineclf._checks import check_count

__all__ = ["child_generator", "root_seed"]


def root_seed(random_state: Any) -> int:
    """Return the integer that every child generator of one call derives from.

    None takes fresh entropy, an int is its own root, and a `numpy.random.RandomState` or `numpy.random.Generator` is
    drawn from once. NumPy's global generator is neither read nor changed.
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1, np.uint64)[0])
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**63))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**63 - 1, dtype=np.int64))
    try:
        return check_count("random_state", random_state, minimum=0)
    except ValueError:
        raise ValueError(
            "random_state must be None, an integer ≥ 0, a numpy.random.RandomState or a numpy.random.Generator; "
            f"got {random_state!r}"
        ) from None


def child_generator(root: int, name: str) -> np.random.Generator:
    """Return the generator for the purpose `name`; the other purposes' draws do not shift it."""
    return np.random.default_rng([root, zlib.crc32(name.encode())])
