"""The study of harder worlds: its rules are scored as sklearn would, and its page says what was measured."""

import sys
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import worlds
from lineclf.baselines import ShortcutBayesClassifier
from lineclf.datasets import make_shortcut_lines
from lineclf.reporting import read_table
from worlds import BACKGROUND, BOUNDS, SCORED, SHORTCUT, Bound, measure

TINY = {"image_size": 7, "lengths": [3, 6], "widths": [1], "angles": [0, 45, 90]}


@pytest.mark.parametrize("world", SCORED)
def test_every_world_has_a_rule_that_beats_chance(world):
    bounds = [bound for bound in BOUNDS if bound.world == world]
    for bound in {bound.rule: bound for bound in bounds}.values():
        found = measure(bound, 500, 0, TINY)
        assert 1 / 36 < found["accuracy"] <= 1
        assert found["standard_error"] == pytest.approx(
            np.sqrt(found["accuracy"] * (1 - found["accuracy"]) / found["images"])
        )
        assert found["images"] == 500 or world == SHORTCUT
        assert found["seconds"] > 0
        assert found["memory"] > 10 or sys.platform == "win32"


def test_a_shortcut_is_scored_by_the_angle_where_colors_conflict():
    bound = Bound(SHORTCUT, "any", 0.8, {"agreement": 0.7}, {"agreement": 0.9})
    X, y = make_shortcut_lines(500, agreement=1 - 0.7, noise=0.8, random_state=3, **TINY)
    answer = ShortcutBayesClassifier(0.8, 0.9, world=TINY).fit(X, y).predict(X)
    conflict = (y[:, 2] == 2) != y[:, 3]
    found = measure(bound, 500, 3, TINY)
    assert found["accuracy"] == pytest.approx((answer == y)[conflict, 2].mean())
    assert found["images"] == conflict.sum()


def test_rules_of_a_setting_see_the_same_images():
    exact, white = [bound for bound in BOUNDS if bound.world == BACKGROUND and bound.noise == 0.8][:2]
    same = replace(white, assumed=exact.assumed)
    scores = [{name: measure(bound, 300, 1, TINY)[name] for name in ("accuracy", "images")} for bound in (exact, same)]
    assert scores[0] == scores[1]


def test_the_page_and_the_table_say_what_was_measured(tmp_path, monkeypatch, capsys):
    def in_this_process(bounds, n, seed):
        rows = []
        for bound in bounds:
            row = {"world": bound.world, "noise": bound.noise, "setting": "", "rule": bound.rule}
            rows.append(row | measure(bound, n, seed, TINY) | {"listed": bound.listed})
        return pd.DataFrame(rows)

    monkeypatch.setattr(worlds, "measure_all", in_this_process)
    assert worlds.main(["--images", "200", "--worlds", "count", "--output", str(tmp_path)]) == 0
    report, table = (tmp_path / "worlds.md").read_text(), read_table(tmp_path / "worlds.csv")
    assert report in capsys.readouterr().out
    assert table["world"].tolist() == 3 * ["count"]
    first = table.iloc[0]
    accuracy, error = 100 * first["accuracy"], 100 * first["standard_error"]
    assert f"| {accuracy:.2f} ± {error:.2f} | 91 | {accuracy - 91:+.2f} |" in report
    assert "images 200 --seed 0" in report


def test_a_bound_is_measured_in_a_process_of_its_own():
    said: list[str] = []
    (bound,) = [each for each in BOUNDS if each.world == "count" and each.noise == 0.5]
    table = worlds.measure_all([bound], 50, 0, TINY, said.append)
    here = measure(bound, 50, 0, TINY)
    assert table.loc[0, "accuracy"] == here["accuracy"]
    assert said == [f"count, noise 0.5, –, exact: {100 * here['accuracy']:.2f} %"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--images", "1"], "--images must be at least 2"),
        (["--seed", "-1"], "--seed at least 0"),
        (["--worlds", "mars"], "invalid choice: 'mars'"),
        (["--output", __file__], "--output must be a folder to write to"),
    ],
)
def test_refusals(arguments, message, capsys):
    with pytest.raises(SystemExit):
        worlds.main(arguments)
    assert message in capsys.readouterr().err
