"""``lineclf datasets export DATA FOLDER``: data sets as files that other programs read."""

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np

from lineclf._console import replace_unprintable
from lineclf._labels import pair_targets
from lineclf._words import first_line
from lineclf.datasets import FACTORS, TARGET_NAMES, export_parquet, fetch_mnist, load_lines
from lineclf.datasets._parquet import DIGESTS

__all__ = ["main"]

_EPILOG = """\
DATA is one of
  lines         the fixed data set of coloured lines, train and test: 72,000 and 24,000 images
  mnist         the digits, train and test: 60,000 and 10,000; from LINECLF_DATA, the cache or the network
  mnist-small   5,000 digits, which need no network
  an .npz archive with the arrays X_train and y_train, else X and y; or x for X
  a folder of images named length_width_angle_color_id.png or .jpg
  a folder of folders, one per class: class/image.png, .jpg or .jpeg

FOLDER then has data/train-00000-of-00001.parquet, data/test-00000-of-00001.parquet, README.md (the data card),
croissant.json and SHA256SUMS. Nothing in it is overwritten. The exit status is 0, or 2 for an error.
"""

_LINES = {
    "name": "lineclf-lines",
    "description": (
        "Coloured lines on black: each image shows one whole straight line, given by its length (7 or 15 px), width "
        "(1 or 3 px), angle (0° to 165° every 15°, counter-clockwise) and colour (red or blue). Each of the 96 "
        "combinations is a class of 750 training and 250 test images, which differ only in where the line's centre "
        "lies: uniform over the whole pixels that keep the line uncut, drawn with replacement. `row` and `column` are "
        "that centre. The images are drawn in code, by `lineclf.datasets.load_lines`."
    ),
    "license": "bsd-3-clause",
    "creator": "the lineclf developers",
}
_MNIST = {
    "name": "mnist",
    "description": "The MNIST handwritten digits: 28 × 28 pixels, one channel, 0 (background) to 255.",
    "creator": "Yann LeCun, Corinna Cortes and Christopher J. C. Burges",
}


def main(argv: list[str], *, prog: str = "lineclf datasets") -> int:
    """Run the command.

    Parameters
    ----------
    argv : list of str
        Arguments.
    prog : str, default="lineclf datasets"
        Name of the command.

    Returns
    -------
    int
        Exit status: 0, or 2 for an error.
    """
    replace_unprintable()
    args = _parser(prog).parse_args(argv)
    from lineclf.audit._sides import printable  # loads scikit-learn, which options do without

    about = {name: getattr(args, name) for name in ("name", "description", "license", "creator")}
    try:
        X, y, known = _read(args)
        known |= {name: text for name, text in about.items() if text is not None}
        written = export_parquet(args.folder, X, y, **known)
    except (ValueError, OSError, MemoryError) as error:
        print(f"{prog} export: error: {_message(error)}", file=sys.stderr)
        return 2
    for path in written:
        print(printable(path))
    return 0


def _parser(prog: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=prog, description="Write data sets as files that other programs read.")
    commands = parser.add_subparsers(metavar="export", required=True)
    add = commands.add_parser(
        "export",
        description="Write images and labels to Parquet files, with a data card, a Croissant file and digests.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        help="write images and labels to Parquet files",
    ).add_argument
    add("data", metavar="DATA", help="data to write")
    add("folder", metavar="FOLDER", type=Path, help="folder to write")
    add("--test", metavar="DATA", help="the test part, if DATA is read from files; DATA is then the training part")
    add("--split", type=Path, metavar="FILE", help="split DATA and --test as `lineclf audit --repair` wrote in FILE")
    add("--name", metavar="TEXT", help="name of the data set")
    add("--description", metavar="TEXT", help="description of the data set")
    add("--license", metavar="ID", help="its license, such as cc-by-4.0")
    add("--creator", metavar="TEXT", help="who made it")
    return parser


def _read(args: argparse.Namespace) -> tuple[Any, Any, dict[str, Any]]:
    """Return images, labels and the other arguments of :func:`export_parquet`."""
    if args.data in ("lines", "mnist", "mnist-small"):
        if args.test is not None or args.split is not None:
            raise ValueError(f"--test and --split must come with DATA that is read from files; got {args.data!r}")
        return _known(args.data)
    from lineclf.audit import load_side, read_split
    from lineclf.audit._sides import of_one_size, printable

    if args.split is not None and args.test is None:
        raise ValueError("--split must come with --test, as it parts two sets anew")
    paths = [args.data] if args.test is None else [args.data, args.test]
    for path in paths:
        if (Path(path) / DIGESTS).is_file():
            raise ValueError(f"DATA and --test must not be written by this command themselves; got {printable(path)}")
    sides = of_one_size(*map(load_side, paths, ("train", "test")))
    for name, side in zip(("DATA", "--test"), sides, strict=False):
        if side.left_out:
            odd, size = next(iter(side.left_out.items()))
            raise ValueError(f"{name} must have images of one size; {printable(odd)} has {size} pixels")
    if args.split is not None:
        sides = read_split(args.split, *sides)
    return _of_sides(sides, Path(args.data).stem)


def _of_sides(sides: list[Any], name: str) -> tuple[Any, Any, dict[str, Any]]:
    from lineclf.audit._sides import printable

    if len(sides) == 2:
        pair_targets(sides[0].y, sides[1].y, ("y_train", "y_test"))
        if np.shape(sides[0].X)[1:] != np.shape(sides[1].X)[1:]:
            raise ValueError(f"--test must have images of the shape of DATA; got {[np.shape(s.X)[1:] for s in sides]}")
    names = [side.names for side in sides]
    columns = None if None in names else {"file": [printable(each) for side in names for each in side or ()]}
    split = np.repeat(["train", "test"][: len(sides)], [len(side.X) for side in sides])
    known = {"split": split, "name": name, "columns": columns}
    return np.concatenate([side.X for side in sides]), np.concatenate([side.y for side in sides]), known


def _known(name: str) -> tuple[Any, Any, dict[str, Any]]:
    """Return a data set that the package ships or fetches."""
    if name == "lines":
        parts = [load_lines("train"), load_lines("test")]
        positions = np.concatenate([part.positions for part in parts])
        known = {
            **_LINES,
            "heads": FACTORS,
            "target_names": TARGET_NAMES,
            "columns": {"row": positions[:, 0], "column": positions[:, 1]},
        }
    else:
        parts = [fetch_mnist("small")] if name == "mnist-small" else [fetch_mnist("train"), fetch_mnist("test")]
        known = {**_MNIST, "name": name, "target_names": parts[0].target_names}
    split = np.repeat(["train", "test"][: len(parts)], [len(part.target) for part in parts])
    X = np.concatenate([part.images for part in parts])
    return X, np.concatenate([part.target for part in parts]), {**known, "split": split}


def _message(error: BaseException) -> str:
    from lineclf.audit._sides import printable

    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{printable(error.filename)}: {error.strerror}"
    return first_line(error) if isinstance(error, MemoryError) else str(error)
