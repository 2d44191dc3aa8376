"""The four-head net of the report as a scikit-learn classifier."""

from lineclf import nets
from lineclf.estimators._base import ImageClassifier
from lineclf.estimators._head import add_levels, fit_head
from lineclf.estimators._undo import undone_if_it_fails

__all__ = ["MultiHeadLineClassifier"]


class MultiHeadLineClassifier(ImageClassifier):
    """The report's net of task 2: shared features, one output per head.

    With the defaults, on 28×28×3 images with four heads of 2, 2, 12 and 2 levels, the net is the report's, parameter
    for parameter (98,927 in all). It adapts to any image size, any number of heads and any number of levels; a single
    target column gives a net with one head.

    Parameters
    ----------
    kernel_size : int, default=3
        Side of every convolution's kernel, px.
    filters : int, default=32
        Filters of the shared stage and of two-level heads; heads of more levels have twice as many.
    depth : int, default=1
        Convolutions in the shared stage.
    pooling : {"max", "average", "stride"}, default="max"
        How maps shrink; "stride" gives the stride to the convolution before.
    dropout : float, default=0.1
        Dropout rate after every pooling, in [0, 1). The report does not give its own.
    max_shift : int, default=0
        Training images are moved at random by at most this many whole pixels each way, anew in every epoch. Pixels that
        leave the image are lost, and background (zero) comes in. A line that reaches the border is cut.
    l2 : float, default=0.0
        Weight of the L2 penalty on every kernel.
    batch_norm : bool, default=True
        Whether batch normalization follows every ReLU.
    bn_momentum : float, default=0.9
        Share of the running mean and variance that a step keeps, in [0, 1). It matters little: before every evaluation,
        before ``callbacks`` see an epoch's end, and after the training, these statistics are computed anew from 256
        training images, or from a batch if that is larger, so that inference agrees with even a short training.
    loss : {"crossentropy", "focal", "mse"}, default="crossentropy"
        Loss of every head; their sum is minimised.
    optimizer : {"adam", "adamw", "nadam", "rmsprop", "sgd"}, default="adam"
        "sgd" has Nesterov momentum 0.9.
    learning_rate : float, default=5e-3
        Learning rate of the first step. The report's is 1e-4.
    lr_schedule : {"constant", "inverse_time", "exponential", "cosine"}, default="cosine"
        How the learning rate falls over ``epochs``; see :func:`lineclf.nets.make_optimizer`. The report's is
        "inverse_time".
    lr_decay : float, default=1e-5
        For "inverse_time": the rate at step t is ``learning_rate / (1 + lr_decay·t)``.
    epochs : int, default=15
        Passes over the training data.
    batch_size : int, default=64
        Images per step.
    validation_split : float, default=0.0
        Share of the training data, drawn at random, that is scored after every epoch instead of trained on.
    patience : int, optional
        Stop if the validation loss has not fallen for this many epochs, and go back to the best weights.
    image_shape : tuple (height, width, channels), optional
        Shape of flattened rows; by default 28×28×3 and the like are recognised by their length.
    callbacks : list of keras.callbacks.Callback, optional
        Used as they are, so that they can be read after the fit; clones share them.
    warm_start : bool, default=False
        Whether ``fit`` continues from the present weights.
    verbose : int, default=0
        1 shows a progress bar, 2 a line per epoch.
    random_state : int, RandomState or None, default=None
        Seed of initial weights, order of the data, shifts, dropout and ``validation_split``. With an int the same
        machine with the same number of threads gives the same predictions, bit for bit. No global seed is set.

    Attributes
    ----------
    model_ : keras.Model
        The trained net.
    history_ : dict of str to list of float
        Per epoch ``loss``, ``{head}_loss``, ``{head}_accuracy``, ``joint_accuracy``, and with validation data the same
        with the prefix ``val_``; for a single target column ``loss`` and ``accuracy``.
    classes_ : list of ndarray, or ndarray for a single target column
        Labels of every head, sorted.
    heads_ : list of str
        Names of the heads: a DataFrame's columns, or length, width, angle, color for four.
    n_features_in_ : int
        height·width·channels.
    image_shape_ : tuple of int
        Height, width, channels.
    n_epochs_ : int
        Epochs trained in all.

    Examples
    --------
    >>> from lineclf import MultiHeadLineClassifier
    >>> from lineclf.datasets import make_lines
    >>> X, y = make_lines(n_per_class=2, random_state=0)
    >>> clf = MultiHeadLineClassifier(epochs=1, random_state=0).fit(X, y)
    >>> clf.predict(X).shape, [p.shape for p in clf.predict_proba(X)]
    ((192, 4), [(192, 2), (192, 2), (192, 12), (192, 2)])
    >>> clf.model_.count_params()
    98927
    """

    revision = 2

    def __init__(
        self,
        *,
        kernel_size=3,
        filters=32,
        depth=1,
        pooling="max",
        dropout=0.1,
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

    def add_levels(self, head, levels):
        """Give one head of the fitted net more levels, each with an untrained unit of its own.

        Use it before the whole net is trained further with ``warm_start``, which refuses labels that the net has not
        seen; :meth:`fit_head` adds new levels by itself. The probabilities of the known levels keep their ratios; the
        other heads answer as before.

        Parameters
        ----------
        head : str
            One of ``heads_``.
        levels : array-like
            Labels of the head; known ones are left as they are.

        Returns
        -------
        self
            With `classes_` of the head extended.

        Raises
        ------
        ValueError
            If there is no such head, or its labels are of another kind.

        Examples
        --------
        >>> from lineclf import MultiHeadLineClassifier
        >>> from lineclf.datasets import make_lines
        >>> X, y = make_lines(n_per_class=2, random_state=0)
        >>> clf = MultiHeadLineClassifier(epochs=1, warm_start=True, random_state=0).fit(X, y)
        >>> X, y = make_lines(n_per_class=2, colors=["red", "blue", "green"], random_state=0)
        >>> clf.add_levels("color", [2]).fit(X, y).classes_[3]
        array([0, 1, 2])
        """
        return add_levels(self, head, levels)

    def fit_head(self, head, X, y, sample_weight=None, *, epochs=None, learning_rate=None):
        """Train one head of the fitted net, also on levels that are new to it, and nothing else.

        The layers that the heads share are frozen, with the statistics of their batch normalization, so that the other
        heads answer as before, bit for bit. The head's own statistics become those of these images. A new level gets a
        unit of its own in the head's output; the probabilities of the others keep their ratios until the training
        changes them.

        Parameters
        ----------
        head : str
            One of ``heads_``.
        X : array-like of shape (n, height, width, channels) or (n, height·width·channels)
            Images.
        y : array-like of shape (n,)
            The head's labels. The head can forget levels that are not among them: mix in some of the old images.
        sample_weight : array-like of shape (n,), optional
            Non-negative weights.
        epochs : int, optional
            Passes over the data; the estimator's ``epochs`` by default.
        learning_rate : float, optional
            The estimator's by default.

        Returns
        -------
        self
            With `classes_` of the head extended; ``head_history_`` holds loss and accuracy per epoch, by head. If the
            training is interrupted, the net is as it was.

        Raises
        ------
        ValueError
            If there is no such head, its labels are of another kind, or a parameter is not legal.

        Examples
        --------
        >>> import numpy as np
        >>> from lineclf import MultiHeadLineClassifier
        >>> from lineclf.datasets import make_lines
        >>> X, y = make_lines(n_per_class=2, random_state=0)
        >>> clf = MultiHeadLineClassifier(epochs=1, random_state=0).fit(X, y)
        >>> green, _ = make_lines(n_per_class=2, colors=["green"], random_state=1)
        >>> clf.fit_head("color", green, np.full(len(green), 2)).classes_[3]
        array([0, 1, 2])
        """
        with undone_if_it_fails(self):
            return fit_head(self, head, X, y, sample_weight, epochs=epochs, learning_rate=learning_rate)

    def _build_network(self, image_shape, heads, seed):
        return nets.multi_head_cnn(
            image_shape,
            heads,
            kernel_size=self.kernel_size,
            filters=self.filters,
            depth=self.depth,
            pooling=self.pooling,
            dropout=self.dropout,
            l2=self.l2,
            batch_norm=self.batch_norm,
            bn_momentum=self.bn_momentum,
            seed=seed,
        )
