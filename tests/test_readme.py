"""The README is short, and what it and the pages say stands where they say it comes from."""

import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
MADE = ("docs/_build", "docs/gallery", "docs/reports", "docs/changelog.md", "docs/contributing.md")  # by `make docs`
TEXTS = [
    path.relative_to(ROOT).as_posix()
    for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    if not path.relative_to(ROOT).as_posix().startswith(MADE)
]


def test_it_can_be_read_in_three_minutes():
    assert len(README.splitlines()) <= 130
    blocks = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    for block in blocks:
        assert len([line for line in block.splitlines() if line]) <= 12
    assert len(re.findall(r"!\[", README)) == 1


@pytest.mark.parametrize("name", TEXTS)
def test_links_and_pictures_are_there(name):
    text = re.sub(r"```.*?```", "", (ROOT / name).read_text(), flags=re.DOTALL)
    targets = [target for target in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"https?:", target)]
    for target in targets:
        path, _, anchor = target.partition("#")
        found = (ROOT / name).parent / path if path else ROOT / name
        assert found.exists(), f"{name} links to {target}"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found.read_text()), f"{name} links to {target}"


def anchors(page):
    """What headings are linked by, as Git's forges and MyST make it of their words."""
    headings = re.findall(r"^#+ (.*)$", re.sub(r"```.*?```", "", page, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_on_the_sites_menu():
    docs = ROOT / "docs"
    pages = {path.stem for path in docs.glob("*.md")} | {"changelog", "contributing"}
    menus = "\n".join(
        block
        for path in docs.glob("*.md")
        for block in re.findall(r"```\{toctree\}\n(.*?)```", path.read_text(), re.DOTALL)
    )
    assert pages - set(re.findall(r"^[\w-]+$", menus, re.MULTILINE)) == {"index"}


def test_the_tables_are_those_of_the_stored_figures():
    tables = runpy.run_path(str(ROOT / "docs" / "tables.py"))
    marked = {
        name: names
        for name in TEXTS
        if (names := re.findall(r"^<!-- (\w+) -->$", (ROOT / name).read_text(), re.MULTILINE))
    }
    assert marked == tables["PAGES"]
    assert sorted(name for names in marked.values() for name in names) == sorted(tables["TABLES"])
    for name in marked:
        page = (ROOT / name).read_text()
        changed = re.sub(r"(<!-- (\w+) -->\n).*?(<!-- end of \2 -->)", r"\1old\n\3", page, flags=re.DOTALL)
        assert changed != page == tables["fill"](changed)


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


def test_every_row_of_the_ablation_is_in_its_report():
    table = runpy.run_path(str(ROOT / "docs" / "tables.py"))["TABLES"]["ablation"]()
    report = (ROOT / "reports" / "ablation" / "ablation.md").read_text()
    rows = re.findall(r"^\| (\w+) \| (\S+) \| (\d+) \| (\S+) \| \S+ to \S+ \| (\w+) \|$", table, re.MULTILINE)
    assert len(rows) == len(re.findall(r"^\| \w+ \| \S+ \| \d+ \| [\d.]+ \| ", report, re.MULTILINE)) > 5
    for component, level, n, delta, verdict in rows:
        row = re.search(
            rf"^\| {component} \| {re.escape(level)} \| {n} \| \S+ \| (\S+) \|.*\| {verdict} \|", report, re.MULTILINE
        )
        assert float(row[1]) * 100 == pytest.approx(float(delta), abs=0.006)


def test_the_make_targets_are_there():
    makefile = (ROOT / "Makefile").read_text()
    assert re.findall(r"^make (\w+)", README, re.MULTILINE) == ["ablate", "test"]
    for name in TEXTS:
        for target in re.findall(r"^make ([\w-]+)|`make ([\w-]+)", (ROOT / name).read_text(), re.MULTILINE):
            assert f"\n{max(target)}:" in makefile, f"{name} has make {max(target)}"
