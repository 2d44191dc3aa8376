"""The one-layer CNN of the report as a scikit-learn classifier."""

from numbers import Integral
from typing import ClassVar

from sklearn.utils._param_validation import Interval

from lineclf import nets
from lineclf.estimators._base import ImageClassifier

__all__ = ["OneLayerCNNClassifier"]


class OneLayerCNNClassifier(ImageClassifier):
    """The report's net of task 1: one 7×7 convolution, a dense layer on every position, one softmax.

    For MNIST's ten digits, the 96 classes of lines, or any labels. With several target columns, the net has one class
    for each combination that occurs in training, and answers with the columns of the most probable one. If it is
    unsure, a column's most probable level (``predict_proba`` sums over combinations) can differ from this answer.

    Parameters
    ----------
    kernel_size : int, default=7
        Side of the kernel, px; 5 gives the net of the report's task 3.
    filters : int, default=32
        Filters of the convolution.
    depth : int, default=1
        Convolutions before the pooling.
    units : int, default=1024
        Units of the dense layer that every position goes through.
    pooling : {"max", "average", "stride"}, default="max"
        2×2 pooling, or a convolution of stride 2.
    dropout : float, default=0.0
        Dropout rate before the flatten, in [0, 1).
    max_shift, l2, batch_norm, bn_momentum, loss, optimizer, learning_rate, lr_schedule, lr_decay
        As in :class:`MultiHeadLineClassifier`; ``learning_rate`` defaults to 1e-3.
    epochs, batch_size, validation_split, patience, image_shape, callbacks, warm_start, verbose, random_state
        As in :class:`MultiHeadLineClassifier`.

    Attributes
    ----------
    model_, history_, classes_, heads_, n_features_in_, image_shape_, n_epochs_
        As in :class:`MultiHeadLineClassifier`; with one output, ``history_`` has no entries of single heads.

    Examples
    --------
    >>> from lineclf import OneLayerCNNClassifier
    >>> from lineclf.datasets import fetch_mnist
    >>> X, y = fetch_mnist(subset="small", return_X_y=True)
    >>> clf = OneLayerCNNClassifier(units=16, epochs=1, random_state=0).fit(X[::10], y[::10])
    >>> clf.predict_proba(X[:5]).shape
    (5, 10)
    """

    revision = 2
    combine = True

    _parameter_constraints: ClassVar[dict] = {
        **ImageClassifier._parameter_constraints,
        "units": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self,
        *,
        kernel_size=7,
        filters=32,
        depth=1,
        units=1024,
        pooling="max",
        dropout=0.0,
        max_shift=0,
        l2=0.0,
        batch_norm=True,
        bn_momentum=0.9,
        loss="crossentropy",
        optimizer="adam",
        learning_rate=1e-3,
        lr_schedule="cosine",
        lr_decay=1e-5,
        epochs=15,
        batch_size=64,
        validation_split=0.0,
        patience=None,
        image_shape=None,
        callbacks=None,
        warm_start=False,
        verbose=0,
        random_state=None,
    ):
        self.kernel_size = kernel_size
        self.filters = filters
        self.depth = depth
        self.units = units
        self.pooling = pooling
        self.dropout = dropout
        self.max_shift = max_shift
        self.l2 = l2
        self.batch_norm = batch_norm
        self.bn_momentum = bn_momentum
        self.loss = loss
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.lr_schedule = lr_schedule
        self.lr_decay = lr_decay
        self.epochs = epochs
        self.batch_size = batch_size
        self.validation_split = validation_split
        self.patience = patience
        self.image_shape = image_shape
        self.callbacks = callbacks
        self.warm_start = warm_start
        self.verbose = verbose
        self.random_state = random_state

    def _build_network(self, image_shape, heads, seed):
        (n_classes,) = heads.values()
        return nets.one_layer_cnn(
            image_shape,
            n_classes,
            kernel_size=self.kernel_size,
            filters=self.filters,
            depth=self.depth,
            units=self.units,
            pooling=self.pooling,
            dropout=self.dropout,
            l2=self.l2,
            batch_norm=self.batch_norm,
            bn_momentum=self.bn_momentum,
            seed=seed,
        )
