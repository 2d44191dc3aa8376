"""What the compact net has beyond the others: heads apart, a residual and a symmetric form."""

import numpy as np
import pytest

from lineclf import CompactCNNClassifier
from lineclf.runs import fingerprint, identity_params

TINY = {"filters": 2, "depth": 1, "epochs": 1, "random_state": 0}
COLUMNS = ["length", "width", "angle", "color"]


@pytest.mark.parametrize("form", [{}, {"residual": True}, {"symmetry": "p4m"}], ids=str)
def test_heads_apart_are_those_of_the_four_head_net(lines, eagerly, tmp_path, form):
    X, y = lines
    clf = CompactCNNClassifier(combine=False, **form, **TINY).fit(X, y)
    assert not clf.combines_heads
    assert [output.shape[-1] for output in clf.model_.outputs] == [1, 1, 4, 1]
    assert {f"{head}_accuracy" for head in COLUMNS} | {"joint_accuracy"} <= set(clf.history_)
    clf.save(tmp_path / "net.keras")
    np.testing.assert_array_equal(CompactCNNClassifier.load(tmp_path / "net.keras").predict(X), clf.predict(X))


def test_a_single_column_is_the_same_either_way(lines, eagerly):
    X, y = lines
    apart, combined = (CompactCNNClassifier(combine=combine, **TINY).fit(X, y[:, 2]) for combine in (False, True))
    np.testing.assert_array_equal(apart.predict_proba(X), combined.predict_proba(X))
    assert apart.history_ == combined.history_


def test_results_of_before_these_arguments_keep_their_identity():
    known = identity_params(CompactCNNClassifier())
    assert not known.keys() & {"combine", "residual", "symmetry"}
    others = [CompactCNNClassifier(**form) for form in ({"combine": False}, {"residual": True}, {"symmetry": "p4m"})]
    assert len({fingerprint(identity_params(each)) for each in (CompactCNNClassifier(), *others)}) == 4
