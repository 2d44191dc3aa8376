"""
What does a net make of an image, layer by layer?
=================================================

Between pixels and answer a net keeps maps of what it has found where. Looking at them shows a dead layer, a filter that
answers to nothing, or a place at which everything is lost.
"""

import matplotlib.pyplot as plt

from lineclf import CompactCNNClassifier
from lineclf.datasets import fetch_mnist
from lineclf.inspection import FeatureMapsDisplay, choose_images, feature_maps

X, y = fetch_mnist("small", return_X_y=True)
net = CompactCNNClassifier(filters=16, epochs=4, random_state=0).fit(X[::2], y[::2])

# %%
# Images are chosen by rule and not by eye: the first 4, the right answer of which the net is least sure, and its surest
# error.

chosen = choose_images(net, X[1::2], y[1::2])
rows = [chosen[why] for why in ("class 4", "least confident", "error") if why in chosen]
images = X[1::2][rows]
print("truth:", y[1::2][rows], "answer:", net.predict(images))
layers = ["activation_1", "activation_3", "activation_5"]
print({name: values.shape for name, values in feature_maps(net, images, layers).items()})

# %%
# A row an image, a column a layer, a tile a channel. Each tile is scaled to its own largest value; a silent channel is
# plain.

FeatureMapsDisplay.from_estimator(net, images, layers)
plt.show()

# %%
# The first layer keeps the strokes, each filter those that it likes, and a channel or two stay all but silent. In the
# deeper layers the places grow coarse; what remains of the image is which channels answer.
