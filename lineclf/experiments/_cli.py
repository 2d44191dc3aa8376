"""The command line that every study shares, and the run behind it. Heavy libraries load once the options are right."""

import argparse
import os
import shlex
import signal
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

from lineclf._console import replace_unprintable
from lineclf._urls import mask_url
from lineclf.reporting._errors import cause

TRIALS_PER_WORKER = 25


def main(study, argv=None):
    """Run a study from the command line.

    Parameters
    ----------
    study : Ablations, Ablation, Benchmark, Reproduction, Transfer or another declaration
        The declaration.
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
    args = parser.parse_args(argv)
    try:
        with _terminated_as_interrupted():
            return _run(study, args, argv)
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
    default = next(iter(study.profiles))
    parser = _Parser(
        description=study.question,
        epilog="A run continues where an earlier one with the same options stopped; nothing is trained twice.",
    )
    add = parser.add_argument
    add("--profile", choices=study.profiles, default=default, help=f"size of the run (default: {default})")
    study.add_options(add)
    add("--seeds", metavar="N|A,B,…", help="number of paired seeds, or a list such as 0,1,5 (a single one: 7,)")
    # The environment is for URLs with passwords, which a command line would show to all.
    storage = os.environ.get("LINECLF_STORAGE") or "sqlite:///mlruns/optuna.db"
    tracking = os.environ.get("MLFLOW_TRACKING_URI") or "sqlite:///mlruns/mlflow.db"
    shown = [mask_url(url).replace("%", "%%") for url in (storage, tracking)]
    add("--storage", default=storage, metavar="URL", help=f"Optuna storage (default: LINECLF_STORAGE or {shown[0]})")
    add(
        "--tracking-uri",
        default=tracking,
        metavar="URI",
        help=f"MLflow store (default: MLFLOW_TRACKING_URI or {shown[1]})",
    )
    add("--workers", type=_positive, metavar="N", help="run trials in N processes; by default in the study's own")
    add(
        "--trials-per-worker",
        type=_positive,
        default=TRIALS_PER_WORKER,
        metavar="K",
        help="have a worker make way for a fresh one after K trials, as TensorFlow keeps memory (default: %(default)s)",
    )
    add("--dask", metavar="ADDRESS", help="run the workers on a Dask cluster, tcp://scheduler:8786")
    add(
        "--pictures",
        nargs="?",
        choices=("first", "all"),
        const="first",
        help="store activations, filters and heatmaps of nets in MLflow: of the first seed's, or of all",
    )
    add(
        "--output",
        type=Path,
        metavar="DIR",
        help=f"report's folder (default: reports/{study.name}, or one below it; scratch/ for what no profile declares)",
    )
    add("--status", action="store_true", help="show how far the study is, and stop")
    add("--resume", action="store_true", help="continue where an earlier run stopped; so it does without, too")
    return parser


def _positive(text):
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be a number ≥ 1; got {text!r}")
    return int(text)


def _command(argv):
    script = Path(sys.argv[0])
    name = f"{script.parent.name}/{script.name}" if script.parent.name == "studies" else script.name
    return shlex.join(["python", name, *(mask_url(argument) for argument in argv)])


def _seeds(text):
    if text is None:
        return None
    try:
        numbers = [int(part) for part in text.split(",") if part]
        seeds = numbers if "," in text else list(range(numbers[0]))
        if seeds and min(seeds) >= 0 and len(set(seeds)) == len(seeds):
            return seeds
    except (ValueError, IndexError):
        pass
    raise ValueError(f"--seeds must be a number ≥ 1, or different seeds ≥ 0 such as 0,1,5; got {text!r}")


def _run(study, args, argv):
    args.seeds = _seeds(args.seeds)
    with _hushed():
        from lineclf.runs._store import TrialStore

        plan = study.plan(args)
    if args.status:
        print(_status(args.storage, plan))
        return 0
    from lineclf.runs._run import Run

    folder = Path(args.output or study.output(args))
    _check_writable(folder)
    with TrialStore(args.storage, plan.queue_name, plan.trials, lock=True) as store:
        return Run(plan, store, args, folder, _command(argv)).run()


def _status(storage, plan):
    from lineclf.runs._store import TrialStore

    total = len(plan.trials)
    try:
        store = TrialStore(storage, plan.queue_name, plan.trials, create=False)
    except KeyError:
        return f"{plan.title}: not begun, {total} trials to run"
    finished = len(plan.trials.keys() & store.finished())
    failed = {key: error for key, error in store.failures().items() if key in plan.names}
    at_work = ", a run is at work" if store.locked() else ""
    lines = [
        f"{plan.title}: {finished} of {total} trials finished, {len(failed)} failed, "
        f"{total - finished - len(failed)} to run{at_work}"
    ]
    lines += [f"Failed: {plan.names[key]}: {cause(error)}" for key, error in failed.items()]
    return "\n".join(lines)


def _check_writable(folder):
    """Raise before hours of training what would be raised after them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"--output must be a folder to write to; got {str(folder)!r}: {error.strerror}") from None


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
