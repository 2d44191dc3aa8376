"""
What does each layer of a net see in an image?
==============================================

Between pixels and answer a net has feature maps, which show where each filter answers. They reveal a dead layer, a
filter that answers to nothing, or a layer that loses everything.
"""

import matplotlib.pyplot as plt

from lineclf import CompactCNNClassifier
from lineclf.datasets import fetch_mnist
from lineclf.inspection import FeatureMapsDisplay, choose_images, feature_maps

X, y = fetch_mnist("small", return_X_y=True)
net = CompactCNNClassifier(filters=16, epochs=4, random_state=0).fit(X[::2], y[::2])

# %%
# A rule chooses the images, not the eye: the first 4, the right answer of which the net is least sure, and the error of
# which it is surest.

chosen = choose_images(net, X[1::2], y[1::2])
rows = [chosen[why] for why in ("class 4", "least confident", "error") if why in chosen]
images = X[1::2][rows]
print("truth:", y[1::2][rows], "answer:", net.predict(images))
layers = ["activation_1", "activation_3", "activation_5"]
print({name: values.shape for name, values in feature_maps(net, images, layers).items()})

# %%
# Rows are images, columns are layers, tiles are channels. Each tile is scaled to its own largest value; a silent
# channel is plain.

FeatureMapsDisplay.from_estimator(net, images, layers)
plt.show()

# %%
# In the first layer each filter keeps the strokes that it answers to, and one or two channels stay almost silent. In
# the deeper layers places are coarse; the image shows mainly in which channels answer.
