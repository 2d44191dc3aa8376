"""The leaderboard's figures, computed again from its results.csv by other means."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from lineclf.baselines import BayesClassifier
from lineclf.benchmark import Arena, Benchmark, Contestant, Further, Goal
from lineclf.benchmark._frame import benchmark_frame, derived, paired_means, values_of
from lineclf.benchmark._standings import standings
from lineclf.cli import main
from lineclf.datasets import CORRUPTIONS
from lineclf.runs import Profile
from tests.conftest import made_once

SMALL = {"image_size": 12, "lengths": [4, 7], "widths": [1, 2], "angles": [0, 45, 90, 135]}
EXTENDED = {
    "image_size": 16,
    "lengths": [5, 9],
    "widths": [1, 2],
    "angles": [22.5 * step for step in range(8)],
    "colors": ["red", "blue"],
    "antialias": True,
    "subpixel": True,
}
FEW = {"curve": "few-shot", "folds": "one"}
STUDY = Benchmark(
    name="board",
    question="who knows?",
    arenas=(
        Arena("distinct", "distinct", "a quarter", world=SMALL, tests=("corruptions", "color-shift")),
        Arena("angles", "angles", "between", world=EXTENDED, distinct=False, units=True, score="test_mae_angle"),
        Arena("few-shot 1", "few-shot", "one", world=SMALL, options={"n_images": 1}, **FEW),
        Arena("few-shot 2", "few-shot", "two", world=SMALL, options={"n_images": 2}, **FEW),
        Arena("few-shot 9", "few-shot", "nine", world=SMALL, options={"n_images": 9}, at_least=18, **FEW),
        Arena(
            "noise",
            "distinct",
            "noise",
            world={"noise": 0.6, "dtype": "float32"},
            hold_out=0.2,
            bound=BayesClassifier(0.6),
        ),
    ),
    further=(
        Further("corruptions", "damage", "mce"),
        Further("color-shift", "paint", "accuracy"),
        Further("few-shot", "few", "area"),
    ),
    contestants=(
        Contestant("majority", "sklearn.dummy:DummyClassifier"),
        Contestant("forest", "sklearn.ensemble:RandomForestClassifier", {"n_estimators": 5}),
        Contestant("Fourier", "lineclf.baselines:fft_neighbor"),
        Contestant("forest (a tree)", "sklearn.ensemble:RandomForestClassifier", {"n_estimators": 1}, "forest"),
    ),
    reference="majority",
    floor="majority",
    least=2,
    goals=(
        Goal("forest", "distinct", "test_joint_accuracy", 0.0),
        Goal("majority", "distinct", "test_joint_accuracy", 0.9),
        Goal("forest", None, "seconds", 0.0),
        Goal("forest", "few-shot 9", "test_joint_accuracy", 0.5),
    ),
    profiles={"quick": Profile(n_per_class=8, seeds=2)},
)
NUMBER = r"(-?[\d,]+\.?\d*)"


# 42 trials, eight of them with 75 further test sets each.
@pytest.fixture(scope="module")
def board(mlflow_database):
    def run(folder):
        shutil.copy(mlflow_database, folder)
        options = ["--storage", f"sqlite:///{folder}/optuna.db", "--tracking-uri", f"sqlite:///{folder}/mlflow.db"]
        assert main(STUDY, [*options, "--output", str(folder / "report")]) == 0

    folder = made_once("board", run)
    page = (folder / "report" / "leaderboard.md").read_text()
    assert (folder / "report" / "leaderboard.png").read_bytes()[:4] == b"\x89PNG"
    return page, pd.read_csv(folder / "report" / "results.csv")


def cells(page, section, model, table=0):
    """A model's row in a section's table, by column."""
    text = page.split(f"\n## {section}: ")[1].split("\n## ")[0] if section else page.split("\n## ")[0]
    tables = re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE)
    rows = [[cell.strip() for cell in line.strip()[1:-1].split("|")] for line in tables[table].strip().split("\n")]
    (row,) = (row for row in rows[2:] if row[0].strip("*") == model)
    return dict(zip(rows[0], row, strict=True))


def by_seed(frame, track, model, metric):
    rows = frame.query("track == @track and model == @model and metric == @metric")
    return rows.sort_values("seed")["value"].to_numpy()


def test_goals_are_judged_by_the_mean_and_by_the_worst_track(board):
    page, frame = board
    section = page.split("\n## Goals\n")[1].split("\n## ")[0]
    lines = section.strip().splitlines()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:] if line.startswith("|")]
    assert [row[:4] for row in rows[:2]] == [
        ["forest", "distinct", "joint accuracy, %", "≥ 0"],
        ["majority", "distinct", "joint accuracy, %", "≥ 90"],
    ]
    assert [row[-1] for row in rows] == ["met", "**missed**", "**missed**"]
    values = 100 * by_seed(frame, "distinct", "forest", "test_joint_accuracy")
    assert float(rows[0][4]) == pytest.approx(values.mean(), abs=0.005)
    assert rows[0][5] == f"{values.min():.2f} to {values.max():.2f}, n = 2"
    seconds = frame.query("model == 'forest' and metric == 'seconds'").groupby("track")["value"].mean()
    assert rows[2][1] == "every track"
    assert float(rows[2][4]) == pytest.approx(seconds.max(), abs=0.5)
    assert lines[-1] == "Not run yet: few-shot 9, joint accuracy."


@pytest.mark.parametrize("model", ["majority", "forest", "Fourier"])
def test_scores_and_intervals_follow_from_the_file(board, model):
    page, frame = board
    values = by_seed(frame, "distinct", model, "test_joint_accuracy")
    row = cells(page, "distinct", model)
    if values.mean() < 1:
        mean, reach = re.fullmatch(rf"{NUMBER} ± {NUMBER}", row["joint accuracy, %"]).groups()
        assert float(mean) == pytest.approx(100 * values.mean(), abs=0.006)
        error = np.sqrt(values.var(ddof=1) / 2) * stats.t.ppf(0.975, 1)
        assert float(reach) == pytest.approx(100 * error, abs=0.006)
    else:
        n = int(by_seed(frame, "distinct", model, "n_test").sum())
        least = 100 * stats.binomtest(n, n, alternative="greater").proportion_ci(0.95).low
        assert row["joint accuracy, %"] == f"100.00 (≥ {np.floor(1000 * least) / 1000:.3f})"
    assert row["n (seeds)"] == "2 (0–1)"
    best = by_seed(frame, "distinct", "Fourier", "test_joint_accuracy")
    if model != "Fourier":
        assert float(row["behind the best"]) == pytest.approx(100 * (best - values).mean(), abs=0.006)
        worse = stats.ttest_rel(values, best, alternative="less").pvalue < 0.05 / 2  # two others
        assert row["may be the best"] == ("no" if worse else "yes")
    assert float(cells(page, "", model)["distinct"].strip("*")) == pytest.approx(100 * values.mean(), abs=0.06)
    costs = cells(page, "distinct", model, 1)
    assert float(costs["fit, s"]) == pytest.approx(by_seed(frame, "distinct", model, "seconds").mean(), abs=0.06)
    if model == "Fourier":  # a neighbour has no probabilities
        assert costs["NLL, nats"] == costs["ECE, %"] == costs["AUGRC"] == "–"
    else:
        heads = ("length", "width", "angle", "color")
        nll = sum(by_seed(frame, "distinct", model, f"test_log_loss_{head}") for head in heads).mean()
        assert float(costs["NLL, nats"]) == pytest.approx(nll, abs=0.0006)


def test_variants_stand_beside_the_whole_and_in_no_ranking(board):
    page, frame = board
    own, whole = (by_seed(frame, "distinct", model, "test_joint_accuracy") for model in ("forest (a tree)", "forest"))
    parts = page.split("\n## What the parts of forest buy\n")[1].split("\n## ")[0]
    titles, _, row, last = ([cell.strip() for cell in line.split("|")[1:-1]] for line in parts.strip().split("\n")[2:])
    shown = dict(zip(titles, row, strict=True))
    assert shown["variant"] == "a tree"
    mean, reach = re.fullmatch(r"([+-][\d.]+) ± ([\d.]+)", shown["distinct"]).groups()
    assert float(mean) == pytest.approx(100 * (own - whole).mean(), abs=0.006)
    error = np.sqrt((own - whole).var(ddof=1) / 2) * stats.t.ppf(0.975, 1)
    assert float(reach) == pytest.approx(100 * error, abs=0.006)
    assert float(last[titles.index("distinct")]) == pytest.approx(100 * whole.mean(), abs=0.006)
    angles = [by_seed(frame, "angles", model, "test_mae_angle").mean() for model in ("forest (a tree)", "forest")]
    shift = shown["angles, mean angular error, °"].split(" ")[0].replace("−", "-")
    assert float(shift) == pytest.approx(angles[0] - angles[1], abs=0.006)
    assert "a tree" not in page.split("\n## ")[0]
    assert "a tree" not in page.split("\n## distinct: ")[1].split("\n## ")[0]


def test_what_has_run_is_listed_with_its_seeds(board):
    page, _ = board
    lines = page.split("\n## What has run\n")[1].split("\n## ")[0].strip().split("\n")
    assert "The last run asked for 40 trials (4 models, 5 tracks, 2 seeds), 40 finished. The tables" in lines[0]
    assert "Not run yet" not in lines[0]
    rows = {cells[0]: cells[1:] for line in lines[4:] for cells in [[c.strip() for c in line.split("|")[1:-1]]]}
    assert rows["ceiling"] == ["–", "–", "–", "–", "0–1"]
    assert all(rows[each.name] == ["0–1"] * 5 for each in STUDY.contestants)


def test_regret_pairs_each_seed_with_the_ceiling(board):
    page, frame = board
    ceiling, own = (by_seed(frame, "noise", model, "test_joint_accuracy") for model in ("ceiling", "forest"))
    np.testing.assert_allclose(by_seed(frame, "noise", "forest", "regret"), ceiling - own)
    row = cells(page, "noise", "forest")
    assert float(row["regret, points"].split(" ")[0]) == pytest.approx(100 * (ceiling - own).mean(), abs=0.006)
    losses = [
        sum(by_seed(frame, "noise", model, f"test_log_loss_{head}") for head in ("length", "width", "angle", "color"))
        for model in ("forest", "ceiling")
    ]
    np.testing.assert_allclose(by_seed(frame, "noise", "forest", "nll_regret"), losses[0] - losses[1])
    assert float(row["NLL regret, nats"].split(" ")[0]) == pytest.approx((losses[0] - losses[1]).mean(), abs=0.0006)
    top = cells(page, "noise", "ceiling")
    assert float(top["joint accuracy, %"].split(" ")[0]) == pytest.approx(100 * ceiling.mean(), abs=0.006)
    scaled = by_seed(frame, "noise", "forest", "scaled_ece_joint").mean()
    shown = cells(page, "noise", "forest", 1)["ECE at the fitted temperature, %"]
    assert float(shown) == pytest.approx(100 * scaled, abs=0.006)
    assert cells(page, "distinct", "ceiling")["joint accuracy, %"] == "100.00"


def test_corruption_errors_are_multiples_of_the_references(board):
    page, frame = board
    ratios = []
    for seed in range(2):
        each = []
        for name in CORRUPTIONS:
            own, unit = (
                sum(by_seed(frame, "corruptions", model, f"error_{name}_{s}")[seed] for s in range(1, 6))
                for model in ("forest", "majority")
            )
            each.append(own / unit)
        ratios.append(np.mean(each))
    np.testing.assert_allclose(by_seed(frame, "corruptions", "forest", "mce"), ratios)
    assert float(cells(page, "corruptions", "forest")["mCE"].split(" ")[0]) == pytest.approx(np.mean(ratios), abs=6e-4)
    assert cells(page, "corruptions", "majority")["mCE"] == "1.000 ± 0.000"
    assert float(cells(page, "corruptions", "forest", 1)["fog"]) == pytest.approx(
        by_seed(frame, "corruptions", "forest", "ce_fog").mean(), abs=6e-3
    )


def test_the_area_is_over_the_points_that_the_size_has(board):
    page, frame = board
    one, two = (by_seed(frame, f"few-shot {n}", "forest", "test_joint_accuracy") for n in (1, 2))
    np.testing.assert_allclose(by_seed(frame, "few-shot", "forest", "area"), (one + two) / 2)
    row = cells(page, "few-shot", "forest", 1)
    assert list(row) == ["model", "1", "2"]
    assert float(row["2"]) == pytest.approx(100 * two.mean(), abs=0.06)


def test_small_errors_lead_and_colors_have_a_table(board):
    page, frame = board
    means = frame.query("track == 'angles' and metric == 'test_mae_angle'").groupby("model")["value"].mean()
    assert f"| **{means.min():.1f}** |" in page.split("\n## ")[0]
    best = cells(page, "angles", means.idxmin())
    assert best["behind the best"] in ("", "0.00")
    assert float(best["angle off by, °"].replace(",", "")) == pytest.approx(means.min(), abs=0.006)
    row = cells(page, "color-shift", "forest")
    assert float(row["AUROC, %"]) == pytest.approx(
        100 * by_seed(frame, "color-shift", "forest", "auroc").mean(), abs=0.06
    )
    assert cells(page, "color-shift", "Fourier")["AUROC, %"] == "–"


def test_what_is_missing_is_left_out():
    empty = benchmark_frame([])
    assert derived(empty, STUDY, []).empty
    assert standings(empty, "distinct", "test_joint_accuracy").empty
    rows = [("corruptions", "forest", 0, "error_clean", 0.5, "0", None)]  # the reference has not run
    assert derived(pd.DataFrame(rows, columns=list(empty)), STUDY, []).empty


def test_models_are_compared_on_the_seeds_that_most_of_them_have():
    seeds = {"a": [0, 1, 2], "b": [0, 1, 2, 3], "few": [0, 1], "elsewhere": [7]}
    rows = [("t", model, seed, "m", 10.0**seed) for model, some in seeds.items() for seed in some]
    values = values_of(pd.DataFrame(rows, columns=["track", "model", "seed", "metric", "value"]), "t", "m")
    assert paired_means(values).to_dict() == {"a": 5.5, "b": 5.5, "few": 5.5}
    assert paired_means(values.drop(index="few", level="model")).to_dict() == {"a": 37.0, "b": 37.0}
    assert paired_means(values.loc[["elsewhere"]]).to_dict() == {"elsewhere": 1e7}


def test_standings_rank_models_of_seeds_enough_on_common_seeds():
    rng = np.random.default_rng(0)
    scores = {"few": rng.normal(0.95, 0.01, 4), "b": rng.normal(0.8, 0.05, 6), "a": rng.normal(0.9, 0.01, 7)}
    rows = [("t", model, seed, "m", value) for model, values in scores.items() for seed, value in enumerate(values)]
    frame = pd.DataFrame(rows, columns=["track", "model", "seed", "metric", "value"])
    table = standings(frame, "t", "m")
    assert list(table.index) == ["a", "b", "few"]
    assert table["ranked"].tolist() == [True, True, False]
    assert table.loc["few", ["behind", "at_most", "may_be_best"]].isna().all()
    test = stats.ttest_rel(scores["b"], scores["a"][:6], alternative="less")
    assert test.pvalue < 0.05
    assert table["may_be_best"].tolist()[:2] == [True, False]
    assert table.loc["b", "behind"] == pytest.approx((scores["a"][:6] - scores["b"]).mean())
    lowest = stats.ttest_rel(scores["b"], scores["a"][:6], alternative="greater").confidence_interval(0.95).low
    assert table.loc["b", "at_most"] == pytest.approx(-lowest)
    assert table.loc["a", "at_most"] == 0
    assert list(standings(frame, "t", "m", sign=-1).index) == ["b", "a", "few"]
    assert standings(frame, "t", "m", least=4)["ranked"].all()


def test_a_track_that_the_size_has_no_images_for_is_named():
    with pytest.raises(ValueError, match="few-shot 9 needs 18 per class, and profile quick has 8"):
        STUDY.arenas_of(["few-shot 9"], "quick")
    assert [arena.name for arena in STUDY.arenas_of(["few-shot"], "quick")] == ["few-shot 1", "few-shot 2"]
    assert [arena.name for arena in STUDY.arenas_of(["corruptions"], "quick")] == ["distinct"]
