"""The code of the documentation's pages runs, and says what the pages say."""

import re
import shlex
import shutil
import sys
import warnings
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from lineclf import cli, defaults
from lineclf.runs import Profile
from tests.conftest import untraced

ROOT = Path(__file__).parents[1]
NET = {"epochs=2": "epochs=1, filters=2, batch_size=512", "epochs=4": "epochs=1, filters=2, batch_size=512"}
#: Pages whose code runs as it stands, one block after the other; what takes long is smaller here.
PAGES = {
    "README.md": {
        "seeds=10": "seeds=2",
        "n_per_class=400": "n_per_class=4",
        '("distinct", "halves")': '["distinct"]',
        **NET,
    },
    "docs/extending.md": {},
    "docs/green.md": {"n_per_class=40": "n_per_class=1", **NET},
    "docs/heatmaps.md": {
        "n_per_class=40": "n_per_class=1",
        "[:6]": "[:1]",
        "[:64]": "[:2]",
        '"gradcam", "occlusion"': '"gradcam"',
        "n_checked=16": "n_checked=1",
        **NET,
    },
    "docs/lines.md": {
        "n_per_class=100": "n_per_class=4",
        "cv=3": "cv=2",
        "(train.images, train.target)": "(train.images[:64], train.target[:64])",
        "(test.images, test.target)": "(test.images[:64], test.target[:64])",
        **NET,
    },
    "docs/mlflow.md": {},
    "docs/tracks.md": {"n_per_class=400": "n_per_class=4", '("replica", "distinct", "halves")': '["halves"]', **NET},
}
TESTED_ALONE = {"docs/ablations.md", "docs/data.md", "docs/leaderboard.md", "docs/worlds.md", "docs/index.md"}
KERAS = {"README.md", "docs/green.md", "docs/heatmaps.md", "docs/lines.md", "docs/tracks.md"}
PAGE = (ROOT / "docs" / "ablations.md").read_text()
SMALLER = {
    "n_estimators=50": "n_estimators=5",
    "n_samples=1000": "n_samples=100",
    "max_iter=30": "max_iter=3",
    "n_per_class=5, seeds=5": "n_per_class=2, seeds=2",
}
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


def test_every_page_with_code_is_tested():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]
    with_code = {path.relative_to(ROOT).as_posix() for path in pages if "```python" in path.read_text()}
    assert with_code - {"docs/changelog.md", "docs/contributing.md"} == set(PAGES) | TESTED_ALONE


def test_the_first_page_begins_as_the_readme_does():
    (block,) = re.findall(r"```python\n.*?```", (ROOT / "docs" / "index.md").read_text(), re.DOTALL)
    assert block in (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", [pytest.param(n, marks=[pytest.mark.keras] if n in KERAS else []) for n in PAGES])
def test_the_code_of_a_page_runs(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "page"}
    blocks = re.findall(r"```python\n(.*?)```(?:\n\n```\n(.*?)```)?", (ROOT / name).read_text(), re.DOTALL)
    with untraced() if name in KERAS else nullcontext():
        for block, shown in blocks:
            smaller = block
            for size, small in PAGES[name].items():
                smaller = smaller.replace(size, small)
            exec(smaller, names)
            printed = capsys.readouterr().out
            if shown and smaller == block:
                assert printed == shown
    plt.close("all")


def test_the_examples_run_and_print_what_the_page_shows(tmp_path, monkeypatch, capsys, mlflow_database):
    monkeypatch.chdir(tmp_path)
    shutil.copy(mlflow_database, tmp_path)
    names: dict = {}
    for block in BLOCKS:
        if "MultiHeadLineClassifier" not in block:  # trained by its own test
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)
                for size, small in SMALLER.items():
                    block = block.replace(size, small)
                exec(block, names)
    out = capsys.readouterr().out
    (shown,) = re.findall(r"```\n(Baseline: score.*?)\n```", PAGE, re.DOTALL)
    assert len(BLOCKS) == 8
    rows = [[line.split()[i] for i in (0, 1, -2)] for line in shown.splitlines() if "passthrough" in line]
    printed = [
        [line.split()[i] for i in (0, 1, -2)] for line in out.splitlines() if line.split()[1:2] == ["passthrough"]
    ]
    assert rows == printed[: len(rows)]
    assert (tmp_path / "ablation.db").exists()
    assert names["found"].models["n"].tolist() == [3, 3, 3]
    board = (tmp_path / "board" / "leaderboard.md").read_text()
    assert re.search(r"\| bayes \| three classes \| Cohen's kappa \| ≥ 0.5 \| 0\.\d{3} ", board)
    plt.close("all")


@pytest.mark.keras
def test_the_net_of_the_page_is_trained(monkeypatch):
    (block,) = [each for each in BLOCKS if "MultiHeadLineClassifier" in each]
    small = (
        block.replace("n_per_class=20", "n_per_class=2")
        .replace("epochs=6", "epochs=1, filters=2, batch_size=512")
        .replace("seeds=4", "seeds=2")
    )
    assert small.count("n_per_class=2)") == 1
    names: dict = {}
    with untraced():
        exec(f"from lineclf import AblationCV\n{small}", names)
    assert names["net"].effects_["n"].tolist() == [2]


def test_the_worlds_of_the_page_are_drawn_and_bounded(capsys):
    page = (ROOT / "docs" / "worlds.md").read_text()
    first, second = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    exec(first.replace("=2000", "=100").replace("C=0.01", "C=0.01, max_iter=10"), {})
    exec(second.replace("random_state=0", "random_state=0, n_test=150"), {})
    shown = [float(line) for block in re.findall(r"\n\n```\n([\d.\n]+)```", page) for line in block.split()]
    printed = [float(line) for line in capsys.readouterr().out.split()]
    assert shown == pytest.approx(printed, abs=0.2)


def test_a_strangers_model_comes_into_the_table(tmp_path, monkeypatch, capsys):
    page = (ROOT / "docs" / "leaderboard.md").read_text()
    model, checks = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert len(model.splitlines()) <= 20
    (check,) = re.findall(r"^python -c .*$", page, re.MULTILINE)
    command, submit, add = re.findall(r"^lineclf benchmark .*$", page, re.MULTILINE)
    exec(checks, {})
    (tmp_path / "nearest_mean.py").write_text(model)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])  # which the command adds the folder to
    tiny = {"quick": Profile(n_per_class=4, seeds=1, tracks=("distinct", "halves"))}
    monkeypatch.setattr(defaults, "BENCHMARK", replace(defaults.BENCHMARK, profiles=tiny))
    program, *options = shlex.split(command)
    assert program == "lineclf"
    assert cli.command([*options, "--tracking-uri", "none"]) == 0
    assert "| NearestMean | " in capsys.readouterr().out
    assert "| NearestMean | " in (tmp_path / "reports/leaderboard/quick/leaderboard.md").read_text()
    exec(shlex.split(check)[2], {})
    for command, words in (
        (submit, "Submission: nearest-mean/submission.json and trials.jsonl.gz, 4 trials; "),
        (
            f"{add} --storage sqlite:///elsewhere.db --output elsewhere",
            "From nearest-mean: 4 of 4 trials of NearestMean, ",
        ),
    ):
        _, *options = shlex.split(command.replace("--profile full", "--profile quick"))
        assert cli.command([*options, "--tracking-uri", "none"]) == 0
        assert words in capsys.readouterr().out
