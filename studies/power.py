"""Are verdicts right, and do they come?

An ablation reads every row after each seed and stops it where it is decided. Here whole studies with known effects are
simulated, and read so, and by what else one might do: how many of them say what is not so, how many rows are decided,
after how many seeds, and with how many trials.

    python studies/power.py                      # writes reports/power.md, some minutes on one core
    python studies/power.py --trials FILE.csv    # resamples real trials, too: columns cell, seed, score
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for its own parts, also when another program runs this file

STUDIES = 10_000
TRIALS = Path("reports", "power-trials.csv")
DIGITS = 4  # of what the table says, that count


def measure_all(studies, seed, trials=None):
    """Return the table of all worlds, and of resampled trials where there are any."""
    import numpy as np
    import pandas as pd

    from simulation.measuring import measure, worlds

    kinds = [*worlds(), *([trials] if trials else [])]
    tables = [measure(world, studies, np.random.default_rng([seed, i])) for i, world in enumerate(kinds)]
    return pd.concat(tables, ignore_index=True)


def main(argv=None):
    """Simulate, print, and write the report."""
    from lineclf.cli import replace_unprintable

    replace_unprintable()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--studies", type=_whole(1), default=STUDIES, metavar="N", help="of each kind (default: %(default)s)"
    )
    parser.add_argument("--seed", type=_whole(0), default=0, metavar="N", help="of all numbers (default: %(default)s)")
    parser.add_argument("--output", type=Path, default=Path("reports"), metavar="DIR", help="default: %(default)s")
    parser.add_argument(
        "--trials",
        type=Path,
        metavar="FILE",
        help="CSV file of real trials, columns cell, seed and score, to resample "
        f"(default: {TRIALS.as_posix()}, if it is there)",
    )
    args = parser.parse_args(argv)
    try:
        args.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        parser.error(f"--output must be a folder to write to; got {str(args.output)!r}: {error.strerror}")

    from simulation.worlds import read_trials

    path, trials = args.trials or (TRIALS if TRIALS.exists() else None), None
    if path:
        try:
            trials = read_trials(path)
        except ValueError as error:
            parser.error(f"--trials must be {error}")

    import io

    from lineclf.reporting import read_table, write_files
    from simulation.page import page
    from simulation.picture import draw_picture

    text = measure_all(args.studies, args.seed, trials).to_csv(index=False, float_format=f"%.{DIGITS}g")
    table = read_table(io.StringIO(text), dtype={"effects": str, "row": str})  # so that the page says what it says
    command = f"python studies/power.py --studies {args.studies} --seed {args.seed}"
    command += f" --trials {path.as_posix()}" if path else ""
    report = page(table, args.studies, trials, command)
    print(report)
    write_files(args.output, {"power.md": report, "power.csv": text, "power.png": draw_picture(table)})
    return 0


def _whole(least):
    def parse(text):
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"must be a whole number, at least {least}; got {text!r}")
        return value

    return parse


if __name__ == "__main__":
    sys.exit(main())
