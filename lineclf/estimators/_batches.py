"""Batches for Keras: rows gathered, cast and shaped on the fly, so that uint8 images are never copied as floats."""

import math

import tensorflow as tf

__all__ = ["ordered_batches", "sample_images", "shuffled_batches"]

_MOST_SAMPLED, _MOST_PIXELS = 256, 2**18

# TensorFlow takes milliseconds to read the source of each function that it traces, for loops that there are not.
_as_it_is = tf.autograph.experimental.do_not_convert


def _as_images(rows, image_shape):
    images = tf.reshape(rows, (-1, *image_shape))
    if rows.dtype == tf.uint8:
        return tf.cast(images, tf.float32) / 255.0
    return images


def _gather(X, y, sample_weight, image_shape):
    tensors = [tf.convert_to_tensor(array) for array in (X, y) if array is not None]
    weight = None if sample_weight is None else tf.convert_to_tensor(sample_weight)

    @_as_it_is
    def batch(index):
        images = _as_images(tf.gather(tensors[0], index), image_shape)
        if len(tensors) == 1:
            return images
        heads = tuple(tf.unstack(tf.gather(tensors[1], index), num=y.shape[1], axis=1))
        if weight is None:
            return images, heads
        return images, heads, (tf.gather(weight, index),) * len(heads)

    return batch


def _as_it_stands(batches):
    """Prepare two batches ahead, without a search for a faster order, which takes as long as a small pass."""
    options = tf.data.Options()
    options.experimental_optimization.apply_default_optimizations = False
    options.autotune.enabled = False
    return batches.prefetch(2).with_options(options)


def ordered_batches(X, y=None, sample_weight=None, *, image_shape, batch_size):
    """One pass over the rows in order.

    Parameters
    ----------
    X : ndarray of shape (n, height·width·channels), uint8 or float32
    y : ndarray of shape (n, n_heads), int32, or None
    sample_weight : ndarray of shape (n,), float32, or None
    image_shape : tuple of int
        Height, width, channels.
    batch_size : int

    Returns
    -------
    tf.data.Dataset
        Of images, or of (images, targets of each head[, weights of each head]).
    """
    index = tf.data.Dataset.range(len(X)).batch(batch_size)
    return _as_it_stands(index.map(_gather(X, y, sample_weight, image_shape)))


def _shift(images, max_shift, seed):
    """Move each image by whole pixels, up to `max_shift` each way; zeros come in."""
    n, height, width = tf.shape(images)[0], images.shape[1], images.shape[2]
    padded = tf.pad(images, [[0, 0], [max_shift, max_shift], [max_shift, max_shift], [0, 0]])
    start = tf.random.stateless_uniform((n, 2, 1), seed, 0, 2 * max_shift + 1, dtype=tf.int32)
    rows = tf.gather(padded, start[:, 0] + tf.range(height), axis=1, batch_dims=1)
    return tf.gather(rows, start[:, 1] + tf.range(width), axis=2, batch_dims=1)


def _shift_seed(seed, step):
    return tf.stack([tf.cast(seed, tf.int64), tf.cast(step, tf.int64)])


def _order(n, seed, epoch):
    return tf.random.experimental.stateless_shuffle(tf.range(n, dtype=tf.int64), seed=[seed, epoch])


def shuffled_batches(X, y, sample_weight, *, image_shape, batch_size, seed, first_epoch, epochs, max_shift=0):
    """`epochs` passes, each in an order that depends only on (`seed`, epoch); otherwise like :func:`ordered_batches`.

    With `max_shift` each image is moved at random by at most this many pixels, anew in every pass.
    """

    @_as_it_is
    def order(epoch):
        rows = _order(len(X), seed, epoch)
        starts = tf.data.Dataset.range(0, len(X), batch_size)
        return starts.map(_as_it_is(lambda start: rows[start : start + batch_size]))

    index = tf.data.Dataset.range(first_epoch, first_epoch + epochs).flat_map(order)
    batches = index.map(_gather(X, y, sample_weight, image_shape))
    if max_shift:
        steps = tf.data.Dataset.counter(first_epoch * math.ceil(len(X) / batch_size))
        batches = tf.data.Dataset.zip(steps, batches).map(
            _as_it_is(lambda step, batch: (_shift(batch[0], max_shift, _shift_seed(seed, step)), *batch[1:]))
        )
    return _as_it_stands(batches)


def sample_images(X, *, image_shape, batch_size, seed, max_shift=0):
    """Some of the training images, as the net gets them, always the same: at least a batch, if there are as many.

    They are the first ones of :func:`shuffled_batches`, without its datasets, which take longer than a small net
    trains.

    Returns
    -------
    tf.Tensor of shape (n, height, width, channels), float32
        At most 256 images, fewer if they are large, but no fewer than a batch has.
    """
    most = max(batch_size, min(_MOST_SAMPLED, _MOST_PIXELS // math.prod(image_shape[:2])))
    with tf.device("CPU"):  # where datasets are made
        rows = _order(len(X), seed, 0)[:most]
        images = _as_images(tf.convert_to_tensor(X[rows.numpy()]), image_shape)
        return _shift(images, max_shift, _shift_seed(seed, 0)) if max_shift else images
