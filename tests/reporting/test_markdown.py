"""Markdown and numbers that all pages share."""

import math
import re
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineclf.benchmark import Arena, Benchmark, Contestant
from lineclf.benchmark._leaderboard import overview, score_table
from lineclf.benchmark._tables import track_section
from lineclf.reporting import markdown_table
from lineclf.reporting._markdown import columns_table, failures_section, made_with, written_by
from lineclf.reporting._numbers import number, p_text, p_value, points, spans
from lineclf.runs import Profile

TEXTS = st.text(st.characters(codec="ascii", exclude_characters="\\\n\r", categories=["L", "N", "P", "S", "Zs"]))
ERROR = 'Traceback (most recent call last):\n  File "a.py", line 1, in run\n    fail()\nValueError: no\n'


def parted(line):
    """Cells of a line as a reader of Markdown parts them."""
    return [cell.replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


@given(st.integers(1, 4).flatmap(lambda n: st.lists(st.lists(TEXTS, min_size=n, max_size=n), min_size=1, max_size=4)))
def test_every_cell_comes_back_whatever_bars_it_holds(rows):
    head, rule, *body = markdown_table(rows).split("\n")
    assert rule == "|" + "---|" * len(rows[0])
    assert [parted(line) for line in (head, *body)] == [[f" {cell} " for cell in row] for row in rows]


def test_columns_make_the_same_table_as_rows():
    rows = [["model", "n"], ["a|b", 1], ["c", 2]]
    columns = [("model", ["a|b", "c"]), ("n", [1, 2])]
    assert columns_table(columns) == markdown_table(rows).split("\n")
    with pytest.raises(ValueError, match="shorter"):
        columns_table([("model", ["a"]), ("n", [])])


def test_a_model_with_a_bar_in_its_name_keeps_its_row():
    study = Benchmark("b", "?", (Arena("t", "distinct", "?"),), (Contestant("a|b", "c:D"),), {"only": Profile(1, 1)})
    facts = {"n_train": 3, "n_test": 1, "leak": 0, "label_conflicts": 0, "smallest_distance": 1}
    facts |= {"test_joint_accuracy": 0.5, **{f"test_accuracy_{head}": 0.5 for head in ("length", "width", "angle")}}
    frame = _frame([("t", "a|b", seed, *each) for seed in (0, 1) for each in facts.items()])
    assert parted(overview(frame, score_table(frame, study), study).splitlines()[-1]) == [
        " a|b ",
        " nothing ",
        " 50.0 ",
    ]
    lines = [line for line in track_section(frame, study.arenas[0], 2) if line.startswith("|")]
    assert sum(parted(line)[0] == " a|b " for line in lines) == 2
    assert len({len(parted(line)) for line in lines[:4]}) == 1


def _frame(rows):
    return pd.DataFrame(rows, columns=["track", "model", "seed", "metric", "value"])


def test_failures_are_told_by_their_cause_or_whole():
    assert failures_section({}) == failures_section({}, whole=True) == []
    assert failures_section({"cell · seed 0": ERROR}) == [
        "",
        "## Failed trials",
        "",
        "- cell · seed 0: `ValueError: no`",
    ]
    whole = failures_section({"cell · seed 0": ERROR}, whole=True)
    assert whole[:5] == ["", "## Failed trials", "", "- cell · seed 0", ""]
    assert whole[5:] == [*(f"      {line}" for line in ERROR.strip().splitlines()), ""]


def test_a_page_says_when_and_by_what_it_was_written(monkeypatch):
    day = SimpleNamespace(today=lambda: date(2020, 2, 29))
    monkeypatch.setattr("lineclf.reporting._markdown.date", day)
    assert written_by("python a.py --seeds 3") == "Written 2020-02-29 by `python a.py --seeds 3`"
    old, new = ({"versions": {"numpy": number, "keras": "3"}} for number in ("2.0", "2.1"))
    assert made_with([old, old]) == "Versions: numpy 2.0, keras 3."
    assert made_with([old, {**old, "processor": "one"}]) == "Versions: numpy 2.0, keras 3. Processor: one."
    assert made_with([old, {**new, "processor": "one"}, {**new, "processor": "two"}]) == (
        "Versions: numpy 2.0, keras 3 (1 trial); numpy 2.1, keras 3 (2 trials). "
        "Processor: one (1 trial); two (1 trial)."
    )


@pytest.mark.parametrize("missing", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_a_dash(missing):
    assert number(missing, ".2f") == points(missing) == "–"
    assert p_value(math.nan) == "–"


def test_numbers_have_their_digits_and_sign():
    assert (points(0.01234), points(-0.5), number(1234.5, ",.1f")) == ("+1.23", "-50.00", "1,234.5")
    assert (p_value(0.0004), p_value(0.001), p_value(1)) == ("< 0.001", "0.001", "1.000")
    assert (p_text(0.0004), p_text(0.0421), p_text(math.nan)) == ("p < 0.001", "p = 0.042", "p = –")
    assert (spans([0, 1, 2, 5]), spans([3]), spans([])) == ("0–2, 5", "3", "")
