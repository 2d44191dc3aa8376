"""What do the nets look at, and are their heatmaps right?

Task 3 of the 2019 report: intermediate activations, images that filters answer to most, and heatmaps of class
activation, for its 5×5 net on MNIST and its four-head net on lines. Images are chosen by rule: the first of every digit
or angle, the least confident right answer, and the most confident error if there is one. On lines the right answer of a
heatmap is known, so every method is rated against the line's own pixels, with and without distractors.

    python studies/inside.py                       # quick: less training and fewer images
    python studies/inside.py --profile full        # the report's data; needs all of MNIST
    python studies/inside.py --items R15,quality   # some items
"""

import argparse
import sys
from datetime import date
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for its texts, also when another program runs this file

from _inside_texts import SEEN

ITEMS = {
    "R14": "Intermediate activations, MNIST (the report's figures 10–12, 16–18, 22–24)",
    "R15": "Images that filters of dense_1 answer to most, MNIST (figures 13, 19, 25)",
    "R16": "Heatmaps of class activation, MNIST (figures 14, 20, 26)",
    "R17": "Intermediate activations of conv2d_1 and conv2d_2, lines (figures 28, 29, 31, 32, 36, 37)",
    "R18": "Images that filters of conv2d_2 answer to most, lines (figures 30, 34, 38)",
    "heatmaps": "Heatmaps of class activation, every head, lines",
    "quality": "Heatmaps rated against the lines' own pixels",
}
# Images a class to draw, and of MNIST None for all of it.
QUICK = {"mnist": 400, "n_per_class": 100, "epochs": 4, "n_rated": 96, "steps": 200}
FULL = {"mnist": None, "n_per_class": 1000, "epochs": 4, "n_rated": 512, "steps": 200}


class Nets:
    """The trained nets and the test images of a profile; a net is trained once and kept as a file."""

    def __init__(self, sizes, folder):
        self.sizes = sizes
        self.folder = folder

    def _trained(self, name, make, fit):
        path = self.folder / f"{name}.keras"
        if path.exists():
            try:
                stored = type(make()).load(path)
            except ValueError as error:
                sys.exit(f"{error}\nRemove {path} to have the net trained anew.")
            if stored.get_params() == make().get_params():
                return stored
        self.folder.mkdir(parents=True, exist_ok=True)
        estimator = fit(make())
        estimator.save(path)
        return estimator

    @cache  # noqa: B019 - one object, as long as the process
    def digits(self):
        """The 5×5 net of the report, and MNIST's test side."""
        from lineclf import OneLayerCNNClassifier
        from reproduction.data import load_split

        try:
            split = load_split("mnist", self.sizes["mnist"])
        except FileNotFoundError as error:
            sys.exit(str(error))
        net = self._trained(
            f"digits, {self.sizes['mnist'] or 'all'} images",
            lambda: OneLayerCNNClassifier(kernel_size=5, epochs=self.sizes["epochs"], batch_size=128, random_state=0),
            lambda clf: clf.fit(split.X_train, split.y_train),
        )
        return net, split.X_test, split.y_test

    @cache  # noqa: B019
    def lines(self, distractors=0):
        """The four-head net on lines whose labels are named, its test images, their labels and masks."""
        from lineclf import MultiHeadLineClassifier
        from lineclf.datasets import make_lines

        options = {"distractors": distractors, "return_masks": True, "return_positions": True}
        X, y, positions, masks = make_lines(self.sizes["n_per_class"], random_state=0, **options)
        train, test = self._sides(X, y, positions)
        net = self._trained(
            f"lines, {self.sizes['n_per_class']} a class, {distractors} distractors",
            lambda: MultiHeadLineClassifier(epochs=self.sizes["epochs"], random_state=0),
            lambda clf: clf.fit(X[train], named(y[train])),
        )
        return net, X[test], named(y[test]), masks[test]

    @staticmethod
    def _sides(X, y, positions):
        from lineclf.model_selection import get_track

        return next(get_track("distinct", random_state=0).split(X, y, positions))


def named(y):
    """Labels with their names: pixels, degrees and colours."""
    import numpy as np
    import pandas as pd

    from lineclf.datasets import FACTORS, TARGET_NAMES

    names = [[int(name) if name.isdigit() else name for name in names] for names in TARGET_NAMES]
    return pd.DataFrame({factor: np.array(names[i])[y[:, i]] for i, factor in enumerate(FACTORS)})


def chosen(net, X, y, by=None):
    """Images chosen by rule, their labels, and the rule of each."""
    import numpy as np

    from lineclf.inspection import choose_images

    rules = choose_images(net, X, y, by=by)
    index = np.array(list(rules.values()))
    return X[index], np.asarray(y)[index], list(rules)


def draw(item, nets):
    """Pictures of an item, by file name."""
    from lineclf.inspection import ClassActivationDisplay, FeatureMapsDisplay, FilterDisplay
    from lineclf.reporting import png

    if item in ("R14", "R15", "R16"):
        net, X, y = nets.digits()
        X, y, rules = chosen(net, X, y)
    else:
        net, X, y, _ = nets.lines()
        X, y, rules = chosen(net, X, y, by="angle")
    if item == "R14":
        displays = {"R14": FeatureMapsDisplay.from_estimator(net, X, ["conv2d_1", "activation_1", "max_pooling2d_1"])}
    elif item == "R15":
        displays = {"R15": FilterDisplay.from_estimator(net, "dense_1", steps=nets.sizes["steps"])}
    elif item == "R16":
        displays = {"R16": ClassActivationDisplay.from_estimator(net, X, y)}
    elif item == "R17":
        displays = {"R17": FeatureMapsDisplay.from_estimator(net, X, ["conv2d_1", "conv2d_2"])}
    elif item == "R18":
        displays = {"R18": FilterDisplay.from_estimator(net, "conv2d_2", steps=nets.sizes["steps"])}
    else:
        methods = {"heatmaps": "gradcam", "heatmaps_integrated_gradients": "integrated_gradients"}
        displays = {
            name: ClassActivationDisplay.from_estimator(net, X, y, method=method) for name, method in methods.items()
        }
    for display in displays.values():
        if display.axes_.shape[0] == len(rules):
            for axes, rule in zip(display.axes_[:, 0], rules, strict=True):
                axes.set_title(rule, fontsize=8)
    return {f"{name}.png": png(display.figure_, close=True) for name, display in displays.items()}


def rate(nets):
    """Table of every method, head and metric, without distractors and with two; filters beside it."""
    import pandas as pd

    from lineclf.inspection import rate_filters, rate_methods

    tables, filters = [], []
    for distractors in (0, 2):
        net, X, _, masks = nets.lines(distractors)
        n = nets.sizes["n_rated"]
        tables.append(rate_methods(net, X[:n], masks[:n]).assign(distractors=distractors))
        if not distractors:
            layers = [layer.name for layer in net.model_.layers if layer.name.startswith("conv2d")]
            filters = [
                {"layer": name, **rate_filters(net, name, X[:500], steps=nets.sizes["steps"])} for name in layers
            ]
    return pd.concat(tables), pd.DataFrame(filters)


def main(argv=None):
    """Draw, rate, and write the report."""
    from lineclf.cli import replace_unprintable
    from lineclf.reporting import write_files

    replace_unprintable()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", default=",".join(ITEMS), metavar="A,B,…", help="default: %(default)s")
    parser.add_argument("--profile", choices=("quick", "full"), default="quick", help="default: %(default)s")
    args = parser.parse_args(argv)
    items = list(dict.fromkeys(item.strip() for item in args.items.split(",")))
    for item in items:
        if item not in ITEMS:
            parser.error(f"--items must be among {', '.join(ITEMS)}; got {item!r}")
    sizes, profile = (FULL, "full") if args.profile == "full" else (QUICK, "quick")
    nets = Nets(sizes, Path("mlruns") / "inside" / profile)
    folder = Path("reports") / "inside" / ("" if profile == "full" else profile)
    command = f"python studies/inside.py --profile {profile}"
    paths = []
    for item in items:
        print(f"{item}: {ITEMS[item]}", flush=True)
        if item == "quality":
            table, filters = rate(nets)
            files = {
                "quality.csv": table.to_csv(index=False, float_format="%.4f"),
                "filters.csv": filters.to_csv(index=False, float_format="%.4f"),
                "quality.md": quality_page(table, filters, command),
            }
        else:
            files = draw(item, nets)
        paths += write_files(folder, files)
    paths += write_files(folder, {"inside.md": page(folder, profile)})
    track(profile, command, paths)
    print(f"Report: {folder / 'inside.md'}")
    return 0


def track(profile, command, files):
    """Store the pictures and tables in MLflow."""
    from lineclf.runs import Tracker

    tracker = Tracker()
    run = tracker.start_study(f"inside {profile}", f"inside · {profile}", params={}, tags={"command": command})
    tracker.finish_study(run, metrics={}, artifacts=files)


def page(folder, profile):
    """Return the report: every picture that is there, and what it shows."""
    lines = ["# Inside: what do the nets look at?", ""]
    if profile != "full":
        lines += ["**A quick run**: less training, fewer images. `--profile full` has the report's data.", ""]
    for item, title in ITEMS.items():
        pictures = sorted(path.name for path in folder.glob(f"{item}*.png"))
        if pictures:
            lines += [f"## {item}: {title}", ""]
            lines += [f"![{title}]({name})" for name in pictures] + [""]
            lines += [SEEN[item], ""] if profile == "full" and item in SEEN else []
    if (folder / "quality.md").exists():
        lines += [f"## {ITEMS['quality']}", "", "Tables and bars: [quality.md](quality.md).", ""]
        lines += [SEEN["quality"], ""] if profile == "full" else []
    lines += [
        "Images are chosen by rule: the first of every digit or angle, the least confident right answer, the most "
        f"confident error if there is one. `python studies/inside.py --profile {profile}` draws all of it; the nets "
        "are kept under `mlruns/inside/` and trained once."
    ]
    return "\n".join(lines) + "\n"


# The least (or most) that a method is to reach, as the mean over the heads; others have found that some fail.
BARS = [
    ("gradcam", "energy", ">=", 0.40),
    ("gradcam", "pointing", ">=", 0.78),
    ("gradcam", "density", ">=", 3),
    ("scorecam", "pointing", ">=", 0.95),
    ("integrated_gradients", "energy", ">=", 0.80),
    ("integrated_gradients", "pointing", ">=", 0.90),
    ("occlusion", "energy", ">=", 0.75),
    ("occlusion", "density", ">=", 6),
    ("gradcam", "randomisation", "<=", 0.4),
    ("smoothgrad", "randomisation", "<=", 0.4),
    ("occlusion", "randomisation", "<=", 0.4),
]


def overview(table):
    """Every method at a glance, as Markdown: means over the heads with distractors, the worst randomisation check."""
    means = table[table["distractors"] == 2].pivot_table(index="method", columns="metric", values="value", sort=False)
    checks = table[table["metric"] == "randomisation"].groupby(["method", "distractors"])["value"].max().unstack()
    lines = [
        "| method | energy on the line, % | pointing right, % | density, line over distractors | no evidence, % | "
        "likeness to a map of new weights, worst head | the same without distractors |",
        "|---|---|---|---|---|---|---|",
    ]
    for method, row in means.iterrows():
        cells = [f"{100 * row[metric]:.0f}" for metric in ("energy", "pointing")]
        cells += [f"{row['density']:.1f}", f"{100 * row['silent']:.0f}"]
        cells += [f"{checks.loc[method, n]:.2f}" for n in (2, 0)] if method in checks.index else ["–", "–"]
        lines.append(f"| {method} | {' | '.join(cells)} |")
    return "\n".join(lines)


def quality_page(table, filters, command):
    """Return the tables of the ratings as Markdown, with every bar met or missed."""
    lines = [
        "# How right are the heatmaps?",
        "",
        overview(table),
        "",
        "Means over the heads, with two distractors.",
        "",
    ]
    hard = table[table["distractors"] == 2]
    means = hard.groupby(["method", "metric"])["value"].mean()
    lines += ["| method | metric | bar | here, mean of the heads, two distractors | |", "|---|---|---|---|---|"]
    for method, metric, sign, bar in BARS:
        value = means[method, metric]
        met = value >= bar if sign == ">=" else value <= bar
        lines.append(f"| {method} | {metric} | {sign} {bar:g} | {value:.2f} | {'met' if met else '**missed**'} |")
    deeper = filters[filters["layer"] != "conv2d_1"]
    for what, value, met in (
        ("flat, at most 0.10", deeper["flat"].mean(), deeper["flat"].mean() <= 0.10),
        ("above the best image, at least 0.90", deeper["above"].mean(), deeper["above"].mean() >= 0.90),
    ):
        lines.append(f"| filters beyond the first layer | {what} | | {value:.2f} | {'met' if met else '**missed**'} |")
    for distractors, part in table.groupby("distractors"):
        for head, rows in part.groupby("head", sort=False):
            wide = rows.pivot_table(index="method", columns="metric", values="value", sort=False)
            lines += ["", f"## {head}, {distractors} distractors, n = {part['n'].max()} images", ""]
            lines += [f"| method | {' | '.join(wide.columns)} |", "|---|" + "---|" * len(wide.columns)]
            for method, values in wide.iterrows():
                cells = " | ".join("–" if value != value else f"{value:.2f}" for value in values)
                lines.append(f"| {method} | {cells} |")
    lines += ["", "## Filters", "", "| layer | flat | above the best of 500 images |", "|---|---|---|"]
    lines += [f"| {row.layer} | {row.flat:.2f} | {row.above:.2f} |" for row in filters.itertuples()]
    lines += [
        "",
        "`energy` and `pointing` are inside the line's mask grown by one pixel, `density` is line over distractors, "
        "`iou` is with the mask itself; `deletion` (small is good) and `insertion` (large is good) are areas under the "
        "curves of the level's probability; `silent` is the share of images without evidence; `randomisation` is "
        "Spearman's correlation with the map of the net with new weights (small is good), `class_sensitivity` that "
        "with the map of another level (small is good), over the images of which neither map is constant (`n` in "
        "`quality.csv`). Of each layer the first 32 filters are rated.",
        "",
        f"Written {date.today().isoformat()} by `{command}`; every figure is in `quality.csv` and `filters.csv`.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main())
