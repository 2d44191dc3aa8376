"""Parameters that go with X: to the estimator's fit, to the scorer, to the splitter."""

from numbers import Integral

from sklearn.base import is_classifier
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch
from sklearn.utils._metadata_requests import _routing_enabled
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing

__all__ = ["route"]


def route(estimator, scoring, cv, groups, params):
    """Return a Bunch of ``fit``, ``score`` and ``split``: the parameters of each.

    As in :func:`sklearn.model_selection.cross_validate`: all go to ``fit`` or, if scikit-learn's metadata routing is
    on, to the objects that ask for them.
    """
    if not _routing_enabled():
        return Bunch(fit=params, score={}, split={})
    if groups is not None:
        params = {**params, "groups": groups}
    fit = MethodMapping()
    router = (
        MetadataRouter(owner="AblationCV")
        .add(
            splitter=check_cv(5 if cv is None or isinstance(cv, Integral) else cv, classifier=is_classifier(estimator)),
            method_mapping=MethodMapping().add(caller="fit", callee="split"),
        )
        .add(estimator=estimator, method_mapping=fit.add(caller="fit", callee="fit"))
        .add(
            scorer=check_scoring(estimator, scoring=scoring),
            method_mapping=MethodMapping().add(caller="fit", callee="score"),
        )
    )
    routed = process_routing(router, "fit", **params)
    return Bunch(fit=routed.estimator.fit, score=routed.scorer.score, split=routed.splitter.split)
