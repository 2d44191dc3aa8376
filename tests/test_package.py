"""What the package says of itself is so: versions, licence, Pythons, what it needs."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml

import lineclf
from lineclf.runs._storage import open_storage

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
EXTRAS = PROJECT["optional-dependencies"]


def distribution(requirement):
    """Normalized name of the distribution that a requirement is of."""
    return re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


def test_one_version_everywhere():
    changes = re.findall(r"^## (\d\S*)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert lineclf.__version__ == PROJECT["version"] == CITATION["version"]
    assert lineclf.__version__.partition(".dev")[0] == changes[0]


def test_the_citation_is_that_of_the_project():
    assert CITATION["cff-version"] == "1.2.0"
    assert CITATION["message"]
    assert CITATION["title"] == PROJECT["name"]
    assert CITATION["authors"] == PROJECT["authors"]
    assert CITATION["license"] == PROJECT["license"]
    assert CITATION["abstract"] == f"{PROJECT['description']}."
    assert CITATION["keywords"] == PROJECT["keywords"]


def test_the_pythons_are_those_that_it_runs_on():
    named = re.findall(r"Python :: (3\.\d+)\n", "\n".join([*PROJECT["classifiers"], ""]))
    assert f">={named[0]}" == PROJECT["requires-python"]
    assert f"{sys.version_info.major}.{sys.version_info.minor}" in named
    assert named == sorted(named, key=lambda each: int(each.partition(".")[2]))


def test_it_is_typed():
    assert "Typing :: Typed" in PROJECT["classifiers"]
    assert (ROOT / "lineclf" / "py.typed").is_file()


def imported(path):
    """Top-level packages that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


def test_all_that_is_imported_is_declared():
    installed = packages_distributions() | {"torch": ["torch"]}
    names = {name for path in (ROOT / "lineclf").rglob("*.py") for name in imported(path)}
    names -= {*sys.stdlib_module_names, "lineclf"}
    declared = {distribution(each) for each in [*PROJECT["dependencies"], *EXTRAS["torch"], *EXTRAS["postgresql"]]}
    lacking = {name for name in names if not declared & set(map(distribution, installed.get(name, [])))}
    assert len(names) > 15
    assert lacking == set()


def test_all_that_is_declared_is_pinned():
    pinned = {distribution(line) for line in (ROOT / "constraints.txt").read_text().split()}
    needed = [*PROJECT["dependencies"], *EXTRAS["postgresql"], *EXTRAS["test"]]
    assert {*map(distribution, needed)} - {"lineclf"} <= pinned


@pytest.mark.parametrize("name", ["gp", "postgresql", "torch"])
def test_an_extra_is_named_where_it_is_missed(name):
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "lineclf").rglob("*.py")]
    assert any(f"lineclf[{name}]" in text for text in texts)


def test_every_extra_that_is_named_is_there():
    pages = [ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "lineclf").rglob("*.py")]
    texts = [path.read_text(encoding="utf-8") for path in pages if path.name != "changelog.md"]  # a built site's
    named = {name for text in texts for name in re.findall(r"'(?:lineclf|\.)\[(\w+)\]'", text)}
    assert named <= set(EXTRAS)
    assert named >= {"gp", "torch"}


def test_a_missing_driver_is_told_with_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ValueError, match=r"psycopg, which is not installed: pip install 'lineclf\[postgresql\]'"):
        open_storage("postgresql+psycopg://me@127.0.0.1:1/db", "study", create=True)
