"""What makes an ablation's verdicts come sooner: more test images, other sizes, a proper score, paired seeds?

The baseline of the default ablation and two of its cells are run with one setting changed at a time. For each, the
standard error that a minute of processor time buys, and how many of them the effect is.

    python studies/levers.py              # some 40 minutes on 2 cores; goes on where an earlier run stopped
    python studies/levers.py --seeds 20 --long 60

It also writes the trials at the default's settings to power-trials.csv, which studies/power.py resamples.
"""

import argparse
import sys
from pathlib import Path

COMPONENTS = {"pooling": ["average"], "dropout": [0.0]}  # a clear effect, and one that few seeds leave open
BASELINE, DEFAULT, UNPAIRED = "baseline", "as the default", "seeds not paired"
LEVERS: dict[str, dict[str, int]] = {
    DEFAULT: {},
    "no further test images": {"n_more": 0},
    "four times the further test images": {"n_more": 400},
    "twice the training images": {"n_per_class": 40},
    "twice the epochs": {"epochs": 8},
}
SCORES = ["joint", "neg_log_loss"]
LEAST = 8  # seeds: fewer are no sample to draw from
DRAWS, LEVEL = 2000, 0.95  # of the bootstrap


def run_lever(sizes, seeds, storage):
    """Run the cells at the default's sizes, but for those given.

    Returns
    -------
    trials : pandas.DataFrame
        Columns cell, seed and the scores.
    seconds : dict of str to float
        Processor seconds of a trial, by cell.
    """
    from lineclf import AblationCV, MultiHeadLineClassifier
    from lineclf.defaults import ABLATION
    from lineclf.metrics import head_scorers
    from lineclf.model_selection import TrackDraw

    declared = ABLATION.nets["four-head"]
    quick = declared.profiles["quick"]
    sizes = {"n_per_class": quick.n_per_class, "n_more": quick.n_more, **quick.settings, **sizes}
    ablation = AblationCV(
        MultiHeadLineClassifier(epochs=sizes.pop("epochs")),
        COMPONENTS,
        draw=TrackDraw(declared.track, **sizes),
        scoring=head_scorers(log_loss=True),
        seeds=seeds,
        n_jobs=2,
        storage=storage,
        error_score="raise",
        verbose=1,
    ).fit()
    seconds = dict(zip(ablation.cells_["cell"], ablation.cells_["cpu_time"], strict=True))
    return ablation.results_[["cell", "seed", *SCORES]], seconds


def measure(lever, trials, seconds, paired=True):
    """Return a row a cell and score, each with the scores of both sides, by seed."""
    wide = trials.pivot(index="seed", columns="cell", values=SCORES)
    rows = []
    for score in SCORES:
        base = wide[score, BASELINE].to_numpy()
        for cell in wide[score].columns.drop(BASELINE):
            sides = base, wide[score, cell].to_numpy()
            cost = seconds[cell] + seconds[BASELINE]
            rows.append({"lever": lever, "score": score, "cell": cell, "sides": sides, "cost": cost, "paired": paired})
    return rows


def spread(sides, paired):
    """Standard deviation of a difference, over the last axis."""
    import numpy as np

    if paired:
        return (sides[1] - sides[0]).std(axis=-1, ddof=1)
    return np.sqrt(sum(side.var(axis=-1, ddof=1) for side in sides))


def summarise(rows, rng):
    """Return the table: of each row what a minute buys, and that over the default's with a bootstrap interval.

    Parameters
    ----------
    rows : list of dict
        As of :func:`measure`, the default's first.
    rng : numpy.random.Generator

    Returns
    -------
    pandas.DataFrame
        Columns lever, score, cell, n (seeds), delta, sd, seconds (of processor time, a pair), error (standard error
        after a minute), ratio, low and high (of delta / error to the default's), effect (|delta| / error).
    """
    import numpy as np
    import pandas as pd

    def power(row, sides):
        error = spread(sides, row["paired"]) * np.sqrt(row["cost"] / 60)
        return error, np.abs((sides[1] - sides[0]).mean(axis=-1)) / error

    def drawn(row):
        n = len(row["sides"][0])
        picked = rng.integers(n, size=(DRAWS, n))
        return power(row, [side[picked] for side in row["sides"]])[1]

    defaults = {(row["score"], row["cell"]): row for row in rows if row["lever"] == DEFAULT}
    table = []
    for row in rows:
        first = defaults[row["score"], row["cell"]]
        error, effect = power(row, row["sides"])
        ratios = drawn(row) / drawn(first)
        low, high = (np.nan, np.nan) if row is first else np.quantile(ratios, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        table.append(
            {
                "lever": row["lever"],
                "score": row["score"],
                "cell": row["cell"],
                "n": len(row["sides"][0]),
                "delta": (row["sides"][1] - row["sides"][0]).mean(),
                "sd": spread(row["sides"], row["paired"]),
                "seconds": row["cost"],
                "error": error,
                "effect": effect,
                "ratio": effect / power(first, first["sides"])[1],
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(table)


def page(table, command):
    """Return the report as Markdown."""
    from lineclf.reporting import markdown_table, number, written_by

    head = ["what is changed", "score", "cell", "seeds", "Δ", "sd", "s a pair", "error a minute", "Δ over it", "ratio"]
    body = []
    for row in table.itertuples():
        ratio = f"{number(row.ratio, '.2f')} ({number(row.low, '.2f')} to {number(row.high, '.2f')})"
        body.append(
            [
                row.lever,
                row.score,
                row.cell,
                str(row.n),
                number(row.delta, "+.4f"),
                number(row.sd, ".4f"),
                number(row.seconds, ".1f"),
                number(row.error, ".4f"),
                number(row.effect, ".2f"),
                "1" if row.lever == DEFAULT else ratio,
            ]
        )
    return f"""# What makes verdicts come sooner?

{__doc__.split("    python")[0].partition(chr(10))[2].strip()}

{markdown_table([head, *body])}

Δ: mean difference of the cell from the baseline on the same seed; sd: its standard deviation over seeds, which draw
data, split and weights anew. s a pair: processor seconds to train and score both cells. Error a minute: the standard
error of Δ after a minute of processor time, sd · √(seconds / 60). Ratio: "Δ over it" divided by the default's, with a
{100 * LEVEL:g} % bootstrap interval over the seeds; above 1 the change makes verdicts come sooner, by the square of it.
"{UNPAIRED.capitalize()}" is what the default's own trials would give if the two cells had different seeds.
neg_log_loss: minus the log loss of all heads together, in nats.

{written_by(command)}
"""


def main(argv=None):
    """Run what is left, print, and write the report."""
    from lineclf.cli import replace_unprintable

    replace_unprintable()
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="A run goes on where an earlier one stopped."
    )
    parser.add_argument("--seeds", type=int, default=12, metavar="N", help="of each setting (default: %(default)s)")
    parser.add_argument(
        "--long", type=int, default=40, metavar="N", help="seeds of the default's settings (default: %(default)s)"
    )
    parser.add_argument("--storage", default="sqlite:///mlruns/optuna.db", metavar="URL", help="default: %(default)s")
    parser.add_argument("--output", type=Path, default=Path("reports"), metavar="DIR", help="default: %(default)s")
    args = parser.parse_args(argv)
    for name in ("seeds", "long"):
        if getattr(args, name) < LEAST:
            parser.error(f"--{name} must be at least {LEAST}; got {getattr(args, name)}")
    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--output must be a folder to write to; got {str(args.output)!r}: {error.strerror}")

    import numpy as np

    from lineclf.reporting import write_files

    rows = []
    for lever, sizes in LEVERS.items():
        trials, seconds = run_lever(sizes, args.long if lever == DEFAULT else args.seeds, args.storage)
        rows += measure(lever, trials, seconds)
        if lever == DEFAULT:
            rows += measure(UNPAIRED, trials, seconds, paired=False)
            resampled = trials[["cell", "seed", "joint"]].rename(columns={"joint": "score"})
    table = summarise(rows, np.random.default_rng(0))
    report = page(table, f"python studies/levers.py --seeds {args.seeds} --long {args.long}")
    print(report)
    files = {"levers.md": report, "levers.csv": table.to_csv(index=False, float_format="%.6g")}
    files["power-trials.csv"] = resampled.to_csv(index=False, float_format="%.8g")
    write_files(args.output, files)
    return 0


if __name__ == "__main__":
    sys.exit(main())
