"""Findings from the stored trials of an AblationCV: its tables, and its report."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from lineclf._files import write_files
from lineclf.ablation._anova import anova, codes_of
from lineclf.ablation._display import AblationDisplay
from lineclf.ablation._index import FACTS, PAGE, refresh_index
from lineclf.ablation._tables import anova_table, importances_table
from lineclf.reporting import read_table
from lineclf.reporting._html import with_html
from lineclf.reporting._markdown import failures_section, made_with, markdown_table, written_by
from lineclf.reporting._numbers import number
from lineclf.runs import Report
from lineclf.trials._columns import meanings
from lineclf.trials._frames import cells_frame, results_frame
from lineclf.trials._inference import effects_frame, minutes_needed
from lineclf.trials._sample import ALONE
from lineclf.trials._summary import Summary, with_interval

__all__ = ["EARLIER", "FOLLOWING", "Findings"]

EARLIER = "earlier.csv"
FOLLOWING = {"costs.png", "anova.csv", "importances.csv", "importances.png"}


class Findings:
    """Tables of an ablation, from its stored results only.

    Parameters
    ----------
    plan : AblationTrials
    results : list of dict
        Results of its finished trials.
    failures : dict of str to str
        Error of each trial that was given up, by "cell · seed".

    Attributes
    ----------
    scorers : list of str
    sample : Sample
    effects, cells, results : pandas.DataFrame
    """

    def __init__(self, plan, results, failures):
        self.plan, self.trials, self.failures = plan, results, failures
        self.scorers = results[0]["scorers"] if results else list(plan.scores.names)
        plan.scores.names = self.scorers  # a callable's are known from what it gave
        self.sample = plan.sample()
        self.effects = effects_frame(results, plan.contrasts, self.scorers, self.sample)
        self.cells = cells_frame(results, plan.cells, self.scorers)
        self.results = results_frame(results)
        if plan.terms and len(self.results):  # a column a component in the place of the one that was changed
            levels = {cell.name: plan.labels(cell.settings) for cell in plan.cells}
            known = pd.DataFrame([levels[cell] for cell in self.results["cell"]])
            rest = self.results.drop(columns=["component", "level"])
            self.results = pd.concat([rest[["cell"]], known, rest.drop(columns="cell")], axis=1)

    @property
    def summary(self):
        """The findings as sentences."""
        minutes = minutes_needed(self.trials, self.plan.contrasts, self.effects)
        how = {"note": self.plan.note, "minutes": minutes, "n_left": self.plan.n_left(self.trials, self.failures)}
        return Summary(self.effects, self.sample, self.scorers, len(self.failures), **how)

    def crossed(self):
        """Return the analysis of variance and the importances of a crossed design, from the seeds with all cells."""
        from lineclf.ablation._optuna import importances

        cells = {cell.name: cell.settings for cell in self.plan.cells}
        metric = f"test_{self.scorers[0]}"
        runs = pd.DataFrame(
            [
                {"cell": each["cell"], "seed": each["seed"], metric: each["metrics"][metric]}
                for each in self.trials
                if each["cell"] in cells
            ],
            columns=["cell", "seed", metric],
        ).set_index(["cell", "seed"])
        whole = runs.groupby(level="seed").size() == len(cells)
        runs = runs[runs.index.get_level_values("seed").isin(whole.index[whole])].sort_index()
        if runs.empty:
            return None, None
        levels = {cell: self.plan.labels(settings) for cell, settings in cells.items()}
        table = anova(runs, codes_of(runs, levels), self.plan.terms, metric)
        if self.sample.kind not in ALONE:  # F supposes independent runs, which folds of one sample are not
            table[["f", "p_value", "p_holm"]] = np.nan
        settings = [levels[cell] for cell in runs.index.get_level_values("cell")]
        shares = pd.DataFrame(importances(settings, runs[metric].tolist()))
        return table, shares.rename_axis("component")

    def write(self, folder, command):
        """Write the report; return the :class:`lineclf.runs.Report`."""
        from lineclf.ablation._figures import costs_figure  # Matplotlib comes with it
        from lineclf.reporting._figures import png

        folder, plan = Path(folder), self.plan
        folder.mkdir(parents=True, exist_ok=True)
        first = self.scorers[0]
        drawn = {"rope": self.sample.rope.get(first), "confidence": self.sample.confidence}
        files = {
            "effects.csv": self.effects.to_csv(index=False),
            "results.csv": self.results.to_csv(index=False),
            "cells.csv": self.cells.to_csv(index=False),
            "effects.png": png(AblationDisplay(effects=self.effects, scorer=first, **drawn).figure()),
        }
        files |= _earlier(folder, plan.identity) if plan.facts else {}
        if self.trials:
            files["costs.png"] = png(costs_figure(self.cells, first))
        summary = self.summary
        page = [f"# {plan.heading}", "", summary.lead(), "", summary.markdown(), "", summary.rule(), ""]
        page += ["![Effects with their intervals](effects.png)", ""]
        if plan.terms:
            sections, more = self._crossed_sections()
            page += sections
            files |= more
        if self.scorers[1:]:
            page += ["## The other scores", "", self._others(), "", "Δ, and an interval that holds alone.", ""]
        page += ["## Cost beside benefit", "", self._costs(), ""]
        page += ["★: no other cell costs as little and scores more, or scores as much and costs less.", ""]
        if self.sample.low:
            page[-2] += " Scores here are the first cell's mean over all of its seeds plus each cell's Δ."
        if self.trials:
            page += ["![Score against cost](costs.png)", ""]
        page += ["## How it was run", "", *self._facts(command)]
        if plan.facts:
            n_trials, score = len(self.trials), self.cells.set_index("cell")[first].iloc[0]
            facts = {**plan.facts, "trials": n_trials, "score": score, "identity": plan.identity}
            files[FACTS] = json.dumps(facts, indent=2) + "\n"
        if EARLIER in files:
            page.append(f"- `{EARLIER}` keeps what was reported here before, of other settings or an earlier revision.")
        page += failures_section(self.failures)
        files = with_html({PAGE: "\n".join(page) + "\n", **files}, meanings(self.scorers))
        written = write_files(folder, files)
        for name in FOLLOWING - files.keys():  # an earlier run's, of another design
            Path(folder, name).unlink(missing_ok=True)
        if plan.facts:
            refresh_index(folder)
        return Report(
            summary.text(others=False), written, f"{summary.lead()}\n\n{summary.markdown()}", self._of_cells()
        )

    def _crossed_sections(self):
        from lineclf.ablation._figures import importances_figure
        from lineclf.reporting._figures import png

        table, shares = self.crossed()
        summary = self.summary
        sections = ["## Pairs", "", "How much the effect of the first grows when the second is changed, too.", ""]
        sections += [summary.markdown(size=2), ""]
        if table is None:
            return [*sections, "No seed has all cells yet, which an analysis of variance needs.", ""], {}
        aliases = {each.component: list(each.aliases) for each in self.plan.contrasts}
        sections += ["## Analysis of variance", "", anova_table(table, aliases), ""]
        sections += [
            "Exact sums of squares, with the seeds as blocks; each F against its own stratum, how much the effect "
            "varies from seed to seed. F and p are given for independent runs only.",
            "",
        ]
        sections += [importances_table(shares, table, aliases), ""]
        sections += ["fANOVA and PED-ANOVA as Optuna computes them, shares of their sum; η² is exact.", ""]
        sections += ["![Importances and effects](importances.png)", ""]
        first = self.effects[self.effects["scorer"] == self.scorers[0]]
        figure = importances_figure(shares, table, first, aliases, self.scorers[0])
        files = {"anova.csv": table.to_csv(index=False), "importances.csv": shares.to_csv()}
        return sections, files | {"importances.png": png(figure)}

    def _others(self):
        """Effects on all scores but the first, side by side."""
        names = self.scorers[1:]
        rows = [["component", "level", *(f"Δ {name}" for name in names)]]
        keys = ["component", "level"]
        for (component, level), found in self.effects.groupby(keys, sort=False):
            by_score = found.set_index("scorer")
            rows.append([component, level, *(with_interval(by_score.loc[name]) for name in names)])
        return markdown_table(rows)

    def _costs(self):
        sized = "parameters" in self.cells
        rows = [["cell", "seeds", *self.scorers, "fit, s", "ratio", *["parameters"] * sized]]
        for row in self.cells.sort_values(self.scorers[0], ascending=False, kind="stable").to_dict("records"):
            scores = [number(row[name], ".4f") for name in self.scorers]
            cells = [number(row["fit_time"], ".4g") + " ★" * bool(row["front"]), number(row["ratio"], ".2f")]
            if sized:
                cells.append(number(row["parameters"], ",.0f") + " ★" * bool(row["front_parameters"]))
            rows.append([row["cell"], str(row["n"]), *scores, *cells])
        return markdown_table(rows)

    def _facts(self, command):
        plan, sample = self.plan, self.sample
        lines = [f"- {name.capitalize()}: `{value}`." for name, value in plan.params.items()]
        seeds = f"{sample.low} to {len(sample.seeds)}" if sample.low else f"{len(sample.seeds)}"
        finished = f"{len(self.trials)} trials finished, {len(self.failures)} failed"
        lines.append(f"- {len(plan.cells)} cells × {seeds} seeds; {finished}.")
        if self.trials:
            sizes = [np.mean([each["split"][name] for each in self.trials]) for name in ("n_train", "n_test")]
            lines.append(f"- {sizes[0]:.0f} rows are trained on, {sizes[1]:.0f} tested, mean over the folds.")
            lines.append(f"- {made_with(self.trials)}")
        return [*lines, f"- {written_by(command)}."]

    def _of_cells(self):
        """Effect and verdict of every cell that has a row of its own, for a tracker."""
        first = self.effects[self.effects["scorer"] == self.scorers[0]]
        if self.plan.terms:
            return {}
        return {
            cell.name: {
                "component": row.component,
                "level": row.level,
                "verdict": row.verdict,
                "delta": float(row.delta),
                "delta_low": float(row.low),
                "delta_high": float(row.high),
                "pvalue": float(row.pvalue),
            }
            for cell, row in zip(self.plan.cells[1:], first.itertuples(), strict=True)
        }


def _earlier(folder, identity):
    """The folder's results of another study: of other settings or sizes, or of an earlier revision."""
    facts, rows, kept = folder / FACTS, folder / "results.csv", folder / EARLIER
    if not (facts.exists() and rows.exists()):
        return {}
    known = json.loads(facts.read_text(encoding="utf-8")).get("identity", "not known")
    if known == identity:
        return {EARLIER: kept.read_text(encoding="utf-8")} if kept.exists() else {}
    frames = [read_table(kept)] if kept.exists() else []
    frames.append(read_table(rows).assign(identity=known))
    return {EARLIER: pd.concat(frames).drop_duplicates().to_csv(index=False)}
