"""Linear classifiers on pixels."""

from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler


def logistic_regression():
    """Logistic regression on pixels, one a head."""
    return make_pipeline(MaxAbsScaler(), MultiOutputClassifier(LogisticRegression(max_iter=200)))
