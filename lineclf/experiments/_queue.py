"""The trial queue, on an Optuna storage: the one file that knows Optuna.

Every trial is enqueued first, stateless workers take waiting ones, and a result is stored with its trial. A worker
that dies is noticed by its missing heartbeat, and its trial waits again; a trial that raises is tried again a few
times, then reported with its error. So a killed run continues where it stopped, and nothing is done twice.
"""

import json
import logging
import math
import time
import traceback
import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import optuna
from optuna.trial import TrialState
from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from lineclf._urls import mask_url

_KEY, _PARAMS, _ATTEMPT, _RESULT, _ERROR = "key", "params", "attempt", "result", "error"
_TRACKED = "mlflow.run "


@dataclass(frozen=True)
class Status:
    """Number of trials by state; `failed` are those given up."""

    waiting: int
    running: int
    finished: int
    failed: int


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
    heartbeat : int, default=5
        Seconds between a worker's signs of life; after four times that its trial counts as abandoned.
    create : bool, default=True
        Whether to create what is not there yet.

    Raises
    ------
    ValueError
        If the storage cannot be opened.
    KeyError
        Without `create`, if there is no such study.
    """

    def __init__(self, storage, name, *, max_retries=2, heartbeat=5, create=True):
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        self.name = name
        self.max_retries = max_retries
        self._grace = 4 * heartbeat
        try:
            _find_file(storage, create)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
                self._storage = optuna.storages.RDBStorage(
                    storage,
                    heartbeat_interval=heartbeat,
                    grace_period=self._grace,
                    heartbeat_stale_trial_callback=self._abandoned,
                )
                sampler = optuna.samplers.RandomSampler()  # asked for nothing: every trial is enqueued
                if create:
                    self._study = optuna.create_study(
                        storage=self._storage,
                        study_name=name,
                        direction="maximize",
                        sampler=sampler,
                        load_if_exists=True,
                    )
                else:
                    self._study = optuna.load_study(study_name=name, storage=self._storage, sampler=sampler)
        except (SQLAlchemyError, ImportError, OSError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise ValueError(f"storage={mask_url(storage)!r} cannot be opened: {mask_url(reason)}") from None

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
        latest = self._latest()
        added = 0
        for key, params in trials:
            known = latest.get(key)
            if known is None or known.state == TrialState.FAIL:
                self._add(key, params)
                added += 1
        return added

    def work(self, function, *, keys=None, on_done=None, on_wait=None):
        """Run waiting trials until none is left, also those that a dead worker leaves behind.

        Parameters
        ----------
        function : callable (key, number) → (float, dict)
            The trial: its value, a finite float, and its JSON-able result.
        keys : collection of str, optional
            The trials to run and to wait for; all by default.
        on_done : callable (), optional
            Called after each trial, when its result or error has been stored.
        on_wait : callable (int), optional
            Told once, with their number, that trials of other workers are still running.
        """
        told = False
        # Optuna hands out the oldest waiting trial, whoever enqueued it; a run takes its own alone.
        self._study._pop_waiting_trial_id = lambda: self._claim(keys)  # type: ignore[method-assign]
        while True:
            if self._states(keys, TrialState.WAITING):
                self._work_one(function)
                if on_done:
                    on_done()
                continue
            running = self._states(keys, TrialState.RUNNING)
            if not running:
                return
            if on_wait and not told:
                on_wait(len(running))
                told = True
            time.sleep(1)
            self._revive(running)

    def results(self):
        """Result of every finished trial, by key, each with its ``key`` and its ``optuna`` study and trial number."""
        return {
            key: {
                **json.loads(trial.user_attrs[_RESULT]),
                "key": key,
                "optuna": {"study": self.name, "trial": trial.number},
            }
            for key, trial in self._latest().items()
            if trial.state == TrialState.COMPLETE
        }

    def failures(self):
        """Error text of every trial given up, by key."""
        return {
            key: trial.user_attrs.get(_ERROR, "its worker died")
            for key, trial in self._latest().items()
            if trial.state == TrialState.FAIL
        }

    def status(self, keys=None):
        """Count the trials by state; all, or those of the given keys."""
        count = {state: len(self._states(keys, state)) for state in TrialState}
        return Status(
            waiting=count[TrialState.WAITING],
            running=count[TrialState.RUNNING],
            finished=count[TrialState.COMPLETE],
            failed=count[TrialState.FAIL],
        )

    def untracked(self, store=""):
        """Keys of finished trials that :meth:`mark_tracked` has not been told of, for a tracker's store."""
        tracked = self._study.user_attrs
        finished = [key for key, trial in self._latest().items() if trial.state == TrialState.COMPLETE]
        return [key for key in finished if f"{_TRACKED}{store} {key}" not in tracked]

    def mark_tracked(self, key, run_id, store=""):
        """Note the tracker's run that shows a finished trial: with the study, as Optuna seals finished trials."""
        self._study.set_user_attr(f"{_TRACKED}{store} {key}", run_id)

    def tracked_as(self, key, store=""):
        """Return the run that :meth:`mark_tracked` was told of, or None."""
        return self._study.user_attrs.get(f"{_TRACKED}{store} {key}")

    def _latest(self):
        """Newest trial of every key; the empty ones that a drained queue hands out have none."""
        trials = self._study.get_trials(deepcopy=False)
        return {trial.user_attrs[_KEY]: trial for trial in trials if _KEY in trial.user_attrs}

    def _states(self, keys, state):
        latest = self._latest().items()
        return [trial for key, trial in latest if trial.state == state and (keys is None or key in keys)]

    def _add(self, key, params, attempt=1, **attrs):
        self._study.enqueue_trial({}, user_attrs={_KEY: key, _PARAMS: params, _ATTEMPT: attempt, **attrs})

    def _retry(self, trial):
        """Enqueue a trial once more, with the error it had; at its last attempt leave it failed."""
        attrs = trial.user_attrs
        if attrs[_ATTEMPT] <= self.max_retries:
            error = {_ERROR: attrs[_ERROR]} if _ERROR in attrs else {}
            self._add(attrs[_KEY], attrs[_PARAMS], attrs[_ATTEMPT] + 1, **error)

    def _abandoned(self, study, trial):
        """Called by Optuna, once, for a trial whose heartbeat stopped."""
        if _KEY in trial.user_attrs:
            self._retry(trial)

    def _revive(self, running):
        """Have Optuna fail the stale trials; a worker killed before its first heartbeat leaves one it cannot see."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            optuna.storages.fail_stale_trials(self._study)
        with self._storage.engine.connect() as connection:
            beating = set(connection.execute(text("SELECT trial_id FROM trial_heartbeats")).scalars())
        oldest = datetime.now() - timedelta(seconds=self._grace)
        for trial in running:
            if trial._trial_id not in beating and trial.datetime_start < oldest and self._fail(trial):
                self._retry(trial)

    def _fail(self, trial):
        try:
            return self._storage.set_trial_state_values(trial._trial_id, state=TrialState.FAIL)
        except optuna.exceptions.UpdateFinishedTrialError:
            return False  # another worker was faster

    def _claim(self, keys):
        """Id of a waiting trial among `keys`, now running in this worker's name; None if there is none."""
        for trial in self._states(keys, TrialState.WAITING):
            try:
                if self._storage.set_trial_state_values(trial._trial_id, state=TrialState.RUNNING):
                    return trial._trial_id
            except optuna.exceptions.UpdateFinishedTrialError:
                continue  # another worker was faster
        return None

    def _work_one(self, function):
        taken = None

        def objective(trial):
            nonlocal taken
            taken = trial.user_attrs.get(_KEY)
            if taken is None:  # another worker took the last one
                raise optuna.TrialPruned
            try:
                value, result = function(taken, trial.number)
                if not math.isfinite(value):
                    raise ValueError(f"the trial's value is {value}")
                trial.set_user_attr(_RESULT, json.dumps(result))
            except Exception:
                trial.set_user_attr(_ERROR, traceback.format_exc())
                raise
            return value

        def after(study, trial):
            if trial.state == TrialState.FAIL:
                self._retry(trial)

        try:
            self._study.optimize(objective, n_trials=1, catch=(Exception,), callbacks=[after])
        except KeyboardInterrupt:
            trial = self._latest().get(taken)
            if trial and (trial.state == TrialState.FAIL or (trial.state == TrialState.RUNNING and self._fail(trial))):
                self._add(taken, trial.user_attrs[_PARAMS], trial.user_attrs[_ATTEMPT])  # no attempt of its own
            raise


def _find_file(storage, create):
    """Make the folder of a SQLite file; without `create` raise KeyError if there is none."""
    url = make_url(storage)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        if create:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        elif not Path(url.database).exists():
            raise KeyError(storage)
