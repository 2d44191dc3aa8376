"""The list of an ablation's reports: of all nets, data and designs, one page beside the default report."""

import json
from pathlib import Path

from lineclf._files import locked, write_files
from lineclf.reporting import read_table
from lineclf.reporting._markdown import markdown_table
from lineclf.reporting._numbers import number

__all__ = ["FACTS", "INDEX", "PAGE", "refresh_index"]

FACTS, PAGE, INDEX = "design.json", "ablation.md", "index.md"
_MARKS = {"better": " ▲", "worse": " ▼", "equivalent": " ="}


def refresh_index(folder):
    """Write the list of reports into this folder or the one above, whichever has further reports below it."""
    for top in (Path(folder), Path(folder).parent):
        others = sorted(path.parent for path in top.glob(f"*/{FACTS}"))
        if others and (top / FACTS).exists():
            with locked(top):
                reports = [_Report(each) for each in (top, *others) if (each / FACTS).exists()]
                write_files(top, {INDEX: "\n".join(_index(top, reports)) + "\n"})


class _Report:
    """A stored report, read from its folder."""

    def __init__(self, folder):
        self.folder = folder
        self.facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        self.is_known = "score" in self.facts  # else it is of lineclf 0.2

    def effects(self):
        """Effects of single components on the first score, or None."""
        path = self.folder / "effects.csv"
        if not path.exists():
            return None
        effects = read_table(path, dtype={"level": str})
        first = effects["scorer"] == effects["scorer"].iloc[0] if len(effects) else []
        return effects[first & (effects["size"] == 1) & effects["delta"].notna()]


def _index(top, reports):
    former = [f"[{each.folder.name}]({each.folder.name}/{each.facts['page']})" for each in reports if not each.is_known]
    reports = [each for each in reports if each.is_known]
    rows = [
        ["net", "data", "design", "size", "trials", "first cell", "rows decided", "raises it most", "lowers it most"]
    ]
    for report in reports:
        facts, effects = report.facts, report.effects()
        page = (report.folder / facts["page"]).relative_to(top).as_posix()
        score = number(facts["score"], ".4f")
        cells = [
            facts["net"],
            facts["data"],
            f"[{facts['design']}]({page})",
            facts["size"],
            f"{facts['trials']}",
            score,
        ]
        if effects is None or effects.empty:
            rows.append([*cells, "–", "–", "–"])
            continue
        decided = f"{(effects['verdict'] != 'open').sum()} of {len(effects)}"
        rows.append([*cells, decided, _extreme(effects, 1), _extreme(effects, -1)])
    lines = ["# All reports of this ablation", "", markdown_table(rows), ""]
    if former:
        lines += [f"With the statistics of lineclf 0.2, not yet run again: {', '.join(former)}.", ""]
    return [*lines, *_across(reports)]


def _extreme(effects, sign):
    row = effects.loc[(sign * effects["delta"]).idxmax()]
    return f"{row.component}={row.level}: {row.delta:+.4f} ({row.verdict})" if sign * row.delta > 0 else "–"


def _across(reports):
    """One table per net and size: the effect of every level on all data, changed one at a time."""
    groups: dict[tuple[str, str], dict] = {}
    for report in reports:
        if report.facts["design"] == "one-at-a-time" and report.facts["trials"]:
            groups.setdefault((report.facts["net"], report.facts["size"]), {})[report.facts["data"]] = report.effects()
    lines = []
    for (net, size), found in groups.items():
        if len(found) < 2:
            continue
        cells = {
            data: {
                (row.component, row.level): f"{row.delta:+.4f}{_MARKS.get(row.verdict, '')}"
                for row in each.itertuples()
            }
            for data, each in found.items()
        }
        rows = [["component", "level", *cells]]
        for component, level in dict.fromkeys(key for column in cells.values() for key in column):
            rows.append([component, level, *(column.get((component, level), "–") for column in cells.values())])
        lines += [f"## {net}, one component at a time, {size}", "", markdown_table(rows), ""]
    if lines:
        lines.append(
            "Δ of the first score to the baseline. Only reports of one size stand in one table. ▲ better, ▼ worse, "
            "= equivalent; no mark: open, or none, or all, right on both sides."
        )
    return lines
