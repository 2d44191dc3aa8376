"""The page of a color added to a trained net: what became of the claim, the methods, and the variants."""

import math
from datetime import date

import numpy as np

from lineclf._files import write_files
from lineclf.datasets import FACTORS
from lineclf.experiments._transfer_picture import picture
from lineclf.experiments._transfer_plan import SHAPE, transfer_frame
from lineclf.experiments._transfer_verdicts import ROPE, as_table, claim, effects, interval, of
from lineclf.reporting._errors import cause

_WORDS = {"holds": "works on", "fails": "does **not** work on", "undecided": "is **undecided** on"}
_FEWEST = 3  # seeds that an interval in a table is drawn from: of two it tells nothing


def write_transfer(folder, plan, results, failures, command):
    """Write the study's page and picture, and ``results.csv``.

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
    text : str
        For a terminal.
    files : list of pathlib.Path
        The page first.
    """
    name = plan.study.name
    page = _Page(plan, results)
    contents = {
        f"{name}.md": page.text(failures, command),
        f"{name}.png": picture(plan, page.table),
        "results.csv": page.frame.to_csv(index=False),
    }
    return "\n".join([*page.verdict(), "", *page.scores()]), write_files(folder, contents)


class _Page:
    def __init__(self, plan, results):
        self.plan, self.study, self.results = plan, plan.study, results
        self.frame = transfer_frame(results)
        self.table = as_table(self.frame)
        self.variant, self.method = plan.study.variants[0].name, plan.study.methods[0].name
        self.shots = plan.shots
        self.old, self.new = "/".join(self.study.old), self.study.new

    def text(self, failures, command):
        lines = [f"# {self.study.name.capitalize()}: {self.study.question}", ""]
        if self.plan.size.n_per_class is not None:
            n = self.plan.size.n_per_class
            lines += [f"**A small run**: {n} images a class are drawn instead of every distinct one.", ""]
        lines += [f"> {self.study.says}", "", *self.verdict()]
        if self.results:
            name = self.study.name
            lines += ["", f"![Accuracy against the number of {self.new} images, a line a method]({name}.png)", ""]
            lines += [f"## Ways to add {self.new}", "", *self.scores(), "", *self.costs(), ""]
            lines += [f"## Where the features for {self.new} come from", "", *self.prediction()]
        if failures:
            lines += ["", "## Failed trials", ""]
            lines += [f"- {name}: `{cause(error)}`" for name, error in failures.items()]
        lines += ["", "## How this was made", "", *self.notes(command)]
        return "\n".join(lines) + "\n"

    def verdict(self):
        trials = of(self.table, self.variant, self.method, self.shots[-1])
        if trials.empty:
            return ["The claim has not been tested yet."]
        word, heads = claim(trials)
        n = len(trials)
        whole = {"holds": "**holds**", "fails": "**does not hold**", "undecided": "is **undecided**"}[word]
        lines = [
            f"The claim {whole} here (n = {n} seed{'s' * (n > 1)}, {self.method}, {self.shots[-1]} {self.new} images a "
            f"class). All four labels of a {self.new} line are then right in "
            f"{_percent(trials, 'new_joint_accuracy')} %.",
            "",
        ]
        for each in heads:
            lines.append(
                f"- The {each.head} head {_WORDS[each.verdict]} {self.new}: {100 * each.new:.1f} %; the trained net "
                f"has {100 * each.old:.1f} % on {self.old}; difference {_points(each.difference)}."
            )
        kept, had = (100 * trials[f"{side}old_accuracy_color"].mean() for side in ("", "base_"))
        lines.append(f"- On {self.old} the color head then has {kept:.1f} %; before it had {had:.1f} %.")
        return lines

    def scores(self):
        lines = [
            f"| method | {self.new} a class | joint, %: {self.old} | {self.new} | both | on {self.new}, %: "
            f"{' | '.join(FACTORS)} | seeds |",
            "|---|---|" + "---|" * (4 + len(FACTORS)),
        ]
        metrics = [*(f"{side}_joint_accuracy" for side in ("old", "new", "test"))]
        metrics += [f"new_accuracy_{head}" for head in FACTORS]
        for method, shots, trials in self._rows():
            cells = [_percent(trials, metric) for metric in metrics]
            lines.append(f"| {method} | {shots} | {' | '.join(cells)} | {len(trials)} |")
        return lines

    def costs(self):
        lines = [
            f"| method | {self.new} a class | images trained on | forgetting on {self.old}, points: "
            f"{' | '.join(FACTORS)} | parameters updated | seconds | other heads' logits on {self.old} |",
            "|---|---|---|" + "---|" * (3 + len(FACTORS)),
        ]
        for method, shots, trials in self._rows():
            changed = trials[[f"logits_changed_{head}" for head in SHAPE]].max(axis=1)
            same = int((changed == 0).sum())
            cells = [
                f"{trials['n_train'].mean():,.0f}",
                *(f"{100 * trials[f'forgetting_{head}'].mean():+.2f}" for head in FACTORS),
                f"{trials['parameters_updated'].mean():,.0f} of {trials['parameters'].mean():,.0f}",
                f"{trials['seconds'].mean():.1f}",
                f"{'bit-identical' if same == len(trials) else 'changed' if not same else 'both'}"
                f" ({same if same else len(trials) - same} of {len(trials)})",
            ]
            lines.append(f"| {method} | {shots} | {' | '.join(cells)} |")
        return lines

    def _rows(self):
        for method in self.study.methods:
            for shots in self.shots:
                trials = of(self.table, self.variant, method.name, shots)
                if len(trials):
                    yield method.name, shots, trials

    def prediction(self):
        names = [variant.name for variant in self.study.variants]
        found = effects(self.table, names, self.method, self.shots[-1])
        lines = [
            f"| trained net | {self.new} weights moved by | the others by | on {self.new}, %: {' | '.join(SHAPE)} | "
            f"all three | difference, points | p (Holm) | color | joint {self.new} | joint {self.old} | claim |",
            "|---|---|---|" + "---|" * 10,
        ]
        held = []
        for name in names:
            trials = of(self.table, name, self.method, self.shots[-1])
            if trials.empty:
                continue
            word, _ = claim(trials)
            held += [name] * (word == "holds")
            means = 100 * trials.mean()
            effect = found.get(name)
            cells = [
                f"{trials['channel_change'].max():.3g}",
                f"{trials['other_channels_change'].max():.2g}",
                *(f"{means[f'new_accuracy_{head}']:.1f}" for head in SHAPE),
                _percent(trials, "new_shape_accuracy"),
                *([_points(effect.difference, ""), _p(effect.adjusted)] if effect else ["–"] * 2),
                *(f"{means[metric]:.1f}" for metric in ("new_accuracy_color", "new_joint_accuracy")),
                f"{means['old_joint_accuracy']:.1f}",
                word,
            ]
            lines.append(f"| {name} | {' | '.join(cells)} |")
        lines.append(f"| *chance* | – | – | {' | '.join(self._chances())} |{' – |' * 6}")
        return [*self._gradient(), "", *lines, "", *self._held(held, names), "", *self._reading()]

    def _chances(self):
        labels = self.plan.labels(self.study.variants[0])
        levels = [len(labels[head]) for head in SHAPE]
        return [f"{100 / n:.1f}" for n in (*levels, math.prod(levels))]

    def _gradient(self):
        trials = of(self.table, self.variant, self.method, self.shots[-1])
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

    def _held(self, held, names):
        if held:
            return [f"The claim holds with: {', '.join(held)}; not, or not shown, with the other nets of this table."]
        return ["The claim holds with none of the nets of this table."]

    def _reading(self):
        return [
            f"Each net is trained on {self.old}, then its colour head alone ({self.method}, {self.shots[-1]} "
            f"{self.new} images a class). Zero, times three and drawn anew change the {self.new} weights after the "
            "training; where they do not move in it, this is the same as another initialisation. Colours that share "
            "their weights look the same to every head. Differences are to the first row, paired by seed."
        ]

    def notes(self, command):
        study, size = self.study, self.plan.size
        lines = [
            "- ± (from three seeds on) and intervals are Nadeau and Bengio's 95 % over the seeds, each with data, "
            "split, initial weights and order of its own, the same for every method. A head works on where the whole "
            f"interval of its difference lies above −{100 * ROPE:g} points; it does not where that of "
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
            numbers = ", ".join(f"{name} {number}" for name, number in self.results[-1]["versions"].items())
            lines += [
                f"- Distinct images, a quarter of each class to test: {table['n_train_base'].mean():,.0f} {self.old} "
                f"ones to train on, {table['n_test_old'].mean():,.0f} and {table['n_test_new'].mean():,.0f} {self.new} "
                f"to test; leak {100 * table['leak'].max():.1f} %.",
                f"- {len(self.results)} trials, {minutes:.0f} minutes of training. Versions: {numbers}.",
            ]
        return [
            *lines,
            f"- Written {date.today().isoformat()} by `{command}`, which continues where it stopped; every figure is "
            "in `results.csv`.",
        ]


def _percent(trials, metric):
    found = interval(trials[metric], trials)
    text = f"{100 * found.mean:.1f}"
    return text if len(trials) < _FEWEST else f"{text} ± {100 * (found.high - found.mean):.1f}"


def _points(found, unit=" points"):
    text = f"{100 * found.mean:+.1f}{unit}"
    if np.isnan(found.low):
        return f"{text} (one seed: no interval)"
    return f"{text} ({100 * found.low:+.1f} to {100 * found.high:+.1f})"


def _p(value):
    return "–" if np.isnan(value) else f"{value:.3f}" if value >= 0.001 else "< 0.001"


def _changes(variant):
    parts = [f"{name} = {value!r}" for name, value in {**variant.settings, **variant.world}.items()]
    if variant.jitter:
        parts.append(f"up to {variant.jitter:g} of each channel of a training image goes into each other one")
    if variant.weights is not None:
        parts.append(f"the first layer's weights of that channel: {variant.weights}")
    return "; ".join(parts) or "as trained"
