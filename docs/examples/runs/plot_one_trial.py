"""
What does one training leave behind?
====================================

Accuracy is one number of a training. Later its confusions, its costs, its learning curves and its data are worth as
much. ``evaluate`` fits and scores one estimator on one split and returns all of this as plain JSON. This record alone
can answer a question that nobody asked during training: does the classifier favour some digits?
"""

import json

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier

from lineclf.datasets import fetch_mnist
from lineclf.metrics import stuart_maxwell
from lineclf.runs import Split, evaluate

# %%
# A :class:`~lineclf.runs.Split` holds both sides of the data, and their description.

X, y = fetch_mnist("small", return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=2500, stratify=y, random_state=0)
split = Split(
    name="digits",
    X_train=X_train,
    y_train=y_train,
    X_test=X_test,
    y_test=y_test,
    labels={"digit": [str(digit) for digit in range(10)]},
    source={"function": "lineclf.datasets.fetch_mnist"},
)
records = {
    name: json.loads(json.dumps(evaluate(model, split)))
    for name, model in (("naive Bayes", GaussianNB()), ("3 nearest neighbours", KNeighborsClassifier(3)))
}
print("recorded:", ", ".join(records["naive Bayes"]))

# %%
# The Stuart–Maxwell test asks whether each digit is answered as often as it occurs; the result is a
# :class:`~lineclf.metrics.StuartMaxwell`.

figure, ax = plt.subplots(figsize=(7, 4), layout="constrained")
for i, (name, record) in enumerate(records.items()):
    matrix = np.array(record["confusion"]["digit"])
    test = stuart_maxwell(matrix)
    surplus = 100 * (matrix.sum(axis=0) / matrix.sum(axis=1) - 1)
    ax.bar(
        np.arange(10) + 0.4 * i - 0.2,
        surplus,
        width=0.38,
        label=f"{name}: {100 * record['metrics']['test_accuracy']:.1f} % right",
    )
    print(f"{name:<21} χ² = {test.statistic:.1f} with {test.df} degrees of freedom, p = {test.pvalue:.2g}")
ax.axhline(0, color="black", linewidth=1)
ax.set(xticks=range(10), xlabel="digit", ylabel="answered more often than it occurs, %")
figure.legend(loc="outside upper center", ncols=2, frameon=False)
plt.show()

# %%
# Naive Bayes answers some digits far too often and others hardly at all. The neighbours are far more even, but the test
# finds that they have favourites, too.
