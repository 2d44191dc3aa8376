"""Analysis of variance of crossed designs against statsmodels."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from statsmodels.stats.anova import AnovaRM, anova_lm

from lineclf.ablation import Component, fractional_factorial, full_factorial
from lineclf.ablation._anova import anova, codes_of, crossed_terms, name_of
from lineclf.ablation._optuna import importances
from lineclf.ablation._tables import variance_shares

COMPONENTS = (
    Component("a", 1, (2,)),
    Component("b", "x", ("y", "z")),
    Component("c", 0.1, (0.2,)),
    Component("d", False, (True,)),
)
N_SEEDS = 3


def frames(cells, value, seeds=N_SEEDS):
    """Runs and codes of results whose score is value(settings, seed)."""
    rows = [
        {"cell": cell.name, "seed": seed, "score": value(cell.settings, seed)}
        for seed in range(seeds)
        for cell in cells
    ]
    runs = pd.DataFrame(rows).set_index(["cell", "seed"])
    return runs, codes_of(runs, {cell.name: cell.settings for cell in cells})


def noise(rng):
    return lambda settings, seed: float(rng.uniform(0.5, 0.9))


@pytest.fixture
def rng():
    return np.random.default_rng(4)


def test_sums_of_squares_f_and_p_are_those_of_statsmodels(rng):
    runs, codes = frames(full_factorial(COMPONENTS), noise(rng))
    terms = crossed_terms(COMPONENTS)
    table = anova(runs, codes, terms, "score").set_index("term")
    data = codes.assign(y=runs["score"], seed=runs.index.get_level_values("seed"))
    # All interactions among the cells, so that its residual is the one between seeds.
    theirs = anova_lm(smf.ols("y ~ C(a) * C(b) * C(c) * C(d) + C(seed)", data).fit(), typ=2)
    for term in terms:
        name = ":".join(f"C({key})" for key in term)
        ours = table.loc[" × ".join(term)]
        assert ours["sum_of_squares"] == pytest.approx(theirs.loc[name, "sum_sq"])
        assert ours["df"] == theirs.loc[name, "df"]
    # Repeated measures: each effect against its own interaction with the seeds.
    strata = AnovaRM(data.reset_index(drop=True), "y", "seed", within=list("abcd")).fit().anova_table
    for term in terms:
        ours, its = table.loc[" × ".join(term)], strata.loc[":".join(term)]
        assert (ours["f"], ours["p_value"]) == pytest.approx((its["F Value"], its["Pr > F"]))
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
    table = anova(runs, codes, terms, "score").set_index("term")
    data = codes.assign(y=runs["score"], seed=runs.index.get_level_values("seed"))
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
    table = anova(runs, codes, crossed_terms(COMPONENTS), "score").set_index("term")
    # Two levels, N runs: the sum of squares is N/4 times the squared effect, of a pair N/16 times its own.
    n = len(runs)
    assert table.loc["a", "sum_of_squares"] == pytest.approx(n / 4 * 0.12**2)
    assert table.loc["a × d", "sum_of_squares"] == pytest.approx(n / 16 * 0.04**2)
    assert table.loc["residual", "sum_of_squares"] == pytest.approx(0, abs=1e-12)
    assert table["f"].isna().all()  # no effect varies from seed to seed


def test_an_effect_is_judged_by_its_own_scatter_alone():
    """One component's effect varies from seed to seed: a pooled residual would hide the other's, which never does."""
    scatter = np.random.default_rng(0).normal(0, 1, 6)

    def value(settings, seed):
        a, d = settings["a"] == 2, settings["d"]
        return scatter[seed] * a + 0.1 * d + 1e-3 * np.sin(7 * seed + 3 * d)

    runs, codes = frames(full_factorial(COMPONENTS), value, seeds=6)
    table = anova(runs, codes, crossed_terms(COMPONENTS), "score").set_index("term")
    assert table.loc["d", "p_value"] < 1e-6
    assert table.loc["a", "p_value"] > 0.01


def test_one_seed_has_no_f(rng):
    runs, codes = frames(full_factorial(COMPONENTS), noise(rng), seeds=1)
    table = anova(runs, codes, crossed_terms(COMPONENTS), "score")
    assert table["f"].isna().all()
    assert table["eta_squared"].iloc[:-1].sum() == pytest.approx(1)


def test_a_pair_that_cannot_be_told_from_others_counts_for_the_components_of_all():
    design = fractional_factorial(Component(name, 0, (1,)) for name in "abcdef")
    runs, codes = frames(design.cells, lambda settings, seed: 0.5 + 0.1 * (settings["e"] == settings["f"]))
    terms = crossed_terms(design.components, design)
    table = anova(runs, codes, terms, "score")
    aliases = {name_of(term): [name_of(other) for other in others] for term, others in terms.items()}
    (group,) = (group for group in design.aliases if ("e", "f") in group)
    mixed = {key for term in group for key in term}
    assert len(group) > 1
    for component in "abcdef":
        alone, paired = variance_shares(table, component, aliases)
        assert alone == pytest.approx(0)
        assert paired == pytest.approx(float(component in mixed))


def test_equal_results_have_no_variance():
    runs, codes = frames(full_factorial(COMPONENTS), lambda settings, seed: 0.1)
    terms = crossed_terms(COMPONENTS)
    table = anova(runs, codes, terms, "score")
    assert (table["sum_of_squares"] == 0).all()
    assert table["eta_squared"].isna().all()


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
