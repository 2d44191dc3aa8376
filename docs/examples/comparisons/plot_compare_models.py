"""
Which of my models is the best, and how sure is that?
=====================================================

Cross-validation gives each model a mean, and one of the means is the largest. Is that more than luck? ``compare``
trains all models on the same folds, compares every pair, and gives each pair a verdict.
"""

import matplotlib.pyplot as plt
from sklearn.datasets import load_digits
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.svm import SVC

from lineclf.benchmark import BenchmarkDisplay, compare

models = {
    "support vectors": SVC(),
    "nearest neighbours": KNeighborsClassifier(3),
    "extra trees": ExtraTreesClassifier(50),
    "logistic regression": make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=200)),
    "naive Bayes": GaussianNB(),
}

# %%
# Six times five folds of 1,797 small digits. Folds of one sample overlap, so intervals are those of Nadeau and Bengio,
# which allow for it. The result is a :class:`~lineclf.benchmark.Comparison`.

found = compare(models, *load_digits(return_X_y=True), seeds=6)
print(found)

# %%
# The picture: the best mean in black, the others coloured by their verdict against it.

BenchmarkDisplay.from_comparison(found)
plt.show()

# %%
# Support vectors, neighbours and extra trees cannot be told apart on these data, so whichever of them is the cheapest
# will do. Logistic regression and naive Bayes are worse than the best.
