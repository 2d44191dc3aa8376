"""Traced once, trained often: a twin does the training steps of all nets of its kind.

TensorFlow takes seconds to trace a training step, however small the net, and Keras ties the trace to one net's
variables. So a hidden twin does the fit: it takes over the net's weights, trains, and returns the same weights, to the
bit, that the net would have learned by itself. For the next fit of the same kind the twin is already traced. It also
answers a net's first predictions, with that net's weights.

Nets of one form, loss and optimizer are of one kind. The form is the net's configuration, from which the twin is made,
without seeds and without the values that a twin reads from variables (see :mod:`lineclf.estimators._settings`). So any
other setting that changes the net, a subclass's own parameter too, makes another kind; the choice and number of batches
and the callbacks do not.

The 16 twins used last are kept, if together they take at most a sixteenth of the machine's memory; each takes about 50
MiB and three times the net's weights. ``LINECLF_TWINS`` sets another number, whatever they take.
"""

import json
import math
import os
import threading
import weakref
from collections import OrderedDict
from contextlib import contextmanager

import keras

from lineclf import nets
from lineclf.estimators._settings import RateTable, form_and_settings, learning_rates, settable

__all__ = ["assign", "forget", "predictor", "trainer", "variables_of"]

_MOST, _TRACE_BYTES, _SHARE = 16, 50 * 2**20, 1 / 16
_MOST_ANSWERS = 8  # for one net: to hand over the weights so often takes as long as to trace its own prediction

_lock = threading.Lock()
_twins: OrderedDict[tuple, "_Twin"] = OrderedDict()
_answers: weakref.WeakKeyDictionary[keras.Model, int] = weakref.WeakKeyDictionary()  # that twins have given for a net


@contextmanager
def trainer(net, loss, steps):
    """Twin to train in place of `net`.

    Parameters
    ----------
    net : keras.Model
        Just compiled. When the context ends, the net has the learned weights and the optimizer's state; if the context
        raises, the work is lost.
    loss : str
        Name of the loss that it was compiled with.
    steps : int
        Largest number of steps to train.

    Yields
    ------
    keras.Model
    """
    most, most_bytes = _room()
    kind, settings = _kind_and_settings(net, loss)
    with _lock:
        twin = _twins.pop(kind, None)  # while it works no other thread has it
    if twin is None:
        twin = _Twin(net, loss)
    twin.take(net, settings, steps)
    yield twin.model
    twin.give(net)
    with _lock:
        _twins[kind] = twin
        while len(_twins) > most or sum(each.bytes for each in _twins.values()) > most_bytes:
            _twins.popitem(last=False)  # the one not used for longest


@contextmanager
def predictor(net, loss):
    """Net to predict with in place of `net`: a twin that is traced, or `net` itself.

    Parameters
    ----------
    net : keras.Model
    loss : str
        Name of the loss that it was compiled with.

    Yields
    ------
    keras.Model
        A net of the same weights.
    """
    twin = None
    is_compiled = getattr(net, "optimizer", None) is not None  # which a copy for a closer look need not be
    if is_compiled and net.predict_function is None and _answers.get(net, 0) < _MOST_ANSWERS:
        kind, _ = _kind_and_settings(net, loss)
        with _lock:
            twin = _twins.pop(kind, None)
    if twin is None:
        yield net
        return
    try:
        assign(variables_of(twin.model), variables_of(net))
        yield twin.model
    finally:
        with _lock:
            _answers[net] = _answers.get(net, 0) + 1
            _twins.setdefault(kind, twin)


def _kind_and_settings(net, loss):
    form, settings = form_and_settings(net)
    return (type(net), form, loss, type(net.optimizer), json.dumps(_but_rate(net.optimizer), sort_keys=True)), settings


def _room():
    """Most twins to keep, and most bytes for them."""
    text = os.environ.get("LINECLF_TWINS")
    if text is None:
        return _MOST, _SHARE * _memory()
    if not text.isdecimal():
        raise ValueError(f"LINECLF_TWINS must be a number of nets, 0 or more; got {text!r}")
    return int(text), math.inf


def _memory():
    """Bytes of the machine's memory; those of a small machine if the system does not tell."""
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return 8 * 2**30


def forget():
    """Drop all twins: the next fit of a kind traces anew."""
    with _lock:
        _twins.clear()


class _Twin:
    def __init__(self, net, loss):
        self.model, self._set_to = settable(net)
        self._rates = RateTable()
        optimizer = type(net.optimizer)(**_but_rate(net.optimizer), learning_rate=self._rates)
        nets.compile_model(self.model, loss, optimizer)
        variables = [*variables_of(self.model), *optimizer.variables]
        self.bytes = _TRACE_BYTES + sum(4 * math.prod(variable.shape) for variable in variables)

    def take(self, net, settings, steps):
        """Take over the state of `net` and of its optimizer."""
        self._set_to(settings)
        self._rates.set_to(learning_rates(net.optimizer, steps))
        assign(variables_of(self.model), variables_of(net))
        assign(self.model.optimizer.variables, _state(net.optimizer))

    def give(self, net):
        """Give `net` the state of this twin."""
        assign(variables_of(net), variables_of(self.model))
        assign(_state(net.optimizer), self.model.optimizer.variables)


def _but_rate(optimizer):
    """An optimizer's configuration without its learning rate, and without its name, which Keras counts up."""
    return {key: value for key, value in optimizer.get_config().items() if key not in ("learning_rate", "name")}


def _state(optimizer):
    """An optimizer's variables without a constant learning rate, which is one of them."""
    return [variable for variable in optimizer.variables if variable is not optimizer._learning_rate]


def variables_of(model):
    """All of a net's state, in an order that depends only on its layers' names."""
    layers = sorted(model.layers, key=lambda layer: layer.name)
    return [variable for layer in layers for variable in layer.variables]


def assign(variables, values):
    """Give variables these values, one each."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)
