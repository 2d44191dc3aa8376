"""Finished trials of a study on an Optuna storage, through Optuna's public API only.

Only the process started by hand writes, and only finished trials. A trial has its parameters, value and epochs in the
form that Optuna's own tools read: its dashboard, plots and importances show a study without this package.
"""

import json
import math
from contextlib import suppress
from datetime import datetime
from itertools import count

import optuna
from optuna.exceptions import DuplicatedStudyError
from optuna.trial import FrozenTrial, TrialState, create_trial

from lineclf.runs._lock import StudyLock
from lineclf.runs._space import Parameter, levels_of, parameters
from lineclf.runs._storage import open_storage, patiently, told

__all__ = ["TrialStore"]

# Attributes of a trial; lineclf 0.2 had "params" in the place of the levels.
_KEY, _LEVELS, _RESULT, _ERROR, _FORMER_LEVELS = "key", "levels", "result", "error", "params"
# Attributes of a study: the study that it goes on as, the name that it goes by; for each trial its run in a tracker,
# and files that wait for that.
_NEXT, _ROOT, _TRACKED, _FILES = "continued as", "continues", "mlflow.run ", "files "
_ABOUT = "about"  # attribute of a study: what it is about, part by part
_EPOCHS = ("val_joint_accuracy", "joint_accuracy", "val_accuracy", "accuracy", "val_loss", "loss")


class TrialStore:
    """Finished trials of one study, by key.

    Parameters
    ----------
    storage : str or None
        SQLAlchemy URL: ``sqlite:///mlruns/optuna.db``, ``postgresql+psycopg://user@host/db``; None for this process's
        memory.
    study : str
        Identity of the study, and its name in Optuna. If its trials are those of lineclf 0.2, or their parameters have
        levels that Optuna cannot hold beside those of `trials`, it continues as "… · 2", with copies of the trials.
    trials : mapping of str to dict, optional
        Levels of every parameter of the trials to come, by key.
    create : bool, default=True
        Whether to create what does not exist yet.
    lock : bool, default=False
        Whether to keep other processes from running this study, until :meth:`close` or the end of the block.
    patience : float, default=600
        Seconds to wait for a storage that cannot be reached later on.

    Raises
    ------
    ValueError
        If the storage cannot be opened, or another process has the lock.
    KeyError
        Without `create`, if there is no such study.

    Attributes
    ----------
    name : str
        Present name of the study in Optuna.
    """

    def __init__(self, storage, study, trials=None, *, create=True, lock=False, patience=600):
        self._patience, self._root = patience, study
        self._levels = dict(trials or {})
        self._storage = open_storage(storage, study, create)
        self._lock = StudyLock(storage or "sqlite://", getattr(self._storage, "engine", None), study)
        if lock:
            self._lock.take()
        try:
            with told(storage):
                self._study = self._follow(study, create)
                self._read()
            if create:
                self._make_room(self._levels.values())
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        """Give the lock back."""
        self._lock.release()

    def locked(self):
        """Whether a process runs this study now."""
        return self._lock.is_taken()

    @property
    def name(self):
        return self._study.study_name

    @property
    def study(self):
        """The optuna.Study that holds the trials now."""
        return self._study

    def claim(self, about):
        """Note the study's question, a JSON-able dict; ValueError naming the parts that differ from a stored one."""
        known = self._attributes.get(_ABOUT)
        if known is None:
            self._note(_ABOUT, json.loads(json.dumps(about)))
            return
        other = [name for name, part in json.loads(json.dumps(about)).items() if known.get(name) != part]
        if other:
            raise ValueError(
                f"the study {self._root!r} was begun with something else as {', '.join(other)}; take another "
                "study_name, or give what it was begun with"
            )

    def _follow(self, name, create):
        """Open the study of the present name."""
        with suppress(DuplicatedStudyError):
            if create:
                return optuna.create_study(storage=self._storage, study_name=name, direction="maximize")
        study = optuna.load_study(storage=self._storage, study_name=name)
        successor = study.user_attrs.get(_NEXT)
        return self._follow(successor, create) if successor else study

    def _read(self):
        """Read all that is stored."""
        self._done: dict[str, FrozenTrial] = {}
        self._failures: dict[str, str] = {}
        self._known: dict[str, Parameter] = {}
        self._n_read = 0
        self._read_new()
        self._attributes = dict(self._study.user_attrs)

    def _read_new(self):
        """Read the trials that were added since the last time."""
        trials = self._study.get_trials(deepcopy=False)
        for trial in trials[self._n_read :]:
            key = trial.user_attrs.get(_KEY)
            if key is None or key in self._done:  # somebody else's; of two results the first one counts
                continue
            levels = trial.user_attrs.get(_LEVELS, {})
            for name, kind in trial.distributions.items():  # a range is that of the last trial, and grows with each
                as_text = isinstance(levels[name], str) and trial.params[name] == levels[name]
                self._known[name] = Parameter(kind, as_text)
            if trial.state == TrialState.COMPLETE:
                self._done[key] = trial
                self._failures.pop(key, None)
            elif trial.state == TrialState.FAIL:
                self._failures[key] = trial.user_attrs.get(_ERROR, "its worker died")
        self._n_read = len(trials)

    def _make_room(self, levels):
        """Make room for trials with these levels, in this study or in a new one that continues it."""
        self._new = parameters([*self._levels.values(), *levels])
        kept = [trial for trial in self._study.get_trials(deepcopy=False) if _KEY in trial.user_attrs]
        if all(_LEVELS in trial.user_attrs for trial in kept):  # else they are of lineclf 0.2
            wanted = levels_of([*self._levels.values(), *levels])
            if all(known.has_room(wanted.get(name, ())) for name, known in self._known.items()):
                return
        former, attributes = self._study, self._attributes
        finished = [trial for trial in kept if trial.state.is_finished()]
        levels_before = [self._levels_of(trial) for trial in finished]
        self._new = parameters([*levels_before, *self._levels.values(), *levels])
        self._study = self._successor()
        self._read()
        marks: dict[int, list] = {}
        for name, run_id in attributes.items():
            if name.startswith(_TRACKED):
                mark, _, number = name.rpartition(" ")
                marks.setdefault(int(number), []).append((mark, run_id))
        for trial, known in zip(finished, levels_before, strict=True):
            key = trial.user_attrs[_KEY]
            if key in self._done:
                continue
            self._add(key, known, trial.value, trial.user_attrs.get(_RESULT), trial.user_attrs.get(_ERROR), trial)
            for mark, run_id in marks.get(trial.number, ()) if key in self._done else ():
                self._note(f"{mark} {self._done[key].number}", run_id)
        for name, value in attributes.items():
            if name.startswith(_FILES) or name == _ABOUT:
                self._note(name, value)
        former.set_user_attr(_NEXT, self.name)  # last: a run that is killed before begins the copy again

    def _successor(self):
        """Create the study that continues this one; a copy that was interrupted is continued, if it has room."""
        choices = {name: getattr(parameter.kind, "choices", None) for name, parameter in self._new.items()}
        wanted = {name: None if names is None else list(names) for name, names in choices.items()}
        for number in count(2):
            name = f"{self._root} · {number}"
            try:
                study = optuna.create_study(storage=self._storage, study_name=name, direction="maximize")
                study.set_user_attr(_ROOT, [self._root, wanted])
                return study
            except DuplicatedStudyError:
                study = optuna.load_study(storage=self._storage, study_name=name)
                if _NEXT not in study.user_attrs and study.user_attrs.get(_ROOT) == [self._root, wanted]:
                    return study
        raise AssertionError

    def _levels_of(self, trial):
        attributes = trial.user_attrs
        return attributes.get(_LEVELS) or self._levels.get(attributes[_KEY]) or attributes.get(_FORMER_LEVELS, {})

    def results(self, keys=None):
        """Result of every finished trial, by key, with its ``key``, ``value``, and Optuna's study and number."""
        keys = self._done if keys is None else [key for key in keys if key in self._done]
        return {
            key: {
                **self._done[key].user_attrs[_RESULT],
                "key": key,
                "value": self._done[key].value,
                "optuna": {"study": self.name, "trial": self._done[key].number},
            }
            for key in keys
        }

    def trials(self):
        """Return every finished trial in the form of :meth:`add_all`: a dict of key, value, result and levels."""
        return [
            {
                "key": key,
                "value": trial.value,
                "result": trial.user_attrs[_RESULT],
                "levels": trial.user_attrs[_LEVELS],
            }
            for key, trial in self._done.items()
        ]

    def finished(self):
        """Keys of the finished trials."""
        return self._done.keys()

    def failures(self):
        """Error text of every trial that has failed and has not finished since then, by key."""
        return dict(self._failures)

    def add(self, key, value, result):
        """Store a finished trial; of two trials with the same key, the first counts.

        Parameters
        ----------
        key : str
        value : float
            Finite.
        result : dict
            JSON-able. Optuna shows its ``history``, ``started`` and ``finished`` as well.
        """
        self._add(key, self._levels[key], value, json.loads(json.dumps(result)), None)

    def add_all(self, trials):
        """Store trials that finished elsewhere, whatever their levels: dicts of key, value, result and levels."""
        self._make_room([trial["levels"] for trial in trials])
        for trial in trials:
            self._add(trial["key"], trial["levels"], trial["value"], trial["result"], None)

    def add_failure(self, key, error):
        """Store the error of a trial that is given up; a later run gives it another chance."""
        self._add(key, self._levels[key], None, None, error)

    def _add(self, key, levels, value, result, error, former=None):
        shown = {name: (self._known.get(name) or self._new[name]).around(level) for name, level in levels.items()}
        trial = create_trial(
            state=TrialState.FAIL if result is None else TrialState.COMPLETE,
            params={name: parameter.label(levels[name]) for name, parameter in shown.items()},
            distributions={name: parameter.kind for name, parameter in shown.items()},
            value=None if result is None else value,
            intermediate_values=_epochs(result or {}),
            user_attrs={_KEY: key, _LEVELS: levels, **({_ERROR: error or ""} if result is None else {_RESULT: result})},
        )
        if result and {"started", "finished"} <= result.keys():
            trial.datetime_start = datetime.fromtimestamp(result["started"])
            trial.datetime_complete = datetime.fromtimestamp(result["finished"])
        elif former and former.datetime_complete:
            trial.datetime_start, trial.datetime_complete = former.datetime_start, former.datetime_complete
        self._patiently(lambda tried: self._add_once(trial, tried))

    def _add_once(self, trial: FrozenTrial, tried: bool):
        """Add a trial, unless an earlier try whose answer was lost has added it."""
        if tried:
            key, added = trial.user_attrs[_KEY], self._study.get_trials(deepcopy=False)[self._n_read :]
            tried = any(each.user_attrs.get(_KEY) == key and each.state == trial.state for each in added)
        if not tried:
            self._study.add_trial(trial)
        self._read_new()

    def untracked(self, store=""):
        """Keys of finished trials for which :meth:`mark_tracked` was not called, for a tracker's store."""
        return [key for key in self._done if self._mark(key, store) not in self._attributes]

    def mark_tracked(self, key, run_id, store=""):
        """Note the tracker's run that shows a finished trial."""
        self._note(self._mark(key, store), run_id)

    def tracked_as(self, key, store=""):
        """Return the run given to :meth:`mark_tracked`, or None."""
        return self._attributes.get(self._mark(key, store)) if key in self._done else None

    def _mark(self, key, store):
        return f"{_TRACKED}{store} {self._done[key].number}"

    def attach(self, key, files):
        """Keep files of a trial, a JSON-able dict, until None replaces them."""
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

    def _patiently(self, action):
        return patiently(action, self._lock.keep, self._patience)


def _epochs(result):
    """The trial's course over the epochs, for Optuna's plots."""
    history = result.get("history") or {}
    values: list = next((history[name] for name in _EPOCHS if name in history), [])
    numbers = (int, float)
    return {i: float(each) for i, each in enumerate(values, 1) if isinstance(each, numbers) and math.isfinite(each)}
