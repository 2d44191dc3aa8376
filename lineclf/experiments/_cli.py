"""The command line that every study shares, and the run behind it. Heavy libraries load once the options are right."""

import argparse
import os
import shlex
import sys
from contextlib import contextmanager
from pathlib import Path

from lineclf._urls import mask_url
from lineclf.experiments._design import one_at_a_time, trial_key, trial_of_key


def main(study, argv=None):
    """Run an ablation from the command line.

    Parameters
    ----------
    study : Ablation
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
    names = ", ".join(component.name for component in study.components)
    add("--components", nargs="+", default=[], metavar="NAME", help=f"vary only these; all by default: {names}")
    add("--seeds", metavar="N|A,B,…", help="number of paired seeds, or a list such as 0,1,5 (a single one: 7,)")
    add("--track", default=study.track, help=f"split protocol (default: {study.track})")
    add("--n-per-class", type=int, metavar="N", help="images drawn a class")
    add("--epochs", type=int, metavar="N", help="passes over the training data")
    add("--storage", default="sqlite:///mlruns/optuna.db", metavar="URL", help="Optuna storage (default: %(default)s)")
    add("--tracking-uri", metavar="URI", help="MLflow tracking (default: sqlite:///mlruns/mlflow.db)")
    add("--output", type=Path, default=Path("reports") / study.name, metavar="DIR", help="default: %(default)s")
    add("--status", action="store_true", help="show the queue and stop")
    return parser


def _command(argv):
    script = Path(sys.argv[0])
    name = f"{script.parent.name}/{script.name}" if script.parent.name == "studies" else script.name
    return shlex.join(["python", name, *(mask_url(argument) for argument in argv)])


def _seeds(text, default):
    if text is None:
        return list(range(default))
    try:
        numbers = [int(part) for part in text.split(",") if part]
        seeds = numbers if "," in text else list(range(numbers[0]))
        if seeds and min(seeds) >= 0 and len(set(seeds)) == len(seeds):
            return seeds
    except (ValueError, IndexError):
        pass
    raise ValueError(f"--seeds must be a number ≥ 1, or different seeds ≥ 0 such as 0,1,5; got {text!r}")


def _run(study, args, command):
    profile = study.profiles[args.profile]
    components = study.select(args.components)
    seeds = _seeds(args.seeds, profile.seeds)
    n_per_class = profile.n_per_class if args.n_per_class is None else args.n_per_class
    for option, value in (("--n-per-class", n_per_class), ("--epochs", args.epochs)):
        if value is not None and value < 1:
            raise ValueError(f"{option} must be at least 1; got {value}")
    settings = {**profile.settings, **({} if args.epochs is None else {"epochs": args.epochs})}

    from lineclf.experiments._queue import TrialQueue
    from lineclf.experiments._worker import Task, check_components
    from lineclf.model_selection import get_track

    get_track(args.track)  # raises for an unknown one
    task = Task(study.estimator, settings, args.track, n_per_class)
    with _hushed():
        check_components(task, components)
    cells = one_at_a_time(components)
    trials = {trial_key(cell, seed): (cell, seed) for seed in seeds for cell in cells}
    queue = TrialQueue(args.storage, f"{study.name} {args.track} {task.fingerprint()}")
    if args.status:
        print(f"{queue.name}: {queue.status(trials)}")
        return 0
    queue.enqueue((key, {**cell.settings, "seed": seed}) for key, (cell, seed) in trials.items())
    return _Run(study, args, command, task, cells, seeds, trials, queue).run()


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

    def __init__(self, study, args, command, task, cells, seeds, trials, queue):
        self.study, self.args, self.command = study, args, command
        self.task, self.cells, self.seeds = task, cells, seeds
        self.trials, self.queue = trials, queue
        self.tracking_failed = None

    def run(self):
        from tqdm import tqdm

        from lineclf.tracking import Tracker

        tracker = Tracker(self.args.tracking_uri)
        title = f"{self.study.name} · {self.task.track} · {self.args.profile}"
        parent = tracker.start_study(
            self.queue.name,
            title,
            params={"track": self.task.track, "n_per_class": self.task.n_per_class, **self.task.settings},
            tags={"optuna.study": self.queue.name, "command": self.command},
        )
        with tqdm(total=len(self.trials), desc=title, unit="trial", smoothing=0.1) as bar:

            def done():
                self._track(tracker, parent)
                status = self.queue.status(self.trials)
                bar.update(status.finished + status.failed - bar.n)

            done()
            bar.unpause()
            self.queue.work(
                self._trial,
                keys=self.trials,
                on_done=done,
                on_wait=lambda n: bar.write(
                    f"Waiting for {n} running trials of other workers; one whose worker died is taken over soon.",
                    file=sys.stderr,
                ),
            )
        return self._report(tracker, parent)

    def _trial(self, key, number):
        from lineclf.experiments._worker import run_trial

        result = run_trial(self.task, *trial_of_key(key))
        return result["metrics"]["test_joint_accuracy"], result

    def _track(self, tracker, parent):
        """Log every finished trial that is not in MLflow yet; a trial is never lost for MLflow's sake."""
        results = None
        for key in self.queue.untracked():
            results = results or self.queue.results()
            try:
                self.queue.mark_tracked(key, tracker.log_trial(parent, results[key]))
                self.tracking_failed = None
            except Exception as error:
                self.tracking_failed = mask_url(str(error).strip().splitlines()[0] if str(error) else repr(error))
                return

    def _report(self, tracker, parent):
        from lineclf.experiments._report import effects_text, write_report

        results, failures = self.queue.results(), self.queue.failures()
        failed = {
            f"{cell.name} · seed {seed}": failures[key] for key, (cell, seed) in self.trials.items() if key in failures
        }
        effects = write_report(
            self.args.output,
            study=self.study,
            command=self.command,
            task=self.task,
            cells=self.cells,
            seeds=self.seeds,
            results=[results[key] for key in self.trials if key in results],
            failures=failed,
        )
        files = [self.args.output / name for name in ("ablation.md", "effects.csv", "effects.png", "results.csv")]
        try:
            metrics = {"trials_finished": len(self.trials) - len(failed), "trials_failed": len(failed)}
            tracker.finish_study(parent, metrics=metrics, artifacts=files)
        except Exception as error:
            self.tracking_failed = self.tracking_failed or mask_url(str(error).strip().splitlines()[0])
        print(f"\n{effects_text(effects)}\n\nReport: {files[0]}\nMLflow: {tracker.ui_command()}")
        if self.tracking_failed:
            print(f"MLflow did not take everything; the next run logs the rest: {self.tracking_failed}")
        for name, text in failed.items():
            print(f"Failed: {name}: {text.strip().splitlines()[-1]}")
        return int(bool(failed))
