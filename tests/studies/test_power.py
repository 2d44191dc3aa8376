"""The study of power: what it simulates at once is what the public functions say one by one, and its page says that."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lineclf.metrics import (
    bayesian_correlated_t,
    corrected_interval,
    holm,
    sequential_interval,
    sequential_reach,
    verdict,
)
from lineclf.reporting import read_table
from lineclf.trials._contrasts import Contrast
from lineclf.trials._inference import effects_frame
from lineclf.trials._sample import Sample
from simulation import deciding
from simulation.deciding import (
    FIXED,
    LOOKS,
    LOW,
    METHODS,
    Former,
    HolmSequence,
    Looks,
    Readings,
    Sequence,
    is_false,
    plain_reaches,
    sequential_reaches,
)
from simulation.measuring import COLUMNS, ENDS, STUDY, Tally, _ends, measure
from simulation.page import goals
from simulation.worlds import EFFECTS, HIGH, SCENARIOS, SCORES, VARIANCES, World, read_trials

SCRIPT = Path(__file__).parents[2] / "studies" / "power.py"
CODES = {"open": 0, "better": 1, "worse": -1, "equivalent": 2}
ROWS = 4
LEVEL = 0.05 / ROWS


@pytest.fixture(scope="module")
def differences():
    """Twelve studies of four rows, of all effects, in both directions."""
    rng = np.random.default_rng(1)
    means = rng.choice([-3, -1, -0.5, 0, 0, 0.5, 1, 2], (12, ROWS, 1))
    return means + rng.standard_normal((12, ROWS, HIGH)) * rng.uniform(0.5, 2, (12, ROWS, 1))


@pytest.fixture(autouse=True)
def few_rows_to_calibrate(monkeypatch):
    monkeypatch.setattr(deciding, "N_CALIBRATION", 20_000)


def read_in_turn(row, interval, rope):
    """Seeds and verdict of a row that is read after every seed."""
    for n in LOOKS:
        low, high = interval(row[:n])
        found = verdict(low, high, rope=rope)
        if found != "open":
            return n, CODES[found]
    return HIGH, 0


def assert_same(outcome, expected):
    np.testing.assert_array_equal(outcome.seeds, [[row[0] for row in study] for study in expected])
    np.testing.assert_array_equal(outcome.verdict, [[row[1] for row in study] for study in expected])


@pytest.mark.parametrize("rope", [None, 1.2])
@pytest.mark.parametrize("mixture", [0.5, 2, 10])
def test_sequences_are_those_of_the_public_function(differences, mixture, rope):
    def interval(some):
        return sequential_interval(some, confidence=1 - LEVEL, mixture=mixture)[1:3]

    outcome = Sequence(mixture)(Readings(differences, rope))
    assert_same(outcome, [[read_in_turn(row, interval, rope) for row in study] for study in differences])
    assert len(np.unique(outcome.verdict)) == (3 if rope is None else 4)


@pytest.mark.parametrize("rope", [None, 1.2])
def test_naive_and_fixed_intervals_are_those_of_the_public_function(differences, rope):
    def interval(some):
        return corrected_interval(some, test_train_ratio=0, confidence=1 - LEVEL)[1:3]

    readings = Readings(differences, rope)
    expected = [[read_in_turn(row, interval, rope) for row in study] for study in differences]
    assert_same(Looks(plain_reaches)(readings), expected)
    fixed = [[[CODES[verdict(*interval(row[:n]), rope=rope)] for n in LOOKS] for row in study] for study in differences]
    np.testing.assert_array_equal(FIXED["one fixed n"](readings), fixed)


@pytest.mark.parametrize("rope", [None, 1.2])
@pytest.mark.parametrize("n", [3, 5])
def test_the_former_way_is_that_of_the_public_functions(differences, n, rope):
    differences = differences * [[[3], [1], [1], [1]]] + [[[9], [0], [2], [0]]]  # so that few seeds decide some
    outcome = Former(n)(Readings(differences, rope))
    assert (outcome.seeds == n).all()
    for study, found in zip(differences, outcome.verdict, strict=True):
        tests = [corrected_interval(row[:n], test_train_ratio=1 / 3) for row in study]
        expected = np.where(holm([test.pvalue for test in tests]) <= 0.05, np.sign([test.mean for test in tests]), 0)
        if rope is not None:
            inside = [bayesian_correlated_t(row[:n], test_train_ratio=1 / 3, rope=rope).equivalent for row in study]
            expected = np.where(np.array(inside) >= 0.95, 2, expected)
        np.testing.assert_array_equal(found, expected)
    assert (outcome.verdict != 0).any()


@pytest.mark.parametrize("rope", [None, 1.2])
def test_by_holm_a_row_that_differs_gives_its_share_away(differences, rope):
    outcome = HolmSequence()(Readings(differences, rope))
    for study, seeds, found in zip(differences, outcome.seeds, outcome.verdict, strict=True):
        decided: dict = {}
        for n in LOOKS:
            is_new = True
            while is_new:
                left = ROWS - sum(code != 2 for _, code in decided.values())
                new = {}
                for i in set(range(ROWS)) - set(decided):
                    low, high = sequential_interval(study[i, :n], confidence=1 - 0.05 / left)[1:3]
                    code = CODES[verdict(low, high, rope=rope)]
                    new |= {i: (n, code)} if code else {}
                decided |= new
                is_new = bool(new)
        assert list(zip(seeds, found, strict=True)) == [decided.get(i, (HIGH, 0)) for i in range(ROWS)]
    ours = Sequence()(Readings(differences, rope))
    assert (outcome.seeds <= ours.seeds).all()
    assert (outcome.seeds < ours.seeds).any()


@pytest.mark.parametrize("rope", [None, 1.2])
def test_futility_gives_up_what_would_need_too_many_seeds(differences, rope):
    plain, outcome = (Sequence(futility=f)(Readings(differences, rope)) for f in (False, True))
    far = sequential_reach(3 * HIGH, 1.0, confidence=1 - LEVEL)
    gave_up = 0
    for at in np.ndindex(differences.shape[:2]):
        row = differences[at]
        until = plain.seeds[at] - (plain.verdict[at] != 0)  # it was open until then
        size = [abs(row[:n].mean()) for n in range(10, until + 1)]
        gaps = [max(x, (rope or 0) - x) / row[: 10 + i].std(ddof=1) for i, x in enumerate(size)]
        stops = [10 + i for i, gap in enumerate(gaps) if gap < far]
        expected = (stops[0], 0) if stops else (plain.seeds[at], plain.verdict[at])
        gave_up += bool(stops)
        assert (outcome.seeds[at], outcome.verdict[at]) == expected
    assert gave_up


@pytest.mark.parametrize("reaches", [sequential_reaches, plain_reaches])
def test_a_calibrated_level_leaves_a_row_its_share_of_the_error(reaches):
    deciding._gaps_of_nothing.cache_clear()
    deciding.calibrated.cache_clear()
    nothing = np.random.default_rng(5).standard_normal((20_000, 1, HIGH))
    outcome = Looks(reaches, is_calibrated=True)(Readings(nothing))
    assert abs((outcome.verdict != 0).mean() - 0.05) < 0.008
    deciding._gaps_of_nothing.cache_clear()
    deciding.calibrated.cache_clear()


@pytest.mark.parametrize("rope", [None, 1.0])
def test_what_is_simulated_is_what_an_ablation_does(differences, rope):
    cells = [f"c{row}" for row in range(ROWS)]
    rows = [Contrast(cell, "off", 1, {"baseline": 1.0}, {cell: 1.0}) for cell in cells]
    sample = Sample("draw", tuple(range(HIGH)), 0.95, {} if rope is None else {"score": rope}, "score", False, LOW)
    readings = Readings(differences)
    readings.see(rope)
    outcome = METHODS["ours, both"](readings)
    for study, seeds, verdicts in zip(differences, outcome.seeds, outcome.verdict, strict=True):
        results = [
            {"cell": cell, "seed": n, "folds": {"score": [score]}, "split": {"n_test": 1, "n_train": 1}}
            for cell, scores in zip(["baseline", *cells], [np.zeros(HIGH), *study], strict=True)
            for n, score in enumerate(scores)
        ]
        found = effects_frame(results, rows, ["score"], sample)
        assert found["n"].to_list() == seeds.tolist()
        assert [CODES[each] for each in found["verdict"]] == verdicts.tolist()


@pytest.mark.parametrize("name", [*METHODS, *FIXED])
@pytest.mark.parametrize("rope", [None, 1.0])
def test_equal_differences_decide_only_where_there_is_an_interval(name, rope):
    flat = np.repeat([[[0.0], [0.5], [1.0], [-4.0]]], HIGH, axis=-1)
    outcome = {**METHODS, **FIXED}[name](Readings(flat, rope))
    if name in FIXED:
        assert outcome[0, :, 0].tolist() == ([0, 1, 1, -1] if rope is None else [2, 2, 1, -1])
    else:
        assert set(np.abs(outcome.verdict[0, 1:])) <= {1, 2}
        assert outcome.verdict[0, 0] == (0 if rope is None else 2)
        first = LOOKS[np.isfinite(sequential_reaches(LEVEL))][0]
        assert name != "ours" or (outcome.seeds[0, 1:] == first).all()


def test_what_is_false():
    codes = np.array([0, 1, 1, 1, -1, -1, -1, 2, 2, 2])
    truth = np.array([0, 1, 0, -1, -1, 0, 1, 0, 1, -2.0])
    assert is_false(codes, truth, 1.0).tolist() == [0, 0, 1, 1, 0, 1, 1, 0, 1, 1]
    assert is_false(codes[:7], truth[:7], None).tolist() == [0, 0, 1, 1, 0, 1, 1]


@pytest.mark.parametrize("variances", VARIANCES)
@pytest.mark.parametrize("scores", SCORES)
def test_effects_are_what_a_world_says(scores, variances):
    drawn = World(3, variances, scores).draw(np.random.default_rng(2), 2000, "mixed")
    spread = drawn.differences.std(axis=-1, ddof=1)
    assert (drawn.truth[drawn.kind == 0] == 0).all()
    for kind, effect in enumerate(EFFECTS):
        chosen = drawn.kind == kind
        assert abs(chosen.mean() - SCENARIOS["mixed"][effect]) < 0.03
        sizes = np.abs(drawn.truth[chosen]) / np.sqrt((spread[chosen] ** 2).mean())
        error = np.abs((drawn.differences[chosen].mean(axis=-1) - drawn.truth[chosen]).mean())
        assert error < 5 * np.sqrt((spread[chosen] ** 2).mean() / (HIGH * chosen.sum() / 3))
        if variances == "equal":
            np.testing.assert_allclose(sizes, effect, rtol=0.06)
    noise = drawn.differences - drawn.truth[..., None]
    assert np.corrcoef(noise[:, 0].ravel(), noise[:, 1].ravel())[0, 1] > 0.35  # the baseline


@pytest.mark.parametrize("false", [0, 3, 60])
def test_shares_of_studies_have_their_exact_interval(false):
    expected = stats.binomtest(false, 60).proportion_ci(0.95)
    found = _ends(pd.Series([false]), pd.Series([60]))
    np.testing.assert_allclose(np.ravel(found), [expected.low, expected.high])


def test_trials_of_the_baseline_go_on_to_the_last_row():
    world = World(3, "equal", "normal")
    drawn = world.draw(np.random.default_rng(3), 1, "0")
    tally = Tally(world)
    tally.add(deciding.Outcome(np.array([[5, 30, 9]]), np.array([[1, 0, -1]])), drawn, None)
    assert tally.trials == 5 + 30 + 9 + 30
    line = dict(zip([name for name in COLUMNS if name not in ENDS], tally.lines("0", None, "ours", 20)[0], strict=True))
    assert (line["false"], line["over_fixed"], line["decided"]) == (1, 74 / 80, 2 / 3)
    assert line["seeds"] == 9


def test_a_fixed_n_is_the_smallest_that_decides_as_many():
    table = measure(World(3, "equal", "normal"), 60, np.random.default_rng(4))
    ours, fixed = (
        table[(table["method"] == name) & (table["effects"] == "1–3") & (table["rope"] == "none")]
        for name in ("ours", "one fixed n")
    )
    assert ours["fixed_n"].nunique() == 1
    assert fixed["decided"].mean() >= ours["decided"].mean() - 0.05
    np.testing.assert_allclose(fixed["trials"], fixed["fixed_n"] * 4)
    np.testing.assert_allclose(ours["over_fixed"], ours["trials"] / (ours["fixed_n"] * 4))


@pytest.fixture(scope="module")
def study():
    return runpy.run_path(str(SCRIPT))


def trials_file(path, *, seeds=45, cells=("baseline", "much worse", "the same")):
    rng = np.random.default_rng(6)
    means = dict(zip(cells, (0.9, 0.8, 0.9), strict=False))
    rows = [(cell, seed, mean + 0.02 * rng.standard_normal()) for cell, mean in means.items() for seed in range(seeds)]
    pd.DataFrame(rows, columns=["cell", "seed", "score"]).to_csv(path, index=False)
    return path


def make_small(patch):
    patch.setattr("simulation.measuring.ROWS", (12,))
    patch.setattr("simulation.measuring.VARIANCES", ("equal",))


@pytest.fixture(scope="module")
def folder(study, tmp_path_factory):
    """Report of a run on next to nothing, with trials to resample."""
    root = tmp_path_factory.mktemp("power")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deciding, "N_CALIBRATION", 20_000)
        make_small(patch)
        trials = trials_file(root / "trials.csv")
        assert study["main"](["--studies", "8", "--output", str(root / "one"), "--trials", str(trials)]) == 0
    return root / "one"


def test_the_page_says_what_the_table_says(folder):
    table = read_table(folder / "power.csv", dtype={"effects": str, "row": str})
    page = (folder / "power.md").read_text()
    assert {path.name for path in folder.iterdir()} == {"power.md", "power.csv", "power.png"}
    assert list(table) == COLUMNS
    assert set(table["method"]) == {*METHODS, *FIXED}
    assert (table["studies"] == 8).all()
    assert not table.duplicated([*STUDY, "row"]).any()
    simulated = table[table["scores"] != "trials"]
    for cells in goals(simulated):
        assert f"| {' | '.join(cells)} |" in page
    ours = simulated[simulated["method"] == "ours"]
    normal = ours[ours["scores"] == "normal"]
    assert f"| {100 * normal['false'].max():.1f} (" in page.replace("ours | ", "| ")
    some = ours[(ours["effects"] == "1–3") & (ours["rope"] == "none")].drop_duplicates(STUDY)
    over = some["trials"].sum() / (some["fixed_n"] * (some["rows"] + 1)).sum()
    verdict = "met" if over <= 0.8 else "**missed**"
    assert f"effects of 1–3, without a region of equivalence | {over:.2f} (" in page
    assert f"| ≤ 0.8 | {verdict} |" in page
    shown = normal[(normal["rows"] == 12) & (normal["variances"] == "equal") & (normal["rope"] == "none")]
    three = shown[shown["effects"] == "3"].iloc[0]
    assert f"{100 * three['decided']:.1f} at {three['seeds']:.0f} |" in page
    assert "## Real trials, resampled\n\n45 seeds of a baseline and of much worse (-" in page
    real = table[(table["scores"] == "trials") & (table["method"] == "ours")]
    assert set(real["row"]) == {"much worse", "the same"}
    assert (real.loc[(real["row"] == "much worse") & (real["effects"] == "as measured"), "decided"] == 1).all()


def test_the_same_seed_gives_the_same_report(study, folder, tmp_path, monkeypatch):
    make_small(monkeypatch)
    monkeypatch.chdir(tmp_path)  # where no trials are
    assert study["main"](["--studies", "8", "--output", "again"]) == 0
    again, lines = ((each / "power.csv").read_text().splitlines() for each in (tmp_path / "again", folder))
    assert again == [line for line in lines if not line.startswith("trials,")]
    assert "No trials are there to resample" in (tmp_path / "again" / "power.md").read_text()


def test_resampled_trials_are_those_of_the_file(tmp_path):
    trials = read_trials(trials_file(tmp_path / "trials.csv"))
    assert trials.kinds == ("much worse", "the same")
    assert trials.large.tolist() == [True, False]
    rng = np.random.default_rng(7)
    centred, measured = (trials.draw(rng, 500, scenario) for scenario in trials.scenarios)
    assert (centred.truth == 0).all()
    assert abs(centred.differences.mean()) < 0.002
    np.testing.assert_allclose(measured.differences.mean(axis=(0, 2)), measured.truth[0], atol=0.002)
    assert len(np.unique(measured.differences[:, 0])) == 45


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--studies", "0"], "--studies: must be a whole number, at least 1; got '0'"),
        (["--studies", "many"], "--studies: must be a whole number, at least 1; got 'many'"),
        (["--seed", "-1"], "--seed: must be a whole number, at least 0; got '-1'"),
        (
            ["--trials", "nowhere.csv"],
            'of a cell "baseline" and two others with at least 40 seeds in common; got \'now',
        ),
        (["--trials", "short.csv"], "got 'short.csv' with 39"),
        (["--trials", "few.csv"], "got 'few.csv' with the cells baseline, one"),
        (["--trials", "other.csv"], "got 'other.csv' without cell, seed"),
        (["--output", "few.csv"], "--output must be a folder to write to; got 'few.csv'"),
    ],
)
def test_bad_input_is_told_before_anything_is_simulated(study, options, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(study["main"].__globals__, "measure_all", None)
    trials_file("short.csv", seeds=39)
    trials_file("few.csv", cells=("baseline", "one"))
    Path("other.csv").write_text("score\n1\n")
    with pytest.raises(SystemExit) as ended:
        study["main"](options)
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert message in told
    assert options[0] in told
