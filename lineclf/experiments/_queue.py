"""The trial queue, on an Optuna storage.

Every trial is enqueued first, stateless workers take waiting ones, and a result is stored with its trial. A worker
that dies is noticed by its missing heartbeat, and its trial waits again; a trial that raises is tried again a few
times, then reported with its error. So a killed run continues where it stopped, and nothing is done twice.
"""

import math
import os
import socket
import threading
import time
import traceback
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from lineclf._urls import mask_url
from lineclf.experiments._storage import open_storage, tell_trouble
from lineclf.experiments._trials import COMPLETE, ERROR, FAIL, FILES, RESULT, RUNNING, WAITING, WORKER, Trials

_TRACKED = "mlflow.run "
_LOCKED = 5  # seconds of waiting for a storage's lock, after which signs of life have perhaps waited for it, too
_TRIES = 8  # to claim a trial before the list of waiting ones is read again


@dataclass(frozen=True)
class Status:
    """Number of trials by state; `failed` are those given up, `silent` those running without a sign of life."""

    waiting: int
    running: int
    finished: int
    failed: int
    silent: int = 0


class TrialQueue:
    """Trials of one study in an Optuna storage.

    Parameters
    ----------
    storage : str
        SQLAlchemy URL: ``sqlite:///mlruns/optuna.db``, ``postgresql+psycopg://user@host/db``.
    name : str
        Name of the Optuna study.
    max_retries : int, default=2
        How often a trial that raised, or whose worker died, is tried again.
    heartbeat : float, default=5
        Seconds between a worker's signs of life. A trial without one counts as abandoned once a queue has watched it
        for four times that, by its own clock; while the storage is away nobody is judged.
    create : bool, default=True
        Whether to create what is not there yet.
    worker : str, optional
        Name of who works here, unique; made up by default.
    patience : float, default=600
        Seconds to wait for a storage that goes away later on.

    Raises
    ------
    ValueError
        If the storage cannot be opened.
    KeyError
        Without `create`, if there is no such study.
    """

    def __init__(self, storage, name, *, max_retries=2, heartbeat=5, create=True, worker=None, patience=600):
        self.name = name
        self.max_retries = max_retries
        self.worker = worker or f"{socket.gethostname()} {os.getpid()} {os.urandom(4).hex()}"
        self._heartbeat, self._grace = heartbeat, 4 * heartbeat
        self._seen: dict = {}  # trial id → its heartbeat, and since when it stands still
        self._tracked: set = set()
        engine, study_id = open_storage(storage, name, create)
        self._trials = Trials(engine, study_id, patience=patience, on_trouble=tell_trouble)

    def enqueue(self, trials):
        """Add the trials that are not there yet, and give those that failed for good another chance.

        Parameters
        ----------
        trials : iterable of (key, params)
            A unique string, and JSON-able parameters for people who look into the storage.

        Returns
        -------
        int
            Number of trials added.
        """
        return self._trials.add(trials)

    def work(self, function, *, keys=None, most=None, on_done=None, on_wait=None):
        """Run waiting trials until none is left, also those that a dead worker leaves behind.

        Parameters
        ----------
        function : callable (key, number) → (float, dict)
            The trial: its value, a finite float, and its JSON-able result.
        keys : collection of str, optional
            The trials to run and to wait for; all by default.
        most : int, optional
            Number of trials to run at most.
        on_done : callable (), optional
            Called after each trial, when its result or error has been stored.
        on_wait : callable (int), optional
            Told once, with their number, that trials of other workers are still running.

        Returns
        -------
        bool
            Whether none is left.
        """
        done, told = 0, False
        while most is None or done < most:
            trial = self._claim(keys)
            if trial:
                self._work_one(trial, function)
                done += 1
                if on_done:
                    on_done()
                continue
            left = [trial for trial in self._latest(keys) if trial.state in (WAITING, RUNNING)]
            if not left:
                return True
            if on_wait and not told:
                on_wait(len(left))
                told = True
            time.sleep(1)
        return False

    def results(self, keys=None):
        """Result of every finished trial, by key, each with its ``key`` and its ``optuna`` study and trial number."""
        finished = {trial.id: trial for trial in self._states(keys, COMPLETE)}
        return {
            finished[trial_id].key: {
                **result,
                "key": finished[trial_id].key,
                "optuna": {"study": self.name, "trial": finished[trial_id].number},
            }
            for trial_id, result in self._trials.notes(RESULT, finished).items()
        }

    def failures(self):
        """Error text of every trial given up, by key."""
        failed = {trial.id: trial.key for trial in self._states(None, FAIL)}
        errors = self._trials.notes(ERROR, failed)
        return {key: errors.get(trial_id, "its worker died") for trial_id, key in failed.items()}

    def status(self, keys=None):
        """Count the trials by state; all, or those of the given keys."""
        latest = self._latest(keys)
        count = {state: sum(trial.state == state for trial in latest) for state in (WAITING, RUNNING, COMPLETE, FAIL)}
        running = {trial.id for trial in latest if trial.state == RUNNING}
        ages = self._trials.ages() if running else {}
        silent = sum(age > self._grace for trial_id, age in ages.items() if trial_id in running)
        return Status(count[WAITING], count[RUNNING], count[COMPLETE], count[FAIL], silent)

    def revive(self):
        """Have the trials wait again whose workers gave no sign of life for too long."""
        now = time.monotonic()
        seen, self._seen = self._seen, {}
        for trial_id, beat in self._trials.beats().items():
            last, since = seen.get(trial_id, (None, now))
            since = since if beat == last else now
            self._seen[trial_id] = beat, since
            if now - max(since, self._trials.trouble) > self._grace:
                by = time.monotonic() + _LOCKED
                if not self._trials.retry_silent(trial_id, beat, by, "its worker died", self.max_retries):
                    self.spare_all()

    def spare_all(self):
        """Have :meth:`revive` begin to watch anew, as this process could not see for a while who is alive."""
        self._trials.trouble = time.monotonic()

    def abandon(self, worker, error):
        """Have the trial wait again that a dead worker was running, at the cost of an attempt; how many those were."""
        return sum(self._trials.retry(trial.id, worker, error, self.max_retries) for trial in self._of(worker))

    def release(self, worker):
        """Have the trial wait again that a worker was running which was stopped."""
        for trial in self._of(worker):
            self._trials.give_back(trial.id, worker)

    def untracked(self, store=""):
        """Keys of finished trials that :meth:`mark_tracked` has not been told of, for a tracker's store."""
        finished = [trial for trial in self._latest() if trial.state == COMPLETE]
        if any((store, trial.number) not in self._tracked for trial in finished):
            prefix = f"{_TRACKED}{store} "
            self._tracked |= {(store, int(name.removeprefix(prefix))) for name in self._trials.study_notes(prefix)}
        return [trial.key for trial in finished if (store, trial.number) not in self._tracked]

    def mark_tracked(self, key, run_id, store=""):
        """Note the tracker's run that shows a finished trial."""
        self._trials.note_study(self._mark(key, store), run_id)

    def tracked_as(self, key, store=""):
        """Return the run that :meth:`mark_tracked` was told of, or None."""
        mark = self._mark(key, store)
        return self._trials.study_notes(mark).get(mark)

    def attach(self, key, files):
        """Keep files of a trial, a JSON-able dict, until :meth:`detach`; None removes them."""
        self._trials.note(self._trials.read()[key].id, FILES, files)

    def attached(self):
        """Keys of the trials with files."""
        ids = set(self._trials.noted(FILES))
        return [trial.key for trial in self._latest() if trial.id in ids]

    def attachment(self, key):
        """Files of a trial."""
        trial_id = self._trials.read()[key].id
        return self._trials.notes(FILES, [trial_id]).get(trial_id, {})

    def workers(self, keys=None):
        """Name of the worker that last took each trial; empty for those of lineclf 0.2."""
        trials = {trial.id: trial for trial in self._latest(keys)}
        workers = self._trials.notes(WORKER, trials)
        return {trial.key: workers.get(trial_id, "") for trial_id, trial in trials.items()}

    def exclusively(self, function):
        """Call `function()` while no other process does so for this study, and return what it gives."""
        return self._trials.exclusively(lambda connection: function())

    def _mark(self, key, store):
        return f"{_TRACKED}{store} {self._trials.read()[key].number}"

    def _latest(self, keys=None):
        return [trial for key, trial in self._trials.read().items() if keys is None or key in keys]

    def _states(self, keys, state):
        return [trial for trial in self._latest(keys) if trial.state == state]

    def _of(self, worker):
        running = {trial.id: trial for trial in self._states(None, RUNNING)}
        workers = self._trials.notes(WORKER, running)
        return [trial for trial_id, trial in running.items() if workers.get(trial_id) == worker]

    def _claim(self, keys):
        """Return a waiting trial among `keys`, now running in this worker's name, or None."""
        self.revive()
        while waiting := self._trials.next(keys):
            for trial in waiting[:_TRIES]:
                if self._trials.claim(trial.id, self.worker):
                    return trial
        return None

    def _work_one(self, trial, function):
        try:
            with self._beating(trial):
                value, result = function(trial.key, trial.number)
                if not math.isfinite(value):
                    raise ValueError(f"the trial's value is {value}")
                self._trials.finish(trial.id, self.worker, float(value), result)
        except (Exception, SystemExit):  # somebody's estimator may call sys.exit
            self._trials.retry(trial.id, self.worker, mask_url(traceback.format_exc()), self.max_retries)
        except BaseException:  # stopped: no attempt of its own
            self._trials.give_back(trial.id, self.worker)
            raise

    @contextmanager
    def _beating(self, trial):
        over = threading.Event()

        def beat():
            last = time.monotonic()
            while not over.wait(self._heartbeat):
                try:
                    self._trials.beat(trial.id)
                except SQLAlchemyError:  # away; the next one may pass
                    self.spare_all()
                if time.monotonic() - last > 2 * self._heartbeat:  # suspended, and others perhaps with this process
                    self.spare_all()
                last = time.monotonic()

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
