"""One way to read a target: what every function that takes labels makes of them, whatever holds them."""

import itertools
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.tree import DecisionTreeClassifier

from lineclf import metrics
from lineclf._labels import head_names, pair_targets, read_column, read_target
from lineclf.baselines import BayesClassifier, LabelPowersetClassifier, MomentsRuleClassifier, NearestClassifier
from lineclf.model_selection import TRACKS, audit_split, get_track

N = 24
SIZE = (np.arange(N) % 3 + 1).tolist()
COLOR = [("red", "blue", "nan")[i % 7 % 3] for i in range(N)]  # "nan" is a name like any other
X = np.random.default_rng(0).integers(0, 256, (N, 4, 4, 1), dtype=np.uint8)
X[N // 2 :] = X[: N // 2]

#: Makes of a list of labels what holds them.
CONTAINERS = {
    "list": list,
    "tuple": tuple,
    "array": np.array,
    "objects": lambda y: np.array(y, dtype=object),
    "column": lambda y: np.array(y)[:, None],
    "column of objects": lambda y: np.array(y, dtype=object)[:, None],
    "rows": lambda y: [[label] for label in y],
    "NumPy strings": lambda y: np.array(y, dtype=np.dtypes.StringDType()) if isinstance(y[0], str) else np.array(y),
    "bytes": lambda y: np.array(y).astype("S") if isinstance(y[0], str) else np.array(y, dtype=np.int8),
    "masked": lambda y: np.ma.masked_array(y, mask=False),
    "Series": pd.Series,
    "Series, other index": lambda y: pd.Series(y, index=range(len(y), 0, -1)),
    "Series of objects": partial(pd.Series, dtype=object),
    "nullable": lambda y: pd.Series(y, dtype="string" if isinstance(y[0], str) else "Int64"),
    "category": partial(pd.Series, dtype="category"),
    "Categorical": pd.Categorical,
    "frame": lambda y: pd.DataFrame({"head": y}),
    "frame of categories": lambda y: pd.DataFrame({"head": pd.Categorical(y)}),
}

#: Makes of two lists of labels a table of two heads.
TABLES = {
    "rows": lambda a, b: [list(row) for row in zip(a, b, strict=True)],
    "tuples": lambda a, b: list(zip(a, b, strict=True)),
    "objects": lambda a, b: np.array([a, b], dtype=object).T,
    "frame": lambda a, b: pd.DataFrame({"size": a, "color": b}),
    "frame of objects": lambda a, b: pd.DataFrame({"size": a, "color": b}, dtype=object),
    "frame of categories": lambda a, b: pd.DataFrame({"size": a, "color": b}, dtype="category"),
    "frame of nullables": lambda a, b: pd.DataFrame({"size": pd.Series(a, dtype="Int64"), "color": b}),
}


def of_proba(score):
    """The score of probabilities of three levels a head, as many heads as the target has."""

    def call(y):
        n_heads = 1 if np.ndim(y) == 1 else np.shape(y)[1]
        proba = np.random.default_rng(0).dirichlet(np.ones(3), (n_heads, N))
        return values(score(y, list(proba)))

    return call


def turn(y):
    """The same labels in another order, in the same container."""
    return y.iloc[::-1] if hasattr(y, "iloc") else y[::-1]


def values(scores):
    """Scores without the heads' names, which differ between containers."""
    scores = scores.values() if isinstance(scores, dict) else [scores]
    return [each.tolist() if isinstance(each, np.ndarray) else each for each in scores]


def fitted(classifier, y):
    return classifier.fit(X.reshape(N, -1), y).predict(X.reshape(N, -1)).tolist()


def split(name, y):
    return [[side.tolist() for side in sides] for sides in get_track(name, random_state=0).split(X, y)]


def tree():
    return LabelPowersetClassifier(DecisionTreeClassifier(random_state=0))


#: Every function that takes labels of any number of heads, as one of a target alone.
FUNCTIONS = {
    "joint_accuracy_score": lambda y: metrics.joint_accuracy_score(y, turn(y)),
    "head_accuracy_scores": lambda y: values(metrics.head_accuracy_scores(y, turn(y))),
    "head_report": lambda y: values(metrics.head_report(y, turn(y))),
    "confusion_matrices": lambda y: values(metrics.confusion_matrices(y, turn(y))),
    **{
        score.__name__: of_proba(score)
        for score in (
            metrics.head_log_loss,
            metrics.head_brier,
            metrics.head_ece,
            metrics.head_augrc,
            metrics.fit_temperature,
            metrics.joint_ece,
            metrics.joint_augrc,
        )
    },
    "track replica": partial(split, "replica"),
    "track distinct": partial(split, "distinct"),
    "audit_split": lambda y: audit_split(X, y, X, turn(y)),
}
#: Those of several heads only.
TABLE_FUNCTIONS = {
    **FUNCTIONS,
    "NearestClassifier": lambda y: fitted(NearestClassifier(), y),
    "LabelPowersetClassifier": lambda y: fitted(tree(), y),
}


BOTH = pytest.mark.parametrize("labels", [SIZE, COLOR], ids=["numbers", "strings"])


@BOTH
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_column_means_the_same_in_any_container(function, labels):
    call = FUNCTIONS[function]
    found = {container: call(make(labels)) for container, make in CONTAINERS.items()}
    assert found == dict.fromkeys(CONTAINERS, call(np.array(labels)))


@pytest.mark.parametrize("function", TABLE_FUNCTIONS)
def test_a_table_of_numbers_and_strings_means_the_same_in_any_container(function):
    found = {container: TABLE_FUNCTIONS[function](make(SIZE, COLOR)) for container, make in TABLES.items()}
    assert found == dict.fromkeys(TABLES, found["rows"])


def test_two_sides_may_come_in_different_containers():
    right, audit = np.mean(np.array(COLOR) == COLOR[::-1]), audit_split(X, COLOR, X, COLOR[::-1])
    assert audit.label_conflicts > 0
    for one, other in itertools.permutations(CONTAINERS.values(), 2):
        assert metrics.joint_accuracy_score(one(COLOR), other(COLOR[::-1])) == right
    for make in CONTAINERS.values():
        assert audit_split(X, make(COLOR), X, COLOR[::-1]) == audit_split(X, COLOR, X, make(COLOR[::-1])) == audit


#: Makes of a list of labels one of a kind that can lack one, with what it then has in place of the label of row 5.
LACKING = {
    "None": (list, None),
    "NaN": (list, float("nan")),
    "NA": (list, pd.NA),
    "NaT": (list, pd.NaT),
    "objects": (lambda y: np.array(y, dtype=object), np.nan),
    "Series": (pd.Series, None),
    "Series of objects": (partial(pd.Series, dtype=object), None),
    "category": (partial(pd.Series, dtype="category"), None),
    "nullable": (lambda y: pd.Series(y, dtype="string" if isinstance(y[0], str) else "Int64"), None),
    "masked": (lambda y: np.ma.masked_array([label or y[0] for label in y], [label is None for label in y]), None),
    "NumPy strings": (lambda y: np.array(list(map(str_or_nan, y)), np.dtypes.StringDType(na_object=np.nan)), np.nan),
}


def str_or_nan(label):
    return label if isinstance(label, float) else str(label)


def lacking(labels, kind):
    make, hole = LACKING[kind]
    return make([hole if row == 5 else label for row, label in enumerate(labels)])


def refusal(call, y):
    with pytest.raises(ValueError, match="must hold") as caught:
        call(y)
    return str(caught.value)


@BOTH
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_missing_label_is_named_with_its_column(function, labels):
    said = {kind: refusal(FUNCTIONS[function], lacking(labels, kind)) for kind in LACKING}
    legal = r"column 0 of y\w* must hold a label in every row, none missing; row 5 has (None|NaN|<NA>|NaT)"
    assert not {kind: words for kind, words in said.items() if not re.fullmatch(legal, words)}


@pytest.mark.parametrize("function", TABLE_FUNCTIONS)
def test_a_missing_label_of_a_table_is_named_with_its_column(function):
    for table, column in (("rows", "1"), ("objects", "1"), ("frame", "'color'"), ("frame of categories", "'color'")):
        for hole in (None, float("nan"), pd.NA, pd.NaT):
            color = [hole if row == 5 else label for row, label in enumerate(COLOR)]
            words = refusal(TABLE_FUNCTIONS[function], TABLES[table](SIZE, color))
            assert re.match(rf"column {column} of y\w* must hold a label in every row.*; row 5 has", words)


def test_a_missing_label_is_refused_on_either_side():
    hole = lacking(COLOR, "None")
    for call in (metrics.joint_accuracy_score, metrics.head_report, metrics.confusion_matrices):
        with pytest.raises(ValueError, match="column 0 of y_pred must hold a label in every row"):
            call(COLOR, hole)
    with pytest.raises(ValueError, match="column 0 of y_test must hold a label in every row"):
        audit_split(X, COLOR, X, hole)
    for call in (partial(metrics.circular_mae, [0] * N), lambda y: metrics.circular_mae(y, [0] * N)):
        with pytest.raises(ValueError, match=r"column 0 of y_(true|pred) must hold a label in every row"):
            call(lacking(SIZE, "nullable"))


@pytest.mark.parametrize("name", TRACKS)
def test_every_track_names_the_column_of_a_missing_label(name):
    y = pd.DataFrame(dict.fromkeys(("length", "width", "angle"), COLOR) | {"color": lacking(COLOR, "None")})
    with pytest.raises(ValueError, match="column 'color' of y must hold a label in every row"):
        next(get_track(name).split(X, y))


@pytest.mark.parametrize("classifier", [BayesClassifier(0.5), MomentsRuleClassifier()])
def test_a_baseline_of_the_four_factors_names_the_column_of_a_missing_label(classifier):
    y = [[1, 1, 1, "red"]] * (N - 1) + [[1, 1, None, "red"]]
    with pytest.raises(ValueError, match=f"column 2 of y must hold a label in every row.*; row {N - 1} has None"):
        classifier.fit(X, y)


@pytest.mark.parametrize("container", ["list", "objects", "nullable", "category", "frame"])
def test_angles_mean_the_same_in_any_container(container):
    assert metrics.circular_mae(CONTAINERS[container]([175, 30, 0]), CONTAINERS[container]([5, 45, 90])) == 115 / 3


@pytest.mark.parametrize(
    ("y", "message"),
    [
        ([3, "red"], "column 0 of y must hold labels, all of them numbers or all strings; got 3 and 'red'"),
        ([[1, "red"], [2, 3]], "column 1 of y must hold labels, .*; got 'red' and 3"),
        (pd.DataFrame({"a": [1, 2], "b": [1, "2"]}), "column 'b' of y must hold labels, .*; got 1 and '2'"),
        ([[1, 2], [3]], r"column 0 of y must hold labels, .*; got \[1, 2\]"),
        ([1j, 2j], "column 0 of y must hold labels, .*; got"),
        (pd.to_datetime(["2020-01-01"] * 2), "column 0 of y must hold labels, .*; got"),
        ([2**70, 1], f"column 0 of y must hold labels, .*; got {2**70}"),
        (["a\0", "a"], r"column 0 of y must hold labels, .*; got 'a\\x00'"),
        ([1.0, np.inf], "column 0 of y must hold finite labels; row 1 has inf"),
        (None, r"y must have one or two dimensions, .* and at least one row; got shape \(\)"),
        ("red", r"y must have one or two dimensions, .*; got shape \(\)"),
        ([], r"y must have one or two dimensions, .*; got shape \(0,\)"),
        (np.zeros((2, 2, 2)), r"y must have one or two dimensions, .*; got shape \(2, 2, 2\)"),
    ],
)
def test_what_holds_no_labels_is_refused(y, message):
    with pytest.raises(ValueError, match=message):
        read_target(y)


@given(st.lists(st.one_of(st.text(st.characters(exclude_characters="\0"))), min_size=1))
def test_text_comes_out_as_it_went_in(labels):
    assert read_column(labels).tolist() == labels


@given(st.lists(st.integers(-(2**63), 2**63 - 1) | st.booleans(), min_size=1))
def test_numbers_come_out_as_they_went_in(labels):
    assert read_column(labels).tolist() == labels


def test_one_column_is_what_it_says():
    with pytest.raises(ValueError, match="levels must have a single column; got 2"):
        read_column([[1, 2]], "levels")


def test_heads_have_one_rule_for_their_names():
    def names(y, heads=None):
        return head_names(read_target(y), heads)

    assert names([1, 2]) == names([[1], [2]]) == ("class",)
    assert names(np.ones((2, 3), int)) == ("head_0", "head_1", "head_2")
    assert names(np.ones((2, 4), int)) == ("length", "width", "angle", "color")
    frame = pd.DataFrame({"shape": [1, 2], 3: ["a", "b"]})
    assert names(frame) == ("shape", "3")
    assert names(frame, ["form", "size"]) == ("form", "size")
    with pytest.raises(ValueError, match=r"heads must be in the order of y's columns, \('shape', '3'\); got \('3',"):
        names(frame, ["3", "shape"])
    with pytest.raises(ValueError, match=r"heads must name each of the 2 columns of y once; got \('a', 'a'\)"):
        names(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_frames_of_other_columns_are_no_pair():
    one, other = pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [1], "a": [2]})
    with pytest.raises(ValueError, match=r"y and z must have the same columns in the same order; got \('a', 'b'\) and"):
        pair_targets(one, other, ("y", "z"))
    with pytest.raises(ValueError, match="column 'b' holds numbers in y but strings in z"):
        pair_targets(one, [[1, "2"]], ("y", "z"))
