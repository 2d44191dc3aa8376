"""What is the best that anybody can do in the harder worlds?

Each world's Bayes' rule answers freshly drawn images of it. The rule that is told how these are drawn is the bound: no
learner exceeds its score but by chance. Rules that are told something else stand beside it, and so do values that an
independent program computed.

    python studies/worlds.py                 # writes reports/worlds.md, some five minutes on one core
    python studies/worlds.py --images 40000  # half the standard errors
"""

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

IMAGES = 10_000
UNLISTED = float("nan")
BACKGROUND = "background, colour known"
BOTH_COLORS = "background"
CROSSING, COUNT, SHORTCUT = "crossing", "count", "shortcut"
SCORED = {
    BACKGROUND: "length, width and angle right; 48 classes of red lines",
    BOTH_COLORS: "all four labels right; 96 classes",
    CROSSING: "all six labels right; 48 × 48 classes",
    COUNT: "none, red, blue or both; 4 classes",
    SHORTCUT: "angle right, of test images whose colour conflicts with it; 12 classes",
}


@dataclass(frozen=True)
class Bound:
    """A rule in a world, and what others found for it.

    Parameters
    ----------
    world : str
        Key of ``SCORED``.
    rule : str
        What the rule is told, a few words.
    noise : float
    setting : mapping
        What else there is to say of the world.
    assumed : mapping
        Arguments of the rule that are not the world's.
    listed : float, optional
        Accuracy in percent that another program found.
    """

    world: str
    rule: str
    noise: float
    setting: dict = field(default_factory=dict)
    assumed: dict = field(default_factory=dict)
    listed: float = UNLISTED


def _background(world, noise, beta, exact=UNLISTED, white=UNLISTED):
    setting = {"beta": beta}
    return [
        Bound(world, "exact", noise, setting, setting, exact),
        Bound(world, "takes the noise for white", noise, setting, {"beta": 0.0}, white),
    ]


def _shortcut(noise, agreement, listed):
    believed = {"training's colours": agreement, "colours at random": 0.5, "the test's colours": 1 - agreement}
    return [
        Bound(SHORTCUT, rule, noise, {"agreement": agreement}, {"agreement": each}, value)
        for (rule, each), value in zip(believed.items(), listed, strict=True)
    ]


BOUNDS = [
    *_background(BACKGROUND, 0.5, 2.0, 99.96, 51.0),
    *_background(BACKGROUND, 0.8, 2.0, 92.2, 15.1),
    *_background(BACKGROUND, 0.5, 1.0, 96.5, 84.4),
    *_background(BACKGROUND, 0.8, 1.0, 62.1, 37.2),
    *_background(BOTH_COLORS, 0.5, 2.0),
    *_background(BOTH_COLORS, 0.8, 2.0),
    *_background(BOTH_COLORS, 0.5, 1.0),
    *_background(BOTH_COLORS, 0.8, 1.0),
    Bound(CROSSING, "exact", 0.5, listed=91.6),
    Bound(CROSSING, "exact", 0.8, listed=48.1),
    Bound(CROSSING, "exact", 1.0, listed=27.4),
    Bound(COUNT, "exact", 0.5, listed=91.0),
    Bound(COUNT, "exact", 0.8, listed=70.2),
    Bound(COUNT, "exact", 1.0, listed=59.4),
    *_shortcut(0.8, 0.99, (50.4, 71.6, 74.8)),
    *_shortcut(0.8, 0.95, (58.2, 69.8, 72.8)),
]


def measure(bound, n, seed, world=None):
    """Score a rule on images that are drawn for it.

    Parameters
    ----------
    bound : Bound
    n : int
        Images.
    seed : int
        Of the images; the same ones for every rule of a world and setting.
    world : dict, optional
        Other options of the world.

    Returns
    -------
    dict
        accuracy and standard_error (between 0 and 1), images (those that were scored), seconds (of processor time, for
        drawing and answering), memory (the process's largest, MiB; NaN where the system does not say).
    """
    import time

    import numpy as np

    start = time.process_time()
    X, y, rule = _draw(bound, n, seed, world or {})
    answer = rule.fit(X[:1], y[:1]).predict(X)
    right = answer == y
    if bound.world == SHORTCUT:
        from lineclf.datasets import shortcut_groups

        angles = (world or {}).get("angles", range(0, 180, 15))
        right = right[np.isin(shortcut_groups(y, angles), (1, 2)), 2]
    right = right.reshape(len(right), -1).all(axis=1)
    mean = right.mean()
    return {
        "accuracy": float(mean),
        "standard_error": float(np.sqrt(mean * (1 - mean) / len(right))),
        "images": len(right),
        "seconds": time.process_time() - start,
        "memory": _largest_memory(),
    }


def _draw(bound, n, seed, world):
    """Images, labels and the rule."""
    from lineclf import baselines, datasets

    if bound.world == BACKGROUND:
        world = {**world, "colors": ["red"]}
    makers: dict[str, tuple[Callable, Any]] = {
        BACKGROUND: (datasets.make_background_lines, baselines.BayesClassifier),
        BOTH_COLORS: (datasets.make_background_lines, baselines.BayesClassifier),
        CROSSING: (datasets.make_crossing_lines, baselines.CrossingBayesClassifier),
        COUNT: (datasets.make_count_lines, baselines.CountBayesClassifier),
        SHORTCUT: (datasets.make_shortcut_lines, baselines.ShortcutBayesClassifier),
    }
    make, rule = makers[bound.world]
    setting = dict(bound.setting)
    if bound.world == SHORTCUT:
        setting["agreement"] = 1 - setting["agreement"]  # reversed in the test
    X, y = make(n, noise=bound.noise, random_state=seed, **setting, **world)
    return X, y, rule(bound.noise, **bound.assumed, world=world)


def _largest_memory():
    try:
        import resource
    except ImportError:  # Windows
        return float("nan")
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest / 2 ** (20 if sys.platform == "darwin" else 10)


def measure_all(bounds, n, seed, world=None, report=print):
    """Return the table, a row a bound, each measured in a process of its own, one after the other."""
    import pandas as pd

    rows = []
    # A process that has ended gives all its memory back, and the next one's largest is its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        measured = pool.map(partial(measure, n=n, seed=seed, world=world), bounds)
        for bound, found in zip(bounds, measured, strict=True):
            setting = ", ".join(f"{name} {value:g}" for name, value in bound.setting.items())
            row = {"world": bound.world, "noise": bound.noise, "setting": setting, "rule": bound.rule}
            rows.append(row | found | {"listed": bound.listed})
            report(
                f"{bound.world}, noise {bound.noise:g}, {setting or '–'}, {bound.rule}: {100 * found['accuracy']:.2f} %"
            )
    return pd.DataFrame(rows)


def page(table, command):
    """Return the report as Markdown."""
    from lineclf.reporting import markdown_table, number, written_by

    head = ["world", "noise", "setting", "rule", "accuracy, %", "listed, %", "difference", "seconds", "MiB"]
    body = [
        [
            row.world,
            f"{row.noise:g}",
            row.setting or "–",
            row.rule,
            f"{100 * row.accuracy:.2f} ± {100 * row.standard_error:.2f}",
            number(row.listed, ".4g"),
            number(100 * row.accuracy - row.listed, "+.2f"),
            number(row.seconds, ".0f"),
            number(row.memory, ".0f"),
        ]
        for row in table.itertuples()
    ]
    scored = "\n".join(f"- {world}: {text}." for world, text in SCORED.items())
    return f"""# What is the best that anybody can do in the harder worlds?

{__doc__.split("    python")[0].partition(chr(10))[2].strip()}

{markdown_table([head, *body])}

Noise: standard deviation at each pixel, a share of full scale. Accuracy: with its standard error, of so many images as
`worlds.csv` says. Listed: what the independent program found, with standard errors of 0.2 to 0.8 points; difference: to
it, in points. Seconds: of processor time, to draw the images and answer; MiB: the process's largest memory.

What counts as right:

{scored}

How the worlds are defined:

- background: Gaussian noise of power max(f, 1/28)^−β, f in cycles a pixel, on a torus, of standard deviation σ at every
  pixel, independent between channels.
- crossing, count: lines of the default 48 geometries, each drawn by itself, light adds; white noise.
- shortcut: the colour agrees with [angle ≥ 90°] with probability ρ in training, 1 − ρ in the test; a rule is told the ρ
  of one of them, or 0.5. White noise.

{written_by(command)}
"""


def main(argv=None):
    """Measure, print, and write the report."""
    from lineclf.cli import replace_unprintable

    replace_unprintable()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=IMAGES, metavar="N", help="for each bound (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of the images (default: %(default)s)")
    parser.add_argument("--worlds", nargs="+", choices=list(SCORED), default=list(SCORED), help="default: all")
    parser.add_argument("--output", type=Path, default=Path("reports"), metavar="DIR", help="default: %(default)s")
    args = parser.parse_args(argv)
    if args.images < 2 or args.seed < 0:
        parser.error(f"--images must be at least 2 and --seed at least 0; got {args.images} and {args.seed}")
    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--output must be a folder to write to; got {str(args.output)!r}: {error.strerror}")

    from lineclf.reporting import write_files

    table = measure_all([bound for bound in BOUNDS if bound.world in args.worlds], args.images, args.seed)
    report = page(table, f"python studies/worlds.py --images {args.images} --seed {args.seed}")
    print(report)
    write_files(args.output, {"worlds.md": report, "worlds.csv": table.to_csv(index=False, float_format="%.6g")})
    return 0


if __name__ == "__main__":
    sys.exit(main())
