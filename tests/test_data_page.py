"""The code of docs/data.md runs, and says what the page says."""

import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from lineclf.cli import command
from lineclf.datasets import export_lines, load_parquet, make_lines

PAGE = (Path(__file__).parents[1] / "docs" / "data.md").read_text(encoding="utf-8")
TORCH, TENSORFLOW, PARQUET, REPAIR, FOLDERS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
LINES = re.findall(r"^lineclf .*$", PAGE, re.MULTILINE)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(block):
    names: dict = {}
    exec(block, names)
    return names


def test_torch():
    pytest.importorskip("torch")
    names = run(TORCH)
    assert [tuple(each.shape) for each in names["angles"].tensors] == [(960, 3, 28, 28), (960,)]
    assert "(960, 3, 28, 28) float32 from 0 to 1, and (960,) int64" in TORCH


@pytest.mark.keras
def test_tensorflow():
    images, labels = next(iter(run(TENSORFLOW)["data"]))
    assert images.shape == (64, 28, 28, 3)
    assert {head: each.shape.as_list() for head, each in labels.items()}["angle"] == [64]


def test_parquet():
    names = run(PARQUET)
    np.testing.assert_array_equal(names["test"].images, names["X"][800:])


def test_repair(capsys):
    # Written by a test of its own: here the first images do.
    names = run(REPAIR.replace("X, y, split=repair.side", "X[-999:], y[-999:], split=repair.side[-999:]"))
    (shown,) = re.findall(r"```\n(\d.*)\n```", PAGE)
    assert capsys.readouterr().out == f"{shown}\n"
    assert len(load_parquet("repaired", "test").images) == (names["repair"].side[-999:] == "test").sum()


def test_folders():
    X, y = make_lines(n_per_class=1, random_state=0)
    export_lines("train", X[:50], y[:50])
    export_lines("test", X[40:], y[40:])
    (line,) = re.findall(r"`lineclf (audit train/ test/ [^`]*)`", PAGE)
    assert command(shlex.split(line)) == 0
    names = run(FOLDERS)
    assert [len(names[side].X) for side in ("train", "test")] == [60, 46]


def test_the_command_lines(capsys):
    X, y = make_lines(n_per_class=3, random_state=0)
    np.savez("train.npz", X=X[:200], y=y[:200])
    np.savez("test.npz", X=X[150:], y=y[150:])
    assert len(LINES) == 5
    for line in LINES:
        assert command(shlex.split(line)[1:]) == 0
    assert "0.0% of " in capsys.readouterr().out
    assert len(load_parquet("repaired", "train").images) > 200
