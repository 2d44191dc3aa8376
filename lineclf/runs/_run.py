"""One run of a study, in the process that was started by hand: it stores and logs trials, and writes the report."""

import base64
import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from lineclf._urls import mask_url
from lineclf.reporting._errors import cause
from lineclf.runs._execute import InProcess, Task
from lineclf.runs._travel import FILE, export_trials, import_trials

_TRACK_AGAIN, _TRACK_AGAIN_AT_MOST = 10, 300  # seconds to leave a tracker alone that failed
_TRACK_FOR = 1  # seconds of logging, after which trials are looked at again


def run_trials(plan, store, executor, meanwhile, *, pictures=None):
    """Run the trials of a plan that are not finished, and store what becomes of each.

    Parameters
    ----------
    plan : Plan
    store : TrialStore
    executor : InProcess or OnDask
    meanwhile : callable ()
        Called again and again; what it raises ends the run.
    pictures : {"first", "all"}, optional
        Whose nets are drawn: those of the first seed, as one net a cell is enough to look at, or all.

    Yields
    ------
    Outcome
        Of each trial, when it is stored.
    """
    left = [key for key in plan.trials if key not in store.finished()]
    seeds = {key: levels.get("seed") for key, levels in plan.trials.items()}
    first = next(iter(seeds.values()), None)

    def tasks():  # each as there is room for it
        for key in left:
            earlier = store.results(plan.trials) if plan.sequential else None
            yield Task(key, pictures == "all" or (pictures == "first" and seeds[key] == first), earlier)

    for outcome in executor.run(tasks(), meanwhile):
        if outcome.error is not None:
            store.add_failure(outcome.key, outcome.error)
        else:
            if outcome.files:  # first: what is stored is not run again
                store.attach(outcome.key, outcome.files)
            store.add(outcome.key, outcome.value, outcome.result)
        yield outcome


class Run:
    """One run of a study.

    Parameters
    ----------
    plan : Plan
    store : TrialStore
        Of the plan's trials.
    args : argparse.Namespace
        The options of every study.
    folder : path-like
        Where the report goes.
    command : str
        For people; without passwords.
    """

    def __init__(self, plan, store, args, folder, command):
        self.plan, self.store, self.args = plan, store, args
        self.folder, self.command = folder, command
        self._file = Path(folder, FILE)
        self.tracking_failed = self.pictures_failed = None
        self._track_again, self._pause = float("-inf"), _TRACK_AGAIN
        self._refused: dict[str, tuple] = {}  # key → when to try again, and seconds until then

    def run(self):
        """Run what is left to run; exit status."""
        from lineclf.tracking import Tracker

        tracker = Tracker(self.args.tracking_uri)
        parent = tracker.start_study(
            self.store.name,
            self.plan.title,
            params=self.plan.params,
            tags={"optuna.study": self.store.name, "command": self.command},
        )
        try:
            self._run_trials(tracker, parent)
            text, page, failed = self._report(tracker, parent)
        except BaseException as error:
            with suppress(Exception):  # the first error is the one to tell
                tracker.stop_study(parent, failed=not isinstance(error, KeyboardInterrupt))
            raise
        self._tell(tracker, text, page, failed)
        return int(bool(failed))

    def _run_trials(self, tracker, parent):
        from tqdm import tqdm

        with (
            _interruptible() as check,
            tqdm(total=len(self.plan.trials), desc=self.plan.title, unit="trial", smoothing=0.1) as bar,
        ):

            def meanwhile():
                check()
                self._track(tracker, parent)

            import_trials(self.store, self.plan.queue_name, self._file)
            n_left = len(self.plan.trials.keys() - self.store.finished())
            bar.update(len(self.plan.trials) - n_left)
            bar.unpause()
            meanwhile()
            if n_left:
                executor = self._executor(n_left)
                try:
                    for _ in run_trials(self.plan, self.store, executor, meanwhile, pictures=self.args.pictures):
                        bar.update()
                finally:
                    executor.close()
                    export_trials(self.store, self.plan.queue_name, self._file)
            elif not self._file.exists():
                export_trials(self.store, self.plan.queue_name, self._file)
            self._track(tracker, parent, last=True)

    def _executor(self, n_left):
        if not self.args.workers and not self.args.dask:
            return InProcess(self.plan)
        from lineclf.runs._dask import OnDask

        n = self.args.workers and min(self.args.workers, n_left)
        return OnDask(self.plan, n, self.args.dask, self.args.trials_per_worker)

    def _track(self, tracker, parent, *, last=False):
        """Log finished trials that are not in MLflow yet; a trial is never lost for MLflow's sake.

        What MLflow refuses is tried again later and later, and keeps nothing else from it; where it does not answer, it
        is left alone for longer and longer.
        """
        began = time.monotonic()
        if began < self._track_again and not last:
            return
        for key in self.store.untracked(tracker.store):
            again, pause = self._refused.get(key, (began, _TRACK_AGAIN / 2))
            if again > began and not last:
                continue
            try:
                run_id = tracker.log_trial(parent, self.store.results([key])[key])
                self.store.mark_tracked(key, run_id, tracker.store)
                self._refused.pop(key, None)
                self._pause = _TRACK_AGAIN
            except Exception as error:
                self.tracking_failed = _first_line(error)
                self._refused[key] = time.monotonic() + 2 * pause, 2 * pause
                if not tracker.is_refusal(error):
                    self._leave_alone()
                    return
            if not last and time.monotonic() - began > _TRACK_FOR:
                return
        if not self._refused:
            self.tracking_failed = None
        for key, files in self.store.attached().items():
            self._add_pictures(tracker, key, files)

    def _leave_alone(self):
        self._track_again = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, _TRACK_AGAIN_AT_MOST)

    def _add_pictures(self, tracker, key, files):
        if "error" in files:
            self.pictures_failed = _first_line(files["error"])
            files = {}
        run_id = self.store.tracked_as(key, tracker.store)
        if files and not run_id:
            return
        try:
            if files:
                tracker.add_files(run_id, "inside", {name: base64.b64decode(text) for name, text in files.items()})
        except Exception as error:
            self.pictures_failed = _first_line(error)
            self._leave_alone()
            return
        self.store.attach(key, None)

    def _report(self, tracker, parent):
        names = self.plan.names
        failed = {names[key]: error for key, error in self.store.failures().items() if key in names}
        results = self.store.results()
        text, files = self.plan.report(self.folder, results, failed, self.command)
        try:
            metrics = {"trials_finished": len(names.keys() & results.keys()), "trials_failed": len(failed)}
            tracker.finish_study(parent, metrics=metrics, artifacts=files)
        except Exception as error:
            self.tracking_failed = self.tracking_failed or _first_line(error)
        return text, files[0], failed

    def _tell(self, tracker, text, page, failed):
        print(f"\n{text}\n\nReport: {page}\nMLflow: {tracker.ui_command()}")
        if tracker.page() != tracker.ui_command():
            print(f"        {tracker.page()}")
        if self.tracking_failed:
            print(f"MLflow did not take everything; the next run logs the rest: {self.tracking_failed}")
        if self.pictures_failed:
            print(f"Some pictures are missing: {self.pictures_failed}")
        for name, reason in failed.items():
            print(f"Failed: {name}: {cause(reason)}")


@contextmanager
def _interruptible():
    """Give a function that raises KeyboardInterrupt if Ctrl-C was pressed, or SIGTERM came, before.

    Python drops exceptions that a signal raises inside a weak reference's callback, as while TensorFlow traces.
    """
    pressed = []

    def press(number, frame):
        pressed.append(number)
        raise KeyboardInterrupt

    def check():
        if pressed:
            raise KeyboardInterrupt

    # Not where they are somebody else's, or ignored.
    ours = [each for each in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(each) is signal.default_int_handler]
    try:
        for each in ours:
            signal.signal(each, press)
        yield check
    finally:
        for each in ours:
            signal.signal(each, signal.default_int_handler)


def _first_line(error):
    return mask_url(str(error).strip().splitlines()[0] if str(error) else repr(error))
