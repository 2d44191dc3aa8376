"""One seed a net, and of it one for each layer, by the layer's name.

No global seed is read or set, and a layer more leaves the others' draws as they were.
"""

import zlib

import keras

__all__ = ["child_seed", "reseed_dropout"]


def child_seed(seed, name):
    """Seed of the layer `name`, from the net's own."""
    return zlib.crc32(f"{seed}/{name}".encode()) & 0x7FFFFFFF


def reseed_dropout(model, seed, epoch):
    """Let (`seed`, `epoch`, a layer's name) alone decide the dropout to come: Keras' files and copies forget it."""
    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout) and layer.rate:
            layer.seed_generator.state.assign([child_seed(seed, f"{layer.name}/{epoch}"), 0])
