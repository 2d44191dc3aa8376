"""A fit that fails, or is interrupted, leaves the estimator as it was: with its former net whole, or with none."""

from contextlib import contextmanager

import keras

from lineclf import nets
from lineclf.estimators._twins import assign, variables_of

__all__ = ["undone_if_it_fails"]


@contextmanager
def undone_if_it_fails(estimator):
    """Undo the block's changes of an estimator and its net, if the block raises anything.

    Parameters
    ----------
    estimator : ImageClassifier
        Fitted or not.
    """
    attributes = dict(vars(estimator))
    net = attributes.get("model_")
    optimizer = getattr(net, "optimizer", None)
    variables = [] if net is None else [*variables_of(net), *(optimizer.variables if optimizer else [])]
    values = [keras.ops.convert_to_numpy(variable) for variable in variables]
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(attributes)
        if net is not None and optimizer is not None and net.optimizer is not optimizer:
            nets.compile_model(net, estimator.loss, optimizer)
        assign(variables, values)
        raise
