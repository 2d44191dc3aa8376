"""What the README says stands where it says it comes from."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_links_and_pictures_are_there():
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if not target.startswith("http")]
    assert len(targets) >= 6
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_tables_are_those_of_the_stored_figures():
    tables = runpy.run_path(str(ROOT / "docs" / "tables.py"))
    assert re.findall(r"<!-- (\w+) -->", README) == list(tables["TABLES"])
    changed = README.replace("| R4 |", "| R44 |")
    assert changed != README == tables["fill"](changed)


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("results", "reproduction/reproduction.md"),
        ("heatmaps", "inside/quality.md"),
        ("green", "green/green.md"),
        ("speed", "speed.md"),
    ],
)
def test_every_table_is_in_its_report(name, page):
    table = runpy.run_path(str(ROOT / "docs" / "tables.py"))["TABLES"][name]()
    assert len(table.splitlines()) > 5
    assert table in (ROOT / "reports" / page).read_text()


def test_the_make_targets_are_there():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert targets == ["ablate", "test", "ui"]
    assert all(f"\n{target}:" in makefile for target in targets)
