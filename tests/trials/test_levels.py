"""Names and identities of levels."""

import json
import linecache
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from lineclf.trials._levels import identity, key, label, plain, same

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(PLAIN)
def test_plain_levels_are_their_own_identity(level):
    assert identity(level) == level
    assert plain(level) == level
    assert same(level, json.loads(json.dumps(level)))


@given(PLAIN)
def test_every_identity_is_json_and_every_label_one_short_line(level):
    assert json.loads(json.dumps(identity(level))) == identity(level)
    assert len(label(level)) <= 60
    assert "\n" not in label(level)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (1, 1.0),
        ({0: 1}, {"0": 1}),
        (np.array([1, 2]), np.array([1.0, 2.0])),
        (LogisticRegression(), LogisticRegression(C=2)),
        (LogisticRegression(), SVC()),
        (partial(sorted, reverse=True), partial(sorted)),
        ({1}, {1, 2}),
        (range(2), range(3)),
    ],
)
def test_other_levels_have_another_key(one, other):
    assert key(one) != key(other)
    assert not same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (np.int64(3), 3),
        (np.float64(0.5), 0.5),
        ((1, 2), [1, 2]),
        ({2, 1}, {1, 2}),
        (make_pipeline(StandardScaler(), SVC()), make_pipeline(StandardScaler(), SVC())),
        (SVC(random_state=1, verbose=True), SVC(random_state=2)),  # which change no result, or are seeded
    ],
)
def test_the_same_level_has_the_same_key(one, other):
    assert key(one) == key(other)


def test_labels_are_for_people():
    assert [label(each) for each in (0.1, None, "passthrough", SVC, StandardScaler(), np.mean)] == [
        "0.1",
        "None",
        "passthrough",
        "SVC",
        "StandardScaler()",
        "mean",
    ]
    assert label({"pca": "passthrough", "svc__C": 1}) == "pca=passthrough, svc__C=1"
    assert label(partial(max, [1], default=0)) == "max([1], default=0)"


@pytest.mark.parametrize("level", [lambda: 1, np.random.default_rng(0), object()])
def test_what_nothing_tells_later_has_no_identity(level):
    with pytest.raises(TypeError, match=r"has no name that finds it later|which nothing tells from another one"):
        identity(level)
    assert key(level) == key(level)


def test_a_scripts_own_function_is_told_by_its_source(monkeypatch):
    def one():
        return 1

    monkeypatch.setattr(one, "__module__", "__main__")
    monkeypatch.setattr(one, "__qualname__", "one")
    found = identity(one)
    assert found["object"] == "__main__:one"
    assert len(found["source"]) == 16


def test_a_notebooks_own_class_is_told_by_its_source():
    def cell(answer, name="<cell>"):
        source = f"import os\n\nclass Own:\n    limit = {answer}\n    def fit(self, X):\n        return self\n\nprint\n"
        linecache.cache[name] = len(source), None, source.splitlines(keepends=True), name
        names = {"__name__": "__main__"}
        exec(compile(source, name, "exec"), names)
        return identity(names["Own"])

    assert cell(1) == cell(1) == cell(1, "<another cell>")
    assert cell(1) != cell(2)
    with pytest.raises(TypeError, match="'Bare' has no source that tells it from a later one"):
        identity(type("Bare", (), {"__module__": "__main__", "__qualname__": "Bare"}))
