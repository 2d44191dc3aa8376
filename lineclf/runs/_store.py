"""Finished trials of a study on an Optuna storage, by Optuna's public API alone.

Only the process that was started by hand writes, and only what is finished. A trial has its parameters, value and
epochs as Optuna's own tools read them: its dashboard, plots and importances show a study without this package.
"""

import json
import logging
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import BaseDistribution, CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.exceptions import DuplicatedStudyError, StorageInternalError
from optuna.trial import FrozenTrial, TrialState, create_trial
from sqlalchemy import create_engine, inspect, make_url
from sqlalchemy.exc import (
    ArgumentError,
    IntegrityError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)

from lineclf._urls import mask_url, prepare_database_file, reason_of
from lineclf.runs._lock import StudyLock

# Attributes of a trial; lineclf 0.2 had "params" in the place of the levels.
_KEY, _LEVELS, _RESULT, _ERROR, _OLD_LEVELS = "key", "levels", "result", "error", "params"
# Attributes of a study: where it goes on, and for each trial its run in a tracker and files that wait for that.
_NEXT, _TRACKED, _FILES = "continued as", "mlflow.run ", "files "
_EPOCHS = ("val_joint_accuracy", "joint_accuracy", "val_accuracy", "accuracy", "val_loss", "loss")
_PAUSE = 1  # seconds between two tries of a storage that is away


class TrialStore:
    """Finished trials of one study, by key.

    Parameters
    ----------
    storage : str
        SQLAlchemy URL: ``sqlite:///mlruns/optuna.db``, ``postgresql+psycopg://user@host/db``.
    name : str
        Name of the Optuna study. If its trials are those of lineclf 0.2, or their parameters have levels that Optuna
        cannot hold beside those of `trials`, the study goes on under a name of its own, with copies of them.
    trials : mapping of str to dict, optional
        Levels of every parameter of the trials to come, by key.
    create : bool, default=True
        Whether to create what is not there yet.
    patience : float, default=600
        Seconds to wait for a storage that goes away later on.

    Raises
    ------
    ValueError
        If the storage cannot be opened.
    KeyError
        Without `create`, if there is no such study.
    """

    def __init__(self, storage, name, trials=None, *, create=True, patience=600):
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        logging.getLogger("alembic").setLevel(logging.WARNING)
        self._url, self._patience = storage, patience
        self._trials = dict(trials or {})
        self._kinds = distributions(self._trials.values())
        self._lock: StudyLock | None = None
        with _told(storage):
            _find_file(storage, create)
            self._storage = _open(storage, name, create)
            self._study = self._follow(name, create)
            self._read()
        if create and not self._holds():
            self._continue(name)
        self.name = self._study.study_name

    def _follow(self, name, create):
        """Open the study that goes by this name now."""
        with suppress(DuplicatedStudyError):
            if create:
                return optuna.create_study(storage=self._storage, study_name=name, direction="maximize")
        study = optuna.load_study(storage=self._storage, study_name=name)
        successor = study.user_attrs.get(_NEXT)
        return self._follow(successor, create) if successor else study

    def _read(self):
        """Take in what is stored."""
        self._results: dict[str, dict] = {}
        self._failures: dict[str, str] = {}
        self._numbers: dict[str, int] = {}
        self._stored: dict[str, BaseDistribution] = {}
        self._n_read = 0
        self._take_new()
        self._attributes = dict(self._study.user_attrs)

    def _take_new(self):
        """Take in the trials that were added since the last time."""
        trials = self._study.get_trials(deepcopy=False)
        for trial in trials[self._n_read :]:
            self._take(trial)
        self._n_read = len(trials)

    def _take(self, trial):
        key = trial.user_attrs.get(_KEY)
        if key is None or key in self._results:  # somebody else's; of two results the first one counts
            return
        self._stored |= trial.distributions
        if trial.state == TrialState.COMPLETE:
            self._numbers[key] = trial.number
            self._results[key] = trial.user_attrs[_RESULT]
            self._failures.pop(key, None)
        elif trial.state == TrialState.FAIL:
            self._failures[key] = trial.user_attrs.get(_ERROR, "its worker died")

    def _holds(self):
        """Whether the study has room for the trials to come."""
        kept = self._study.get_trials(deepcopy=False)
        if any(_LEVELS not in trial.user_attrs for trial in kept if _KEY in trial.user_attrs):
            return False  # of lineclf 0.2
        levels = _levels(self._trials.values())
        return all(_has_room(kind, levels.get(name, ())) for name, kind in self._stored.items())

    def _continue(self, name):
        """Go on under another name, with copies of all finished trials, as stored ones do not change."""
        former, kept = self._study, self._study.get_trials(deepcopy=False)
        levels = [self._levels_of(trial) for trial in kept]
        place = former.study_name.removeprefix(name).removeprefix(" · ")
        successor = f"{name} · {int(place or 1) + 1}"
        self._study = self._follow(successor, create=True)
        self._read()
        self._kinds = distributions([*levels, *self._trials.values()])
        for trial, known in zip(kept, levels, strict=True):
            key = trial.user_attrs.get(_KEY)
            if key is None or key in self._results or not trial.state.is_finished():
                continue
            self._add(key, known, trial.user_attrs.get(_RESULT), trial.user_attrs.get(_ERROR), trial)
            mark = f" {trial.number}"
            for attribute, run_id in former.user_attrs.items():
                if attribute.startswith(_TRACKED) and attribute.endswith(mark) and key in self._numbers:
                    self._note(f"{attribute.removesuffix(mark)} {self._numbers[key]}", run_id)
        former.set_user_attr(_NEXT, successor)  # last: a run that is killed before begins the copy again

    def _levels_of(self, trial):
        key = trial.user_attrs.get(_KEY)
        return trial.user_attrs.get(_LEVELS) or self._trials.get(key) or trial.user_attrs.get(_OLD_LEVELS, {})

    def lock(self):
        """Keep other processes from running this study, until :meth:`close`.

        Raises
        ------
        ValueError
            If one is at work.
        """
        self._lock = StudyLock(self._url, self._storage.engine, self.name)
        self._lock.take()

    def locked(self):
        """Whether a process runs this study now."""
        lock = StudyLock(self._url, self._storage.engine, self.name)
        try:
            lock.take()
        except ValueError:
            return True
        lock.release()
        return False

    def close(self):
        """Give the lock back."""
        if self._lock:
            self._lock.release()
            self._lock = None

    def results(self, keys=None):
        """Result of every finished trial, by key, each with its ``key`` and its ``optuna`` study and trial number."""
        return {
            key: {**result, "key": key, "optuna": {"study": self.name, "trial": self._numbers[key]}}
            for key, result in self._results.items()
            if keys is None or key in keys
        }

    def trials(self):
        """Return every finished trial as :meth:`add` takes it: a dict of key, value, result and levels."""
        return [
            {
                "key": trial.user_attrs[_KEY],
                "value": trial.value,
                "result": trial.user_attrs[_RESULT],
                "levels": trial.user_attrs[_LEVELS],
            }
            for trial in self._study.get_trials(deepcopy=False)
            if self._numbers.get(trial.user_attrs.get(_KEY)) == trial.number
        ]

    def finished(self):
        """Keys of the finished trials."""
        return self._results.keys()

    def failures(self):
        """Error text of every trial that has failed and was not finished since, by key."""
        return dict(self._failures)

    def add(self, key, value, result, levels=None):
        """Store a finished trial; of two with one key the first one counts.

        Parameters
        ----------
        key : str
        value : float
            Finite.
        result : dict
            JSON-able. Its ``history``, ``started`` and ``finished`` are shown by Optuna, too.
        levels : dict, optional
            Level of every parameter, for a trial that is not among those to come.
        """
        self._add(key, self._trials.get(key, levels), json.loads(json.dumps(result, allow_nan=True)), None, value=value)

    def add_failure(self, key, error):
        """Store the error of a trial that is given up; a later run gives it another chance."""
        self._add(key, self._trials[key], None, error)

    def _add(self, key, levels, result, error, former=None, value=None):
        kinds = self._kinds | self._stored
        shown = {name: _label(level, kinds[name]) for name, level in levels.items()}
        known = {_KEY: key, _LEVELS: levels}
        trial = create_trial(
            state=TrialState.FAIL if result is None else TrialState.COMPLETE,
            params=shown,
            distributions={name: _around(kinds[name], shown[name]) for name in shown},
            value=former.value if former else value,
            intermediate_values={} if result is None else _epochs(result),
            user_attrs={**known, **({_ERROR: error or ""} if result is None else {_RESULT: result})},
        )
        if result and "started" in result:
            trial.datetime_start = datetime.fromtimestamp(result["started"])
            trial.datetime_complete = datetime.fromtimestamp(result["finished"])
        elif former and former.datetime_complete:
            trial.datetime_start, trial.datetime_complete = former.datetime_start, former.datetime_complete
        self._patiently(lambda tried: self._add_once(trial, tried))

    def _add_once(self, trial: FrozenTrial, tried: bool):
        """Add a trial, unless a try whose answer was lost has added it."""
        key, before = trial.user_attrs[_KEY], self._n_read
        if tried:
            added = self._study.get_trials(deepcopy=False)[before:]
            tried = any(each.user_attrs.get(_KEY) == key and each.state == trial.state for each in added)
        if not tried:
            self._study.add_trial(trial)
        self._take_new()

    def untracked(self, store=""):
        """Keys of finished trials that :meth:`mark_tracked` has not been told of, for a tracker's store."""
        return [key for key in self._results if self._mark(key, store) not in self._attributes]

    def mark_tracked(self, key, run_id, store=""):
        """Note the tracker's run that shows a finished trial."""
        self._note(self._mark(key, store), run_id)

    def tracked_as(self, key, store=""):
        """Return the run that :meth:`mark_tracked` was told of, or None."""
        return self._attributes.get(self._mark(key, store))

    def _mark(self, key, store):
        return f"{_TRACKED}{store} {self._numbers[key]}"

    def attach(self, key, files):
        """Keep files of a trial, a JSON-able dict, until None takes their place."""
        self._note(f"{_FILES}{key}", files)

    def attached(self):
        """Files of every trial that has some, by key."""
        return {
            name.removeprefix(_FILES): files
            for name, files in self._attributes.items()
            if name.startswith(_FILES) and files is not None
        }

    def _note(self, name, value):
        self._patiently(lambda tried: self._study.set_user_attr(name, value))
        self._attributes[name] = value

    def _patiently(self, action: Callable[[bool], Any]):
        """Do what needs the storage, as soon as it is there; `action` is told whether it was tried before."""
        began = None
        while True:
            try:
                done = action(began is not None)
                if began is not None and self._lock:
                    self._lock.retake()
                return done
            except (StorageInternalError, OperationalError, InterfaceError) as error:
                cause = error.__cause__ if isinstance(error, StorageInternalError) else error
                if not isinstance(cause, OperationalError | InterfaceError):
                    raise
                if began is None:
                    began = time.monotonic()
                    print(f"Waiting for the storage: {reason_of(cause)}", file=sys.stderr)
                elif time.monotonic() - began > self._patience:
                    raise
            time.sleep(_PAUSE)


def distributions(trials: Iterable[Mapping[str, Any]]) -> dict[str, BaseDistribution]:
    """Optuna's distribution of each parameter: numbers where all levels are numbers of one kind, else names.

    Parameters
    ----------
    trials : iterable of mapping
        Level of each parameter.

    Examples
    --------
    >>> from lineclf.runs._store import distributions
    >>> kinds = distributions([{"depth": 1, "pooling": "max"}, {"depth": 3, "pooling": None}])
    >>> kinds["depth"], kinds["pooling"].choices
    (IntDistribution(high=3, log=False, low=1, step=1), ('"max"', 'null'))
    """
    return {name: _distribution(levels) for name, levels in _levels(trials).items()}


def _levels(trials):
    """All levels of each parameter."""
    levels: dict[str, dict] = {}
    for trial in trials:
        for name, level in trial.items():
            levels.setdefault(name, {})[json.dumps(level)] = level
    return {name: list(each.values()) for name, each in levels.items()}


def _distribution(levels):
    if _are(levels, int):
        return IntDistribution(min(levels), max(levels))
    if _are(levels, int, float):
        return FloatDistribution(min(levels), max(levels))
    return CategoricalDistribution(levels if _are(levels, str) else [json.dumps(level) for level in levels])


def _are(levels, *kinds):
    return all(type(level) in kinds for level in levels)  # True is no number


def _has_room(kind, levels):
    """Whether a distribution, that of numbers being free to grow, has a value for each level."""
    if isinstance(kind, CategoricalDistribution):
        return all(_label(level, kind) in kind.choices for level in levels)
    return _are(levels, int) or (isinstance(kind, FloatDistribution) and _are(levels, int, float))


def _label(level, kind):
    """What Optuna is told of a level: itself if it is a number among numbers or a text among texts, else its JSON."""
    if not isinstance(kind, CategoricalDistribution) or (level in kind.choices and isinstance(level, str)):
        return level
    return json.dumps(level)


def _around(kind, value):
    """The distribution, wide enough; those of numbers may grow in a study."""
    if isinstance(kind, CategoricalDistribution):
        return kind
    return type(kind)(min(kind.low, value), max(kind.high, value))


def _epochs(result):
    """The trial's course over the epochs, as Optuna plots it."""
    history = result.get("history") or {}
    values: list = next((history[name] for name in _EPOCHS if name in history), [])
    return {epoch: float(value) for epoch, value in enumerate(values, start=1)}


class _told:
    """Tell errors of opening a storage as ValueErrors that name it, without its password."""

    def __init__(self, storage):
        self._shown = mask_url(storage)

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        begin = f"storage={self._shown!r} cannot be opened:"
        if isinstance(error, ArgumentError | NoSuchModuleError):
            legal = "legal is a URL such as sqlite:///mlruns/optuna.db or postgresql+psycopg://me@host/db"
            raise ValueError(f"{begin} {reason_of(error)}; {legal}") from None
        if isinstance(error, RuntimeError):  # Optuna's, of tables of another version, with the command that mends them
            raise ValueError(f"{begin} {reason_of(error)} Or take another storage.") from None
        if isinstance(error, StorageInternalError | SQLAlchemyError | ImportError | OSError | ValueError):
            raise ValueError(f"{begin} {reason_of(error.__cause__ or error)}") from None


def _find_file(storage, create):
    """Make the folder of a SQLite file; without `create` raise KeyError if there is none."""
    url = make_url(storage)
    if url.get_backend_name() == "sqlite" and url.host:
        raise ValueError("a file's URL begins with sqlite:///")
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        if not create and not Path(url.database).exists():
            raise KeyError(storage)
        prepare_database_file(Path(url.database))


def _open(storage, name, create):
    """Optuna's storage."""
    options: dict = {"pool_pre_ping": True}
    if make_url(storage).get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 60}  # for its turn to write
    engine = create_engine(storage, **options)
    try:
        tables = inspect(engine).get_table_names()
    finally:
        engine.dispose()
    if not create and "studies" not in tables:  # Optuna would make them
        raise KeyError(name)
    if "alembic_version" in tables and "version_info" not in tables:
        raise ValueError("its tables are another program's, such as MLflow's; take another storage")
    for patience in (3, 2, 1, 0):
        try:
            return optuna.storages.RDBStorage(storage, options)
        except (SQLAlchemyError, AssertionError) as error:
            # Another process makes the same tables at this moment.
            if not patience or not (isinstance(error, IntegrityError | AssertionError) or "exists" in str(error)):
                raise
            time.sleep(1)
    raise AssertionError
