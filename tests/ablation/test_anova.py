"""Analysis of variance and effects of crossed designs against statsmodels and least squares."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.anova import anova_lm

from lineclf.ablation import Component, fractional_factorial, full_factorial, results_frame
from lineclf.ablation._anova import anova, complete_runs, crossed_effects, crossed_terms, name_of
from lineclf.ablation._effects import HEADS
from lineclf.ablation._optuna import importances
from lineclf.ablation._tables import strongest_pair, variance_sentence, variance_shares

COMPONENTS = (
    Component("a", 1, (2,)),
    Component("b", "x", ("y", "z")),
    Component("c", 0.1, (0.2,)),
    Component("d", False, (True,)),
)
N_SEEDS = 3


def frames(cells, value, seeds=N_SEEDS, drop=()):
    """Runs and codes of results whose joint accuracy is value(settings, seed)."""
    levels = {cell.name: cell.settings for cell in cells}
    results = [
        {
            "cell": cell.name,
            "seed": seed,
            "optuna": {"trial": 0},
            "metrics": {metric: value(cell.settings, seed) for metric in HEADS.values()},
            "split": {"n_train": 300, "n_test": 100},
        }
        for seed in range(seeds)
        for cell in cells
        if (cell.name, seed) not in drop
    ]
    return complete_runs(results_frame(results, levels), levels)


def noise(rng):
    return lambda settings, seed: float(rng.uniform(0.5, 0.9))


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def test_sums_of_squares_f_and_p_are_those_of_statsmodels(rng):
    runs, codes = frames(full_factorial(COMPONENTS), noise(rng))
    terms = crossed_terms(COMPONENTS)
    table = anova(runs, codes, terms, "test_joint_accuracy").set_index("term")
    data = codes.assign(y=runs["test_joint_accuracy"], seed=runs.index.get_level_values("seed"))
    # All interactions among the cells, so that its residual is the one between seeds.
    theirs = anova_lm(smf.ols("y ~ C(a) * C(b) * C(c) * C(d) + C(seed)", data).fit(), typ=2)
    for term in terms:
        name = ":".join(f"C({key})" for key in term)
        ours = table.loc[" × ".join(term)]
        assert ours["sum_of_squares"] == pytest.approx(theirs.loc[name, "sum_sq"])
        assert (ours["df"], ours["f"]) == (theirs.loc[name, "df"], pytest.approx(theirs.loc[name, "F"]))
        assert ours["p_value"] == pytest.approx(theirs.loc[name, "PR(>F)"])
    larger = [name for name in theirs.index if name.count(":") >= 2]
    assert table.loc["higher", "sum_of_squares"] == pytest.approx(theirs.loc[larger, "sum_sq"].sum())
    assert table.loc["higher", "df"] == theirs.loc[larger, "df"].sum()
    for ours, name in (("seeds", "C(seed)"), ("residual", "Residual")):
        assert table.loc[ours, "sum_of_squares"] == pytest.approx(theirs.loc[name, "sum_sq"])
        assert table.loc[ours, "df"] == theirs.loc[name, "df"]
    parts = table.drop(index="total")
    assert parts["sum_of_squares"].sum() == pytest.approx(table.loc["total", "sum_of_squares"])
    assert parts["eta_squared"].sum() == pytest.approx(1)
    family = table["p_value"].iloc[: len(terms)].to_numpy()
    expected = np.maximum.accumulate(np.sort(family) * np.arange(len(family), 0, -1)).clip(max=1)
    np.testing.assert_allclose(np.sort(table["p_holm"].iloc[: len(terms)]), expected)
    assert table["p_holm"].iloc[len(terms) :].isna().all()


def test_a_fractions_sums_of_squares_are_those_of_statsmodels(rng):
    components = [Component(name, 0, (1,)) for name in "abcdef"]
    design = fractional_factorial(components)
    runs, codes = frames(design.cells, noise(rng))
    terms = crossed_terms(components, design)
    assert all(len(term) == 1 for term in list(terms)[:6])
    table = anova(runs, codes, terms, "test_joint_accuracy").set_index("term")
    data = codes.assign(y=runs["test_joint_accuracy"], seed=runs.index.get_level_values("seed"))
    formula = "y ~ " + " + ".join(":".join(f"C({key}, Sum)" for key in term) for term in terms) + " + C(seed)"
    theirs = anova_lm(smf.ols(formula, data).fit(), typ=1)
    for term in terms:
        name = ":".join(f"C({key}, Sum)" for key in term)
        assert table.loc[" × ".join(term), "sum_of_squares"] == pytest.approx(theirs.loc[name, "sum_sq"])
        assert table.loc[" × ".join(term), "df"] == 1
    assert table.loc["seeds", "sum_of_squares"] == pytest.approx(theirs.loc["C(seed)", "sum_sq"])


def test_known_effects_are_found_exactly():
    # 0.5, −0.1 for a, −0.02 for d, and −0.04 more for both together; seeds shift all.
    def value(settings, seed):
        a, d = settings["a"] == 2, settings["d"]
        return 0.5 - 0.1 * a - 0.02 * d - 0.04 * (a and d) + 0.01 * seed

    runs, codes = frames(full_factorial(COMPONENTS), value)
    terms = crossed_terms(COMPONENTS)
    effects = crossed_effects(runs, codes, terms, COMPONENTS)
    joint = effects[effects["head"] == "joint"].set_index(["term", "level"])
    assert joint.loc[("a", "2"), "delta"] == pytest.approx(-0.12)  # half of the cells have d as well
    assert joint.loc[("d", "True"), "delta"] == pytest.approx(-0.04)
    pair = joint.loc[("a × d", "2 × True")]
    assert (pair["baseline"], pair["mean"], pair["delta"]) == pytest.approx((-0.1, -0.14, -0.04))
    assert joint.loc[[("b", "y"), ("b", "z"), ("c", "0.2")], "delta"].tolist() == [0, 0, 0]
    assert joint.loc[("a", "2"), "verdict"] == "worse"
    assert joint.loc[("c", "0.2"), "verdict"] == "equivalent"
    table = anova(runs, codes, terms, "test_joint_accuracy").set_index("term")
    # Two levels, N runs: the sum of squares is N/4 times the squared effect, of a pair N/16 times its own.
    n = len(runs)
    assert table.loc["a", "sum_of_squares"] == pytest.approx(n / 4 * 0.12**2)
    assert table.loc["a × d", "sum_of_squares"] == pytest.approx(n / 16 * 0.04**2)
    assert table.loc["residual", "sum_of_squares"] == pytest.approx(0, abs=1e-12)


def test_effects_are_least_squares_estimates_with_intervals_over_seeds(rng):
    runs, codes = frames(full_factorial(COMPONENTS), noise(rng), seeds=5)
    effects = crossed_effects(runs, codes, crossed_terms(COMPONENTS), COMPONENTS)
    found = effects[(effects["head"] == "angle") & (effects["term"] == "a")].iloc[0]
    column = runs["test_accuracy_angle"]
    by_seed = [np.polyfit(codes.xs(seed, level="seed")["a"], column.xs(seed, level="seed"), 1)[0] for seed in range(5)]
    assert found["n"] == 5
    assert found["delta"] == pytest.approx(np.mean(by_seed))
    reach = stats.t.ppf(0.975, 4) * np.sqrt((1 / 5 + 100 / 300) * np.var(by_seed, ddof=1))
    assert (found["low"], found["high"]) == pytest.approx((np.mean(by_seed) - reach, np.mean(by_seed) + reach))


def test_only_whole_seeds_count(rng):
    cells = full_factorial(COMPONENTS)
    runs, _ = frames(cells, noise(rng), drop={(cells[3].name, 1)})
    assert set(runs.index.get_level_values("seed")) == {0, 2}
    runs, codes = frames(cells, noise(rng), seeds=1)
    table = anova(runs, codes, crossed_terms(COMPONENTS), "test_joint_accuracy")
    assert table["f"].isna().all()
    assert table["eta_squared"].iloc[:-1].sum() == pytest.approx(1)


def test_a_pair_that_cannot_be_told_from_others_counts_for_the_components_of_all():
    design = fractional_factorial(Component(name, 0, (1,)) for name in "abcdef")
    runs, codes = frames(design.cells, lambda settings, seed: 0.5 + 0.1 * (settings["e"] == settings["f"]))
    terms = crossed_terms(design.components, design)
    table = anova(runs, codes, terms, "test_joint_accuracy")
    aliases = {name_of(term): [name_of(other) for other in others] for term, others in terms.items()}
    (group,) = (group for group in design.aliases if ("e", "f") in group)
    mixed = {key for term in group for key in term}
    assert len(group) > 1
    for component in "abcdef":
        alone, paired = variance_shares(table, component, aliases)
        assert alone == pytest.approx(0)
        assert paired == pytest.approx(float(component in mixed))
    assert "at most 100.0 % with its pairs" in variance_sentence(table, "f", aliases)
    effects = crossed_effects(runs, codes, terms, design.components)
    first, *others = (name_of(term) for term in group)
    assert f"strongest pair is {first} (or {', '.join(others)}, which" in strongest_pair(effects, "f", aliases)


@pytest.mark.parametrize(
    ("accuracy", "n_seeds", "verdict"), [(0.0, 3, "floor"), (1.0, 3, "ceiling"), (0.5, 3, "open"), (0.5, 1, "open")]
)
def test_no_difference_is_no_evidence_where_none_can_show(accuracy, n_seeds, verdict):
    runs, codes = frames(full_factorial(COMPONENTS[:1]), lambda settings, seed: accuracy, seeds=n_seeds)
    effects = crossed_effects(runs, codes, crossed_terms(COMPONENTS[:1]), COMPONENTS[:1])
    assert set(effects["verdict"]) == {verdict}
    assert effects["p_equivalent"].isna().all()


def test_equal_means_of_many_images_are_equivalent():
    runs, codes = frames(full_factorial(COMPONENTS[:3]), lambda settings, seed: 0.5)
    effects = crossed_effects(runs, codes, crossed_terms(COMPONENTS[:3]), COMPONENTS[:3])
    # A level of "a" is tested on 6 cells of 100 images, one of "a × b" on 2.
    verdicts = effects.groupby("term")["verdict"].unique().map(list)
    assert verdicts["a"] == ["equivalent"]
    assert verdicts["a × b"] == ["equivalent"]


def test_equal_results_have_no_variance():
    runs, codes = frames(full_factorial(COMPONENTS), lambda settings, seed: 0.1)
    terms = crossed_terms(COMPONENTS)
    table = anova(runs, codes, terms, "test_joint_accuracy")
    assert (table["sum_of_squares"] == 0).all()
    assert table["eta_squared"].isna().all()
    assert variance_sentence(table, "a", {}) == ""
    assert set(crossed_effects(runs, codes, terms, COMPONENTS)["verdict"]) == {"equivalent"}


def test_importances_find_what_matters_and_match_the_exact_shares(rng):
    cells = full_factorial([Component(name, 0, (1,)) for name in "abc"])
    settings = [cell.settings for cell in cells for _ in range(4)]
    values = [0.5 + 0.2 * each["a"] + 0.1 * each["c"] + 1e-4 * rng.standard_normal() for each in settings]
    shares = importances(settings, values)
    assert shares["fANOVA"]["a"] == pytest.approx(0.8, abs=0.08)  # 0.2² of 0.2² + 0.1²
    assert shares["fANOVA"]["c"] == pytest.approx(0.2, abs=0.08)
    assert max(shares["PED-ANOVA"], key=shares["PED-ANOVA"].get) == "a"
    assert sum(shares["PED-ANOVA"].values()) == pytest.approx(1)
    assert pd.Series(importances(settings, [0.5] * len(settings))["fANOVA"]).isna().all()
