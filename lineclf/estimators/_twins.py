"""Traced once, trained often: a twin does the training steps of all nets of its kind.

TensorFlow takes seconds to trace a training step, however small the net, and Keras ties the trace to one net's
variables. So a fit is done by a twin that nobody else sees: it takes over the net's weights, trains, and gives back, to
the bit, what that net would have become by itself. The next fit of the same kind finds it traced. ``LINECLF_TWINS``
says how many are kept, of 50 to 100 MiB each; 4 by default.
"""

import os
import threading
from collections import OrderedDict
from contextlib import contextmanager

import keras
import numpy as np

_lock = threading.Lock()
_twins: OrderedDict[tuple, "_Twin"] = OrderedDict()


@contextmanager
def trainer(net, meaning, compile_model):
    """Twin to train in place of `net`.

    Parameters
    ----------
    net : keras.Model
        Just compiled. It has what was learned when the context ends, its optimizer's state included; if that raises,
        the work is lost.
    meaning : hashable
        Everything that a training step depends on beside the net's form.
    compile_model : callable
        Compiles a twin as `net` is, where there is none yet.

    Yields
    ------
    keras.Model
    """
    most = _most()
    kind = meaning, net.input_shape, *net.output_names, *(tuple(variable.shape) for variable in net.variables)
    with _lock:
        twin = _twins.pop(kind, None)  # while it works no other thread has it
    if twin is None:
        model = type(net).from_config(net.get_config())
        compile_model(model)
        twin = _Twin(model)
    twin.take(net)
    yield twin.model
    twin.give(net)
    with _lock:
        _twins[kind] = twin
        while len(_twins) > most:
            _twins.popitem(last=False)  # the one not used for longest


def _most():
    text = os.environ.get("LINECLF_TWINS", "4")
    if not text.isdecimal():
        raise ValueError(f"LINECLF_TWINS must be a number of nets, 0 or more; got {text!r}")
    return int(text)


def forget():
    """Drop all twins: the next fit of a kind traces anew."""
    with _lock:
        _twins.clear()


class _Twin:
    def __init__(self, model):
        self.model = model
        self._untrained = [np.array(variable) for variable in model.optimizer.variables]

    def take(self, net):
        """Become what `net` is, with a fresh optimizer."""
        assign(variables_of(self.model), variables_of(net))
        assign(self.model.optimizer.variables, self._untrained)

    def give(self, net):
        """Let `net` become what this has become."""
        assign(variables_of(net), variables_of(self.model))
        assign(net.optimizer.variables, self.model.optimizer.variables)


def variables_of(model):
    """All of a net's state, in an order that hangs on its layers' names alone."""
    layers = sorted(model.layers, key=lambda layer: layer.name)
    return [variable for layer in layers for variable in layer.variables]


def assign(variables, values):
    """Give variables these values, one each."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(keras.ops.convert_to_numpy(value))
