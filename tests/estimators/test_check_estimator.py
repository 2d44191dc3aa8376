"""scikit-learn's own estimator checks over every estimator, with each expected failure and its reason."""

from functools import partial

from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from lineclf import CompactCNNClassifier, MatchedFilterClassifier, MultiHeadLineClassifier, OneLayerCNNClassifier

EXPECTED_FAILURES = {
    "check_estimator_tags_renamed": (
        "SciKeras' BaseWrapper defines the former _more_tags beside scikit-learn's __sklearn_tags__, which is used"
    ),
    "check_sample_weight_equivalence_on_dense_data": (
        "training is stochastic: repeating a sample changes which samples share a batch, and batch normalization "
        "counts samples, not weights; scikit-learn's own MLPClassifier is excused for the first reason"
    ),
}

# The checks' data are tables of 1 to 20 columns: small nets learn them in a second or two, half of it for tracing batch
# normalization where they have it.
SMALL = {"epochs": 20, "batch_size": 16, "learning_rate": 1e-2, "random_state": 0}
ESTIMATORS = [
    MultiHeadLineClassifier(**SMALL, filters=16, batch_norm=False),
    OneLayerCNNClassifier(**SMALL, filters=16, units=32, kernel_size=3),
    # Without dropout it is sure of what it was trained on: only then is each column of the most probable combination
    # its column's most probable level, as check_classifier_multioutput wants of small data.
    CompactCNNClassifier(**SMALL, filters=16, depth=1, dropout=0.0),
    MatchedFilterClassifier(**{**SMALL, "epochs": 2}, min_steps=1, template_size=5),
]


@parametrize_with_checks(ESTIMATORS, expected_failed_checks=lambda estimator: EXPECTED_FAILURES, xfail_strict=True)
def test_scikit_learn_checks(estimator, check, monkeypatch):
    if check.func.__name__ == "check_methods_sample_order_invariance":
        # It wants equality within 1e-7, less than the last digit of the float32 that nets compute in. On some
        # processors that digit hangs on a row's place in a matrix product, and the softmax multiplies it.
        close = partial(estimator_checks.assert_allclose_dense_sparse, rtol=1e-4)
        monkeypatch.setattr(estimator_checks, "assert_allclose_dense_sparse", close)
    check(estimator)
