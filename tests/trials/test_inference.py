"""Intervals, verdicts, and what it takes to decide."""

import numpy as np
import pytest
from scipy import stats

from lineclf.trials._contrasts import Contrast
from lineclf.trials._inference import effects_frame
from lineclf.trials._sample import Sample

ROW = Contrast("part", "off", 1, {"baseline": 1.0}, {"part=off": 1.0})


def trials(baseline, other, *, n_test=25, n_train=100):
    """Results of two cells; rows are seeds, columns folds."""
    return [
        {
            "cell": cell,
            "seed": seed,
            "folds": {"score": list(folds)},
            "split": {"n_test": n_test, "n_train": n_train, "folds": len(folds)},
        }
        for cell, scores in (("baseline", baseline), ("part=off", other))
        for seed, folds in enumerate(scores)
    ]


def effect(results, kind="draw", *, n=None, rope=None, steps=False):
    seeds = range(n or max(each["seed"] for each in results) + 1)
    sample = Sample(kind, tuple(seeds), 0.95, {} if rope is None else {"score": rope}, "score", steps)
    return effects_frame(results, [ROW], ["score"], sample).iloc[0]


def test_needed_is_the_first_number_of_seeds_that_decides_an_effect_of_this_size():
    rng = np.random.default_rng(0)
    deltas = rng.normal(0.4, 1, 5)
    row = effect(trials(np.zeros((5, 1)), deltas[:, None]))
    assert row.verdict == "open"

    def decided(n):
        return stats.t.ppf(0.975, n - 1) * deltas.std(ddof=1) / np.sqrt(n) <= abs(deltas.mean())

    assert row.needed == next(n for n in range(2, 10_000) if decided(n))


def test_folds_of_one_sample_may_need_more_data_whatever_the_seeds():
    scatter = stats.zscore(np.random.default_rng(0).normal(size=(3, 4)), axis=None, ddof=1)
    small = effect(trials(np.zeros((3, 4)), scatter + 0.9), "cv")  # less than 1.96 / √4 of its scatter
    assert (small.verdict, small.needed) == ("open", np.inf)
    large = effect(trials(np.zeros((3, 4)), scatter + 1.1), "cv")
    assert large.verdict == "open"
    assert 3 < large.needed < np.inf


def test_a_row_that_lacks_a_seed_stays_open():
    clear = trials(np.zeros((4, 1)), 1 + np.arange(4)[:, None] / 100)
    assert effect(clear).verdict == "better"
    assert effect(clear[:-1]).verdict == "open"
    assert effect(clear[:-1]).n == 3
    assert effect(clear, n=5).verdict == "open"


def test_equal_differences():
    same = trials(np.ones((3, 2)) / 2, np.ones((3, 2)) / 2)
    smooth = effect(same, rope=0.1)
    assert (smooth.low, smooth.high, smooth.verdict) == (0, 0, "equivalent")
    assert effect(same).verdict == "open"  # nothing says what counts as none
    in_steps = effect(same, "cv", rope=0.005, steps=True)
    assert in_steps.verdict == "open"  # 25 rows a fold: a row is more than that
    many = trials(np.ones((3, 2)) / 2, np.ones((3, 2)) / 2, n_test=10**6)
    assert effect(many, rope=0.005, steps=True).verdict == "equivalent"
    one_row = trials(np.ones((3, 2)) / 2, np.ones((3, 2)) / 2 + np.eye(3, 2)[:, :1] * [[1 / 25, 0]])
    assert effect(one_row, "cv", steps=True).high - effect(one_row, "cv", steps=True).delta >= in_steps.high - 1e-12
    shifted = trials(np.ones((3, 2)) / 2, np.ones((3, 2)) * 0.9)
    assert np.isnan(effect(shifted).low)  # one fit twice tells no variance
    assert effect(shifted, steps=True).verdict == "better"
    once = trials(np.ones((2, 1)) * 0.5, np.ones((2, 1)) * 0.54)
    assert effect(once, steps=True).verdict == "open"  # one row, twice, by chance


@pytest.mark.parametrize(("score", "verdict"), [(1.0, "ceiling"), (0.0, "floor")])
def test_where_nothing_could_differ(score, verdict):
    same = trials(np.full((3, 2), score), np.full((3, 2), score))
    assert effect(same, steps=True).verdict == verdict
    assert effect(same).verdict == "open"  # of other scores 1 may be no end


def test_false_verdicts_are_as_rare_as_asked():
    rng = np.random.default_rng(1)
    rows = [Contrast(f"c{i}", "off", 1, {"baseline": 1.0}, {f"c{i}": 1.0}) for i in range(6)]
    sample = Sample("draw", tuple(range(8)), 0.9, {}, "score", False)
    wrong = 0
    for _ in range(200):
        results = [
            {"cell": cell, "seed": seed, "folds": {"score": [x]}, "split": {"n_test": 1, "n_train": 1}}
            for cell in ("baseline", *(each.component for each in rows))
            for seed, x in enumerate(rng.normal(size=8))
        ]
        found = effects_frame(results, rows, ["score"], sample)
        wrong += (found["verdict"] != "open").any()
    assert wrong / 200 <= stats.binom.ppf(0.999, 200, 0.1) / 200
