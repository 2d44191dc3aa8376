"""`to_torch` and `to_tf`: the same images and labels, laid out as each library has them."""

import sys

import numpy as np
import pandas as pd
import pytest

from lineclf.datasets import make_lines, to_tf, to_torch


@pytest.fixture(scope="module")
def lines():
    return make_lines(n_per_class=1, random_state=0)


@pytest.mark.keras
class TestTensorFlow:
    """What `to_tf` gives."""

    def test_pairs_in_order(self, lines):
        X, y = lines
        images, labels = zip(*to_tf(X, y).as_numpy_iterator(), strict=True)
        np.testing.assert_allclose(images, X / 255, rtol=1e-6)
        np.testing.assert_array_equal(labels, y)
        assert images[0].dtype == np.float32
        assert labels[0].dtype == np.int64

    def test_bytes_other_numbers_and_images_alone(self, lines):
        X, y = lines
        assert next(iter(to_tf(X, dtype="uint8"))).numpy().tolist() == X[0].tolist()
        floats = X.astype(np.float64) / 100
        image, label = next(iter(to_tf(floats.reshape(len(X), -1), y[:, 0] + 0.5)))
        np.testing.assert_array_equal(image, floats[0].astype(np.float32))
        assert label.numpy() == np.float32(y[0, 0] + 0.5)

    def test_a_net_of_several_heads_takes_named_labels(self, lines):
        import keras

        X, y = lines
        inputs = keras.Input((28, 28, 3))
        flat = keras.layers.Flatten()(inputs)
        outputs = {name: keras.layers.Dense(12, name=name)(flat) for name in ("a", "b")}
        net = keras.Model(inputs, outputs)
        net.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
        data = to_tf(X, pd.DataFrame(y[:, 1:3], columns=["a", "b"]), heads=["a", "b"])
        history = net.fit(data.batch(96), epochs=1, shuffle=False, verbose=0)
        assert np.isfinite(history.history["loss"]).all()


class TestTorch:
    """What `to_torch` gives, where PyTorch is installed: it is none of the package's dependencies."""

    @pytest.fixture(autouse=True)
    def torch(self):
        return pytest.importorskip("torch")

    def test_channels_first_and_no_shared_memory(self, lines, torch):
        X, y = lines
        images, labels = to_torch(X, y).tensors
        np.testing.assert_allclose(images.permute(0, 2, 3, 1).numpy(), X / 255, rtol=1e-6)
        np.testing.assert_array_equal(labels.numpy(), y)
        assert (images.dtype, labels.dtype) == (torch.float32, torch.int64)
        assert images.is_contiguous()
        for given in (X, X[..., :1], X[..., :1].astype(np.float32)):
            (images,) = to_torch(given, dtype="uint8" if given.dtype == np.uint8 else "float32").tensors
            assert not np.shares_memory(images.numpy(), given)
            np.testing.assert_array_equal(images.permute(0, 2, 3, 1).numpy(), given)

    def test_a_batch_trains_a_net(self, lines, torch):
        X, y = lines
        loader = torch.utils.data.DataLoader(to_torch(X, y[:, 2]), batch_size=32)
        net = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3), torch.nn.Flatten(), torch.nn.Linear(2 * 26 * 26, 12))
        for images, labels in loader:
            loss = torch.nn.functional.cross_entropy(net(images), labels)
            loss.backward()
        assert torch.isfinite(loss)


def test_without_torch_the_extra_is_named(lines, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        ModuleNotFoundError, match=r"to_torch needs torch, which is not installed: pip install 'lineclf\[torch\]'"
    ):
        to_torch(*lines)


@pytest.mark.parametrize("convert", [to_torch, to_tf])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": np.zeros((2, 5))}, "X has 5 features, which do not make a square grey or RGB image"),
        ({"dtype": "float64"}, r"dtype must be 'uint8' \(0 to 255\) or 'float32' \(0 to 1\); got 'float64'"),
        ({"X": np.zeros((2, 4, 4)), "dtype": "uint8"}, "dtype must be 'float32', as X holds float64; got 'uint8'"),
        ({"y": [0]}, "y must have one row per image; got 1 rows for 2 images"),
        ({"y": ["red", "blue"]}, "y must hold numbers; column 0 holds strings, such as 'red': number them first"),
        ({"y": pd.DataFrame({"color": ["red", "blue"]})}, "y must hold numbers; column 'color' holds strings"),
    ],
)
def test_bad_arguments_are_told_before_a_library_loads(convert, change, message):
    with pytest.raises(ValueError, match=message):
        convert(**{"X": np.zeros((2, 4, 4), np.uint8), "y": [0, 1], **change})


@pytest.mark.parametrize(
    ("y", "heads", "message"),
    [
        (None, ["a"], "heads must be None without y"),
        ([0, 1], 3, "heads must be a non-empty sequence of names; got 3"),
        ([0, 1], ["a", "b"], "heads must name each of the 1 columns of y once"),
    ],
)
def test_bad_heads_are_told(y, heads, message):
    with pytest.raises(ValueError, match=message):
        to_tf(np.zeros((2, 4, 4), np.uint8), y, heads=heads)
