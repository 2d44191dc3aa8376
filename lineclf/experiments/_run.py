"""One run of a study, from the process that was started by hand: has the trials run, tracks them, writes the report."""

import base64
import sys
import time
from contextlib import contextmanager, suppress

from lineclf._urls import mask_url
from lineclf.experiments._worker import Job, interruptible, plan_digest, run_trials
from lineclf.experiments._workers import Team, WorkerProcess, share_cores, study_command
from lineclf.runs._errors import cause

_PAUSE = 0.5  # seconds between two looks at workers
_OTHERS = 5  # seconds that another launcher has to log its trials
_TRACK_AGAIN = 10  # seconds to leave a tracker alone that failed
_TRACK_FOR = 5  # seconds of logging, after which training is looked at again


class Run:
    """One run of a study.

    Parameters
    ----------
    plan : Plan
    queue : TrialQueue
    args : argparse.Namespace
        The options of every study.
    folder : path-like
        Where the report goes.
    command : str
        For people; without passwords.
    argv : list of str
        The options as given.
    """

    def __init__(self, plan, queue, args, folder, command, argv):
        self.plan, self.queue, self.args = plan, queue, args
        self.folder, self.command, self.argv = folder, command, argv
        self.tracking_failed = self.pictures_failed = None
        self._track_again = float("-inf")
        self._unlogged: dict = {}  # key → since when

    def run(self):
        """Run what is left to run; exit status."""
        from lineclf.tracking import Tracker

        tracker = Tracker(self.args.tracking_uri)
        # One process after the other, lest two begin the study twice.
        parent = self.queue.exclusively(
            lambda: tracker.start_study(
                self.queue.name,
                self.plan.title,
                params=self.plan.params,
                tags={"optuna.study": self.queue.name, "command": self.command},
            )
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
            interruptible() as check,
            tqdm(total=len(self.plan.trials), desc=self.plan.title, unit="trial", smoothing=0.1) as bar,
        ):

            def progress(last=False):
                self._track(tracker, parent, last=last)
                status = self.queue.status(self.plan.trials)
                if status.finished + status.failed > bar.n:
                    bar.update(status.finished + status.failed - bar.n)
                check()

            progress()
            bar.unpause()
            if self.args.workers or self.args.dask:
                self._watch_workers(progress)
            else:
                run_trials(
                    self.plan,
                    self.queue,
                    pictures=self.args.pictures,
                    on_done=progress,
                    on_wait=lambda n: bar.write(
                        f"Waiting for {n} running trials of other workers; one whose worker died is taken over soon.",
                        file=sys.stderr,
                    ),
                )
            self._let_others_log(tracker)
            progress(last=True)

    def _watch_workers(self, progress):
        command, digest = study_command(), plan_digest(self.plan)
        argv = [*self.argv, "--storage", self.args.storage]  # also where it comes from this machine's environment
        with self._places() as (shares, start_there):

            def start(slot, name):
                job = Job(name, argv, digest, self.args.trials_per_worker, shares[slot].cores)
                return start_there(command, job, shares[slot].threads)

            team = Team(self.queue, start, len(shares))
            try:
                while team.tend():
                    progress()
                    time.sleep(_PAUSE)
            finally:
                team.stop()
        status = self.queue.status(self.plan.trials)
        if status.waiting or status.running:
            left = status.waiting + status.running
            raise ValueError(f"the workers have ended, with {left} trials still to run; the last {team.error}")

    @contextmanager
    def _places(self):
        """Give the share of each worker, and what starts one: on this machine, or on a cluster."""
        if not self.args.dask:
            yield share_cores(self.args.workers), WorkerProcess
            return
        from lineclf.experiments._dask import Cluster

        cluster = Cluster(self.args.dask)
        try:
            yield cluster.shares(self.args.workers), cluster.start
        finally:
            cluster.close()

    def _let_others_log(self, tracker):
        deadline = time.monotonic() + _OTHERS
        while time.monotonic() < deadline:
            workers = self.queue.workers(self.queue.untracked(tracker.store)).values()
            if all(worker.startswith(self.queue.worker) for worker in workers):
                break
            time.sleep(_PAUSE)

    def _track(self, tracker, parent, *, last=False):
        """Log every finished trial that is not in MLflow yet; a trial is never lost for MLflow's sake."""
        now = time.monotonic()
        if now < self._track_again and not last:
            return
        untracked = self.queue.untracked(tracker.store)
        # Another launcher logs those of its own workers, unless it is gone.
        self._unlogged = {key: self._unlogged.get(key, now) for key in untracked}
        for key, worker in self.queue.workers(untracked).items():
            if not last and time.monotonic() - now > _TRACK_FOR:
                return
            if worker.startswith(self.queue.worker) or now - self._unlogged[key] >= _OTHERS or last:
                try:
                    run_id = tracker.log_trial(parent, self.queue.results([key])[key])
                    self.queue.mark_tracked(key, run_id, tracker.store)
                    self.tracking_failed = None
                except Exception as error:
                    self.tracking_failed = _first_line(error)
                    self._track_again = time.monotonic() + _TRACK_AGAIN
                    return
        for key in self.queue.attached() if self.args.pictures else ():
            self._add_pictures(tracker, key)

    def _add_pictures(self, tracker, key):
        run_id, files = self.queue.tracked_as(key, tracker.store), self.queue.attachment(key)
        if "error" in files:
            self.pictures_failed = _first_line(files["error"])
        elif run_id:
            try:
                tracker.add_files(run_id, "inside", {name: base64.b64decode(text) for name, text in files.items()})
            except Exception as error:
                self.pictures_failed = _first_line(error)
                return
        else:
            return
        self.queue.attach(key, None)

    def _report(self, tracker, parent):
        names = self.plan.names
        failed = {names[key]: error for key, error in self.queue.failures().items() if key in names}
        results = self.queue.results()
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


def _first_line(error):
    return mask_url(str(error).strip().splitlines()[0] if str(error) else repr(error))
