"""Every module says what it gives; every public name is seen, resolves, and has its place in the reference."""

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest

import lineclf

ROOT = Path(lineclf.__file__).parent
MODULES = sorted(ROOT.rglob("*.py"))
PUBLIC = ["lineclf", *(f"lineclf.{name}" for name in dir(lineclf) if (ROOT / name).is_dir() or name == "cli")]
KERAS = {"lineclf", "lineclf.estimators", "lineclf.inspection", "lineclf.nets"}


def of_all_packages(test):
    params = [pytest.param(name, marks=[pytest.mark.keras] if name in KERAS else []) for name in PUBLIC]
    return pytest.mark.parametrize("package", params)(test)


def test_the_public_modules_are_those_without_an_underscore():
    found = {path.parent for path in ROOT.glob("*/__init__.py")} | set(ROOT.glob("[a-z]*.py"))
    assert {f"lineclf.{path.stem}" for path in found} == set(PUBLIC[1:])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_module_states_what_it_gives(path):
    body = ast.parse(path.read_text()).body
    assigned = {name: node.value for node in body for name in assigned_names(node)}
    assert "__all__" in assigned
    if path.name == "__init__.py" or path.stem == "cli":
        return  # these give what others define: tested below
    stated = ast.literal_eval(assigned["__all__"])
    defined = {node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef)} | set(assigned)
    assert sorted(stated) == sorted(name for name in defined if not name.startswith("_"))


def assigned_names(node):
    if isinstance(node, ast.Assign | ast.AnnAssign):
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            yield from (each.id for each in ast.walk(target) if isinstance(each, ast.Name))


@of_all_packages
def test_every_public_name_is_listed_and_resolves(package):
    module = import_module(package)
    assert len(set(module.__all__)) == len(module.__all__)
    assert set(module.__all__) <= set(dir(module))
    assert [name for name in dir(module) if getattr(module, name, None) is None and not name.startswith("_")] == []


@pytest.mark.parametrize("package", ["runs", "reporting", "ablation", "benchmark", "defaults"])
def test_names_that_load_late_are_seen_before(package):
    module = import_module(f"lineclf.{package}")
    assert dir(module) == sorted(module.__all__)


@pytest.mark.parametrize(
    ("package", "wrong", "near"),
    [
        ("lineclf.runs", "run_studie", "run_study"),
        ("lineclf", "datset", "datasets"),
        ("lineclf", "AblationCv", "AblationCV"),
    ],
)
def test_a_wrong_name_is_told_with_a_near_one(package, wrong, near):
    with pytest.raises(AttributeError, match=f"'{package}' has no attribute '{wrong}'; did you mean '{near}'"):
        getattr(import_module(package), wrong)


@of_all_packages
def test_every_public_name_is_in_the_reference(package):
    folder = ROOT.parent / "docs" / "api"
    page = (folder / f"{package.rpartition('.')[2]}.rst").read_text()
    assert f".. py:module:: {package}\n" in page
    documented = re.findall(r"^(?:   |\.\. py:data:: |- ``)(\w+)(?:``.*)?$", page, re.MULTILINE)
    assert sorted(documented) == sorted(import_module(package).__all__)
    assert f"\n   {package.rpartition('.')[2]}\n" in (folder / "index.rst").read_text()
