import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.datasets import FACTORS, class_index, factors_of

shapes = st.tuples(*[st.integers(1, 15)] * 4)


def test_the_order_of_the_factors():
    assert FACTORS == ("length", "width", "angle", "color")


@given(shapes, st.data())
def test_the_two_views_are_inverse(shape, data):
    index = np.array(data.draw(st.lists(st.integers(0, int(np.prod(shape)) - 1), max_size=20)), dtype=np.int64)
    y = factors_of(index, shape)
    assert (y.shape, y.dtype) == ((len(index), 4), np.int64)
    assert (y < shape).all()
    back = class_index(y, shape)
    assert back.dtype == np.int64
    np.testing.assert_array_equal(back, index)


@given(shapes)
def test_the_colour_varies_fastest(shape):
    y = factors_of(np.arange(np.prod(shape)), shape)
    assert y.tolist() == sorted(y.tolist())
    assert len(np.unique(y, axis=0)) == np.prod(shape)


@pytest.mark.parametrize(
    ("y", "words"),
    [
        ([0, 0, 0, 0], r"shape \(n, 4\)"),
        ([[0, 0, 0]], r"shape \(n, 4\)"),
        ([[0.0, 0, 0, 0]], "integer"),
        ([["a", "b", "c", "d"]], "integer"),
        ([[2, 0, 0, 0]], "y's length must be from 0 to 1; got 2"),
        ([[0, 0, -1, 0]], "y's angle must be from 0 to 11; got -1"),
    ],
)
def test_class_index_refuses(y, words):
    with pytest.raises(ValueError, match=words):
        class_index(y)


@pytest.mark.parametrize(
    ("index", "words"),
    [([[0]], r"shape \(n,\)"), ([0.5], "integer"), ([96], "index must be from 0 to 95; got 96"), ([-1], "got -1")],
)
def test_factors_of_refuses(index, words):
    with pytest.raises(ValueError, match=words):
        factors_of(index)


@pytest.mark.parametrize("shape", [(2, 2, 12), (2, 2, 12, 0), (2, 2, 12, 2.0), 96, "2222"])
def test_a_bad_shape_is_refused(shape):
    for function, value in ((class_index, [[0, 0, 0, 0]]), (factors_of, [0])):
        with pytest.raises(ValueError, match="shape must be"):
            function(value, shape)
