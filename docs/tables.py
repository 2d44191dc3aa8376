"""Puts tables of the reports into the README and the pages, from stored figures: `python docs/tables.py`."""

import re
import runpy
import sys
from pathlib import Path

import pandas as pd

from lineclf._files import atomic_write
from lineclf.reporting import markdown_table, points, read_table

sys.path.insert(0, str(Path(__file__).parents[1] / "studies"))  # for what a study has beside its script

from reproduction.frames import read_results
from reproduction.tables import summary_table

ROOT = Path(__file__).parents[1]
_PLACE = re.compile(r"(<!-- (\w+) -->\n).*?(<!-- end of \2 -->)", re.DOTALL)


def ablation_table():
    """Every row of the default ablation, in points of joint accuracy."""
    effects = read_table(ROOT / "reports" / "ablation" / "effects.csv")
    effects = effects[effects["scorer"] == effects["scorer"].iloc[0]]
    rows = [["component", "instead", "n", "Δ joint accuracy, points", "interval", "verdict"]]
    for row in effects.itertuples():
        interval = f"{points(row.low)} to {points(row.high)}"
        rows.append([row.component, str(row.level), str(row.n), points(row.delta), interval, row.verdict])
    page = _page("ablation", "ablation.md")
    score, seeds = re.search(r"^Baseline: joint ([\d.]+) \((\d+) seeds\)", page, re.MULTILINE).groups()
    trained, tested = re.search(r"^- (\d+) rows are trained on, (\d+) tested", page, re.MULTILINE).groups()
    whole = f"{100 * float(score):.1f} % (n = {seeds}) after training on {int(trained):,} images"
    return f"""{markdown_table(rows)}

n: paired seeds. The net as it is: {whole}, tested on {int(tested):,}.
All intervals hold together with 95 % confidence: [the whole report](reports/ablation/ablation.md)."""


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
    "ablation": ablation_table,
    "results": results_table,
    "heatmaps": heatmaps_table,
    "green": green_verdict,
    "speed": speed_table,
}

#: Pages with tables, and the names of these, from the root of the project.
PAGES = {
    "README.md": ["ablation"],
    "docs/reproduction.md": ["results"],
    "docs/heatmaps.md": ["heatmaps"],
    "docs/green.md": ["green"],
    "docs/speed.md": ["speed"],
}


def fill(page):
    """Text of a page with the present tables between their marks."""
    return _PLACE.sub(lambda match: f"{match[1]}\n{TABLES[match[2]]()}\n\n{match[3]}", page)


if __name__ == "__main__":
    for name in PAGES:
        text = (ROOT / name).read_text(encoding="utf-8")
        with atomic_write(ROOT / name) as file:
            file.write(fill(text).encode())
