"""Puts tables and verdicts of the reports into the README, from their stored figures: `python docs/tables.py`."""

import re
import runpy
import sys
from pathlib import Path

import pandas as pd

from lineclf._files import atomic_write

sys.path.insert(0, str(Path(__file__).parents[1] / "studies"))  # for what a study has beside its script

from reproduction.frames import read_results
from reproduction.tables import summary_table

ROOT = Path(__file__).parents[1]
_PLACE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def results_table():
    """Summary of the study in ``studies/reproduce.py``."""
    study = _study("reproduce")
    return summary_table(study, read_results(_report(study.name)))


def heatmaps_table():
    """Every method of ``studies/inside.py`` at a glance."""
    study = runpy.run_path(str(ROOT / "studies" / "inside.py"))
    return study["overview"](pd.read_csv(ROOT / "reports" / "inside" / "quality.csv"))


def green_verdict():
    """What ``studies/green.py`` says of the report's claim."""
    return re.search(r"^The claim .*?(?=\n\n!\[)", _page("green", "green.md"), re.MULTILINE | re.DOTALL)[0]


def speed_table():
    """The first table of ``reports/speed.md``."""
    return re.search(r"(?:^\|.*\n)+", _page("speed.md"), re.MULTILINE)[0].strip()


def _study(script):
    return runpy.run_path(str(ROOT / "studies" / f"{script}.py"))["STUDY"]


def _page(*path):
    return (ROOT / "reports").joinpath(*path).read_text(encoding="utf-8")


def _report(name):
    return ROOT / "reports" / name / "results.csv"


TABLES = {
    "results": results_table,
    "heatmaps": heatmaps_table,
    "green": green_verdict,
    "speed": speed_table,
}


def fill(readme):
    """README with the present tables between their marks."""
    return _PLACE.sub(lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n\n{match[3]}", readme)


if __name__ == "__main__":
    with atomic_write(ROOT / "README.md") as file:
        file.write(fill((ROOT / "README.md").read_text(encoding="utf-8")).encode())
