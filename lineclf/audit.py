"""Audit of a train and a test set from the command line: ``python -m lineclf.audit TRAIN TEST``."""

import argparse
import os
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lineclf.datasets import load_class_folder, load_lines_folder
from lineclf.model_selection import SplitAudit, audit_split

_BAR = 40  # characters of the histogram's longest bar

_EPILOG = """\
TRAIN and TEST are each one of
  an .npz archive with the arrays X_train and y_train (TRAIN) or X_test and y_test (TEST), else X and y; or x for X
  a folder of images named length_width_angle_color_id.png or .jpg
  a folder of folders, one a class: class/image.png, .jpg or .jpeg

Both must have the same number and kind of values an image, and the same kind of labels. One archive with a train and a
test part is given twice. The exit status is 0, 1 if the leak is above --fail-above, 2 for an error.
"""


@dataclass(frozen=True)
class Side:
    """One side of a split: images, their labels, and what to call each."""

    X: np.ndarray
    y: np.ndarray
    names: list[str] | None = None

    def describe(self, row: int) -> str:
        """Return row, file name if there is one, and label of an image."""
        name = f" ({_printable(self.names[row])})" if self.names else ""
        label = np.asarray(self.y[row])
        return f"{row}{name} labelled {_printable(' '.join(map(str, label.ravel())))}"


def load_side(path: str | os.PathLike, part: str, shape=(2, 2, 12, 2)) -> Side:
    """Load one side of a split.

    Parameters
    ----------
    path : str or path
        An .npz archive, a folder of images named by their levels, or a folder of folders of images, one a class.
    part : {"train", "test"}
        Which arrays of an archive are meant: ``X_train`` and ``y_train`` or ``x_train`` and ``y_train`` if there are,
        or ``X`` and ``y`` or ``x`` and ``y``.
    shape : sequence of 4 ints, default=(2, 2, 12, 2)
        Number of levels of each factor, for a folder of images named by their levels.

    Returns
    -------
    Side

    Raises
    ------
    ValueError
        If the path is none of these, or what it holds is not as it should be.
    OSError
        If it does not exist or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.savez(f"{folder}/split.npz", x_train=np.zeros((3, 2, 2)), y_train=[0, 1, 1])
    ...     load_side(f"{folder}/split.npz", "train").describe(2)
    '2 labelled 1'
    """
    path = Path(path)
    if path.is_dir():
        visible = [entry for entry in path.iterdir() if not entry.name.startswith(".")]
        if any(entry.is_dir() for entry in visible):
            bunch = load_class_folder(path)
            return Side(bunch.images, np.array(bunch.target_names)[bunch.target], bunch.filenames)
        bunch = load_lines_folder(path, shape=shape)
        return Side(bunch.images, bunch.target, bunch.filenames)
    if not path.exists():
        raise FileNotFoundError(f"{_printable(str(path))} does not exist")
    if path.suffix.lower() != ".npz" or not path.is_file():
        raise ValueError(f"{_printable(str(path))} must be an .npz archive or a folder")
    return _load_archive(path, part)


def _load_archive(path: Path, part: str) -> Side:
    called = _printable(str(path))
    pairs = [(f"X_{part}", f"y_{part}"), (f"x_{part}", f"y_{part}"), ("X", "y"), ("x", "y")]
    try:
        with np.load(path, allow_pickle=False) as archive:
            for keys in pairs:
                if set(keys) <= set(archive.files):
                    return Side(*(archive[key] for key in keys))
            found = ", ".join(map(_printable, archive.files)) or "none"
    except (ValueError, EOFError, TypeError, AttributeError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        # NumPy advises to allow pickles, which run what they hold.
        reason = "it holds Python objects" if "pickle" in str(error) else error
        raise ValueError(f"{called} is not an .npz archive of numbers, or is damaged: {reason}") from error
    wanted = ", ".join(f"{X} and {y}" for X, y in pairs)
    raise ValueError(f"{called} must have one of the pairs of arrays {wanted}; got {found}")


def report(audit: SplitAudit, train: Side, test: Side) -> str:
    """Return what an audit found, as text of some lines."""
    lines = [str(audit)]
    sides = {"train": train, "test": test}
    if audit.conflict_examples:
        lines.append("The same pixels under more than one label:")
        for example in audit.conflict_examples:
            lines.append("  " + "; ".join(f"{side} row {sides[side].describe(row)}" for side, row in example))
    if audit.label_conflicts > len(audit.conflict_examples):
        lines.append(f"  and {audit.label_conflicts - len(audit.conflict_examples):,} more images")
    if audit.histogram is not None:
        counts, edges = audit.histogram
        lines.append("Distances of test images to the nearest training image, in units of the pixel values:")
        for count, low, high in zip(counts, edges[:-1], edges[1:], strict=True):
            bar = "█" * int(np.ceil(_BAR * count / counts.max()))
            lines.append(f"  {low:>10.4g} to {high:<10.4g} {count:>7,} {bar}".rstrip())
    return "\n".join(lines)


def main(argv: list[str] | None = None) -> int:
    """Run the audit.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; the process's own by default.

    Returns
    -------
    int
        Exit status: 0, 1 if the leak is above ``--fail-above``, 2 for an error.
    """
    parser = _parser()
    args = parser.parse_args(argv)
    try:
        train, test = (load_side(getattr(args, part), part, args.shape) for part in ("train", "test"))
        audit = audit_split(
            train.X,
            train.y,
            test.X,
            test.y,
            distances=args.distances or args.max_distances is not None,
            max_distances={None: 1000, "all": None}.get(args.max_distances, args.max_distances),
            random_state=args.seed,
        )
    except (ValueError, OSError, MemoryError) as error:
        print(f"{parser.prog}: error: {_message(error)}", file=sys.stderr)
        return 2
    print(report(audit, train, test))
    if args.fail_above is not None and 100 * audit.n_leaked > args.fail_above * audit.n_test:
        print(f"{parser.prog}: the leak is above {args.fail_above:g} %", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lineclf.audit",
        description="Count test images that were trained on, pixel for pixel, and images that carry several labels.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("train", metavar="TRAIN", help="what is trained on")
    add("test", metavar="TEST", help="what is tested on")
    add("--fail-above", type=_percent, metavar="P", help="exit with 1 if more than P %% of the test images are leaked")
    add("--distances", action="store_true", help="measure test images' distances to the nearest training image")
    add("--max-distances", type=_count_or_all, metavar="N|all", help="measure at most N of them (1000), or all")
    add("--seed", type=_seed, default=0, metavar="N", help="seed that draws them (default: %(default)s)")
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
        return f"{_printable(str(error.filename))} cannot be read: {error.strerror}"
    return str(error) or type(error).__name__


def _printable(text: str) -> str:
    """Return a text as it is, or escaped if it would break the line or the terminal."""
    return text if text.isprintable() else ascii(text)


if __name__ == "__main__":
    sys.exit(main())
