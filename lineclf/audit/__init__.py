"""Audit and repair of a train and a test set from the command line: ``python -m lineclf.audit TRAIN TEST``."""

import argparse
import sys
from pathlib import Path

from lineclf._console import replace_unprintable
from lineclf._files import atomic_write
from lineclf.audit._report import report, table
from lineclf.audit._sides import Side, load_side, of_one_size, printable
from lineclf.audit._split_file import read_split, repair_report, split_table
from lineclf.model_selection import audit_split, repair_split

__all__ = ["Side", "load_side", "main", "read_split", "repair_report", "report", "split_table"]

_EPILOG = """\
TRAIN and TEST are each one of
  an .npz archive with the arrays X_train and y_train (TRAIN) or X_test and y_test (TEST), else X and y; or x for X
  a folder of images named length_width_angle_color_id.png or .jpg
  a folder of folders, one per class: class/image.png, .jpg or .jpeg
  a folder of Parquet files that `lineclf datasets export` has written

Both must have the same number and kind of values per image, and the same kind of labels. If one file or folder has a
train and a test part, give it twice. If a folder has images of several sizes, only those of the commonest size on both
sides are audited; the others are listed. The exit status is 0, or 1 if the leak is above --fail-above, or 2 for an
error.

--repair writes a split without leaks: a table with a row for each image, which says where it was and where it is now.
TRAIN keeps its images, and images in both go to TRAIN, unless --keep test or --drop says otherwise. The repaired split
is audited at once; `--split FILE` audits it again.
"""


def main(argv: list[str] | None = None, *, prog: str = "python -m lineclf.audit") -> int:
    """Run the audit.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; the process's own by default.
    prog : str, default="python -m lineclf.audit"
        Name of the command.

    Returns
    -------
    int
        Exit status: 0, 1 if the leak is above ``--fail-above``, 2 for an error.
    """
    replace_unprintable()
    parser = _parser(prog)
    args = parser.parse_args(argv)
    try:
        _check(args)
        train, test = of_one_size(*(load_side(getattr(args, part), part, args.shape) for part in ("train", "test")))
        if args.split is not None:
            train, test = read_split(args.split, train, test)
        audit = audit_split(
            train.X,
            train.y,
            test.X,
            test.y,
            distances=args.distances or args.max_distances is not None,
            max_distances={None: 1000, "all": None}.get(args.max_distances, args.max_distances),
            random_state=args.seed,
        )
        repair = None
        if args.repair is not None:
            how = "drop" if args.drop else "move"
            repair = repair_split(train.X, train.y, test.X, test.y, keep=args.keep or "train", how=how, near=args.near)
    except (ValueError, OSError, MemoryError) as error:
        print(f"{parser.prog}: error: {_message(error)}", file=sys.stderr)
        return 2
    print(report(audit, train, test))
    tables = {args.csv: table(audit, train, test)} if args.csv is not None else {}
    if repair is not None:
        print(repair_report(repair))
        tables[args.repair] = split_table(repair, train, test)
    for path, text in tables.items():
        try:
            with atomic_write(path) as file:
                file.write(text.encode(errors="backslashreplace"))
        except OSError as error:
            print(
                f"{parser.prog}: error: {printable(path)} cannot be written: {error.strerror or error}", file=sys.stderr
            )
            return 2
    if args.fail_above is not None and 100 * audit.n_leaked > args.fail_above * audit.n_test:
        print(f"{parser.prog}: the leak is above {args.fail_above:g} %", file=sys.stderr)
        return 1
    return 0


def _check(args: argparse.Namespace) -> None:
    """Raise ValueError if options do not fit, or a table cannot or must not be written: before the audit, not after."""
    given = {"--keep": args.keep, "--near": args.near, "--drop": args.drop or None}
    idle = [option for option, value in given.items() if value is not None]
    if idle and args.repair is None:
        raise ValueError(f"{idle[0]} must come with --repair FILE")
    if args.split is not None and args.repair is not None:
        raise ValueError("--split must not come with --repair, whose rows are those of TRAIN and TEST as they are")
    taken = {Path(path).resolve() for path in (args.train, args.test, args.split) if path is not None}
    for option, path in (("--csv", args.csv), ("--repair", args.repair)):
        if path is None:
            continue
        if path.is_dir() or not path.parent.is_dir():
            raise ValueError(f"{option} must name a file in a folder that exists; got {printable(path)}")
        if path.resolve() in taken:
            raise ValueError(f"{option} must not be TRAIN, TEST or another option's file; got {printable(path)}")
        taken.add(path.resolve())


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Count test images that were trained on, pixel for pixel, and images that carry several labels.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("train", metavar="TRAIN", help="images to train on")
    add("test", metavar="TEST", help="images to test on")
    add("--fail-above", type=_percent, metavar="P", help="exit with 1 if more than P %% of the test images are leaked")
    add("--csv", type=Path, metavar="FILE", help="write all findings, a row per image, with its file")
    add("--repair", type=Path, metavar="FILE", help="write a split without leaks, a row per image, with its new side")
    add("--keep", choices=("train", "test"), help="the side that keeps its images (default: train)")
    add("--drop", action="store_true", help="drop images in both from the other side, instead of moving them")
    add(
        "--near",
        type=_distance,
        metavar="D",
        help="treat images with a Euclidean distance up to D, in pixel values, as the same",
    )
    add("--split", type=Path, metavar="FILE", help="audit the split that --repair has written to FILE")
    add("--distances", action="store_true", help="measure test images' distances to the nearest training image")
    add("--max-distances", type=_count_or_all, metavar="N|all", help="measure at most N of them (1000), or all")
    add("--seed", type=_seed, default=0, metavar="N", help="seed for drawing them (default: %(default)s)")
    add(
        "--shape",
        type=int,
        nargs=4,
        default=(2, 2, 12, 2),
        metavar="N",
        help="levels of length, width, angle and color, for a folder of images named by them (default: 2 2 12 2)",
    )
    return parser


def _percent(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        raise argparse.ArgumentTypeError(f"must be a percentage from 0 to 100; got {text!r}")
    return value


def _distance(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a finite number of at least 0; got {text!r}")
    return value


def _seed(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to 2**32 - 1; got {text!r}")
    return int(text)


def _count_or_all(text: str) -> int | str:
    if text == "all":
        return text
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 1, or all; got {text!r}")
    return int(text)


def _message(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{printable(error.filename)} cannot be read: {error.strerror}"
    return str(error) or type(error).__name__
