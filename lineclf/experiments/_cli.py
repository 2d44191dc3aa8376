"""The command line that every study shares, and the run behind it. Heavy libraries load once the options are right."""

import argparse
import os
import shlex
import signal
import sys
import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from lineclf._urls import mask_url


def main(study, argv=None):
    """Run a study from the command line.

    Parameters
    ----------
    study : Ablation or Reproduction
        The declaration.
    argv : list of str, optional
        Arguments; the process's own by default.

    Returns
    -------
    int
        Exit status: 0, 1 if trials failed, 2 for a bad option, 130 after Ctrl-C.
    """
    parser = _parser(study)
    args = parser.parse_args(argv)
    try:
        return _run(study, args, _command(sys.argv[1:] if argv is None else argv))
    except ValueError as error:
        print(f"{parser.prog}: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. What is finished is stored; the same command continues.", file=sys.stderr)
        return 130


def _parser(study):
    default = next(iter(study.profiles))
    parser = argparse.ArgumentParser(
        description=study.question,
        epilog="A run continues where an earlier one with the same options stopped; nothing is trained twice.",
    )
    add = parser.add_argument
    add("--profile", choices=study.profiles, default=default, help=f"size of the run (default: {default})")
    study.add_options(add)
    add("--seeds", metavar="N|A,B,…", help="number of paired seeds, or a list such as 0,1,5 (a single one: 7,)")
    add("--storage", default="sqlite:///mlruns/optuna.db", metavar="URL", help="Optuna storage (default: %(default)s)")
    add("--tracking-uri", metavar="URI", help="MLflow tracking (default: sqlite:///mlruns/mlflow.db)")
    add("--pictures", action="store_true", help="store activations, filters and heatmaps of each net in MLflow")
    add("--output", type=Path, metavar="DIR", help=f"report's folder (default: reports/{study.name})")
    add("--status", action="store_true", help="show the queue and stop")
    return parser


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


def _run(study, args, command):
    args.seeds = _seeds(args.seeds)
    with _hushed():
        from lineclf.experiments._queue import TrialQueue

        plan = study.plan(args)
    if args.status:
        print(_status(args.storage, plan))
        return 0
    folder = Path(args.output or study.output(args))
    _check_writable(folder)
    queue = TrialQueue(args.storage, plan.queue_name)
    queue.enqueue(plan.trials.items())
    with _interruptible() as check:
        return _Run(plan, queue, folder, args.tracking_uri, command, check, pictures=args.pictures).run()


def _status(storage, plan):
    from lineclf.experiments._queue import TrialQueue

    total = len(plan.trials)
    try:
        status = TrialQueue(storage, plan.queue_name, create=False).status(plan.trials)
    except KeyError:
        return f"{plan.title}: not begun, {total} trials to run"
    return (
        f"{plan.title}: {status.finished} of {total} trials finished, {status.running} running, "
        f"{status.failed} failed, {total - status.finished - status.running - status.failed} to run"
    )


def _check_writable(folder):
    """Raise before hours of training what would be raised after them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise ValueError(f"--output must be a folder to write to; got {str(folder)!r}: {error.strerror}") from None


@contextmanager
def _interruptible():
    """Give a function that raises KeyboardInterrupt if Ctrl-C was pressed before.

    Python drops exceptions that a signal raises inside a weak reference's callback, as while TensorFlow traces.
    """
    pressed = []

    def press(number, frame):
        pressed.append(number)
        raise KeyboardInterrupt

    def check():
        if pressed:
            raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:  # somebody else's, or ignored
        yield check
        return
    signal.signal(signal.SIGINT, press)
    try:
        yield check
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


class _Run:
    """One run of a study: works the queue, tracks each trial, writes the report."""

    def __init__(self, plan, queue, folder, tracking_uri, command, check_interrupt, *, pictures):
        self.plan, self.queue, self.check_interrupt = plan, queue, check_interrupt
        self.folder, self.tracking_uri, self.command = folder, tracking_uri, command
        self.tracking_failed = self.pictures_failed = None
        self.pictures = None
        if pictures:
            from lineclf.experiments._pictures import TrialPictures

            self.pictures = TrialPictures()

    def run(self):
        from tqdm import tqdm

        from lineclf.tracking import Tracker

        tracker = Tracker(self.tracking_uri)
        parent = tracker.start_study(
            self.queue.name,
            self.plan.title,
            params=self.plan.params,
            tags={"optuna.study": self.queue.name, "command": self.command},
        )
        with tqdm(total=len(self.plan.trials), desc=self.plan.title, unit="trial", smoothing=0.1) as bar:

            def done():
                self._track(tracker, parent)
                status = self.queue.status(self.plan.trials)
                bar.update(status.finished + status.failed - bar.n)
                self.check_interrupt()

            done()
            bar.unpause()
            self.queue.work(
                lambda key, number: self.plan.run(key, self._drawer(key)),
                keys=self.plan.trials,
                on_done=done,
                on_wait=lambda n: bar.write(
                    f"Waiting for {n} running trials of other workers; one whose worker died is taken over soon.",
                    file=sys.stderr,
                ),
            )
        self._track(tracker, parent, last=True)
        return self._report(tracker, parent)

    def _drawer(self, key):
        return self.pictures and partial(self.pictures.draw, key)

    def _track(self, tracker, parent, *, last=False):
        """Log every finished trial that is not in MLflow yet; a trial is never lost for MLflow's sake."""
        results = None
        for key in self.queue.untracked(tracker.store):
            results = results or self.queue.results()
            try:
                self.queue.mark_tracked(key, tracker.log_trial(parent, results[key]), tracker.store)
                self.tracking_failed = None
            except Exception as error:
                self.tracking_failed = _first_line(error)
                return
        for key, files in self.pictures.take(wait=last) if self.pictures else ():
            try:
                if files.result():
                    tracker.add_files(self.queue.tracked_as(key, tracker.store), "inside", files.result())
            except Exception as error:
                self.pictures_failed = _first_line(error)

    def _report(self, tracker, parent):
        names = self.plan.names
        failed = {names[key]: error for key, error in self.queue.failures().items() if key in names}
        text, files = self.plan.report(self.folder, self.queue.results(), failed, self.command)
        try:
            metrics = {"trials_finished": len(names) - len(failed), "trials_failed": len(failed)}
            tracker.finish_study(parent, metrics=metrics, artifacts=files)
        except Exception as error:
            self.tracking_failed = self.tracking_failed or _first_line(error)
        print(f"\n{text}\n\nReport: {files[0]}\nMLflow: {tracker.ui_command()}")
        if tracker.page() != tracker.ui_command():
            print(f"        {tracker.page()}")
        if self.tracking_failed:
            print(f"MLflow did not take everything; the next run logs the rest: {self.tracking_failed}")
        if self.pictures_failed:
            print(f"Some pictures are missing: {self.pictures_failed}")
        for name, reason in failed.items():
            print(f"Failed: {name}: {reason.strip().splitlines()[-1]}")
        return int(bool(failed))


def _first_line(error):
    return mask_url(str(error).strip().splitlines()[0] if str(error) else repr(error))
