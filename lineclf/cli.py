"""The command line that every study shares: options become the call that Python makes, :func:`lineclf.runs.run_study`.

Heavy libraries load once the options are right.
"""

import argparse
import os
import shlex
import signal
import sys
import threading
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path

from lineclf._console import replace_unprintable
from lineclf._urls import mask_url
from lineclf.runs._options import OptionError, Options, asked_of, make_options, names

__all__ = ["main", "replace_unprintable"]


def main(study, argv=None):
    """Run a study from the command line.

    Parameters
    ----------
    study : Study
        The declaration: an Ablation, a Benchmark, or one of your own.
    argv : list of str, optional
        Arguments; the process's own by default.

    Returns
    -------
    int
        Exit status: 0, 1 if trials or a store failed, 2 for a bad option, 130 after Ctrl-C or SIGTERM.
    """
    replace_unprintable()
    parser = _parser(study)
    argv = sys.argv[1:] if argv is None else argv
    given = parser.parse_args(argv)
    try:
        with _terminated_as_interrupted():
            return _run(study, given, argv)
    except OptionError as error:
        print(f"{parser.prog}: error: {_flag(error.option)} {error.text}", file=sys.stderr)
        return 2
    except ValueError as error:
        print(f"{parser.prog}: error: {error}", file=sys.stderr)
        return 2
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("sqlalchemy", "optuna", "mlflow"):
            raise
        reason = mask_url(str(error)).strip().partition("\n")[0]
        print(f"{parser.prog}: error: {type(error).__name__}: {reason}", file=sys.stderr)
        print("What is finished is stored; the same command continues.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What is finished is stored; the same command continues.", file=sys.stderr)
        return 130


class _Parser(argparse.ArgumentParser):
    """Repeats no password of an option that it does not take."""

    def error(self, message):
        super().error(mask_url(message))


def _parser(study):
    parser = _Parser(
        description=study.question,
        epilog="A list is written a,b. A run continues where an earlier one with the same options stopped; nothing is "
        "trained twice.",
    )
    common = {each.name for each in fields(Options)}
    for each in sorted(fields(study.Options), key=lambda each: each.name in common):  # its own ones first
        _add(parser, study, each)
    parser.add_argument("--status", action="store_true", help="show how far the study is, and stop")
    parser.add_argument(
        "--resume", action="store_true", help="continue where an earlier run stopped; so it does anyway"
    )
    return parser


def _add(parser, study, declared):
    """Add the option of a dataclass's field; its value is checked with all others, by :func:`make_options`."""
    choices, default = (asked_of(study, declared, what) for what in ("choices", "default"))
    text = asked_of(study, declared, "about")
    if default not in (None, ()):
        text += f" (default: {mask_url(str(default))})"
    how = {"metavar": declared.metadata["metavar"], "help": text.replace("%", "%%")}
    if choices is not None:
        how["choices"] = [str(each) for each in choices]
    if declared.metadata["convert"] is names:
        how |= {"nargs": "+", "action": "extend"}  # several words are as good as one with commas
    elif declared.metadata["const"] is not None:
        how |= {"nargs": "?", "const": declared.metadata["const"]}
    parser.add_argument(_flag(declared.name), **how)


def _flag(name):
    return f"--{name.replace('_', '-')}"


def _command(argv):
    script = Path(sys.argv[0])
    name = f"{script.parent.name}/{script.name}" if script.parent.name == "studies" else script.name
    return shlex.join(["python", name, *(mask_url(argument) for argument in argv)])


def _options(study, given):
    """Options of a study from the arguments of its command line."""
    known = {each.name for each in fields(study.Options)}
    return make_options(study, {name: value for name, value in vars(given).items() if name in known})


def _run(study, given, argv):
    options = _options(study, given)
    with _hushed():
        from lineclf.runs import run_study, study_status

        plan = study.plan(options)
    if given.status:
        print(study_status(study, options, plan=plan))
        return 0
    done = run_study(study, options, plan=plan, command=_command(argv), verbose=True)
    print(f"\n{done}")
    return int(bool(done.failures))


@contextmanager
def _terminated_as_interrupted():
    """Take SIGTERM, by which SLURM and Kubernetes end what they run, for Ctrl-C."""
    if threading.current_thread() is not threading.main_thread():  # only that one may
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _hushed():
    """Keep TensorFlow's greeting off the terminal: its C++ side writes it as it is imported, whatever the log level."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
