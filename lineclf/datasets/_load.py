"""`load_lines`: one fixed draw of the default world, with a train and a test part."""

from typing import Any

import numpy as np

from lineclf._checks import check_flag
from lineclf._words import check_choice
from lineclf.datasets._factors import FACTORS, factors_of
from lineclf.datasets._lines import draw
from lineclf.datasets._render import render
from lineclf.datasets._seeds import child_generator
from lineclf.datasets._world import World

__all__ = ["DESCR", "N_TEST", "N_TRAIN", "SEED", "TARGET_NAMES", "load_lines"]

#: Draws a class in the train and in the test part.
N_TRAIN, N_TEST = 750, 250

#: The seed of the data set; another one would be another data set.
SEED = 671

#: Names of the levels of each factor of the 96 classes, in the order of their indices: px, px, degrees, colour.
TARGET_NAMES = [["7", "15"], ["1", "3"], [str(angle) for angle in range(0, 180, 15)], ["red", "blue"]]

DESCR = """\
.. _lines_dataset:

Coloured lines on black
-----------------------

**Data Set Characteristics**

:Number of Instances: 72,000 for training and 24,000 for testing
:Number of Attributes: 2,352 (28 x 28 pixels, red, green and blue)
:Attribute Information: 0 to 255, or 0 to 1 as float32
:Targets: level indices of four factors, and their combination in one of 96 classes
:Missing Attribute Values: none
:Creator: drawn in code by lineclf

Each image shows one straight line, whole, on a black background. A line is a rectangle given by four factors: its
length (7 or 15 px), its width (1 or 3 px), its angle against the x-axis (0° to 165° every 15°, counter-clockwise, so
that a line of 45° rises to the right) and its colour (red or blue). Every one of the 2 x 2 x 12 x 2 = 96 combinations
is a class of 750 training and 250 test images, which differ only in where the line's centre lies: uniform over the
whole pixels that keep the line uncut. A pixel is lit if its centre lies in the line.

Only 38,912 of these images are distinct, 252 to 616 a class, and the 1,000 draws of a class are made with replacement
and split at random. So about 84 % of the test images stand, pixel for pixel, in the training part as well, and a score
on this split says little about images that a model has not seen. ``make_lines(n_per_class=None, distinct=True)`` gives
every image once.

The data set stands in the tradition of university assignments on convolutional networks; its draws are fixed.
"""


def load_lines(subset: str = "train", *, dtype: Any = "uint8", return_X_y: bool = False) -> Any:
    """Load the fixed data set of coloured lines: 72,000 images to train on and 24,000 to test on.

    The images are rendered, not read, so nothing is downloaded. About 84 % of the test images are in the training part
    too: see the description in ``DESCR``.

    Parameters
    ----------
    subset : {"train", "test", "all"}, default="train"
        750 or 250 images per class, each part in a fixed shuffled order; "all" is the train part followed by the test
        part.
    dtype : {"uint8", "float32"}, default="uint8"
        uint8 has values 0 to 255, float32 has 0 to 1.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` instead of a Bunch.

    Returns
    -------
    Bunch
        images : ndarray of `dtype`, shape (n, 28, 28, 3)
            The images.
        data : ndarray of `dtype`, shape (n, 2352)
            The same memory, flattened.
        target : ndarray of int64, shape (n, 4)
            Level indices of length, width, angle and colour.
        target_names : list of 4 lists of str
            Names of the levels.
        factor_names : list of 4 str
            Names of the factors.
        class_index : ndarray of int64, shape (n,)
            The combination of the four levels, 0 to 95.
        positions : ndarray of int64, shape (n, 2)
            Row and column of the line's centre.
        DESCR : str
            Description of the data set.

    Raises
    ------
    ValueError
        If an argument is not as above.

    Examples
    --------
    >>> test = load_lines("test")
    >>> test.images.shape, test.target.shape
    ((24000, 28, 28, 3), (24000, 4))
    """
    check_choice("subset", subset, ("train", "test", "all"), meant={"full": "all"})
    check_flag("return_X_y", return_X_y)
    world = World.checked(dtype=dtype)
    index, positions = draw(world, N_TRAIN + N_TEST, False, child_generator(SEED, "positions"))
    chosen = np.concatenate([_members(part) for part in ("train", "test") if subset in (part, "all")])
    index, positions = index[chosen], positions[chosen]
    images, target = render(world, index, positions), factors_of(index)
    data = images.reshape(len(images), -1)
    if return_X_y:
        return data, target

    from sklearn.utils import Bunch

    return Bunch(
        images=images,
        data=data,
        target=target,
        target_names=[list(names) for names in TARGET_NAMES],
        factor_names=list(FACTORS),
        class_index=index.astype(np.int64, copy=False),
        positions=positions,
        DESCR=DESCR,
    )


def _members(part: str) -> np.ndarray:
    """Return the indices of a part's images among all draws in class order, in the part's fixed order."""
    draws = np.arange(N_TRAIN + N_TEST)
    in_part = draws < N_TRAIN if part == "train" else draws >= N_TRAIN
    n_classes = World.checked().n_classes
    members = (np.arange(n_classes)[:, None] * len(draws) + draws[in_part]).ravel()
    return child_generator(SEED, f"order of {part}").permutation(members)
