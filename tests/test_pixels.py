"""One way to read images: the same pixels mean the same, whatever holds them."""

import numpy as np
import pandas as pd
import pytest

from lineclf._pixels import as_pixels, is_frame_of_bytes
from lineclf.baselines import MomentsRuleClassifier, NearestClassifier, fft_magnitudes, measure_lines
from lineclf.datasets import corrupt, make_lines
from lineclf.metrics import bayes_posterior
from lineclf.model_selection import audit_split, get_track, read_positions


class Tensor:
    """What NumPy can read without being NumPy's."""

    def __init__(self, values):
        self._values = values

    def __len__(self):
        return len(self._values)

    @property
    def shape(self):
        return self._values.shape

    def __array__(self, dtype=None, copy=None):
        return np.array(self._values, dtype=dtype)


def rows(X):
    return X.reshape(len(X), -1)


CONTAINERS = {
    "rows": rows,
    "tensor": Tensor,
    "tensor of rows": lambda X: Tensor(rows(X)),
    "list of arrays": list,
    "memory in another order": np.asfortranarray,
    "frame": lambda X: pd.DataFrame(rows(X)),
    "frame of nullables": lambda X: pd.DataFrame(rows(X)).astype(NULLABLE[X.dtype.name]),
}
NULLABLE = {"uint8": "UInt8", "float32": "Float32"}


@pytest.fixture(scope="module")
def lines():
    return make_lines(n_per_class=1, image_size=9, lengths=(3, 7), angles=(0, 45, 90, 135), random_state=0)


FUNCTIONS = {
    "fft_magnitudes": lambda X, y: fft_magnitudes(X),
    "measure_lines": lambda X, y: np.hstack(measure_lines(X)),
    "MomentsRuleClassifier": lambda X, y: MomentsRuleClassifier().fit(X, y).predict(X),
    "NearestClassifier": lambda X, y: NearestClassifier().fit(X, y).predict(X),
    "read_positions": lambda X, y: read_positions(X),
    "audit_split": lambda X, y: audit_split(X, y, X, y[::-1], distances=True, max_distances=5).conflict_examples,
    "track": lambda X, y: np.concatenate(next(get_track("distinct", random_state=0).split(X, y[:, 3]))),
    "corrupt": lambda X, y: rows(corrupt(X, "gaussian-noise", 3, random_state=0)),
}


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_same_pixels_mean_the_same_in_any_container(function, dtype, lines):
    X, y = lines
    X = X if dtype == np.uint8 else (X / 255).astype(np.float32)
    expected = FUNCTIONS[function](X, y)
    for container, make in CONTAINERS.items():
        np.testing.assert_array_equal(FUNCTIONS[function](make(X), y), expected, err_msg=container)


def test_bayes_rule_reads_any_container_of_floats():
    world = {"image_size": 9, "lengths": [5, 7], "angles": [0, 90]}
    X, _ = make_lines(n_per_class=1, noise=0.3, dtype="float32", random_state=0, **world)
    expected = bayes_posterior(X, 0.3, **world)
    for container, make in CONTAINERS.items():
        np.testing.assert_array_equal(bayes_posterior(make(X), 0.3, **world), expected, err_msg=container)


@pytest.mark.parametrize("dtype", ["uint8", "float32", "float64", "int64", "bool"])
def test_the_dtype_is_that_of_the_numbers(dtype):
    X = np.arange(6).reshape(2, 3).astype(dtype)
    own = {"uint8": "UInt8", "float32": "Float32", "float64": "Float64", "int64": "Int64", "bool": "boolean"}[dtype]
    for held in (X, Tensor(X), pd.DataFrame(X), pd.DataFrame(X).astype(own)):
        assert as_pixels(held).dtype == dtype
        np.testing.assert_array_equal(as_pixels(held), X)
        assert is_frame_of_bytes(held) == (dtype == "uint8" and isinstance(held, pd.DataFrame))


def test_frames_of_bytes_are_frames_of_nothing_else():
    frame = pd.DataFrame({"a": np.arange(3, dtype=np.uint8), "b": pd.array([1, 2, 3], dtype="UInt8")})
    assert is_frame_of_bytes(frame)
    assert not is_frame_of_bytes(frame.assign(c=0.5))
    assert not is_frame_of_bytes(frame.assign(c=pd.array([1, None, 3], dtype="UInt8")))
    assert not is_frame_of_bytes(frame.astype("category"))
