"""What a terminal cannot show is replaced, and the exit status tells the truth, in every study's command."""

import io
import runpy
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pytest

from lineclf._console import replace_unprintable
from lineclf.cli import main
from lineclf.runs import Options, Plan, Profile

STUDIES = Path(__file__).parents[2] / "studies"


class Sizes(Plan):
    identity, title, params, trials, names = "sizes", "Δ ≥ 1 · sizes", {}, {}, {}


STUDY = SimpleNamespace(
    name="sizes",
    question="Δ?",
    profiles={"quick": Profile(None, 1)},
    Options=Options,
    plan=lambda options: Sizes(),
    output=lambda options: Path("reports/sizes"),
)


@contextmanager
def windows():
    """Print to pipes of Windows; what each has got, when it is called."""
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding="cp1252") for name in ("stdout", "stderr")}

    def printed(name="stdout"):
        streams[name].flush()
        return streams[name].buffer.getvalue().decode("cp1252")

    with redirect_stdout(streams["stdout"]), redirect_stderr(streams["stderr"]):
        yield printed


def test_a_study_says_what_it_can_and_succeeds(tmp_path):
    with windows() as printed:
        assert main(STUDY, ["--status", "--storage", f"sqlite:///{tmp_path}/optuna.db"]) == 0
    assert printed() == "\\u0394 \\u2265 1 · sizes: not begun, 0 trials to run\n"


def test_an_error_is_still_the_error():
    with windows() as printed:
        assert main(STUDY, ["--seeds", "Δ"]) == 2
    assert "--seeds must be a number \\u2265 1, or different seeds \\u2265 0 such as 0,1,5; got '\\u0394'" in printed(
        "stderr"
    )


@pytest.mark.parametrize("script", ["inside.py", "speed.py"])
def test_other_commands_say_what_they_can(script):
    command = runpy.run_path(str(STUDIES / script))["main"]
    with windows() as printed, pytest.raises(SystemExit) as ended:
        command(["--Δ"])
    assert ended.value.code == 2
    assert "unrecognized arguments: --\\u0394" in printed("stderr")


def test_streams_that_cannot_be_told_are_left_alone(monkeypatch):
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setattr(sys, "stderr", None)  # as without a console
    replace_unprintable()
    print("Δ")
    assert stream.getvalue() == "Δ\n"
