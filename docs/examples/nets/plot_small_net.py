"""
Does a small net beat a large one on digits?
============================================

The report's net for digits has one convolution and a wide dense layer. A compact one with more layers has a fraction of
the weights. Which is right more often after the same number of passes over the same few digits?
"""

import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split

from lineclf import CompactCNNClassifier, OneLayerCNNClassifier
from lineclf.datasets import fetch_mnist
from lineclf.nets import count_parameters

X, y = fetch_mnist("small", return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, train_size=1500, test_size=1500, stratify=y, random_state=0)

# %%
# ``validation_data`` is scored after every epoch, and chooses nothing: both nets keep their last weights.

models = {
    "one-layer net": OneLayerCNNClassifier(units=256, epochs=8, random_state=0),
    "compact net": CompactCNNClassifier(filters=16, epochs=8, random_state=0),
}
figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for name, net in models.items():
    net.fit(X_train, y_train, validation_data=(X_test, y_test))
    parameters, *_ = count_parameters(net.model_)
    accuracy = [100 * value for value in net.history_["val_accuracy"]]
    ax.plot(range(1, len(accuracy) + 1), accuracy, marker="o", label=f"{name}: {parameters:,} parameters")
    print(f"{name}: {accuracy[-1]:.1f} % of the test digits after the last epoch")
ax.set(xlabel="epoch", ylabel="test digits right, %", ylim=(86, 100))
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %%
# From the second epoch on, the compact net is right more often than the one-layer net, with a fourteenth of the
# parameters. This is one seed: a comparison needs several.
