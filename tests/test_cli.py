"""The command ``lineclf``."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

import lineclf
from lineclf.cli import command

MINE = """
from functools import partial
from sklearn.datasets import load_iris, make_classification
from sklearn.tree import DecisionTreeClassifier
from lineclf import AblationCV

def given():
    components = {"max_depth": [1], "min_samples_leaf": [60]}
    return AblationCV(DecisionTreeClassifier(), components, seeds=2, cv=2), load_iris(return_X_y=True)

def named():
    X, y = load_iris(return_X_y=True)
    return AblationCV(DecisionTreeClassifier(), {"max_depth": [1]}, seeds=2, cv=2), {"X": X, "y": y}

def drawn():
    return AblationCV(DecisionTreeClassifier(), {"max_depth": [1]}, seeds=2, draw=partial(make_classification, 60))

def fails():
    return 1 / 0

def nothing():
    return 3

def late():
    return AblationCV(DecisionTreeClassifier(), {"max_dept": [1]}), load_iris(return_X_y=True)
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A working directory with a module of ablations."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    (tmp_path / "mine.py").write_text(MINE)
    yield tmp_path
    sys.modules.pop("mine", None)


def test_it_is_a_console_script():
    (script,) = entry_points(group="console_scripts", name="lineclf")
    assert script.load() is command


def test_help_comes_at_once_and_loads_nothing_heavy():
    code = (
        "import sys; from lineclf.cli import command; command(['--help'])\n"
        "try: command(['ablate', '--help'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('numpy', 'sklearn', 'optuna', 'mlflow', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: lineclf ablate")
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("function", ["given", "named", "drawn"])
def test_an_own_ablation_runs_reports_and_resumes(mine, capsys, function):
    arguments = ["ablate", f"mine:{function}", "--tracking-uri", "none"]
    assert command(arguments) == 0
    out = capsys.readouterr().out
    assert "max_depth" in out
    page = (mine / "reports" / function / "ablation.md").read_text()
    assert f"`lineclf ablate mine:{function} --tracking-uri none`" in page
    assert command([*arguments, "--status"]) == 0
    assert "0 to run" in capsys.readouterr().out
    assert command([*arguments, "--seeds", "3", "--components", "max_depth"]) == 0
    assert "3" in (mine / "reports" / function / "scratch" / "ablation.md").read_text()


def test_it_says_what_is_wrong(mine, capsys):
    for arguments, words in (
        (["ablat"], "command must be ablate, benchmark, audit or datasets; got 'ablat'"),
        (["ablate", "mine:other"], "must be package.module:function"),
        (["ablate", "other:mine"], "No module named 'other'"),
        (
            ["ablate", "mine:fails"],
            "mine:fails must return an AblationCV; it raised ZeroDivisionError: division by zero",
        ),
        (["ablate", "mine:nothing"], "must return an AblationCV, or a pair of it and fit's arguments; got 3"),
        (["ablate", "mine:late"], "no parameter 'max_dept'; did you mean 'max_depth'"),
        (["ablate", "mine:given", "--components", "max_dept"], "--components must be among max_depth"),
        (
            ["ablate", "mine:given", "--seeds", "3,4"],
            "--seeds must be a number of seeds, or the least and the most; got [3, 4]",
        ),
        (
            ["ablate", "mine:given", "--seeds", "1"],
            "seeds must be a number ≥ 2, or a pair (low, high) with 2 ≤ low ≤ high; got 1",
        ),
        (["ablate", "mine:given", "--max-time", "0"], "--max-time must be a number of seconds > 0; got '0'"),
        (["audit", "nothing.npz", "nothing.npz"], "lineclf audit: error: "),
    ):
        assert command(arguments) == 2
        assert words in capsys.readouterr().err
    assert not (mine / "reports").exists()


def test_version(capsys):
    assert command(["--version"]) == 0
    assert capsys.readouterr().out == f"lineclf {lineclf.__version__}\n"


def test_a_notebooks_kernel_has_arguments_of_its_own(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["/env/ipykernel_launcher.py", "-f", "kernel.json"])
    assert command() == 0
    assert capsys.readouterr().out.startswith("usage: lineclf")
