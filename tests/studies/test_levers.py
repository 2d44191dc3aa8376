"""The study of levers: its table by hand, and its report from runs of a tree in the place of the net."""

import runpy
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lineclf.reporting import read_table

SCRIPT = Path(__file__).parents[2] / "studies" / "levers.py"
STUDY = runpy.run_path(str(SCRIPT))
NAMES = STUDY["main"].__globals__


def trials(n, effect, noise, seed=0):
    """Trials of the baseline and one cell, whose difference has the standard deviation `noise`."""
    rng = np.random.default_rng(seed)
    common = rng.normal(0.5, 0.2, n)
    rows = [("baseline", i, common[i]) for i in range(n)]
    rows += [("a=1", i, common[i] + effect + noise * rng.standard_normal()) for i in range(n)]
    frame = pd.DataFrame(rows, columns=["cell", "seed", "joint"])
    return frame.assign(neg_log_loss=-3 * frame["joint"])


def test_what_a_minute_buys_is_computed_by_hand():
    first, other = trials(400, 0.1, 0.05), trials(200, 0.1, 0.1, seed=1)
    rows = STUDY["measure"](STUDY["DEFAULT"], first, {"baseline": 5.0, "a=1": 10.0})
    rows += STUDY["measure"](STUDY["UNPAIRED"], first, {"baseline": 5.0, "a=1": 10.0}, paired=False)
    rows += STUDY["measure"]("twice the noise", other, {"baseline": 5.0, "a=1": 10.0})
    table = STUDY["summarise"](rows, np.random.default_rng(0)).set_index(["lever", "score"])
    default = table.loc[STUDY["DEFAULT"], "joint"]
    wide = first.pivot(index="seed", columns="cell", values="joint")
    sd = (wide["a=1"] - wide["baseline"]).std()
    assert default["sd"] == pytest.approx(sd)
    assert default["error"] == pytest.approx(sd / 2)  # four pairs of 15 seconds in a minute
    assert default["effect"] == pytest.approx(abs(default["delta"]) / default["error"])
    assert (default["ratio"], np.isnan(default["low"])) == (1, True)
    unpaired = table.loc[STUDY["UNPAIRED"], "joint"]
    assert unpaired["sd"] == pytest.approx(np.hypot(wide["a=1"].std(), wide["baseline"].std()))
    noisy = table.loc["twice the noise", "joint"]
    assert noisy["low"] < 0.5 < noisy["high"] < 1
    # Another unit changes no ratio.
    assert table.loc["twice the noise", "neg_log_loss"]["ratio"] == pytest.approx(noisy["ratio"])


def test_the_report_has_a_row_for_each_lever_and_the_trials_that_power_resamples(tmp_path, monkeypatch, capsys):
    asked = []

    def run_lever(sizes, seeds, storage):
        asked.append((sizes, seeds, storage))
        return trials(seeds, 0.1, 0.05, seed=len(asked)), {"baseline": 5.0, "a=1": 10.0}

    monkeypatch.setitem(NAMES, "run_lever", run_lever)
    command = ["--seeds", "8", "--long", "10", "--storage", "sqlite:///x.db", "--output", str(tmp_path)]
    assert STUDY["main"](command) == 0
    assert asked == [(sizes, 10 if not sizes else 8, "sqlite:///x.db") for sizes in STUDY["LEVERS"].values()]
    page = (tmp_path / "levers.md").read_text()
    assert page in capsys.readouterr().out
    for lever in (*STUDY["LEVERS"], STUDY["UNPAIRED"]):
        assert f"| {lever} | joint | a=1 |" in page
    assert "`python studies/levers.py --seeds 8 --long 10`" in page
    assert len(read_table(tmp_path / "levers.csv")) == 2 * (len(STUDY["LEVERS"]) + 1)
    power = read_table(tmp_path / "power-trials.csv")
    assert list(power.columns) == ["cell", "seed", "score"]
    assert len(power) == 20
    with pytest.raises(SystemExit):
        STUDY["main"](["--seeds", "7", "--output", str(tmp_path)])
    assert "--seeds must be at least 8; got 7" in capsys.readouterr().err


@pytest.mark.keras
def test_a_lever_is_the_default_ablation_with_one_setting_changed(tmp_path, monkeypatch):
    from lineclf.defaults import ABLATION
    from lineclf.estimators import MultiHeadLineClassifier

    made = []

    class Recorder:
        def __init__(self, estimator, components, **options):
            made.append((estimator, components, options))

        def fit(self):
            raise InterruptedError

    monkeypatch.setattr("lineclf.AblationCV", Recorder)
    quick = ABLATION.nets["four-head"].profiles["quick"]
    for sizes in STUDY["LEVERS"].values():
        with pytest.raises(InterruptedError):
            STUDY["run_lever"](sizes, 8, "sqlite:///x.db")
        estimator, components, options = made[-1]
        draw = options["draw"]
        found = {"n_per_class": draw.n_per_class, "n_more": draw.n_more, "epochs": estimator.epochs}
        declared = {"n_per_class": quick.n_per_class, "n_more": quick.n_more, **quick.settings}
        assert found == declared | sizes
        assert isinstance(estimator, MultiHeadLineClassifier)
        known = {each.name: each for each in ABLATION.nets["four-head"].components}
        assert all(levels[0] in known[name].levels for name, levels in components.items())
