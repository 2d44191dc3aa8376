"""Seeds that go on where a verdict is open: what is read, what is run, and what it hangs on."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator, RegressorMixin

from lineclf import AblationCV
from lineclf.metrics import corrected_interval, sequential_interval
from lineclf.runs._options import adaptive_seeds
from lineclf.trials._contrasts import Contrast
from lineclf.trials._inference import effects_frame
from lineclf.trials._reading import Reading
from lineclf.trials._sample import Sample

CELLS = ("a", "b", "c")
ROWS = [Contrast(cell, "off", 1, {"baseline": 1.0}, {cell: 1.0}) for cell in CELLS]
N, LOW = 12, 3
SAMPLE = Sample("draw", tuple(range(N)), 0.95, {}, "score", False, LOW)


def trials(seed):
    """One clear effect, one that takes long, none."""
    rng = np.random.default_rng(seed)
    scores = {cell: rng.normal(shift, 1, N) for cell, shift in zip(("baseline", *CELLS), (0, 8, 2, 0), strict=True)}
    return [
        {"cell": cell, "seed": n, "folds": {"score": [score]}, "split": {"n_test": 1, "n_train": 1}}
        for cell, found in scores.items()
        for n, score in enumerate(found)
    ]


@settings(max_examples=30)
@given(st.integers(0, 20), st.randoms(use_true_random=False))
def test_what_is_read_hangs_on_the_results_not_on_their_order(seed, random):
    results = trials(seed)
    expected = effects_frame(results, ROWS, ["score"], SAMPLE)
    arriving = random.sample(results, len(results))
    reading, known = Reading(ROWS, "score", SAMPLE), {}
    for each in arriving:
        known[each["cell"], each["seed"]] = each
        reading.update(known)
    decided = (expected["verdict"] != "open").to_list()
    assert reading.n_decided == sum(decided)
    assert [len(reading.seeds(i, known)) for i in range(len(ROWS))] == expected["n"].to_list()
    # What was decided with fewer seeds is so without those that came later.
    for row in expected[decided].itertuples():
        few = [each for each in results if each["seed"] < row.n]
        again = effects_frame(few, ROWS, ["score"], SAMPLE)
        again = again[again["component"] == row.component].iloc[0]
        assert (again.n, again.verdict, again.low, again.high) == (row.n, row.verdict, row.low, row.high)


def test_rows_that_are_found_better_or_worse_give_their_share_to_the_others():
    rng = np.random.default_rng(3)
    scores = {
        "baseline": rng.normal(size=N),
        "a": rng.normal(30, 1, N),
        "b": rng.normal(-30, 1, N),
        "c": rng.normal(size=N),
    }
    results = [
        {"cell": cell, "seed": n, "folds": {"score": [score]}, "split": {"n_test": 1, "n_train": 1}}
        for cell, found in scores.items()
        for n, score in enumerate(found)
    ]
    better, worse, none = effects_frame(results, ROWS, ["score"], SAMPLE).itertuples()
    assert (better.verdict, worse.verdict, none.verdict) == ("better", "worse", "open")
    assert none.n >= 10
    for row, share in ((better, 0.05 / 3), (none, 0.05)):
        alone = sequential_interval((scores[row.component] - scores["baseline"])[: row.n], confidence=1 - share)
        assert (row.low, row.high) == pytest.approx((alone.low, alone.high))
        assert row.pvalue == pytest.approx(min(1, 0.05 / share * alone.pvalue))
    fixed = Sample("draw", tuple(range(N)), 0.95, {}, "score", False)
    (*_, row) = effects_frame(results, ROWS, ["score"], fixed).itertuples()
    alone = corrected_interval(scores["c"] - scores["baseline"], test_train_ratio=0, confidence=1 - 0.05 / 3)
    assert (row.low, row.high) == pytest.approx((alone.low, alone.high))  # for a fixed number they keep equal ones


def test_a_seed_that_is_not_there_stops_the_reading_at_it():
    results = [each for each in trials(0) if (each["cell"], each["seed"]) != ("a", 4)]
    row = effects_frame(results, ROWS, ["score"], SAMPLE).iloc[0]
    assert (row.n, row.verdict) == (4, "open")
    reading = Reading(ROWS, "score", SAMPLE)
    known = {(each["cell"], each["seed"]): each for each in results}
    assert "a" in [each.component for each in reading.update(known)]
    assert "a" not in [each.component for each in reading.update(known, {("a", 4)})]  # it does not come


def test_folds_of_one_sample_are_looked_at_when_their_seeds_have_doubled():
    for most in (20, 31):  # the same looks, whatever the most seeds
        sample = Sample("cv", tuple(range(most)), 0.95, {}, "score", False, 4)
        assert sample.looks == [4, 8, 16]
        assert [sample.part(n) for n in sample.looks] == [1 / 2, 1 / 4, 1 / 8]
    assert Sample("cv", tuple(range(5)), 0.95, {}, "score", False, 5).looks == [5]
    results = [
        {"cell": cell, "seed": n, "folds": {"score": [shift + n / 100, shift]}, "split": {"n_test": 1, "n_train": 9}}
        for cell, shift in (("baseline", 0.0), ("a", 9.0))
        for n in range(3)
    ]
    row = effects_frame(results, ROWS[:1], ["score"], Sample("cv", tuple(range(20)), 0.95, {}, "score", False, 4)).iloc[
        0
    ]
    assert (row.n, row.verdict) == (3, "open")
    assert np.isnan([row.low, row.pvalue, row.needed]).all()  # on the way to a look


class Noisy(RegressorMixin, BaseEstimator):
    """A model whose score is its shift, with noise of its seed's."""

    def __init__(self, shift=0.0, fails_at=None, random_state=None):
        self.shift, self.fails_at, self.random_state = shift, fails_at, random_state

    def fit(self, X, y):
        if self.fails_at is not None and X[0, 0] > self.fails_at:
            raise RuntimeError("too large")
        self.score_ = self.shift + np.random.default_rng([self.random_state, int(10 * self.shift)]).normal()
        return self

    def score(self, X, y):
        return self.score_

    def predict(self, X):
        return np.zeros(len(X))


def draw(random_state):
    rng = np.random.default_rng(random_state)
    return rng.random((8, 1)), rng.random(8)


def make(**options):
    return AblationCV(Noisy(), {"shift": [30.0, 8.0, 0.1]}, draw=draw, **{"seeds": (3, 12), **options})


def test_each_row_gets_the_seeds_that_it_needs():
    found = make().fit()
    clear, less, none = (row for row in found.effects_.itertuples())
    assert (clear.verdict, less.verdict, none.verdict) == ("better", "better", "open")
    assert 3 < clear.n <= less.n < none.n == 10  # an effect so small would take more than three times the most
    assert none.needed > 3 * 12
    assert found.cells_["n"].to_list() == [10, clear.n, less.n, 10]  # no trial more than was read
    assert "holds after every seed" in found.summary_.rule()
    assert found.summary_.lead().startswith("Baseline: score ")


def test_neither_processes_nor_interruptions_change_a_verdict(tmp_path):
    one = make().fit()
    two = make(n_jobs=2).fit()
    columns = ["component", "level", "n", "delta", "low", "high", "verdict"]
    assert one.effects_[columns].equals(two.effects_[columns])
    stored = {"storage": f"sqlite:///{tmp_path}/o.db", "study_name": "a"}
    with pytest.warns(UserWarning, match="rows that further seeds could decide"):
        make(**stored, max_time=0.15).fit()
    again = make(**stored).fit()
    assert one.effects_[columns].equals(again.effects_[columns])
    assert len(again.study_.trials) == len(one.study_.trials)


def test_a_cell_that_fails_gets_no_further_seed_and_the_others_go_on():
    components = {"shift": [8.0], "fails_at": [0.5]}
    with pytest.warns(UserWarning, match="trials failed"):
        found = AblationCV(Noisy(), components, draw=draw, seeds=(3, 12)).fit()
    good, bad = found.effects_.itertuples()
    assert good.verdict == "better"
    assert bad.verdict == "open"
    n_bad = sum(name.startswith("fails_at") for name in found.failures_)
    assert 1 <= n_bad <= 3  # it is tried at the least number of seeds


def test_folds_that_no_number_of_seeds_could_decide_stop_early():
    rng = np.random.default_rng(0)
    found = AblationCV(Noisy(), {"shift": [0.1]}, seeds=(3, 40)).fit(rng.random((50, 1)), rng.random(50))
    row = found.effects_.iloc[0]
    assert (row.verdict, row.needed, row.n) == ("open", np.inf, 3)


@pytest.mark.parametrize("seeds", [(1, 5), (5, 3), (3,), (3, 4, 5), (3, 4.5), 1, "3"])
def test_seeds_that_are_not_legal(seeds):
    with pytest.raises(ValueError, match=r"seeds must be .*; got"):
        make(seeds=seeds).fit()


@pytest.mark.parametrize(
    ("given", "found"), [("3..30", (3, 30)), ((3, 30), (3, 30)), ("3", [0, 1, 2]), ([4, 7], [4, 7]), ("4,7", [4, 7])]
)
def test_the_option(given, found):
    assert adaptive_seeds(given) == found


@pytest.mark.parametrize("given", ["1..5", "5..3", "3..", "a..b", (3,), (3, 4, 5), "3...5"])
def test_options_that_are_not_legal(given):
    with pytest.raises(ValueError, match=r"must be a number ≥ 1, .* such as 3\.\.30; got"):
        adaptive_seeds(given)
