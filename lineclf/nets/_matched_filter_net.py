"""The net of templates: every line at every place, summed to the levels of each factor."""

import keras

from lineclf.nets._layers import DTYPE
from lineclf.nets._marginal import Marginal
from lineclf.nets._matched_filter import MatchedFilter
from lineclf.nets._network import Network
from lineclf.nets._position_pooling import PositionPooling
from lineclf.nets._seeds import child_seed

__all__ = ["matched_filter_net"]


def matched_filter_net(input_shape, heads, *, factors, seed=0, pooling="logsumexp", **options):
    """Templates of all lines compared with the image at every place; probabilities of each factor's levels.

    Parameters
    ----------
    input_shape : tuple of int
        Height, width and channels of an image.
    heads : dict of str to int
        Each head's name and number of levels (≥ 2), in the order of the outputs.
    factors : sequence of str
        Factor of each head: "length", "width", "angle" or "color".
    seed : int, default=0
        Seed of the initial weights.
    pooling : {"logsumexp", "max", "mean"}, default="logsumexp"
        As in :class:`lineclf.nets.PositionPooling`.
    **options
        Options of :class:`lineclf.nets.MatchedFilter`.

    Returns
    -------
    keras.Model
        Uncompiled; outputs as in :func:`multi_head_cnn`.
    """
    levels = dict(zip(factors, heads.values(), strict=True))
    shape = [levels.get(factor, 1) for factor in ("length", "width", "angle", "color")]
    name = "matched_filter_1"
    inputs = keras.Input(input_shape, dtype=DTYPE, name="input_1")
    x = MatchedFilter(shape, seed=child_seed(seed, name), name=name, dtype=DTYPE, **options)(inputs)
    x = PositionPooling(pooling, name="position_pooling_1", dtype=DTYPE)(x)
    order = ("color", "length", "width", "angle")
    shape = [shape[-1], *shape[:-1]]
    outputs = []
    for factor, (head, n_levels) in zip(factors, heads.items(), strict=True):
        logits = Marginal(shape, order.index(factor), name=f"{head}_logits", dtype=DTYPE)(x)
        activation = "softmax" if n_levels > 2 else "sigmoid"
        outputs.append(keras.layers.Activation(activation, name=f"{head}_output", dtype=DTYPE)(logits))
    return Network(inputs, outputs, name="matched_filter_net")
