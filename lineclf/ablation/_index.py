"""The list of an ablation's reports, of all nets, tracks and designs, on the page of the default one."""

import json
from pathlib import Path

from lineclf._files import locked, write_files
from lineclf.ablation._designs import DESIGNS
from lineclf.ablation._effects import ENDS, HEADS
from lineclf.reporting import read_table
from lineclf.reporting._markdown import markdown_table
from lineclf.reporting._numbers import points, spans

FACTS = "design.json"
TOP = "ablation.md"
HEADING = "## All nets, tracks and designs"
_MARKS = {"better": " ▲", "worse": " ▼", "equivalent": " ="}


def describe(plan, design, page, n_results, first=None):
    """What the list needs to know of a report, as JSON.

    Parameters
    ----------
    plan : Plan
    design : str
    page : str
        Name of the report's page.
    n_results : int
    first : str, optional
        Name of the cell that the others are compared with.
    """
    task = plan.task
    facts = {"design": design, "page": page, "estimator": task.estimator, "track": task.track, "first": first}
    facts |= {"n_per_class": task.n_per_class, "settings": dict(task.settings), "trials": n_results}
    facts["identity"] = plan.identity
    return json.dumps(facts, indent=2) + "\n"


def refresh_index(folder):
    """Write the list of reports anew on the page of this folder, or of the one above: whichever has others below it."""
    for top in (Path(folder), Path(folder).parent):
        page = top / TOP
        others = sorted(path.parent for path in top.glob(f"*/{FACTS}"))
        if others and page.exists():
            with locked(top):
                reports = [_Report(each) for each in (top, *others) if (each / FACTS).exists()]
                text = page.read_text(encoding="utf-8").partition(f"\n{HEADING}\n")[0].rstrip("\n")
                write_files(top, {TOP: "\n".join([text, "", HEADING, "", *_index(top, reports)]) + "\n"})


class _Report:
    """A stored report, read from its folder."""

    def __init__(self, folder):
        self.folder = folder
        self.facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        self.net = self.facts["estimator"].rpartition(":")[2]
        self.results = read_table(folder / "results.csv")

    @property
    def size(self):
        """What two reports must have in common to be compared, in words."""
        parts = [f"{self.facts['n_per_class']} draws a class"]
        parts += [f"{name}={value}" for name, value in self.facts["settings"].items()]
        if "seed" in self.results:  # a search has a single one, and folds
            parts.append(f"seeds {spans(sorted(set(self.results['seed'])))}")
        return ", ".join(parts)

    def effects(self):
        """Effects of single components on the joint accuracy, or None."""
        path = self.folder / "effects.csv"
        if not path.exists():
            return None
        effects = read_table(path, dtype={"level": str})
        effects = effects.rename(columns={"term": "component"})
        alone = effects["size"] == 1 if "size" in effects else True
        return effects[(effects["head"] == "joint") & alone & effects["delta"].notna()]

    def first_score(self):
        """Mean joint accuracy of the cell that the others are compared with."""
        if "cell" not in self.results:
            return float("nan")
        first = (self.results["cell"] == self.facts["first"]) & (self.results["metric"] == HEADS["joint"])
        return self.results.loc[first, "value"].mean()


def _index(top, reports):
    rows = [["net", "track", "design", "trials", "size", "joint accuracy of the first cell, %"]]
    rows[0] += ["raises it most, points", "lowers it most, points"]
    for report in reports:
        facts, effects = report.facts, report.effects()
        link = f"[{facts['design']}]({(report.folder / facts['page']).relative_to(top).as_posix()})"
        score = f"{100 * report.first_score():.2f}" if facts["first"] and facts["trials"] else "–"
        rows.append([report.net, facts["track"], link, f"{facts['trials']}", report.size, score])
        rows[-1] += ["–", "–"] if effects is None or effects.empty else [_extreme(effects, 1), _extreme(effects, -1)]
    return [markdown_table(rows), "", *_across(reports)]


def _extreme(effects, sign):
    if effects["verdict"].isin(ENDS).all():
        return "/".join(dict.fromkeys(effects["verdict"]))
    row = effects.loc[(sign * effects["delta"]).idxmax()]
    sure = row.verdict if row.verdict in ("better", "worse") else "open"
    return f"{row.component}={row.level}: {points(row.delta)} ({sure})" if sign * row.delta > 0 else "–"


def _across(reports):
    """One table a net and size: the effect of every level on every track, changed one at a time."""
    groups: dict[tuple[str, str], dict] = {}
    for report in reports:
        if report.facts["design"] == DESIGNS[0] and report.facts["trials"]:
            groups.setdefault((report.net, report.size), {})[report.facts["track"]] = report.effects()
    lines = []
    for (net, size), found in groups.items():
        if len(found) < 2:
            continue
        cells = {
            track: {(row.component, row.level): _cell(row) for row in effects.itertuples()}
            for track, effects in found.items()
        }
        rows = [["component", "level", *cells]]
        for component, level in dict.fromkeys(key for column in cells.values() for key in column):
            rows.append([component, level, *(column.get((component, level), "–") for column in cells.values())])
        what = f"{net}, one component at a time, {size}"
        lines += [f"{what}: Δ joint accuracy to the baseline on each track, points.", "", markdown_table(rows), ""]
    if lines:
        lines.append(
            "Only reports of one size stand in one table. ▲ better, ▼ worse, = equivalent by the rule above; no mark: "
            "open; floor, ceiling: none, or all, right on both sides, where no difference could show."
        )
    return lines


def _cell(effect):
    return effect.verdict if effect.verdict in ENDS else f"{points(effect.delta)}{_MARKS.get(effect.verdict, '')}"
