"""Runs the course: `python docs/course/run.py`.

The code of a lesson runs from top to bottom, as a reader would run it, in a folder of its own; what it prints is
compared with what the page shows. A solution runs as the script that it is. Each has a process of its own and is timed.

    python docs/course/run.py                                  # all lessons and all solutions
    python docs/course/run.py lesson_1 solutions/lesson_1      # some of them
    python docs/course/run.py lesson_1 --write                 # put what is printed, and the pictures, into the page
"""

import argparse
import contextlib
import io
import os
import re
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

FOLDER = Path(__file__).parent
LESSONS = sorted(path.stem for path in FOLDER.glob("lesson_*.md"))
SOLUTIONS = sorted(f"solutions/{path.stem}" for path in FOLDER.glob("solutions/lesson_*.py"))

#: A block of code and, where it prints, the block after it that shows what.
BLOCK = re.compile(r"```python\n(?P<code>.*?)```\n(?:\n```\n(?P<shown>.*?)```\n)?", re.DOTALL)
_NUMBER = re.compile(r"(?<![\w.])[-+]?\d[\d,]*\.?\d*(?:[eE][-+]\d+)?(?![\w])")


def run_lesson(name, change=lambda code: code):
    """Run the code of a lesson in the working directory.

    Parameters
    ----------
    name : str
        Such as "lesson_1".
    change : callable, optional
        Takes each block of code and gives the one that runs instead.

    Returns
    -------
    list of (str, str)
        What each block should print, as the page shows it, and what it printed.
    """
    os.environ.setdefault("MPLBACKEND", "agg")
    names = {"__name__": "__main__"}
    found = []
    for block in BLOCK.finditer((FOLDER / f"{name}.md").read_text(encoding="utf-8")):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(compile(change(block["code"]), f"{name}.md", "exec"), names)
        found.append((block["shown"] or "", printed.getvalue()))
    return found


def agree(shown, printed, exact):
    """Whether two outputs say the same: word by word, and number by number.

    Parameters
    ----------
    shown, printed : str
    exact : bool
        Whether numbers must be equal. Nets come out a little different on other processors: otherwise numbers may
        differ by 0.1, or by a third.
    """
    numbers = [[float(each.replace(",", "")) for each in _NUMBER.findall(text)] for text in (shown, printed)]
    words = [_NUMBER.sub("#", text).replace("< #", "#").split() for text in (shown, printed)]  # p < 0.001 is a p, too
    if words[0] != words[1]:
        return False
    slack = 0.0 if exact else 1.0
    return all(
        abs(one - other) <= slack * max(0.1, max(abs(one), abs(other)) / 3) for one, other in zip(*numbers, strict=True)
    )


def write_page(name, found):
    """Put what the blocks of a lesson printed into its page, and the pictures that they saved beside it."""
    path, outputs = FOLDER / f"{name}.md", iter(found)

    def fill(block):
        _, printed = next(outputs)
        shown = "\n".join(line.rstrip() for line in printed.splitlines())
        return f"```python\n{block['code']}```\n" + (f"\n```\n{shown}\n```\n" if shown else "")

    path.write_text(BLOCK.sub(fill, path.read_text(encoding="utf-8")), encoding="utf-8")
    for picture in Path().glob(f"{name}_*.png"):
        shutil.copy(picture, FOLDER)


def check_lesson(name, write):
    """Run a lesson and compare or write its page; return the number of blocks that print something else."""
    home = os.getcwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            found = run_lesson(name)
            if write:
                write_page(name, found)
                return 0
        finally:
            os.chdir(home)
    other = [(shown, printed) for shown, printed in found if not agree(shown, printed, exact=name == "lesson_1")]
    for shown, printed in other:
        print(f"{name} shows\n{shown}and prints\n{printed}")
    return len(other)


def main(argv=None):
    """Run what is named, or everything; return 1 if something failed, else 0."""
    parser = argparse.ArgumentParser(description="Run lessons and solutions of the course.")
    parser.add_argument("names", nargs="*", help="lesson_1, solutions/lesson_1, ... (default: all)")
    parser.add_argument("--write", action="store_true", help="rewrite the outputs and pictures of the lessons named")
    options = parser.parse_args(argv)
    names = options.names or LESSONS + SOLUTIONS
    if unknown := set(names) - {*LESSONS, *SOLUTIONS}:
        parser.error(f"names must be among {', '.join(LESSONS + SOLUTIONS)}; got {', '.join(sorted(unknown))}")
    start = time.perf_counter()
    if len(names) > 1:
        more = ["--write"] if options.write else []
        return max(subprocess.call([sys.executable, __file__, name, *more]) for name in names)
    (name,) = names
    if name in LESSONS:
        failed = check_lesson(name, options.write)
    else:
        failed = 0
        runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")
    print(f"{name}: {time.perf_counter() - start:.0f} s, of a processor {time.process_time():.0f} s", flush=True)
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
