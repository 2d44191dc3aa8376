"""`to_tf`: images and labels as TensorFlow and Keras take them."""

from typing import Any

from lineclf._checks import check_sequence
from lineclf._labels import head_names
from lineclf.datasets._arrays import images_and_labels, write_pixels

__all__ = ["to_tf"]


def to_tf(X: Any, y: Any = None, *, dtype: Any = "float32", heads: Any = None) -> Any:
    """Make a TensorFlow data set of images and labels.

    Parameters
    ----------
    X : array-like of shape (n, height, width, channels), (n, height, width) or (n, n_features)
        The images.
    y : array-like of shape (n,) or (n, n_heads), default=None
        Their labels, numbers.
    dtype : {"float32", "uint8"}, default="float32"
        float32 divides uint8 by 255 and takes other numbers as they are. uint8, for images of bytes, keeps them.
    heads : sequence of str, default=None
        Names of the columns of `y`: the labels of an image are then a dict, for a Keras model whose outputs have these
        names.

    Returns
    -------
    tf.data.Dataset
        Its elements are pairs: an image, channels last, of `dtype` and shape (height, width, channels); and its label,
        a number, or its labels, of shape (n_heads,): int64, or float32 if labels have fractions. Without `y` the
        elements are the images alone. They come in the order of `X`: ``shuffle``, ``batch`` and ``repeat`` are methods
        of the data set.

    Raises
    ------
    ValueError
        If an argument is not as above, or `y` holds strings.

    See Also
    --------
    to_torch : The same for PyTorch.

    Examples
    --------
    >>> from lineclf.datasets import make_lines, to_tf
    >>> X, y = make_lines(n_per_class=1, random_state=0)
    >>> images, labels = next(iter(to_tf(X, y).batch(32)))
    >>> images.shape, images.dtype, labels.shape, labels.dtype
    (TensorShape([32, 28, 28, 3]), tf.float32, TensorShape([32, 4]), tf.int64)
    >>> image, labels = next(iter(to_tf(X, y, heads=["length", "width", "angle", "color"])))
    >>> {head: int(label) for head, label in labels.items()} == dict(zip(labels, y[0].tolist()))
    True
    """
    images, labels, target = images_and_labels(X, y, dtype)
    if heads is not None:
        if target is None:
            raise ValueError(f"heads must be None without y; got {heads!r}")
        heads = head_names(target, check_sequence("heads", [heads] if isinstance(heads, str) else heads, "names"))
    import tensorflow as tf

    parts: Any = write_pixels(images, dtype)
    if target is not None:
        named = None if heads is None else dict(zip(heads, labels.reshape(len(labels), -1).T, strict=True))
        parts = (parts, labels if named is None else named)
    return tf.data.Dataset.from_tensor_slices(parts)
