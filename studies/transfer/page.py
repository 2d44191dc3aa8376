"""The page of a transfer: what became of the claim, the methods, and the variants."""

import numpy as np

from lineclf.datasets import FACTORS
from lineclf.reporting import (
    failures_section,
    made_with,
    markdown_table,
    number,
    p_value,
    points,
    write_files,
    written_by,
)
from lineclf.runs import Report
from transfer.data import SHAPE
from transfer.picture import draw_picture
from transfer.verdicts import ROPE, judge_claim, results_frame, seeds_interval, trials_of, trials_table, variant_effects

_WORDS = {"holds": "works on", "fails": "does **not** work on", "undecided": "is **undecided** on"}
_FEWEST = 3  # seeds that an interval in a table is drawn from: of two it tells nothing


def write_report(folder, plan, results, failures, command):
    """Write the page, its picture, and ``results.csv``.

    Parameters
    ----------
    folder : pathlib.Path
    plan : TransferPlan
    results : list of dict
        Of the study's finished trials.
    failures : dict of str to str
        Error of each trial given up, by name.
    command : str
        What regenerates the report.

    Returns
    -------
    Report
    """
    name = plan.study.name
    page = _Page(plan, results)
    contents = {
        f"{name}.md": page.text(failures, command),
        f"{name}.png": draw_picture(plan, page.table, page.constants),
        "results.csv": page.frame.to_csv(index=False),
    }
    return Report("\n".join([*page.verdict(), "", page.scores_table()]), write_files(folder, contents))


class _Page:
    """The parts of the page: tables as text, all others as lists of lines.

    Parameters
    ----------
    plan : TransferPlan
    results : list of dict
    """

    def __init__(self, plan, results):
        self.plan, self.study, self.results = plan, plan.study, results
        self.frame = results_frame(results)
        self.table = trials_table(self.frame)
        seeds = sorted({result["seed"] for result in results})
        self.constants = plan.constants(seeds) if seeds else {}
        self.old, self.new = "/".join(self.study.old), self.study.new
        self.method, self.shots = self.study.methods[0].name, plan.shots[-1]  # that the claim is tried with

    def text(self, failures, command):
        """Return the whole page."""
        lines = [f"# {self.study.name.capitalize()}: {self.study.question}", ""]
        if self.plan.size.n_per_class is not None:
            n = self.plan.size.n_per_class
            lines += [f"**A small run**: {n} images a class are drawn instead of every distinct one.", ""]
        lines += [f"> {self.study.says}", "", *self.verdict()]
        if self.results:
            name = self.study.name
            lines += ["", f"![Accuracy against the number of {self.new} images, a line a method]({name}.png)", ""]
            lines += [f"## Ways to add {self.new}", "", self.scores_table(), "", self.costs_table(), ""]
            lines += [f"## Where the features for {self.new} come from", "", *self.prediction()]
        lines += failures_section(failures)
        lines += ["", "## How this was made", "", *self.notes(command)]
        return "\n".join(lines) + "\n"

    def _claimed(self, variant):
        """Return the trials of a variant that the claim is tried by."""
        return trials_of(self.table, variant, self.method, self.shots)

    def verdict(self):
        """Say whether the claim holds, and of each head whether it works."""
        trials = self._claimed(self.study.variants[0].name)
        if trials.empty:
            return ["The claim has not been tested yet."]
        word, heads = judge_claim(trials)
        n = len(trials)
        whole = {"holds": "**holds**", "fails": "**does not hold**", "undecided": "is **undecided**"}[word]
        lines = [
            f"The claim {whole} here (n = {n} seed{'s' * (n > 1)}, {self.method}, {self.shots} {self.new} images a "
            f"class). All four labels of a {self.new} line are then right in "
            f"{_percent(trials, 'new_joint_accuracy')} %.",
            "",
        ]
        for each in heads:
            lines.append(
                f"- The {each.head} head {_WORDS[each.verdict]} {self.new}: {100 * each.new:.1f} %; the trained net "
                f"has {100 * each.old:.1f} % on {self.old}; difference {_difference(each.difference, ' points')}."
            )
        kept, had = (100 * trials[f"{side}old_accuracy_color"].mean() for side in ("", "base_"))
        lines.append(f"- On {self.old} the color head then has {kept:.1f} %; before it had {had:.1f} %.")
        return lines

    def _by_method(self):
        """Yield each method and number of shots on the first variant, and their trials."""
        for method in self.study.methods:
            for shots in self.plan.shots:
                trials = trials_of(self.table, self.study.variants[0].name, method.name, shots)
                if len(trials):
                    yield method.name, shots, trials

    def scores_table(self):
        """Return what each method scores, as Markdown."""
        first, *others = FACTORS
        rows = [["method", f"{self.new} a class", f"joint, %: {self.old}", self.new, "both"]]
        rows[0] += [f"on {self.new}, %: {first}", *others, "seeds"]
        metrics = [*(f"{side}_joint_accuracy" for side in ("old", "new", "test"))]
        metrics += [f"new_accuracy_{head}" for head in FACTORS]
        for method, shots, trials in self._by_method():
            rows.append([method, shots, *(_percent(trials, metric) for metric in metrics), str(len(trials))])
        return markdown_table(rows)

    def costs_table(self):
        """Return what each method forgets, changes and takes, as Markdown."""
        first, *others = FACTORS
        rows = [["method", f"{self.new} a class", "images trained on"]]
        rows[0] += [f"forgetting on {self.old}, points: {first}", *others]
        rows[0] += ["parameters updated", "seconds", f"other heads' logits on {self.old}"]
        for method, shots, trials in self._by_method():
            changed = trials[[f"logits_changed_{head}" for head in SHAPE]].max(axis=1)
            same = int((changed == 0).sum())
            word = "bit-identical" if same == len(trials) else "changed" if not same else "both"
            cells = [
                f"{trials['n_train'].mean():,.0f}",
                *(points(trials[f"forgetting_{head}"].mean()) for head in FACTORS),
                f"{trials['parameters_updated'].mean():,.0f} of {trials['parameters'].mean():,.0f}",
                f"{trials['seconds'].mean():.1f}",
                f"{word} ({same or len(trials)} of {len(trials)})",
            ]
            rows.append([method, shots, *cells])
        return markdown_table(rows)

    def prediction(self):
        """Say whether the new color's weights moved as predicted, and what each variant scores."""
        names = [variant.name for variant in self.study.variants]
        found = variant_effects(self.table, names, self.method, self.shots)
        first, *others = SHAPE
        rows = [["trained net", f"{self.new} weights moved by", "the others by"]]
        rows[0] += [f"on {self.new}, %: {first}", *others, "all three", "difference, points", "p (Holm)"]
        rows[0] += ["color", f"joint {self.new}", f"joint {self.old}", "claim"]
        holding = []
        for name in names:
            trials = self._claimed(name)
            if trials.empty:
                continue
            word, _ = judge_claim(trials)
            holding += [name] * (word == "holds")
            effect = found.get(name)
            means = 100 * trials.mean()
            cells = [
                f"{trials['channel_change'].max():.3g}",
                f"{trials['other_channels_change'].max():.2g}",
                *(f"{means[f'new_accuracy_{head}']:.1f}" for head in SHAPE),
                _percent(trials, "new_shape_accuracy"),
                *([_difference(effect.difference), p_value(effect.adjusted)] if effect else ["–"] * 2),
                *(f"{means[metric]:.1f}" for metric in ("new_accuracy_color", "new_joint_accuracy")),
                f"{means['old_joint_accuracy']:.1f}",
                word,
            ]
            rows.append([name, *cells])
        rows.append(["*constant answer*", "–", "–", *self._constants(), *["–"] * 6])
        if holding:
            holds = f"The claim holds with: {', '.join(holding)}; not, or not shown, with the other nets of this table."
        else:
            holds = "The claim holds with none of the nets of this table."
        return [*self._gradient(), "", markdown_table(rows), "", holds, "", self._reading()]

    def _constants(self):
        return [f"{100 * self.constants[name]:.1f}" for name in (*SHAPE, "shape")]

    def _gradient(self):
        trials = self._claimed(self.study.variants[0].name)
        if trials.empty:
            return []
        most, others, n = trials["channel_change"].max(), trials["other_channels_change"].max(), len(trials)
        found = "**as predicted**, not at all" if most == 0 else f"by up to {most:.3g}, **against the prediction**"
        return [
            f"Prediction: on a black background training on {self.old} sends no gradient into the first layer's "
            f"{self.new} weights, so that {self.new} enters the features only through their random initial values. "
            f"Measured in {n} net{'s' * (n > 1)}: those weights moved {found}; those of the other channels by up to "
            f"{others:.2g}. What {self.new} then means to the features decides which heads work:"
        ]

    def _reading(self):
        return (
            f"Each net is trained on {self.old}, then its colour head alone ({self.method}, {self.shots} "
            f"{self.new} images a class). Zero, times three and drawn anew change the {self.new} weights after the "
            "training; where they do not move in it, this is the same as another initialisation. Colours that share "
            "their weights look the same to every head. Differences are to the first row, paired by seed. The constant "
            f"answer is the most frequent one among the {self.old} training images, given for every {self.new} test "
            "image: a net that sees nothing scores that, which is more than by guessing where classes differ in size."
        )

    def notes(self, command):
        """Say how the figures were made, from what, and by which command."""
        study, size = self.study, self.plan.size
        lines = [
            "- ± (from three seeds on) and intervals are Nadeau and Bengio's 95 % over the seeds, each with data, "
            "split, initial weights and order of its own, the same for every method. A head works on where the whole "
            f"interval of its difference lies above -{100 * ROPE:g} points; it does not where that of "
            f"{100 - 5 / len(FACTORS):g} % lies below, as four heads are tried.",
            "- Forgetting: the best accuracy before the last stage, less the one after it. Joint: all four labels "
            "right. Seconds are wall time of the method alone, beside whatever else ran; the trained net is there. A "
            f"fresh net is built for {len(study.old) + 1} colors and can have more parameters than a head that grew.",
            *(
                f"- {method.name}: {', then '.join(method.stages)}; old images beside the {self.new} ones: "
                f"{method.memory}."
                for method in study.methods
            ),
            *(f"- {variant.name}: {_changes(variant)}." for variant in study.variants),
            f"- The net: `{study.estimator}` with {dict(size.settings)}; each stage on it takes about {size.steps} "
            f"steps, at learning rates {dict(study.learning_rates)}, falling to zero.",
        ]
        if self.results:
            table = self.table
            minutes = (table["seconds"].sum() + table["base_seconds"].drop_duplicates().sum()) / 60
            lines += [
                f"- Distinct images, a quarter of each class to test: {table['n_train_base'].mean():,.0f} {self.old} "
                f"ones to train on, {table['n_test_old'].mean():,.0f} and {table['n_test_new'].mean():,.0f} {self.new} "
                f"to test; leak {100 * table['leak'].max():.1f} %.",
                f"- {len(self.results)} trials, {minutes:.0f} minutes of training. {made_with(self.results)}",
            ]
        return [
            *lines,
            f"- {written_by(command)}, which continues where it stopped; every figure is in `results.csv`.",
        ]


def _percent(trials, metric):
    found = seeds_interval(trials[metric], trials)
    text = f"{100 * found.mean:.1f}"
    return text if len(trials) < _FEWEST else f"{text} ± {100 * (found.high - found.mean):.1f}"


def _difference(found, unit=""):
    """Return a difference and its interval in points of percent."""
    mean, low, high = (number(100 * each, "+.1f") for each in (found.mean, found.low, found.high))
    return f"{mean}{unit} (one seed: no interval)" if np.isnan(found.low) else f"{mean}{unit} ({low} to {high})"


def _changes(variant):
    parts = [f"{name} = {value!r}" for name, value in {**variant.settings, **variant.world}.items()]
    if variant.jitter:
        parts.append(f"up to {variant.jitter:g} of each channel of a training image goes into each other one")
    if variant.weights is not None:
        parts.append(f"the first layer's weights of that channel: {variant.weights}")
    return "; ".join(parts) or "as trained"
