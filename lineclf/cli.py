"""The command lines: ``lineclf``, and one for every study, which turns options into :func:`lineclf.runs.run_study`.

Heavy libraries load only after the options are checked.
"""

import argparse
import os
import shlex
import signal
import sys
import threading
import warnings
from contextlib import contextmanager
from dataclasses import fields
from importlib import import_module
from pathlib import Path

from lineclf import __version__
from lineclf._console import replace_unprintable
from lineclf._plugins import PluginWarning
from lineclf._urls import mask_url
from lineclf._words import first_line
from lineclf.runs._options import OptionError, Options, asked_of, make_options, names

__all__ = ["command", "main", "replace_unprintable"]

_USAGE = """\
usage: lineclf ablate [package.module:function] [options]
       lineclf benchmark [options]
       lineclf audit TRAIN TEST [options]
       lineclf datasets export DATA FOLDER [options]

ablate     find the parts of an estimator that matter: of the report's nets, or of your own. The function then returns
           an AblationCV with draw=, or a pair: an AblationCV and the arguments of its fit
benchmark  find what a classifier knows about lines: models on tracks, yours with --estimator package.module:Class
audit      find how much of a test set is in its training set, and repair the split
datasets   write images and labels as Parquet files, with a data card, a Croissant file and digests

lineclf COMMAND --help shows the options of each command.
"""


_ABLATE = "lineclf ablate"


def command(argv=None):
    """Run ``lineclf``.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; the process's own by default.

    Returns
    -------
    int
        Exit status, as in :func:`main`.
    """
    replace_unprintable()
    name, *rest = _arguments(argv) or ["--help"]
    if name == "audit":
        from lineclf.audit import main as audit

        return audit(rest, prog="lineclf audit")
    if name == "datasets":
        from lineclf._export import main as datasets

        return datasets(rest)
    if name == "benchmark":
        from lineclf.defaults import BENCHMARK

        sys.path.insert(0, os.getcwd())  # as for `python -m`: a model of --estimator may stand here
        return main(BENCHMARK, rest, prog="lineclf benchmark")
    if name == "ablate":
        return _ablate(rest)
    if name in ("-h", "--help"):
        print(_USAGE, end="")
        return 0
    if name == "--version":
        print(f"lineclf {__version__}")
        return 0
    print(
        f"{_USAGE}\nlineclf: error: command must be ablate, benchmark, audit or datasets; got {name!r}", file=sys.stderr
    )
    return 2


def _ablate(argv):
    if not argv or argv[0].startswith("-"):
        from lineclf.defaults import ABLATION

        return main(ABLATION, argv, prog=_ABLATE)
    path, *rest = argv
    prog = f"{_ABLATE} {path}"
    sys.path.insert(0, os.getcwd())  # as for `python -m`: the module may stand here
    try:
        study = _study_of(path)
    except ValueError as error:
        print(f"{prog}: error: {error}", file=sys.stderr)
        return 2
    return main(study, rest, prog=prog)


def _study_of(path):
    """The study of the ablation that a function returns; ValueError if it is not found, or returns something else."""
    from lineclf.ablation import AblationCV, AblationStudy

    legal = "package.module:function, a function without arguments"
    name, _, function = path.partition(":")
    if not name or not function:
        raise ValueError(f"must be {legal}; got {path!r}")
    try:
        make = getattr(import_module(name), function)
    except Exception as error:  # the module is somebody's
        raise ValueError(f"must be {legal}; got {path!r}: {first_line(error)}") from error
    try:
        made = make()
    except Exception as error:  # and so is the function
        raise ValueError(f"{path} must return an AblationCV; it raised {type(error).__name__}: {error}") from error
    ablation, data = made if isinstance(made, tuple) and len(made) == 2 else (made, ())
    if not isinstance(ablation, AblationCV):
        raise ValueError(f"{path} must return an AblationCV, or a pair of it and fit's arguments; got {made!r}")
    return AblationStudy(ablation, data, name=function, question=f"which parts of {path} matter?")


def _arguments(argv):
    """Arguments of a command; none in a notebook, whose kernel has arguments of its own."""
    if argv is not None:
        return argv
    return [] if Path(sys.argv[0]).name == "ipykernel_launcher.py" else sys.argv[1:]


def main(study, argv=None, *, prog=None):
    """Run a study from the command line.

    Parameters
    ----------
    study : Study
        The declaration: an Ablation, a Benchmark, or one of your own.
    argv : list of str, optional
        Arguments; the process's own by default.
    prog : str, optional
        Name of the command; by default the script's.

    Returns
    -------
    int
        Exit status: 0, 1 if trials or a store failed, 2 for a bad option, 130 after Ctrl-C or SIGTERM.
    """
    replace_unprintable()
    parser = _parser(study, prog)
    argv = _arguments(argv)
    given = parser.parse_args(argv)
    try:
        with _terminated_as_interrupted():
            return _run(study, given, _command(argv, prog))
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
    """Parser that repeats no password of an unknown option."""

    def error(self, message):
        super().error(mask_url(message))


def _parser(study, prog=None):
    epilog = "Write a list as a,b. A run continues where an earlier one with the same options stopped; nothing is "
    epilog += "trained twice."
    if prog == _ABLATE:
        epilog += f" `{_ABLATE} package.module:function …` runs an ablation of your own: the function returns an "
        epilog += "AblationCV with draw=, or a pair: an AblationCV and the arguments of its fit."
    parser = _Parser(prog=prog, description=study.question, epilog=epilog)
    common = {each.name for each in fields(Options)}
    for each in sorted(fields(study.Options), key=lambda each: each.name in common):  # its own ones first
        _add(parser, study, each)
    parser.add_argument("--status", action="store_true", help="show the progress of the study, and stop")
    parser.add_argument(
        "--resume", action="store_true", help="continue where an earlier run stopped; this is always done"
    )
    return parser


def _add(parser, study, declared):
    """Add the option of a dataclass's field; :func:`make_options` checks its value with all others."""
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


def _command(argv, prog):
    script = Path(sys.argv[0])
    name = f"{script.parent.name}/{script.name}" if script.parent.name == "studies" else script.name
    called = prog.split() if prog else ["python", name]
    return shlex.join([*called, *(mask_url(argument) for argument in argv)])


def _options(study, given):
    """Options of a study from the arguments of its command line."""
    known = {each.name for each in fields(study.Options)}
    return make_options(study, {name: value for name, value in vars(given).items() if name in known})


def _run(study, given, command):
    options = _options(study, given)
    with _hushed(), warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", PluginWarning)
        from lineclf.runs import run_study, study_status

        plan = study.plan(options)
    for each in told:
        if issubclass(each.category, PluginWarning):
            print(each.message, file=sys.stderr)
    if given.status:
        print(study_status(study, options, plan=plan))
        return 0
    done = run_study(study, options, plan=plan, command=command, verbose=True)
    print(f"\n{done}")
    return int(bool(done.failures))


@contextmanager
def _terminated_as_interrupted():
    """Treat SIGTERM, by which SLURM and Kubernetes end processes, like Ctrl-C."""
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
    """Keep TensorFlow's greeting off the terminal: its C++ side writes it at import, whatever the log level."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
