"""How fast is it, beside what one would do without it?

The report says that drawing the lines in code is cheaper than loading them. Here the generator stands beside arrays and
folders of images on disk, beside the usual per-image OpenCV loop and beside a bare `numpy.take` of the same bytes, and
the estimators beside a bare `keras.Model` of the same net, data, batches and precision. Contestants take turns in one
run; what counts is their ratio.

    python studies/speed.py                # writes reports/speed.md
    python studies/speed.py --only engine  # measures this part anew and leaves the others as they are
    python studies/speed.py --only former --former ../lineclf-0.2.0   # beside a working tree of 0.2.0
"""

import argparse
import csv
import io
import os
import platform
import statistics
import sys
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for its own parts, also when another program runs this file

from timing.ablations import BARE as LOOP
from timing.ablations import FITS, ONE, OURS, TWO, measure_ablations
from timing.contestants import (
    FIT_AND_PREDICT,
    GENERATOR,
    GENERATOR_AND_TAKE,
    INSPECT,
    N_PER_CLASS,
    NUMPY,
    OPENCV,
    OPENCV_TUNED,
    PICTURES,
    TRIALS,
)
from timing.engine import engine_section, measure_engine, measure_logging, measure_scale, measure_throughput
from timing.former import FORMER, PRESENT, SAME_SIZE, measure_former, measure_whole
from timing.loading import loading_section, measure_loading
from timing.process import run

REPEATS = 7
SCRATCH = Path("reports", "speed", "scratch")  # which git ignores
# What `speed.csv` calls the items of each part.
PARTS = {
    "generator": ("generator", "gather"),
    "loading": ("loading",),
    "estimators": ("fit", "again", "predict"),
    "inspection": ("inspection", "pictures"),
    "ablation": ("ablation", "jobs"),
    "engine": ("engine",),
    "logging": ("logging",),
    "scale": ("scale",),
    "throughput": ("workers", "trial"),
    "former": ("former",),
    "whole": ("whole",),
}
BESIDE = ("former", "whole")  # these need a working tree of an earlier version
RETIRED = {"queue": ("queue",)}  # measured of what is gone
COLUMNS = ("item", "contestant", "run", "metric", "value", "date")
BARE = ("MultiHeadLineClassifier", "keras.Model")
AGAIN = ("second fit", "first fit")


def _opencv():
    """Whether OpenCV is there; only the tests' extra brings it."""
    try:
        return bool(version("opencv-python-headless"))
    except PackageNotFoundError:
        return False


def measure_generator(repeats, n=N_PER_CLASS):
    """Rows (item, contestant, run, metric, value) of the generator beside OpenCV and `numpy.take`."""
    contestants = {"make_lines": GENERATOR, "import numpy": NUMPY}
    if _opencv():
        contestants |= {"OpenCV loop": OPENCV, "tuned OpenCV loop": OPENCV_TUNED}
    rows = []
    for i in range(-1, repeats):
        for name, code in contestants.items():
            peak = "[next(int(line.split()[1]) for line in open('/proc/self/status') if 'VmHWM' in line), X.nbytes]"
            seconds, (kilobytes, nbytes) = run(code.format(n=n), peak)
            if i < 0:  # a turn to warm the disk's cache
                continue
            rows.append(("generator", name, i, "seconds", seconds))
            if name == "make_lines":
                rows.append(("generator", name, i, "peak_ratio", kilobytes * 1024 / nbytes))
    _, pairs = run(GENERATOR_AND_TAKE.format(n=n, repeats=repeats), "pairs")
    return rows + _pair_rows("gather", ("make_lines", "numpy.take"), pairs)


def measure_estimators(repeats, *, n_fit=100, n_predict=250, epochs=2):
    """Rows of `MultiHeadLineClassifier` beside a bare model: fits and predictions."""
    code = FIT_AND_PREDICT.format(repeats=repeats, n_fit=n_fit, n_predict=n_predict, epochs=epochs)
    _, pairs = run(code, "pairs")
    contestants = {"fit": BARE, "again": AGAIN, "predict": BARE}
    return [row for item, pair in contestants.items() for row in _pair_rows(item, pair, pairs[item])]


def measure_inspection(repeats):
    """Rows of heatmaps and filters' images, and of trials with pictures beside trials without."""
    _, runs = run(INSPECT.format(repeats=repeats), "runs")
    rows = []
    for i, (milliseconds, seconds) in enumerate(runs):
        rows.append(("inspection", "gradcam", i, "milliseconds_per_image", milliseconds))
        rows.append(("inspection", "filters", i, "seconds", seconds))
    script = str(Path(__file__).with_name("ablate.py").resolve())
    for i in range(repeats):
        for name, options in zip(PICTURES, (["--pictures"], []), strict=True):
            seconds, _ = run(TRIALS.format(script=script, options=options), "0")
            rows.append(("pictures", name, i, "seconds", seconds))
    return rows


def _pair_rows(item, contestants, pairs):
    return [
        (item, name, i, metric, value)
        for i, pair in enumerate(pairs)
        for name, values in zip(contestants, pair, strict=True)
        for metric, value in zip(("seconds", "cpu_seconds"), values, strict=True)
    ]


def summarise(rows):
    """Table lines (what, measured, target, verdict) from the rows; ratios are taken run by run."""
    values: dict = {}
    for item, name, i, metric, value in rows:
        values.setdefault((item, name, metric), {})[i] = value

    def ratios(item, over, under, metric="seconds"):
        one, other = values.get((item, over, metric), {}), values.get((item, under, metric), {})
        return [one[i] / other[i] for i in sorted(one.keys() & other.keys())]

    def line(what, numbers, unit, target=None, at_least=False):
        if not numbers:
            return what, "not measured: OpenCV is not installed", "", ""
        middle = statistics.median(numbers)
        measured = f"{middle:.2f}{unit} ({min(numbers):.2f} to {max(numbers):.2f}, n = {len(numbers)})"
        if target is None:
            return what, measured, "", ""
        met = middle >= target if at_least else middle <= target
        return what, measured, f"{'≥' if at_least else '≤'} {target:g}{unit}", "met" if met else "**missed**"

    def seconds(name):
        return list(values.get(("generator", name, "seconds"), {}).values())

    lines = []
    if seconds("make_lines"):
        peaks = list(values["generator", "make_lines", "peak_ratio"].values())
        lines += [
            line("96,000 images, a whole process", seconds("make_lines"), " s"),
            line("of that, starting Python and importing NumPy", seconds("import numpy"), " s"),
            line("the usual OpenCV loop takes", ratios("generator", "OpenCV loop", "make_lines"), " ×", 10, True),
            line("a tuned OpenCV loop takes", ratios("generator", "tuned OpenCV loop", "make_lines"), " ×"),
            line("`make_lines` over `numpy.take`", ratios("gather", "make_lines", "numpy.take"), " ×", 1.5),
            line("peak memory of the process over the result", peaks, " ×", 1.3),
        ]
    for item in ("fit", "predict"):
        pair = item, *BARE
        if ratios(*pair):
            lines.append(line(f"`{item}` over a bare `keras.Model`'s", ratios(*pair), " ×", 1.05))
            lines.append(line(f"`{item}`, the same in processor time", ratios(*pair, "cpu_seconds"), " ×"))
    if ratios("again", *AGAIN):
        lines.append(line("a second `fit` of 960 images, same settings, over the first", ratios("again", *AGAIN), " ×"))
    heatmaps = values.get(("inspection", "gradcam", "milliseconds_per_image"), {})
    if heatmaps:
        filters = values["inspection", "filters", "seconds"]
        lines += [
            line("Grad-CAM of all four heads, an image of 256", list(heatmaps.values()), " ms", 5),
            line("images for 32 filters in 200 steps", list(filters.values()), " s", 10),
            line("trials with `--pictures` over trials without", ratios("pictures", *PICTURES), " ×", 1.05),
        ]
    loops, ours = (values.get(("ablation", name, "seconds"), {}) for name in (LOOP, OURS))
    if ours:
        fit = 1000 * statistics.median(loops.values()) / FITS
        over = [1000 * (ours[i] - loops[i]) / FITS for i in ours]
        lines.append(line(f"`AblationCV` adds to a fit of {fit:.1f} ms in a bare loop", over, " ms", 10))
    if ratios("jobs", ONE, TWO):
        gain = ratios("jobs", ONE, TWO)
        lines.append(line("trials an hour with `n_jobs=2` over one job of one thread", gain, " ×", 1.8, True))
        whole = ratios("jobs", ONE, TWO, "seconds_in_all")
        lines.append(line("the same, start of the processes included, 48 trials", whole, " ×"))
    gain = ratios("former", FORMER, PRESENT, "cpu_seconds")
    if gain:
        what = f"default ablation of two seeds, start included: trials an hour of processor time over {FORMER}'s"
        lines.append(line(what, gain, " ×", 2, True))
        same = ratios("former", FORMER, SAME_SIZE, "cpu_seconds")
        lines.append(line("the same on as many images a class as it had, and more test images", same, " ×"))
    gain = ratios("whole", FORMER, PRESENT, "cpu_seconds")
    if gain:
        what = f"default ablation with all its seeds: trials an hour of processor time over {FORMER}'s"
        lines.append(line(what, gain, " ×", 2, True))
    return lines


def read_parts(path):
    """Dates and rows of each part in a ``speed.csv``; none where there is no file."""
    parts: dict = {}
    if path.exists():
        part_of = {item: part for part, items in {**PARTS, **RETIRED}.items() for item in items}
        with path.open(newline="", encoding="utf-8") as file:
            header, *rows = csv.reader(file)
            if tuple(header) != COLUMNS:
                raise ValueError(f"{path} must have the columns {', '.join(COLUMNS)}; got {', '.join(header)}")
            for item, name, i, metric, value, day in rows:
                parts.setdefault(part_of[item], (day, []))[1].append((item, name, int(i), metric, float(value)))
    return parts


def page(parts, command):
    """Return the report as Markdown, from the date and rows of each part."""
    rows = [row for _, some in parts.values() for row in some]
    lines = summarise(rows)
    days = {day: [part for part in parts if parts[part][0] == day] for day, _ in parts.values()}
    measured = "; ".join(f"{day}: {', '.join(names)}" for day, names in sorted(days.items()))
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    names = ["lineclf", "numpy", "tensorflow", "keras", "scikit-learn"]
    names += ["opencv-python-headless"] if _opencv() else []
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    loading = loading_section(rows)
    if loading:
        loading = f"""
## Generating or loading

{loading}

Only the call is timed, importing is not. "Cold" is the first load of a fresh process, after the system was told to drop
its cache of the files (it may keep some); "warm" is the second. The array files hold all 96,000 images, the folders
9,600 of them, one file an image; a memory map is copied, so that every byte is read. JPEG is lossy: its pixels are not
the generator's.
"""
    return f"""# Speed

| what | median (smallest to largest) | target | |
|---|---|---|---|
{table}

Ratios are taken run by run, with the contestants in turn. The first four rows and the memory are whole processes,
starting Python and importing included; `numpy.take` gathers the same array from a bank of all distinct images, both in
one process, in turn. The usual OpenCV loop draws one random centre an image and collects a list; the tuned one draws a
class's centres at once, turns and moves one ready line straight into the result. Fits (9,600 images, 2 epochs, batches
of 64, building and tracing included) and predictions (24,000 images, batches of 512) give the bare model float32 images
that are converted beforehand, and the estimator uint8. On a shared machine wall time scatters; processor time, of all
threads, tells more. Pictures (four heatmaps a head, feature maps, images for eight filters) are drawn beside the next
training, on the same cores, of the first seed's nets: of three of the six trials that the ratio is of. `AblationCV` and
the loop make the same {FITS} fits of a tree on the same folds; with `n_jobs=2` it is a gradient boosting that fits for
half a second and more, one process of one thread on one core against two.
{loading}{engine_section(rows)}
Measured {measured}. Written by `{command}`, then on {os.cpu_count()} shared cores ({platform.machine()}) with Python
{platform.python_version()}, {libraries}. Every single figure is in `speed.csv`.
"""


def main(argv=None):
    """Measure, print, and write the report."""
    from lineclf.cli import replace_unprintable

    replace_unprintable()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--repeats", type=int, default=REPEATS, metavar="N", help="runs of everything (default: %(default)s)"
    )
    parser.add_argument(
        "--only", choices=PARTS, help="measure one part anew, and keep what the report has of the others"
    )
    parser.add_argument("--former", type=Path, metavar="DIR", help="a working tree of lineclf 0.2.0 to compare with")
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help=f"default: reports, or {SCRATCH.as_posix()} for fewer than {REPEATS} runs",
    )
    args = parser.parse_args(argv)
    args.output = args.output or (Path("reports") if args.repeats >= REPEATS else SCRATCH)
    if args.only in BESIDE and args.former is None:
        parser.error(f"--only {args.only} must have a working tree to compare with, as --former DIR")
    if args.repeats < 1:
        parser.error(f"--repeats must be at least 1; got {args.repeats}")
    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--output must be a folder to write to; got {str(args.output)!r}: {error.strerror}")
    measures = {
        "generator": lambda: measure_generator(args.repeats),
        "loading": lambda: measure_loading(args.repeats, args.output),
        "estimators": lambda: measure_estimators(args.repeats),
        "inspection": lambda: measure_inspection(min(args.repeats, 3)),
        "ablation": lambda: measure_ablations(args.repeats),
        "engine": lambda: measure_engine(args.repeats),
        "logging": lambda: measure_logging(args.repeats),
        "scale": lambda: measure_scale(min(args.repeats, 3)),
        "throughput": lambda: measure_throughput(min(args.repeats, 3)),
        "former": lambda: measure_former(min(args.repeats, 3), args.former),
        "whole": lambda: measure_whole(min(args.repeats, 3), args.former),
    }
    try:
        parts = read_parts(args.output / "speed.csv")
    except ValueError as error:
        parser.error(f"--output: {error}")
    if args.only is None:
        measured = [part for part in PARTS if part not in BESIDE or args.former]  # without, it keeps what it had
        parts = {part: rows for part, rows in parts.items() if part not in measured and part not in RETIRED}
    else:
        measured = [args.only]
    for part in measured:
        parts[part] = date.today().isoformat(), measures[part]()
    parts = {part: parts[part] for part in (*PARTS, *RETIRED) if part in parts}
    command = f"python studies/speed.py --repeats {args.repeats}" + (f" --only {args.only}" if args.only else "")
    text = page(parts, command)
    print(text)

    from lineclf.reporting import write_files

    table = io.StringIO()
    rows = [(*row, day) for day, some in parts.values() for row in some]
    csv.writer(table, lineterminator="\n").writerows([COLUMNS, *rows])
    write_files(args.output, {"speed.md": text, "speed.csv": table.getvalue()})
    return 0


if __name__ == "__main__":
    sys.exit(main())
