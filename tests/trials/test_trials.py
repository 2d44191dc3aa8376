"""What a trial keeps beside its scores."""

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.datasets import load_iris

from lineclf import AblationCV
from lineclf.ablation import AblationStudy
from lineclf.runs import make_options


class Learner(ClassifierMixin, BaseEstimator):
    """Has curves, as a net does."""

    def __init__(self, epochs=3, kind=dict):
        self.epochs, self.kind = epochs, kind

    def fit(self, X, y):
        self.classes_ = sorted(set(y))
        self.history_ = self.kind({"loss": [1.0 / (1 + i) for i in range(self.epochs)]})
        return self

    def predict(self, X):
        return [0] * len(X)


def test_curves_of_the_first_fold_are_kept_as_epochs():
    found = AblationCV(Learner(), {"epochs": [2]}, seeds=2, cv=2).fit(*load_iris(return_X_y=True))
    assert [len(trial.intermediate_values) for trial in found.study_.trials] == [3, 2, 3, 2]
    other = AblationCV(Learner(kind=list), {"epochs": [2]}, seeds=2, cv=2).fit(*load_iris(return_X_y=True))
    assert not other.failures_


def test_one_net_a_trial_is_shown():
    study = AblationStudy(AblationCV(Learner(), {"epochs": [2]}, seeds=2, cv=3), load_iris(return_X_y=True))
    plan = study.plan(make_options(study, {}))
    shown = []
    plan.run(next(iter(plan.trials)), lambda estimator, fold: shown.append((estimator, len(fold.X_test))))
    assert [(each.epochs, n) for each, n in shown] == [(3, 50)]
