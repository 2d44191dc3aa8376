"""Linear classifiers on pixels."""

from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MaxAbsScaler

from lineclf.baselines._one_a_head import OneAHead

__all__ = ["logistic_regression"]


def logistic_regression(**settings):
    """Logistic regression on pixels, one classifier per head.

    Parameters
    ----------
    **settings
        Parameters of :class:`sklearn.linear_model.LogisticRegression`.

    Returns
    -------
    sklearn.pipeline.Pipeline
    """
    return make_pipeline(MaxAbsScaler(), OneAHead(LogisticRegression(**{"max_iter": 200} | settings)))
