"""
Why is my net right in training and wrong in use?
=================================================

Batch normalization works in two ways: in training it uses the statistics of the batch, in use it takes running
averages, which lag behind the weights. After a short training the lag is large. Computing the statistics anew before
each evaluation closes the gap; no weight changes.
"""

import keras
import matplotlib.pyplot as plt

from lineclf.datasets import make_lines
from lineclf.model_selection import DistinctSplit
from lineclf.nets import BatchNormalization, Network, Recalibration, compile_model, make_optimizer

# %%
# Build a Keras net by hand: :class:`~lineclf.nets.BatchNormalization` is Keras' layer with a faster operation,
# :class:`~lineclf.nets.Network` is ``keras.Model``. The momentum is Keras' default, 0.99.

X, y = make_lines(n_per_class=60, image_size=16, lengths=(5, 9), angles=range(0, 180, 45), random_state=0)
X = X.astype("float32") / 255
train, test = next(DistinctSplit(random_state=0).split(X, y))


def make_net(seed):
    """Make and compile a net that reads the angle."""
    keras.utils.set_random_seed(seed)
    inputs = x = keras.Input(X.shape[1:])
    for filters in (8, 16):
        x = keras.layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = BatchNormalization(momentum=0.99)(x)
        x = keras.layers.MaxPooling2D(2)(x)
    x = keras.layers.Dense(4, activation="softmax")(keras.layers.Flatten()(x))
    net = Network(inputs, [x])
    compile_model(net, "crossentropy", make_optimizer("adam", 3e-3))
    return net


# %%
# The callback :class:`~lineclf.nets.Recalibration` sets the statistics to those of 256 training images. The estimators
# of lineclf do so by themselves.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, callbacks in (("running averages", []), ("statistics computed anew", [Recalibration(X[train[:256]])])):
    history = make_net(0).fit(
        X[train],
        y[train, 2],
        validation_data=(X[test], y[test, 2]),
        epochs=10,
        batch_size=64,
        callbacks=callbacks,
        verbose=0,
    )
    accuracy = [100 * value for value in history.history["val_accuracy"]]
    (line,) = ax.plot(range(1, 11), accuracy, marker="o", label=f"in use, {name}")
    print(f"{name:<25}", *(f"{value:.0f}" for value in accuracy))
ax.plot(range(1, 11), [100 * value for value in history.history["accuracy"]], "k:", label="in training")
ax.axhline(25, color="0.7", linewidth=1)
ax.set(xlabel="epoch", ylabel="angle right, %", ylim=(0, 102))
figure.legend(loc="outside upper center", ncols=3, frameon=False)
plt.show()

# %%
# With running averages the net is no better in use than a guess, while it is nearly always right in training. With
# statistics computed anew the same weights are as accurate in use as in training.
