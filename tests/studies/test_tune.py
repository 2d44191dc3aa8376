"""Tuning: learners that can be made, the same tries for all, and a run that goes on."""

import json
import runpy
from pathlib import Path

import pandas as pd
import pytest

from lineclf.runs import load_estimator

STUDY = runpy.run_path(str(Path(__file__).parents[2] / "studies" / "tune.py"))


@pytest.mark.keras
@pytest.mark.parametrize("name", STUDY["LEARNERS"])
def test_every_learner_takes_its_settings(name):
    path, fixed, space = STUDY["spaces"]()[name]
    drawn = {key: each.choices[0] if hasattr(each, "choices") else each.low for key, each in space.items()}
    params = load_estimator(path, fixed | drawn).get_params()
    for key, value in (fixed | drawn).items():
        assert value in [each for name, each in params.items() if name.rpartition("__")[2] == key]


def test_learners_are_those_that_have_a_space():
    assert list(STUDY["spaces"]()) == list(STUDY["LEARNERS"])


def test_a_run_goes_on_and_tries_something_else(tmp_path, monkeypatch):
    names = STUDY["main"].__globals__
    monkeypatch.setitem(names, "tasks", lambda: dict.fromkeys(STUDY["TASKS"]))
    monkeypatch.setitem(names, "score", lambda path, settings, sides: settings.get("C", 0.5) / 1000)
    run = ["--learners", "logistic regression", "--output", str(tmp_path)]
    for n in (2, 3, 3):
        assert STUDY["main"]([*run, "--tries", str(n)]) == 0
    table = pd.read_csv(tmp_path / "tries.csv")
    assert table["try"].tolist() == [0, 1, 2]
    settings = [json.loads(each) for each in table["settings"]]
    assert settings[0] == {}
    assert settings[1]["C"] != settings[2]["C"]
    assert "| logistic regression | 3 |" in (tmp_path / "tuning.md").read_text()
