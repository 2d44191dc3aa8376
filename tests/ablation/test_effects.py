"""Effects against independent computations."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lineclf.ablation import Cell, Component, effects_frame, one_at_a_time, results_frame
from lineclf.ablation._costs import costs_frame, pareto_front
from lineclf.ablation._effects import HEADS

CELLS = one_at_a_time([Component("depth", 1, (2, 3)), Component("pooling", "max", ("stride",))])
RNG = np.random.default_rng(0)


def result(cell, seed, accuracy, trial=0, n_test=100):
    return {
        "cell": cell.name,
        "component": cell.component,
        "level": cell.level,
        "seed": seed,
        "optuna": {"trial": trial},
        "metrics": {metric: accuracy + 0.01 * i for i, metric in enumerate(HEADS.values())},
        "split": {"track": "distinct", "fold": 0, "n_train": 3 * n_test, "n_test": n_test, "leak": 0.0},
    }


@pytest.fixture
def accuracies():
    return {(cell.name, seed): float(RNG.uniform(0.5, 0.9)) for cell in CELLS for seed in range(5)}


def test_effects_are_paired_differences_with_the_corrected_interval(accuracies):
    results = [result(cell, seed, accuracies[cell.name, seed]) for cell in CELLS for seed in range(5)]
    effects = effects_frame(results_frame(results), CELLS)
    assert list(effects["head"].unique()) == list(HEADS)
    assert list(zip(effects["component"][:3], effects["level"][:3], strict=True)) == [
        ("depth", "2"),
        ("depth", "3"),
        ("pooling", "stride"),
    ]
    for _, row in effects.iterrows():
        cell = f"{row.component}={row.level}"
        deltas = np.array([accuracies[cell, seed] - accuracies["baseline", seed] for seed in range(5)])
        assert row.n == 5
        assert row.delta == pytest.approx(deltas.mean())
        # Nadeau and Bengio: the variance of the mean grows from 1/n to 1/n + n_test/n_train.
        reach = stats.t.ppf(0.975, 4) * np.sqrt((1 / 5 + 100 / 300) * deltas.var(ddof=1))
        assert (row.low, row.high) == pytest.approx((deltas.mean() - reach, deltas.mean() + reach))
    for _, group in effects.groupby("head"):
        p = group["p_value"].to_numpy()
        expected = np.maximum.accumulate(np.sort(p) * np.array([3, 2, 1])).clip(max=1)
        np.testing.assert_allclose(np.sort(group["p_holm"]), expected)


def test_missing_trials_shrink_the_pairs_and_are_not_made_up(accuracies):
    kept = [(cell, seed) for cell in CELLS for seed in range(5) if (cell.name, seed) != ("depth=2", 3)]
    kept = [(cell, seed) for cell, seed in kept if cell.name != "pooling=stride" or seed == 1]
    kept = [(cell, seed) for cell, seed in kept if cell.name != "depth=3"]
    effects = effects_frame(results_frame(result(c, s, accuracies[c.name, s]) for c, s in kept), CELLS)
    joint = effects[effects["head"] == "joint"].set_index(["component", "level"])
    assert joint["n"].to_dict() == {("depth", "2"): 4, ("depth", "3"): 0, ("pooling", "stride"): 1}
    assert np.isfinite(joint.loc[("depth", "2"), "low"])
    assert np.isnan(joint.loc[("pooling", "stride"), "low"])
    assert np.isnan(joint.loc[("depth", "3"), "delta"])


def test_results_are_long_and_complete(accuracies):
    results = [result(cell, seed, accuracies[cell.name, seed], trial=7) for cell in CELLS for seed in range(2)]
    frame = results_frame(results)
    assert list(frame.columns) == ["cell", "component", "level", "seed", "trial", "metric", "value"]
    assert len(frame) == len(results) * (len(HEADS) + 4)  # and fold, n_train, n_test, leak
    assert not frame.duplicated(["cell", "seed", "metric"]).any()
    again = pd.read_csv(pd.io.common.StringIO(frame.to_csv(index=False)), keep_default_na=False)
    assert again["value"].tolist() == frame["value"].tolist()
    assert effects_frame(frame, [Cell(), CELLS[1]])["n"].eq(2).all()


@pytest.mark.parametrize(
    ("accuracy", "n_test", "verdict"),
    [
        (0.0, 1000, "floor"),
        (1.0, 1000, "ceiling"),
        (0.5, 1000, "equivalent"),
        (0.5, 200, "equivalent"),
        (0.5, 199, "open"),
    ],
)
def test_no_difference_is_no_evidence_where_none_can_show(accuracy, n_test, verdict):
    cells = [CELLS[0], CELLS[3]]
    results = [result(cell, seed, accuracy, n_test=n_test) for cell in cells for seed in range(3)]
    assert effects_frame(results_frame(results), cells).iloc[0].verdict == verdict


def test_equal_differences_in_steps_of_few_images_are_no_evidence():
    cells = [CELLS[0], CELLS[3]]
    results = [result(cell, seed, 0.5 + 0.01 * i) for i, cell in enumerate(cells) for seed in range(3)]
    row = effects_frame(results_frame(results), cells).iloc[0]
    assert (row.delta, row.verdict) == (pytest.approx(0.01), "open")
    assert np.isnan([row.low, row.p_value, row.p_holm, row.p_equivalent]).all()


@pytest.mark.parametrize(
    ("deltas", "verdict"),
    [
        ([0.001, -0.001, 0.0005, 0.0, -0.0005], "equivalent"),
        ([0.10, 0.11, 0.09, 0.10, 0.105], "better"),
        ([-0.10, -0.11, -0.09, -0.10, -0.105], "worse"),
        ([0.10, -0.11, 0.09, -0.10, 0.0], "open"),
    ],
)
def test_verdict_and_chance_are_those_of_the_formulas(deltas, verdict):
    accuracies = {("baseline", seed): 0.5 for seed in range(5)}
    accuracies |= {("pooling=stride", seed): 0.5 + delta for seed, delta in enumerate(deltas)}
    cells = [CELLS[0], CELLS[3]]
    results = [result(cell, seed, accuracies[cell.name, seed]) for cell in cells for seed in range(5)]
    row = effects_frame(results_frame(results), cells).iloc[0]
    assert row.verdict == verdict
    deltas = np.array(deltas)
    assert row.p_better == pytest.approx(np.mean((deltas > 0) + 0.5 * (deltas == 0)))
    # Posterior of the mean under the correlated t-test (Corani and Benavoli): the same t, around the mean.
    scale = np.sqrt((1 / 5 + 100 / 300) * deltas.var(ddof=1))
    inside = np.diff(stats.t.cdf([-0.005, 0.005], 4, loc=deltas.mean(), scale=scale)).item()
    assert row.p_equivalent == pytest.approx(inside)


def test_times_are_compared_seed_by_seed():
    seconds = {"baseline": {0: 10.0, 1: 40.0, 2: 10.0}, "depth=2": {0: 20.0, 1: 40.0, 2: 30.0}, "depth=3": {3: 5.0}}
    trials = [(cell, seed) for cell in CELLS for seed in seconds.get(cell.name, {})]
    results = [result(cell, seed, 0.5) for cell, seed in trials]
    for each, (cell, seed) in zip(results, trials, strict=True):
        each["metrics"] |= {"seconds": seconds[cell.name][seed], "parameters": 7.0}
    costs = costs_frame(results_frame(results), CELLS).set_index("cell")
    assert list(costs.index) == ["baseline", "depth=2", "depth=3"]
    assert costs.loc["depth=2", ["ratio", "ratio_low", "ratio_high"]].tolist() == [2, 1, 3]
    assert costs.loc["baseline", ["ratio", "ratio_low", "ratio_high"]].tolist() == [1, 1, 1]
    assert np.isnan(costs.loc["depth=3", "ratio"])  # no seed in common


def test_the_front_has_what_nothing_cheaper_beats():
    cost, score = np.array([1, 2, 3, 2, np.nan]), np.array([0.5, 0.7, 0.6, 0.7, 0.9])
    assert pareto_front(cost, score).tolist() == [True, True, False, True, False]
    rng = np.random.default_rng(1)
    cost, score = rng.integers(0, 9, (2, 40)).astype(float)
    beaten = [
        any((c <= a and s >= b) and (c < a or s > b) for c, s in zip(cost, score, strict=True))
        for a, b in zip(cost, score, strict=True)
    ]
    assert pareto_front(cost, score).tolist() == [not each for each in beaten]
