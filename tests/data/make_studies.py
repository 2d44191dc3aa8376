"""Small studies of every kind, and what makes `studies-0.2.0.db` of them: finished trials as lineclf 0.2.0 stored them.

`tests/test_golden.py` runs these studies on that database, trains nothing, and compares every page and table. So the
declarations say what the database holds: a change here that gives a trial another meaning makes its rows useless.

The database and `before-0.2.0/` were made by commit 2a73d83 of the package, with this file as it is in commit be6d7d6,
from the root of a working tree of that::

    git worktree add ../lineclf-0.2.0 2a73d83
    PYTHONPATH=../lineclf-0.2.0 python tests/data/make_studies.py

`studies-transfer.db` is of the second revision of the package's nets, made by commit 18cd764 of both::

    PYTHONPATH=studies python tests/data/make_studies.py transfer

`trials-ablation.jsonl.gz` is of ablations as they have been since AblationCV runs them::

    PYTHONPATH=.:studies python tests/data/make_studies.py ablation

With the present package and file, PYTHONPATH has to name `studies/` as well. Both commands take a minute or two, and
need Keras: the first for three trials of a net whose `revision` is another one by now. The other classifiers have
constructors of their own, as the arguments of an estimator are a part of a trial's identity, and those of
scikit-learn's come and go with its versions.
"""

import contextlib
import gzip
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from unittest.mock import patch

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from lineclf.ablation import Ablation, Component, Range
from lineclf.baselines import MomentsRuleClassifier
from lineclf.benchmark import Arena, Benchmark, Contestant, Further, Goal
from lineclf.cli import main
from lineclf.runs import Profile
from reproduction import Claim, Item, Model, Reproduction, Target
from reproduction.data import load_split
from transfer import Method, Transfer, TransferProfile, Variant

HERE = Path(__file__).resolve().parent
MODULE = "tests.data.make_studies"  # of the estimators, in the trials' identity
HEADS = ("length", "width", "angle", "color")


class Rule(MomentsRuleClassifier):
    """The rule by moments, made worse on purpose, so that components have effects of every kind.

    Of `care` is how often it answers as well as it can, without `sight` it sees no angle, `spare` changes nothing, and
    with `fail` it cannot be fitted.
    """

    def __init__(self, *, care=0.8, sight=True, spare=1, fail=False, random_state=None):
        self.care = care
        self.sight = sight
        self.spare = spare
        self.fail = fail
        self.random_state = random_state

    def fit(self, X, y):
        if self.fail:
            raise RuntimeError("cannot be fitted")
        return super().fit(X, y)

    def predict(self, X):
        answers = super().predict(X)
        rng = np.random.default_rng(self.random_state)
        careless = rng.random(len(answers)) >= self.care
        answers[careless, rng.integers(4, size=len(answers))[careless]] = 0
        if not self.sight:
            answers[:, HEADS.index("angle")] = 0
        return answers


class Revised(Rule):
    """The same in its second revision, of which 0.2.0 knows nothing: its trials have another identity by now."""

    revision = 2


class Tree(DecisionTreeClassifier):
    """A decision tree."""

    def __init__(self, *, max_depth=None, min_samples_leaf=1, random_state=None):
        super().__init__(max_depth=max_depth, min_samples_leaf=min_samples_leaf, random_state=random_state)


class RevisedTree(Tree):
    """The same in its second revision."""

    revision = 2


class Learner(DecisionTreeClassifier):
    """A decision tree that counts its depth in epochs and has curves of them, as a net does."""

    def __init__(self, *, epochs=3, min_samples_leaf=1, random_state=None):
        super().__init__(min_samples_leaf=min_samples_leaf, random_state=random_state)
        self.epochs = epochs

    def fit(self, X, y, validation_data=None):
        self.history_ = {}
        for depth in range(1, self.epochs + 1):
            self.max_depth = depth
            super().fit(X.reshape(len(X), -1), y)
            for side, (images, labels) in {"": (X, y), "val_": validation_data}.items():
                right = self.predict(images) == labels
                self._note(f"{side}accuracy", right.reshape(len(right), -1).all(axis=1))
                self._note(f"{side}loss", ~right.reshape(len(right), -1).all(axis=1))
                for head, column in zip(HEADS, right.T, strict=True) if right.ndim == 2 else ():
                    self._note(f"{side}{head}_accuracy", column)
                    self._note(f"{side}{head}_loss", ~column)
        return self

    def predict(self, X):
        return super().predict(X.reshape(len(X), -1))

    def predict_proba(self, X):
        return super().predict_proba(X.reshape(len(X), -1))

    def _note(self, name, values):
        self.history_.setdefault(name, []).append(float(np.mean(values)))


class Majority(DummyClassifier):
    """The most frequent labels."""

    def __init__(self):
        super().__init__(strategy="most_frequent")


class Guest(GaussianNB):
    """A classifier of a single target, which joins a benchmark by its import path."""

    def __init__(self):
        super().__init__()


class Broken(GaussianNB):
    """One that cannot be fitted."""

    def fit(self, X, y):
        raise RuntimeError("cannot be fitted at all")


_CROSSED = (
    Component("care", 0.8, (0.4,)),
    Component("sight", True, (False,)),
    Component("noise", 0.0, (0.1,), where="draw"),
)
RULES = Ablation(
    name="rules",
    question="what is care worth?",
    estimator=f"{MODULE}:Rule",
    components=(
        Component("care", 0.8, (1.0, 0.4), off=0.4, between=Range(0.1, 1.0)),
        Component("sight", True, (False,), off=False),
        Component("spare", 1, (2,), off=2),
        Component("fail", False, (True,)),
        Component("noise", 0.0, (0.1,), where="draw"),
        Component("track__test_size", 0.25, (0.5,), where="draw"),
    ),
    crossed=_CROSSED,
    track="distinct",
    profiles={"quick": Profile(n_per_class=9, seeds=3, settings={"spare": 1})},
)
REVISED = Ablation(
    name="revised",
    question="is a revision another trial?",
    estimator=f"{MODULE}:Revised",
    components=(Component("sight", True, (False,)),),
    track="distinct",
    profiles={"quick": Profile(n_per_class=2, seeds=1)},
)
NETS = Ablation(
    name="nets",
    question="is a net's revision another trial?",
    estimator="lineclf.estimators:MultiHeadLineClassifier",
    components=(Component("dropout", 0.1, (0.0,)),),
    track="distinct",
    profiles={"quick": Profile(n_per_class=2, seeds=1, settings={"filters": 2, "epochs": 1})},
)
ROTATED = {"lengths": [5, 8, 11], "widths": [1, 3], "angles": [0.0, 45.0, 90.0, 135.0], "colors": ["red", "blue"]}
BOARD = Benchmark(
    name="board",
    question="who knows?",
    arenas=(
        Arena("distinct", "distinct", "a quarter", tests=("corruptions", "color-shift"), hold_out=0.1),
        Arena(
            "noisy",
            "distinct",
            "noise",
            world={"noise": 0.5, "dtype": "float32"},
            bound={"estimator": "lineclf.baselines:BayesClassifier", "settings": {"noise": 0.5}},
        ),
        Arena(
            "angles",
            "replica",
            "in units",
            world={**ROTATED, "antialias": True},
            distinct=False,
            units=True,
            score="test_mae_angle",
        ),
        *(
            Arena(
                f"few-shot {n}",
                "few-shot",
                "few",
                options={"n_images": n, "per_class": False},
                curve="few-shot",
                folds="one",
            )
            for n in (16, 32)
        ),
    ),
    contestants=(
        Contestant("majority", f"{MODULE}:Majority"),
        Contestant("moments", "lineclf.baselines:MomentsRuleClassifier"),
        Contestant("tree", f"{MODULE}:Tree"),
        Contestant("tree (stump)", f"{MODULE}:Tree", {"max_depth": 2}, variant_of="tree"),
    ),
    profiles={"quick": Profile(n_per_class=3, seeds=2)},
    further=(
        Further("corruptions", "what does damage cost?", "mce"),
        Further("color-shift", "in other colours?", "accuracy"),
        Further("few-shot", "how fast?", "area"),
    ),
    reference="majority",
    floor="majority",
    least=2,
    goals=(
        Goal("moments", "distinct", "test_joint_accuracy", 0.999),
        Goal("tree", None, "test_joint_accuracy", 0.5),
        Goal("tree", "noisy", "regret", 0.9),
        Goal("tree", "distinct", "regret", 0.5),
    ),
    notes=("A note of the study's.",),
)
BOARD_WITH_NET = replace(
    BOARD,
    contestants=(
        *BOARD.contestants,
        Contestant("net", "lineclf:MultiHeadLineClassifier", {"filters": 2, "epochs": 1}),
    ),
)
DIGITS = Model("digits", "mnist", f"{MODULE}:Learner", {"epochs": 8})
DIGITS_LEAF = Model("digits, leaf 5", "mnist", f"{MODULE}:Learner", {"epochs": 8, "min_samples_leaf": 5})
LINES = Model("lines", "lines", f"{MODULE}:Learner", {"epochs": 4}, seeds=2)
REVISED_DIGITS = Model("digits, revised", "mnist", f"{MODULE}:RevisedTree", {"max_depth": 9})
AGAIN = Reproduction(
    name="again",
    question="does it hold?",
    items=(
        Item(
            "A",
            score="test_accuracy",
            title="digits",
            says="we got 78 %",
            models=(DIGITS, DIGITS_LEAF),
            figures={"test_accuracy": 0.78, "n_features": 784},
            note="A note of the item's.",
            targets=(
                Target(DIGITS_LEAF, "test_accuracy", at_least=0.99),
                Target(DIGITS_LEAF, "seconds", at_most=1e6),
                Target(DIGITS, "test_errors", at_most=2.0, relative_to=DIGITS_LEAF),
            ),
            claims=(Claim("too many", "fewer epochs", (DIGITS,)), Claim("too good", "rising loss", (DIGITS,))),
            chosen={"test_accuracy": "the depth was chosen for it"},
            shows=("confusion", "curves"),
            confusion=tuple(tuple(73 if i == j else 3 for j in range(10)) for i in range(10)),
        ),
        Item(
            "B",
            score="test_accuracy",
            title="leaves",
            says="similar",
            models=(DIGITS, DIGITS_LEAF),
            claims=(Claim("similar", "similar", (DIGITS, DIGITS_LEAF)),),
            shows=("equivalence",),
        ),
        Item(
            "C",
            score="test_joint_accuracy",
            title="lines",
            says="100 %",
            models=(LINES,),
            figures={"test_joint_accuracy": 1.0, "epochs": 4},
            claims=(Claim("angle and colour", "bottleneck", (LINES,)),),
            shows=("f1", "head_curves", "bottleneck"),
        ),
        Item(
            "D",
            score="test_accuracy",
            title="revised",
            says="80 %",
            models=(REVISED_DIGITS,),
            figures={"test_accuracy": 0.8},
        ),
    ),
    profiles={"quick": Profile(n_per_class=4, seeds=3), "full": Profile(n_per_class=None, seeds=3)},
)
_WORLD = {"image_size": 10, "lengths": (4, 7), "widths": (1, 2), "angles": (0, 90)}
TINT = Transfer(
    name="tint",
    question="does a head suffice?",
    says="It does.",
    estimator="lineclf.estimators:MultiHeadLineClassifier",
    old=("red", "blue"),
    new="green",
    channel=1,
    methods=(
        Method("head only", ("head",)),
        Method("everything", ("net",), memory="none"),
        Method("afresh", ("scratch",), memory="all"),
    ),
    variants=(Variant("plain", world=_WORLD), Variant("dark", world=_WORLD, weights="zero")),
    learning_rates={"head": 5e-3, "net": 1e-3},
    profiles={
        "quick": TransferProfile(n_per_class=8, seeds=3, settings={"epochs": 3, "filters": 4}, steps=4, shots=(2, None))
    },
)
EARLIER = ("board", "again")  # runs that find a results.csv of 0.2.0 in their folder, of the retired ones below
_TUNED = ["care", "sight", "spare"]
_SMALL = ["--n-per-class", "2", "--seeds", "2"]
# Runs that find all of their trials in the database, by the folder of their report, in the order in which they are run.
RUNS = {
    "rules/search": (
        RULES,
        ["--design", "search", "--n-per-class", "2", "--trials", "6", "--folds", "4", "--components", *_TUNED],
    ),
    "board": (BOARD, []),
    "board/guests": (
        BOARD,
        ["--tracks", "few-shot", "--seeds", "1", *(f"--estimator={MODULE}:{name}" for name in ("Guest", "Broken"))],
    ),
    "again": (AGAIN, ["--items", "A,B,C"]),
    "again/full": (AGAIN, ["--profile", "full", "--items", "A,B,C"]),
}
# Runs that find theirs in `trials-ablation.jsonl.gz`.
ABLATIONS = {
    "rules": (RULES, ["--components", "care,sight,spare,noise,track__test_size"]),
    "rules/adaptive": (RULES, ["--components", "care,sight,noise", "--seeds", "3..12"]),
    "rules/halves": (RULES, ["--track", "halves", "--components", "care,noise"]),
    "rules/leave-one-out": (RULES, ["--design", "leave-one-out", *_SMALL]),
    "rules/factorial": (RULES, ["--design", "factorial", *_SMALL]),
    "rules/fractional": (
        RULES,
        ["--design", "fractional", "--resolution", "3", *_SMALL, "--components", "care,sight,noise"],
    ),
}
TRANSFERS = {"tint": (TINT, [])}  # runs that find theirs in `studies-transfer.db`
# Runs whose trials have another identity by now.
RETIRED = {
    "revised": (REVISED, []),
    "nets": (NETS, []),
    "board": (BOARD_WITH_NET, ["--models", "net", "--tracks", "distinct", "--seeds", "1"]),
    "again": (AGAIN, ["--items", "D"]),
}


def make(folder, runs):
    """Have the package that is imported make a database of these runs, and their reports, in an empty folder."""

    def small(name, n_per_class):  # what is stored as of full size: its reports read the results alone
        return load_split(name, n_per_class or 4)

    sys.modules[MODULE] = sys.modules[__name__]  # also where the tests of another working tree come first
    stores = ["--storage", "sqlite:///studies.db", "--tracking-uri", "sqlite:///mlflow.db"]
    with (
        contextlib.chdir(folder),
        patch("lineclf.reporting._trials.draw_trials", lambda *what: {}),
        patch("socket.gethostname", lambda: "machine"),
        patch("reproduction.plan.load_split", small),
    ):
        for output, (study, options) in runs.items():
            main(study, [*options, *stores, "--output", output])
    root = str(Path(sys.modules["lineclf"].__file__).resolve().parents[1])
    with contextlib.closing(sqlite3.connect(f"{folder}/studies.db")) as database:
        # Tracebacks name files; where they lay is nobody's business.
        for place in {root, str(HERE.parents[1]), sys.prefix}:
            where = "UPDATE trial_user_attributes SET value_json = replace(value_json, ?, '…') WHERE key = 'error'"
            database.execute(where, [place])
        database.commit()
        database.execute("PRAGMA page_size = 512")  # a result begins a page of its own: small ones waste less
        database.execute("VACUUM")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        if sys.argv[1:] == ["ablation"]:
            module = import_module(MODULE)  # by whose name the trials' identity knows the classifiers
            module.make(folder, module.ABLATIONS)
            kept = sorted(Path(folder).rglob("trials.jsonl.gz"))
            lines = {line for path in kept for line in gzip.decompress(path.read_bytes()).splitlines(keepends=True)}
            (HERE / "trials-ablation.jsonl.gz").write_bytes(gzip.compress(b"".join(sorted(lines)), mtime=0))
        elif sys.argv[1:] == ["transfer"]:
            make(folder, TRANSFERS)
            shutil.copy(f"{folder}/studies.db", HERE / "studies-transfer.db")
        else:
            make(folder, {**{f"retired/{name}": run for name, run in RETIRED.items()}, **RUNS})
            shutil.copy(f"{folder}/studies.db", HERE / "studies-0.2.0.db")
            (HERE / "before-0.2.0").mkdir(exist_ok=True)
            for name in EARLIER:
                shutil.copy(f"{folder}/retired/{name}/results.csv", HERE / "before-0.2.0" / f"{name}.csv")
