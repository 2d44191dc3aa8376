"""Batches for Keras: rows gathered, cast and shaped on the fly, so that uint8 images are never copied as floats."""

import tensorflow as tf


def _as_images(rows, image_shape):
    images = tf.reshape(rows, (-1, *image_shape))
    if rows.dtype == tf.uint8:
        return tf.cast(images, tf.float32) / 255.0
    return images


def _gather(X, y, sample_weight, image_shape):
    tensors = [tf.convert_to_tensor(array) for array in (X, y) if array is not None]
    weight = None if sample_weight is None else tf.convert_to_tensor(sample_weight)

    def batch(index):
        images = _as_images(tf.gather(tensors[0], index), image_shape)
        if len(tensors) == 1:
            return images
        heads = tuple(tf.unstack(tf.gather(tensors[1], index), num=y.shape[1], axis=1))
        if weight is None:
            return images, heads
        return images, heads, (tf.gather(weight, index),) * len(heads)

    return batch


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
    return index.map(_gather(X, y, sample_weight, image_shape)).prefetch(2)


def shuffled_batches(X, y, sample_weight, *, image_shape, batch_size, seed, first_epoch, epochs):
    """`epochs` passes, each in an order that (`seed`, epoch) alone decides; else as :func:`ordered_batches`."""

    def order(epoch):
        rows = tf.random.experimental.stateless_shuffle(tf.range(len(X), dtype=tf.int64), seed=[seed, epoch])
        return tf.data.Dataset.range(0, len(X), batch_size).map(lambda start: rows[start : start + batch_size])

    index = tf.data.Dataset.range(first_epoch, first_epoch + epochs).flat_map(order)
    return index.map(_gather(X, y, sample_weight, image_shape)).prefetch(2)
