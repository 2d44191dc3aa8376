"""Who may import whom, and what stays unloaded; the layers themselves are import-linter's."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import lineclf

ROOT = Path(lineclf.__file__).parent
STUDIES = ROOT.parent / "studies"


@cache
def imports():
    """Dotted names that each file of the package, and of the studies beside it, imports anywhere."""
    found = {}
    for path in [*ROOT.rglob("*.py"), *STUDIES.rglob("*.py")]:
        names = found[path.relative_to(ROOT.parent).as_posix()] = set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                names |= {f"{node.module or ''}.{alias.name}" for alias in node.names}
    return found


def imported_by(package):
    """Files that import `package` anywhere."""
    return {file for file, names in imports().items() if package in {name.split(".")[0] for name in names}}


def test_studies_import_public_names_alone():
    private = re.compile(r"lineclf\..*\b_(?!_)")
    studies = {file: names for file, names in imports().items() if file.startswith("studies/")}
    assert {file for file, names in studies.items() if any(map(private.match, names))} == set()


@pytest.mark.parametrize(
    ("package", "files"),
    [
        ("optuna", ["ablation/_optuna.py", "runs/_space.py", "runs/_storage.py", "runs/_store.py"]),
        ("mlflow", ["runs/_tracking.py", "runs/_tracking_store.py"]),
        ("distributed", ["runs/_dask.py"]),
        ("scikeras", ["estimators/_scikeras.py"]),
        ("itables", ["reporting/_html.py"]),
        ("markdown_it", ["reporting/_html.py"]),
        ("pyarrow", ["datasets/_parquet.py"]),
        ("torch", ["datasets/_torch.py"]),
    ],
)
def test_a_framework_is_known_in_few_files(package, files):
    inside = {file.removeprefix("lineclf/") for file in imported_by(package) if file.startswith("lineclf/")}
    assert inside == set(files)


@pytest.mark.parametrize("path", [STUDIES / "reproduce.py", *STUDIES.glob("*/*.py")], ids=lambda path: path.name)
def test_a_study_imports_public_names_of_the_package_alone(path):
    found = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ImportFrom | ast.Import)]
    names = [f"{getattr(node, 'module', '')}.{alias.name}" for node in found for alias in node.names]
    assert [name for name in names if "lineclf" in name and "._" in name] == []


@pytest.mark.parametrize("package", ["pickle", "cloudpickle", "dill", "shelve", "marshal"])
def test_nothing_is_unpickled(package):
    # Whether somebody's plan can travel is found out by trying.
    assert imported_by(package) == ({"lineclf/testing/_study.py"} if package == "cloudpickle" else set())


# In this order, each on top of those before: a process starts once.
NOT_LOADED = {
    "lineclf": ["numpy", "sklearn", "tensorflow", "keras"],
    "lineclf.datasets": ["sklearn", "PIL", "pandas", "pyarrow", "scipy", "tensorflow", "keras", "torch"],
    "lineclf.audit": ["PIL", "tensorflow", "keras", "scikeras", "optuna", "mlflow"],
    "lineclf.model_selection": ["tensorflow", "keras", "scikeras", "optuna", "mlflow"],
    "lineclf.metrics": ["tensorflow", "keras", "scikeras", "optuna", "mlflow"],
    "lineclf.baselines": ["tensorflow", "keras", "scikeras", "optuna", "mlflow"],
    "lineclf.runs": ["tensorflow", "keras", "optuna", "mlflow", "matplotlib"],
    "lineclf.cli": ["tensorflow", "keras", "optuna", "mlflow", "matplotlib"],
    "lineclf.ablation._ablation_cv": ["tensorflow", "keras", "optuna", "mlflow", "distributed", "matplotlib"],
    "lineclf.benchmark._compare": ["tensorflow", "keras", "optuna", "mlflow", "distributed", "matplotlib"],
    "lineclf.nets": ["scikeras", "optuna", "mlflow"],
    "lineclf.estimators": ["optuna", "mlflow"],
}


@pytest.mark.keras
def test_importing_a_module_loads_nothing_that_it_does_not_need():
    script = f"""
import sys
from importlib import import_module
for module, absent in {NOT_LOADED}.items():
    import_module(module)
    print(module, [name for name in absent if name in sys.modules])
"""
    outcome = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert outcome.stdout.splitlines() == [f"{module} []" for module in NOT_LOADED]


def test_declaring_a_study_loads_nothing_heavy():
    script = "import lineclf.ablation, lineclf.benchmark, lineclf.cli, sys; print([m for m in %r if m in sys.modules])"
    heavy = ["numpy", "pandas", "sklearn", "tensorflow", "keras", "optuna", "mlflow", "matplotlib", "sqlalchemy"]
    outcome = subprocess.run([sys.executable, "-c", script % heavy], capture_output=True, text=True, check=True)
    assert outcome.stdout.strip() == "[]"


@pytest.mark.keras
def test_public_names_resolve_and_unknown_ones_say_what_there_is():
    for name in lineclf.__all__:
        assert getattr(lineclf, name)
    with pytest.raises(AttributeError, match="MultiHeadLineClassifier"):
        lineclf.MultiHeadLineClasifier  # noqa: B018
