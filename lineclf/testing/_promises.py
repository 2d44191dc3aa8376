"""Shared parts of the contracts of models and tracks: an error names the broken promise."""

import random
from contextlib import contextmanager

import numpy as np

from lineclf._words import first_line

__all__ = ["promise", "small_lines", "untouched"]


@contextmanager
def promise(words):
    """Turn any error of a block into a broken promise: an AssertionError that begins with `words`."""
    try:
        yield
    except (Exception, SystemExit) as error:  # it is somebody's code
        raise AssertionError(f"{words}; {type(error).__name__}: {first_line(error)}") from error


@contextmanager
def untouched(**arrays):
    """Check that a block changes neither these arrays, given by name, nor a global random state."""
    before = {name: np.array(each) for name, each in arrays.items() if each is not None}
    states = _states()
    yield
    for name, values in before.items():
        assert np.array_equal(np.asarray(arrays[name]), values), (
            f"{name} must be left as it is; its values have changed"
        )
    assert _states() == states, "no global random state may be touched: draw from what random_state gives"


def _states():
    known: dict = np.random.get_state(legacy=False)  # type: ignore[assignment]  # noqa: NPY002 — the global one
    return random.getstate(), {name: np.array(each).tobytes() for name, each in known["state"].items()}


def small_lines(n_per_class, **options):
    """Images and labels of a small world: 2 lengths, 2 widths, 4 angles, 2 colours."""
    from lineclf.datasets import make_lines

    return make_lines(
        n_per_class,
        image_size=12,
        lengths=(4, 7),
        widths=(1, 2),
        angles=(0, 45, 90, 135),
        random_state=0,
        **options,
    )
