"""What the README says stands where it says it comes from."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_links_and_pictures_are_there():
    targets = [target for target in re.findall(r"\]\(([^)]+)\)", README) if not target.startswith("http")]
    assert len(targets) >= 6
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_the_speed_table_is_the_reports():
    table = re.search(r"## Speed\n.*?\n\n(\|.*?)\n\n", README, re.DOTALL).group(1)
    assert len(table.splitlines()) > 8
    assert table in (ROOT / "reports" / "speed.md").read_text()


def test_the_results_table_is_that_of_the_stored_figures():
    tables = runpy.run_path(str(ROOT / "docs" / "tables.py"))
    table = tables["results_table"]()
    assert len(table.splitlines()) > 10
    assert table in (ROOT / "reports" / "reproduction" / "reproduction.md").read_text()
    assert tables["fill"](README) == README
    assert tables["fill"](README.replace("| R4 |", "| R44 |")) == README


def test_the_make_targets_are_there():
    makefile = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^make (\w+)", README, re.MULTILINE)
    assert targets == ["ablate", "test", "ui"]
    assert all(f"\n{target}:" in makefile for target in targets)
