"""
Which image does a filter answer to most?
=========================================

Start from grey, and change the pixels until a filter answers as strongly as it can: that is the image that it answers
to most. Whether real images contain it is another question.
"""

import matplotlib.pyplot as plt

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import FilterDisplay, rate_filters

X, y = make_lines(n_per_class=40, image_size=16, lengths=(5, 9), angles=range(0, 180, 45), random_state=0)
net = MultiHeadLineClassifier(filters=16, epochs=8, random_state=0).fit(X, y)

# %%
# Has the search worked? Then a filter answers to its image more than to any real one, and the image is not flat.

print(rate_filters(net, "conv2d_2", X[:200], filters=range(16), steps=60))

# %%
# Sixteen filters of the second convolution, which feeds the head of the angle.

FilterDisplay.from_estimator(net, "conv2d_2", range(16), steps=60)
plt.show()

# %%
# Each filter answers to its image more than to any line. Most of these images have colours and a grain that no line
# ever shows: the image that a filter answers to most need not be like the images of its task.
