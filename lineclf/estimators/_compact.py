"""A small net of convolutions only, as a scikit-learn classifier."""

from typing import ClassVar

from sklearn.utils._param_validation import StrOptions

from lineclf import nets
from lineclf.estimators._base import ImageClassifier

__all__ = ["CompactCNNClassifier"]


class CompactCNNClassifier(ImageClassifier):
    """Small net of under 100,000 parameters: the report's one-layer net has 1.3 to 12 million.

    It is right more often than the one-layer net on MNIST, and as often on a random split of lines.

    Three stages of convolutions, then the mean over all positions, then one softmax. For MNIST's ten digits, the 96
    classes of lines, or any labels; several target columns become combinations, as in :class:`OneLayerCNNClassifier`,
    or have one output each.

    Parameters
    ----------
    kernel_size : int, default=3
        Side of the kernels after the first stage, px; in the first stage it is 5.
    filters : int, default=32
        Filters of the first stage; the second stage has 1.25 times as many, the third twice as many.
    depth : int, default=2
        Convolutions in the second and in the third stage.
    pooling : {"max", "average", "stride"}, default="max"
        2×2 pooling after the first and second stage, or a convolution of stride 2.
    dropout : float, default=0.1
        Dropout rate after every pooling, in [0, 1).
    combine : bool, default=True
        Whether several target columns become combinations; the net knows only combinations that it was trained on.
        Otherwise each column has an output, as in :class:`MultiHeadLineClassifier`.
    residual : bool, default=False
        Whether the second and the third stage add their input to their output, as the blocks of a ResNet do.
    symmetry : {None, "p4m"}, default=None
        "p4m" shares each kernel over the eight ways to lay a square (turned and mirrored): a filter has eight maps, so
        a quarter of the ``filters`` cost as much. Images must be square.
    max_shift : int, default=0
        As in :class:`MultiHeadLineClassifier`; 2 suits MNIST.
    l2, batch_norm, bn_momentum, loss, optimizer, learning_rate, lr_schedule, lr_decay
        As in :class:`MultiHeadLineClassifier`.
    epochs, batch_size, validation_split, patience, image_shape, callbacks, warm_start, verbose, random_state
        As in :class:`MultiHeadLineClassifier`.

    Attributes
    ----------
    model_, history_, classes_, heads_, n_features_in_, image_shape_, n_epochs_
        As in :class:`OneLayerCNNClassifier`.

    Examples
    --------
    >>> from lineclf import CompactCNNClassifier
    >>> from lineclf.datasets import fetch_mnist
    >>> X, y = fetch_mnist(subset="small", return_X_y=True)
    >>> clf = CompactCNNClassifier(max_shift=2, epochs=1, random_state=0).fit(X[::10], y[::10])
    >>> clf.model_.count_params()
    88474
    """

    revision = 2
    _parameter_constraints: ClassVar[dict] = {
        **ImageClassifier._parameter_constraints,
        "combine": ["boolean"],
        "residual": ["boolean"],
        "symmetry": [StrOptions(set(nets.SYMMETRIES)), None],
    }

    def __init__(
        self,
        *,
        kernel_size=3,
        filters=32,
        depth=2,
        pooling="max",
        dropout=0.1,
        combine=True,
        residual=False,
        symmetry=None,
        max_shift=0,
        l2=0.0,
        batch_norm=True,
        bn_momentum=0.9,
        loss="crossentropy",
        optimizer="adam",
        learning_rate=5e-3,
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
        self.pooling = pooling
        self.dropout = dropout
        self.combine = combine
        self.residual = residual
        self.symmetry = symmetry
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
        return nets.compact_cnn(
            image_shape,
            heads if len(heads) > 1 else next(iter(heads.values())),
            kernel_size=self.kernel_size,
            filters=self.filters,
            depth=self.depth,
            pooling=self.pooling,
            dropout=self.dropout,
            l2=self.l2,
            batch_norm=self.batch_norm,
            bn_momentum=self.bn_momentum,
            residual=self.residual,
            symmetry=self.symmetry,
            seed=seed,
        )
