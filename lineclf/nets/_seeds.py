"""One seed per net, and from it one for each layer, by the layer's name.

No global seed is read or set, and a further layer does not change the draws of the others.
"""

import zlib

import keras

__all__ = ["child_seed", "reseed_dropout"]


def child_seed(seed, name):
    """Seed of the layer `name`, from the net's own."""
    return zlib.crc32(f"{seed}/{name}".encode()) & 0x7FFFFFFF


def reseed_dropout(model, seed, epoch):
    """Make the next dropout depend only on (`seed`, `epoch`, a layer's name): Keras' files and copies forget it."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout) and layer.rate:
            layer.seed_generator.state.assign([child_seed(seed, f"{layer.name}/{epoch}"), 0])
