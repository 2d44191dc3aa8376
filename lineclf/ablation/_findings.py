"""What the stored trials of an AblationCV say: its tables, and its report."""

from pathlib import Path

import numpy as np
import pandas as pd

from lineclf._files import write_files
from lineclf.ablation._anova import anova, codes_of
from lineclf.ablation._display import AblationDisplay
from lineclf.ablation._tables import anova_table, importances_table
from lineclf.reporting._markdown import failures_section, made_with, markdown_table, written_by
from lineclf.reporting._numbers import number
from lineclf.runs import Report
from lineclf.trials._frames import cells_frame, results_frame
from lineclf.trials._inference import effects_frame, minutes_needed
from lineclf.trials._summary import Summary

PAGE = "ablation.md"


class Findings:
    """Tables of an ablation, from its stored results only.

    Parameters
    ----------
    plan : AblationTrials
    results : list of dict
        Of its finished trials.
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
        self.scorers = list(results[0]["folds"]) if results else list(plan.scores.names)
        plan.scores.names = self.scorers  # a callable's are known from what it gave
        self.sample = plan.sample()
        self.effects = effects_frame(results, plan.contrasts, self.scorers, self.sample)
        self.cells = cells_frame(results, plan.cells, self.scorers)
        self.results = results_frame(results)

    @property
    def summary(self):
        """What was found, in words."""
        minutes = minutes_needed(self.trials, self.plan.contrasts, self.effects)
        how = {"note": self.plan.note, "minutes": minutes}
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
        if self.sample.kind != "draw":  # F supposes independent runs, which folds of one sample are not
            table[["f", "p_value", "p_holm"]] = np.nan
        settings = [levels[cell] for cell in runs.index.get_level_values("cell")]
        shares = pd.DataFrame(importances(settings, runs[metric].tolist()))
        return table, shares.rename_axis("component")

    def write(self, folder, command):
        """Write the report; the :class:`lineclf.runs.Report`."""
        from lineclf.reporting._figures import png  # Matplotlib comes with it

        folder, plan = Path(folder), self.plan
        folder.mkdir(parents=True, exist_ok=True)
        display = AblationDisplay(
            effects=self.effects,
            scorer=self.scorers[0],
            rope=self.sample.rope.get(self.scorers[0]),
            confidence=self.sample.confidence,
        )
        files = {
            "effects.csv": self.effects.to_csv(index=False),
            "results.csv": self.results.to_csv(index=False),
            "cells.csv": self.cells.to_csv(index=False),
            "effects.png": png(display.figure()),
        }
        summary = self.summary
        page = [f"# Ablation of {plan.title}", "", summary.lead(), "", summary.markdown(), "", summary.rule(), ""]
        page += ["![Effects with their intervals](effects.png)", ""]
        if plan.terms:
            sections, more = self._crossed_sections()
            page += sections
            files |= more
        for scorer in self.scorers[1:]:
            page += [f"## {scorer}", "", summary.markdown(scorer), "", "Each interval holds alone.", ""]
        page += ["## Cost beside benefit", "", self._costs(), ""]
        page += ["★: no other cell fits as fast and scores more, or scores as much and fits faster.", ""]
        page += ["## How it was run", "", *self._facts(command), *failures_section(self.failures)]
        written = write_files(folder, {PAGE: "\n".join(page) + "\n", **files})
        return Report(summary.text(), written, f"{summary.lead()}\n\n{summary.markdown()}", self._of_cells())

    def _crossed_sections(self):
        table, shares = self.crossed()
        summary = self.summary
        sections = ["## Pairs", "", "How much the effect of the first grows when the second is changed, too.", ""]
        sections += [summary.markdown(size=2), ""]
        if table is None:
            return [*sections, "No seed has all cells yet, which an analysis of variance needs.", ""], {}
        aliases = {each.component: list(each.aliases) for each in self.plan.contrasts}
        sections += ["## Analysis of variance", "", anova_table(table, aliases, scale=1), ""]
        sections += [
            "Exact sums of squares, with the seeds as blocks. F and p are given for independent draws only.",
            "",
        ]
        sections += [importances_table(shares, table, aliases), ""]
        sections += ["fANOVA and PED-ANOVA as Optuna computes them, shares of their sum; η² is exact.", ""]
        files = {"anova.csv": table.to_csv(index=False), "importances.csv": shares.to_csv()}
        return sections, files

    def _costs(self):
        rows = [["cell", "seeds", *self.scorers, "fit, s", "ratio"]]
        for row in self.cells.sort_values(self.scorers[0], ascending=False, kind="stable").to_dict("records"):
            scores = [number(row[name], ".4f") for name in self.scorers]
            times = [number(row["fit_time"], ".4g") + " ★" * bool(row["front"]), number(row["ratio"], ".2f")]
            rows.append([row["cell"], str(row["n"]), *scores, *times])
        return markdown_table(rows)

    def _facts(self, command):
        plan, sample = self.plan, self.sample
        lines = [f"- {name.capitalize()}: `{value}`." for name, value in plan.params.items()]
        lines.append(
            f"- {len(plan.cells)} cells × {len(sample.seeds)} seeds; {len(self.trials)} trials finished, "
            f"{len(self.failures)} failed."
        )
        if self.trials:
            sizes = [np.mean([each["split"][name] for each in self.trials]) for name in ("n_train", "n_test")]
            lines.append(f"- {sizes[0]:.0f} rows are trained on, {sizes[1]:.0f} tested, mean over the folds.")
            lines.append(f"- {made_with(self.trials)}")
        return [*lines, f"- {written_by(command)}."]

    def _of_cells(self):
        """Effect and verdict of every cell that one row is about, for a tracker."""
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
