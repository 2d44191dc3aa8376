"""Puts the reproduction's results into the README, from the stored figures: `python docs/tables.py`."""

import re
import runpy
from pathlib import Path

from lineclf._files import atomic_write
from lineclf.experiments._pages import read_results, summary_table

ROOT = Path(__file__).parents[1]
_PLACE = re.compile(r"(<!-- results -->\n).*?(<!-- end of results -->)", re.DOTALL)


def results_table():
    """Summary of the study in ``studies/reproduce.py``, from ``reports/reproduction/results.csv``."""
    study = runpy.run_path(str(ROOT / "studies" / "reproduce.py"))["STUDY"]
    return summary_table(study, read_results(ROOT / "reports" / study.name / "results.csv"))


def fill(readme):
    """README with the present table between its two marks."""
    return _PLACE.sub(lambda match: f"{match[1]}\n{results_table()}\n\n{match[2]}", readme)


if __name__ == "__main__":
    with atomic_write(ROOT / "README.md") as file:
        file.write(fill((ROOT / "README.md").read_text()).encode())
