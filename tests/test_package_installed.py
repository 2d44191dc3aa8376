"""The built package, in an environment of its own outside the repository, where it is all that there is of lineclf.

`make test-package PYTHON=python3.12` has an environment of that Python and all dependencies from the package index.
Without LINECLF_PACKAGE_PYTHON, as in CI, the environment that runs the tests lends the dependencies: the wheel alone is
installed, which takes seconds instead of minutes.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PYTHON = os.environ.get("LINECLF_PACKAGE_PYTHON")
README = (ROOT / "README.md").read_text(encoding="utf-8")

pytestmark = [pytest.mark.package, pytest.mark.timeout(1800)]  # an installation takes minutes on a slow network

# The examples of the README are run on less: what they say is measured, and takes minutes.
LESS = {
    r"n_per_class=\d+": "n_per_class=4",
    r"epochs=\d+": "epochs=1",
    r"seeds=\d+": "seeds=2",
    r"load_lines\((\"\w+\")\)": r"few(load_lines(\1))",
}
PRELUDE = """\
import matplotlib
matplotlib.use("Agg")
def few(bunch):
    bunch.images, bunch.target = bunch.images[:200], bunch.target[:200]
    return bunch
"""


def run(*command, **options):
    """Run a process to its end and return what it printed; fail with all that it printed if it failed."""
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def tracked():
    """Files of the repository that are, or are about to be, under version control."""
    files = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT).split("\0")
    return [file for file in files if file and (ROOT / file).is_file()]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The sdist, and the wheel that is built from it, as they would be published."""
    source, folder = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for file in tracked():  # so that nothing lies in the repository that was built in it
        target = source / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((ROOT / file).read_bytes())
    run(sys.executable, "-m", "build", "--outdir", folder, source)
    (sdist,), (wheel,) = folder.glob("*.tar.gz"), folder.glob("*.whl")
    return sdist, wheel


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, built):
    """Function that runs a command of the environment that the wheel is installed into, in a folder of its own."""
    folder = tmp_path_factory.mktemp("elsewhere")
    run(PYTHON or sys.executable, "-m", "venv", folder / "env", *([] if PYTHON else ["--without-pip"]))
    python = folder / "env" / "bin" / "python"
    if PYTHON:
        run(python, "-m", "pip", "install", "--quiet", "--no-compile", built[1])
    else:
        run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", built[1])
        # A path of a .pth file: .pth files that lie there, as that of an editable lineclf, are not read.
        (site,) = (folder / "env" / "lib").glob("python*/site-packages")
        (site / "lent.pth").write_text(sysconfig.get_path("purelib"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}

    def use(command, *arguments, cwd=folder):
        return run(python.parent / command, *arguments, cwd=cwd, env=environment)

    yield use
    shutil.rmtree(folder)  # pytest keeps folders of three runs, and this one may have 3 GB


def test_the_wheel_is_the_package_and_nothing_else(built):
    inside = {name for name in zipfile.ZipFile(built[1]).namelist() if ".dist-info/" not in name}
    assert inside == {file for file in tracked() if file.startswith("lineclf/")}
    assert {"lineclf/py.typed", "lineclf/reporting/page.html"} <= inside


def test_the_sdist_has_what_builds_the_package_and_says_what_it_is(built):
    with tarfile.open(built[0]) as sdist:
        inside = {name.partition("/")[2] for name in sdist.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CITATION.cff", "constraints.txt"} <= inside
    assert {name.partition("/")[0] for name in inside if "/" in name} == {"lineclf", "lineclf.egg-info"}


def test_it_is_the_installed_one(elsewhere):
    place, version = elsewhere("python", "-c", "import lineclf; print(lineclf.__file__, lineclf.__version__)").split()
    assert "elsewhere" in place
    assert elsewhere("lineclf", "--version") == f"lineclf {version}\n"


@pytest.mark.parametrize("command", [[], ["ablate"], ["datasets", "export"]])
def test_it_tells_its_options(elsewhere, command):
    usage = " ".join(["usage: lineclf", *(command or ["ablate"])])
    assert elsewhere("lineclf", *command, "--help").startswith(usage)


def test_the_default_ablation_runs_from_the_packages_own_declarations(elsewhere, tmp_path):
    # As it stands it takes ten minutes. MLflow takes most of this test's time: in CI others know that it works.
    less = [
        "--max-time",
        "1",
        "--seeds",
        "2",
        "--components",
        "dropout",
        *([] if PYTHON else ["--tracking-uri", "none"]),
    ]
    assert "dropout" in elsewhere("lineclf", "ablate", *less, cwd=tmp_path)
    (page,) = tmp_path.glob("reports/ablation/**/ablation.md")
    assert "which parts of the four-head net matter?" in page.read_text(encoding="utf-8")


def test_the_examples_of_the_readme_run(elsewhere, tmp_path):
    code = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    assert "import lineclf" in code or "from lineclf" in code
    for pattern, less in LESS.items():
        code = re.sub(pattern, less, code)
    elsewhere("python", "-c", PRELUDE + code, cwd=tmp_path)


def test_data_are_exported(elsewhere, tmp_path):
    elsewhere("lineclf", "datasets", "export", "mnist-small", "digits", cwd=tmp_path)
    assert (tmp_path / "digits" / "croissant.json").is_file()
