"""
What would a filter like to see?
================================

Start from grey, change the pixels until a filter answers as loudly as it can, and look: that is the image that it
answers to most. Whether that is something that the images have is another question.
"""

import matplotlib.pyplot as plt

from lineclf import MultiHeadLineClassifier
from lineclf.datasets import make_lines
from lineclf.inspection import FilterDisplay, rate_filters

X, y = make_lines(n_per_class=40, image_size=16, lengths=(5, 9), angles=range(0, 180, 45), random_state=0)
net = MultiHeadLineClassifier(filters=16, epochs=8, random_state=0).fit(X, y)

# %%
# Is it more than a picture? If the search has worked, a filter answers to its image more than to any real one, and the
# image is not flat.

print(rate_filters(net, "conv2d_2", X[:200], filters=range(16), steps=60))

# %%
# Sixteen filters of the second convolution, which feeds the head of the angle.

FilterDisplay.from_estimator(net, "conv2d_2", range(16), steps=60)
plt.show()

# %%
# Each filter answers to its image more than to any line. Most want colours and a grain that no line ever shows: what a
# filter would like to see need not be what it is used for.
