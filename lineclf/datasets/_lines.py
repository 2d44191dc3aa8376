"""`make_lines`: coloured lines from four factors, rendered to order."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from lineclf._checks import check_count, check_flag, is_number
from lineclf._words import fail
from lineclf.datasets._discs import add_discs, line_masks
from lineclf.datasets._factors import factors_of
from lineclf.datasets._render import add_noise, check_distinct, render
from lineclf.datasets._seeds import child_generator, root_seed
from lineclf.datasets._world import World

__all__ = ["Color", "draw", "make_lines"]

Color = str | Sequence[int]


def make_lines(
    n_per_class: int | None = 1000,
    *,
    image_size: int = 28,
    lengths: Iterable[float] = (7, 15),
    widths: Iterable[float] = (1, 3),
    angles: Iterable[float] = range(0, 180, 15),
    colors: Iterable[Color] = ("red", "blue"),
    background: Color = "black",
    antialias: bool = False,
    subpixel: bool = False,
    noise: float = 0.0,
    distractors: int = 0,
    distinct: bool = False,
    dtype: Any = "uint8",
    shuffle: bool = True,
    return_positions: bool = False,
    return_masks: bool = False,
    random_state: Any = None,
) -> tuple[np.ndarray, ...]:
    """Draw images of coloured lines, one class for every combination of length, width, angle and colour.

    Within a class only the place of the line varies: its centre is uniform over the places that keep the whole line
    inside the image. The defaults are the classic 96 classes, which have 38,912 distinct images in all (252 to 616 per
    class), so 1,000 draws per class repeat many.

    Parameters
    ----------
    n_per_class : int or None, default=1000
        Images per class. None, with ``distinct=True``, gives every distinct image once.
    image_size : int, default=28
        Height and width of the images in pixels.
    lengths, widths : sequence of float, default=(7, 15) and (1, 3)
        Euclidean size of the line in pixels, each at least 1 unless `antialias` is set.
    angles : sequence of float, default=range(0, 180, 15)
        Degrees in [0, 180) against the x-axis, counter-clockwise: a line of 45° rises to the right.
    colors : sequence of str or RGB triples, default=("red", "blue")
        Colour names (black, white, gray, red, green, blue, yellow, cyan, magenta, orange, purple) or three integers
        from 0 to 255.
    background : str or RGB triple, default="black"
        The colour around the line.
    antialias : bool, default=False
        False lights the pixels whose centres lie in the line, half-open, so that a line of width 2 has two rows. True
        mixes line and background by the exact share of the pixel's area that the line covers.
    subpixel : bool, default=False
        Whether centres are real numbers rather than whole pixels.
    noise : float, default=0.0
        Standard deviation of additive Gaussian noise as a share of full scale. uint8 images are rounded and clipped;
        float32 images are left unclipped, so that the noise stays exactly Gaussian.
    distractors : int, default=0
        Number of small discs on each image, beside the line: 5 pixels each (a centre and its four neighbours), wholly
        inside the image and with background all around, diagonals included. They are placed one after the other,
        uniformly over the whole-pixel places left. Each has one of `colors` or white, whatever the line's colour, but
        never the background's.
    distinct : bool, default=False
        Whether to draw without replacement inside each class (the images before distractors and noise are then all
        different). Needs whole-pixel centres.
    dtype : {"uint8", "float32"}, default="uint8"
        uint8 has values 0 to 255, float32 has 0 to 1.
    shuffle : bool, default=True
        Whether to shuffle; False leaves the classes in C order, the colour varying fastest.
    return_positions : bool, default=False
        Whether to return the centres as well.
    return_masks : bool, default=False
        Whether to return as well which pixels show the line and which show a distractor.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator, default=None
        Seed or source of the draws. The same centres are drawn whatever `shuffle`, `noise`, `distractors` and other
        options of rendering are. With the same seed, a smaller `n_per_class` draws the first centres of a larger one.

    Returns
    -------
    X : ndarray of `dtype`, shape (n, image_size, image_size, 3)
        The images.
    y : ndarray of int64, shape (n, 4)
        Level indices of length, width, angle and colour, in the order of the levels given.
    positions : ndarray, shape (n, 2)
        Row and column of the centres in pixels, int64, or float64 with `subpixel`. Only with ``return_positions=True``.
    masks : ndarray of uint8, shape (n, image_size, image_size)
        What each pixel shows before noise: 0 background, 1 line (any pixel that the line changes), 2 distractor. Only
        with ``return_masks=True``.

    Raises
    ------
    ValueError
        If an argument is not as above, a line has no legal centre, more distinct images are asked for than a class has,
        two classes render the same pixels with ``distinct=True``, or an image has no room for its distractors (none was
        found in a hundred tries).

    See Also
    --------
    load_lines : A fixed draw of the default world, with a train and a test part.

    Examples
    --------
    >>> X, y = make_lines(n_per_class=2, random_state=0)
    >>> X.shape, X.dtype, y.shape
    ((192, 28, 28, 3), dtype('uint8'), (192, 4))

    Every distinct image once:

    >>> X, y = make_lines(n_per_class=None, distinct=True)
    >>> len(X)
    38912

    Lines among distractors, and the pixels of each line alone:

    >>> X, y, masks = make_lines(n_per_class=2, distractors=3, return_masks=True, random_state=0)
    >>> masks.shape, masks.dtype, int((masks == 2).sum()) == 192 * 3 * 5
    ((192, 28, 28), dtype('uint8'), True)
    >>> lines = X * (masks == 1)[..., None]
    """
    world = World.checked(
        image_size=image_size,
        lengths=lengths,
        widths=widths,
        angles=angles,
        colors=colors,
        background=background,
        antialias=antialias,
        subpixel=subpixel,
        dtype=dtype,
    )
    if not is_number(noise) or noise < 0:
        raise fail("noise", "a number ≥ 0, a share of full scale", noise)
    distractors = check_count("distractors", distractors, minimum=0)
    shuffle, return_positions = check_flag("shuffle", shuffle), check_flag("return_positions", return_positions)
    return_masks = check_flag("return_masks", return_masks)
    root = root_seed(random_state)

    index, positions = draw(world, n_per_class, check_flag("distinct", distinct), child_generator(root, "positions"))
    order = child_generator(root, "order").permutation(len(index)) if shuffle else np.arange(len(index))
    if shuffle:
        index, positions = np.take(index, order), np.take(positions, order, axis=0)
    X = render(world, index, positions)
    y = np.take(factors_of(np.arange(world.n_classes), world.shape), index, axis=0)
    extras = [positions] if return_positions else []
    if distractors or return_masks:
        masks = line_masks(world, X)
        if distractors:
            add_discs(world, X, masks, distractors, np.argsort(order), child_generator(root, "distractors"))
        if return_masks:
            extras.append(masks)
    if noise:
        add_noise(X, noise, child_generator(root, "noise"))
    return (X, y, *extras)


def draw(world: World, n_per_class: Any, distinct: bool, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw class indices (n,) and centres (n, 2), in class order; the arguments are `make_lines`'s."""
    if n_per_class is not None:
        n_per_class = check_count("n_per_class", n_per_class)
    if distinct:
        return _draw_distinct(world, n_per_class, rng)
    if n_per_class is None:
        raise fail("n_per_class", "an integer ≥ 1 (None needs distinct=True)", None)
    first, last = (np.repeat(centre, len(world.colors), axis=0) for centre in world.centre_range)
    # Draws stand outermost, so that a smaller n_per_class takes the first of the same stream.
    shape = (n_per_class, world.n_classes, 2)
    if world.subpixel:
        positions = first + (last - first) * rng.random(shape)
    else:
        positions = rng.integers(first, last, size=shape, endpoint=True)
    index = np.repeat(np.arange(world.n_classes), n_per_class)
    return index, positions.swapaxes(0, 1).reshape(-1, 2)


def _draw_distinct(world: World, n_per_class: int | None, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if world.subpixel:
        raise ValueError(
            "distinct=True must come with subpixel=False, as only whole-pixel centres can be counted; got True"
        )
    counts, fewest = world.n_images, world.n_images.min()
    if n_per_class is not None and n_per_class > fewest:
        raise fail(
            "n_per_class", f"at most {fewest} with distinct=True, the fewest distinct images of a class", n_per_class
        )
    check_distinct(world)
    first, last = world.centre_range
    columns = np.repeat(last - first + 1, len(world.colors), axis=0)[:, 1]
    index = np.repeat(np.arange(world.n_classes), counts if n_per_class is None else n_per_class)
    picks = np.concatenate([rng.permutation(count)[:n_per_class] for count in counts])
    offset = np.stack(np.divmod(picks, columns[index]), axis=1)
    return index, np.repeat(first, len(world.colors), axis=0)[index] + offset
