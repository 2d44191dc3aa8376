"""Packages that announce models and tracks: they join, and one that is broken is told by name and breaks no other."""

import importlib
import sys

import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from lineclf._plugins import PluginWarning
from lineclf.benchmark import Arena, Benchmark, Contestant
from lineclf.cli import main
from lineclf.model_selection import TRACKS, TrackDraw, get_track
from lineclf.runs import OptionError, Profile, make_options
from lineclf.testing import check_study, check_track

STUDY = Benchmark(
    name="board",
    question="who knows?",
    arenas=(Arena("distinct", "distinct", "a quarter"),),
    contestants=(Contestant("majority", DummyClassifier),),
    profiles={"quick": Profile(n_per_class=3, seeds=1), "part": Profile(n_per_class=3, seeds=1, tracks=("distinct",))},
)
CODE = '''
from sklearn.tree import DecisionTreeClassifier

from lineclf.benchmark import Arena
from lineclf.model_selection import DistinctSplit
from tests.testing.tracks import rows


class Mine(DistinctSplit):
    """Does it know half of the images?

    More of it.
    """

    def __init__(self, n_splits=1, *, test_size=0.5, random_state=None):
        super().__init__(n_splits, test_size=test_size, random_state=random_state)


ROWS = Arena("my rows", 3, "two classes?", draw=rows, score="test_accuracy")
OTHER = Arena("another name", 3, "?", draw=rows, score="test_accuracy")
NOWHERE = Arena("nowhere", "nothing of this name", "?")
TREE = DecisionTreeClassifier
'''
ENTRY_POINTS = """
[lineclf.models]
a tree = my_lines:TREE

[lineclf.tracks]
mine = my_lines:Mine
my rows = my_lines:ROWS
"""
BROKEN = """
[lineclf.models]
a, b = my_lines:TREE
majority = my_lines:TREE
gone = my_lines:Nothing

[lineclf.tracks]
no module = nowhere:Track
no name = my_lines:Nothing
no track = my_lines:CODE
distinct = my_lines:Mine
misnamed = my_lines:OTHER
nowhere = my_lines:NOWHERE
leaving = leaving:Track
"""


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Function that puts a package on the path as pip does."""
    site = tmp_path / "site"
    site.mkdir()
    monkeypatch.syspath_prepend(str(site))
    (site / "my_lines.py").write_text(CODE + "CODE = 3\n")
    (site / "leaving.py").write_text("raise SystemExit('no more')\n")

    def install(name, entry_points):
        folder = site / f"{name}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (folder / "entry_points.txt").write_text(entry_points)
        importlib.invalidate_caches()

    yield install
    for module in ("my_lines", "leaving"):
        sys.modules.pop(module, None)


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    stores = ["--storage", "sqlite:///o.db", "--tracking-uri", "none", "--output", "report"]

    def run(*options):
        status = main(STUDY, [*options, *stores])
        path = tmp_path / "report" / "results.csv"
        return status, capsys.readouterr(), pd.read_csv(path) if path.exists() else None

    return run


def test_they_join_tables_and_tracks(install, run, tmp_path):
    install("my-lines", ENTRY_POINTS)
    assert [*TRACKS][-1] == "mine"
    assert len(TRACKS) == 12
    assert "my rows" not in TRACKS  # it brings data
    assert get_track("mine", random_state=0).test_size == 0.5
    assert len(TrackDraw("mine", n_per_class=2)(0).y_test) == 96
    check_track("mine")
    status, out, frame = run()
    assert status == 0
    assert "left out" not in out.err
    assert set(frame["track"]) == {"distinct", "mine", "my rows"}
    assert set(frame["model"]) == {"majority", "a tree"}
    page = (tmp_path / "report" / "leaderboard.md").read_text()
    assert "## mine: Does it know half of the images?\n" in page
    check_study(STUDY, tracks=["mine"])


def test_a_profile_that_names_its_tracks_has_others_when_they_are_asked_for(install):
    install("my-lines", ENTRY_POINTS)

    def tracks(**options):
        plan = STUDY.plan(make_options(STUDY, {"profile": "part", **options}))
        return {levels["track"] for levels in plan.trials.values()}

    assert tracks() == {"distinct"}
    assert tracks(tracks=["my rows"]) == {"my rows"}


def test_what_is_broken_is_told_by_name_and_breaks_nothing_else(install, run, tmp_path):
    install("my-lines", ENTRY_POINTS)
    install("bad-lines", BROKEN)
    status, out, frame = run("--models", "majority,a tree")
    assert status == 0
    assert set(frame["track"]) == {"distinct", "mine", "my rows"}
    assert set(frame["model"]) == {"majority", "a tree"}
    why = {
        "a, b": "ValueError: name must have no comma",
        "majority": "ValueError: this name is taken",
        "no module": "ModuleNotFoundError: No module named 'nowhere'",
        "no name": "AttributeError: .*Nothing",
        "no track": "TypeError: must be the class of a cross-validator, or an Arena; got 3",
        "distinct": "ValueError: this name is taken",
        "misnamed": "ValueError: its Arena is called 'another name'",
        "nowhere": "ValueError: track must be one of .*'nothing of this name'",
        "leaving": "SystemExit: no more",
    }
    told = [line for line in out.err.splitlines() if "is left out" in line]
    assert len(told) == len(why)
    page = (tmp_path / "report" / "leaderboard.md").read_text()
    for name, reason in why.items():
        (line,) = (line for line in told if line.startswith(f"'{name}' of the package bad-lines (lineclf."))
        with pytest.raises(ValueError, match=reason):
            raise ValueError(line)
        assert f"- {line}." in page
    status, out, _ = run("--models", "gone")  # only its trials tell
    assert status == 1
    assert "Failed: distinct · gone · seed 0: ValueError: estimator='my_lines:Nothing'" in out.out


@pytest.mark.filterwarnings("ignore::lineclf._plugins.PluginWarning")
def test_what_is_broken_cannot_be_asked_for(install):
    install("bad-lines", BROKEN)
    words = r"'no module' of the package bad-lines \(lineclf.tracks\) is left out: .*No module named"
    with pytest.raises(OptionError, match=f"tracks has an entry that cannot be used: {words}"):
        STUDY.plan(make_options(STUDY, {"tracks": ["no module"]}))
    with pytest.raises(ValueError, match=f"got 'no module'. {words}"):
        get_track("no module")
    assert STUDY.plan(make_options(STUDY, {"models": ["majority"]})).trials  # there is a sound one
    assert len(TRACKS) == 11


def test_of_two_packages_with_one_name_the_first_counts(install):
    install("b-lines", "[lineclf.tracks]\nmine = my_lines:Mine\n")
    install("a-lines", "[lineclf.tracks]\nmine = my_lines:Mine\n")
    assert TRACKS["mine"].__name__ == "Mine"
    with pytest.warns(PluginWarning, match="'mine' of the package b-lines .* another package has this name, too"):
        plan = STUDY.plan(make_options(STUDY, {"tracks": ["mine"]}))
    assert plan.trials
