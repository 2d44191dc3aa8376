"""The trials of a study in the tables of an Optuna storage, by SQLAlchemy alone.

Optuna makes these tables and checks their version. Its own calls add, read and claim one trial at a time, and on SQLite
two workers can claim the same one. Here many are added in one transaction, a change of state is one statement that
names the state it expects, and reading fetches what may have changed. A storage that is away for a while is waited for.
"""

import json
import math
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, Enum, Float, Integer, MetaData, String, Table, Text, exists, func, select
from sqlalchemy import delete as delete_from
from sqlalchemy import insert as insert_into
from sqlalchemy.exc import InterfaceError, OperationalError

WAITING, RUNNING, COMPLETE, FAIL = "WAITING", "RUNNING", "COMPLETE", "FAIL"
KEY, PARAMS, ATTEMPT, WORKER, RESULT, ERROR, FILES = "key", "params", "attempt", "worker", "result", "error", "files"
_AWAY = (OperationalError, InterfaceError)
_CHUNK = 500  # values in one statement: databases allow some thousands

_TABLES = MetaData()
_STUDIES = Table("studies", _TABLES, Column("study_id", Integer, primary_key=True), Column("study_name", String))
_TRIALS = Table(
    "trials",
    _TABLES,
    Column("trial_id", Integer, primary_key=True),
    Column("number", Integer),
    Column("study_id", Integer),
    Column("state", Enum(RUNNING, COMPLETE, "PRUNED", FAIL, WAITING, name="trialstate")),
    Column("datetime_start", DateTime),
    Column("datetime_complete", DateTime),
)
_VALUES = Table(
    "trial_values",
    _TABLES,
    Column("trial_value_id", Integer, primary_key=True),
    Column("trial_id", Integer),
    Column("objective", Integer),
    Column("value", Float),
    Column("value_type", Enum("FINITE", "INF_POS", "INF_NEG", name="trialvaluetype")),
)
_BEATS = Table(
    "trial_heartbeats",
    _TABLES,
    Column("trial_heartbeat_id", Integer, primary_key=True),
    Column("trial_id", Integer),
    Column("heartbeat", DateTime),
)


def _attributes(owner):
    columns = Column(f"{owner}_user_attribute_id", Integer, primary_key=True), Column(f"{owner}_id", Integer)
    return Table(f"{owner}_user_attributes", _TABLES, *columns, Column("key", String), Column("value_json", Text))


_NOTES, _STUDY_NOTES = _attributes("trial"), _attributes("study")


@dataclass
class Trial:
    """A trial as it was last read."""

    id: int
    number: int
    key: str
    state: str = WAITING


class Trials:
    """Trials of one study.

    Parameters
    ----------
    engine : sqlalchemy.Engine
    study_id : int
    patience : float
        Seconds to wait for a storage that is away before its error is raised.
    on_trouble : callable (Exception)
        Told once each time that the storage goes away.

    Attributes
    ----------
    trouble : float
        When the storage was last seen to be away, by ``time.monotonic``.
    """

    def __init__(self, engine, study_id, *, patience, on_trouble):
        self._engine, self._study_id = engine, study_id
        self._patience, self._on_trouble = patience, on_trouble
        self._known: dict[int, Trial] = {}
        self._open = 0  # no trial before this one can change any more
        self.trouble = float("-inf")

    def transact(self, action, *args):
        """Run `action(connection, *args)` in a transaction; begin again while the storage is away."""
        told = None
        while True:
            try:
                with self._engine.connect() as connection:
                    try:
                        with connection.begin():
                            return action(connection, *args)
                    except KeyboardInterrupt:
                        connection.invalidate()  # a transaction that half ended would lock out this process, too
                        raise
            except _AWAY as error:
                self.trouble = time.monotonic()
                if told is None:
                    told = self.trouble
                    self._on_trouble(error)
                elif self.trouble - told > self._patience:
                    raise
                time.sleep(min(1, self._patience))

    def exclusively(self, action, *args):
        """Run `action(connection, *args)` in a transaction, while no other process does so for this study."""

        def locked(connection):
            # A write that changes nothing locks on every database; SQLite knows no SELECT FOR UPDATE.
            mine = _STUDIES.c.study_id == self._study_id
            connection.execute(_STUDIES.update().where(mine).values(study_name=_STUDIES.c.study_name))
            return action(connection, *args)

        return self.transact(locked)

    def add(self, trials):
        """Add trials (key, params) that are not there, have failed ones wait again; how many."""
        return self.exclusively(self._add, list(trials))

    def _add(self, connection, trials):
        latest = self._read(connection)
        new = [(key, params) for key, params in trials if key not in latest]
        failed = [latest[key].id for key, _ in trials if key in latest and latest[key].state == FAIL]
        for trial_id in failed:
            connection.execute(_TRIALS.update().where(_TRIALS.c.trial_id == trial_id).values(state=WAITING))
            _note(connection, trial_id, {ATTEMPT: 1})
        if new:
            mine = _TRIALS.c.study_id == self._study_id
            first = connection.execute(select(func.count()).select_from(_TRIALS).where(mine)).scalar()
            rows = [{"study_id": self._study_id, "number": first + i, "state": WAITING} for i in range(len(new))]
            connection.execute(insert_into(_TRIALS), rows)
            ids = connection.execute(
                select(_TRIALS.c.trial_id).where(mine, _TRIALS.c.number >= first).order_by(_TRIALS.c.number)
            ).scalars()
            notes = [
                {"trial_id": trial_id, "key": name, "value_json": json.dumps(value)}
                for trial_id, (key, params) in zip(ids, new, strict=True)
                for name, value in ((KEY, key), (PARAMS, params), (ATTEMPT, 1))
            ]
            connection.execute(insert_into(_NOTES), notes)
        return len(new) + len(failed)

    def read(self):
        """Newest trial of every key, in the order of their numbers."""
        return self.transact(self._read)

    def _read(self, connection):
        mine = _TRIALS.c.study_id == self._study_id, _TRIALS.c.trial_id >= self._open
        newest = max(self._known, default=-1)
        # Trials of a study get rising ids, as they are added under its lock; those without a key are not the queue's.
        for trial_id, number, key in connection.execute(
            select(_TRIALS.c.trial_id, _TRIALS.c.number, _NOTES.c.value_json)
            .join(_NOTES, (_NOTES.c.trial_id == _TRIALS.c.trial_id) & (_NOTES.c.key == KEY))
            .where(*mine, _TRIALS.c.trial_id > newest)
            .order_by(_TRIALS.c.trial_id)
        ):
            self._known[trial_id] = Trial(trial_id, number, json.loads(key))
        for trial_id, state in connection.execute(select(_TRIALS.c.trial_id, _TRIALS.c.state).where(*mine)):
            if trial_id in self._known:
                self._known[trial_id].state = state
        self._open = next((trial.id for trial in self._known.values() if trial.state != COMPLETE), newest)
        return {trial.key: trial for trial in self._known.values()}

    def next(self, keys):
        """Some waiting trials among `keys` (None: all), those tried before last; none if there is none."""
        for most in (_CHUNK, None):
            ids = self.transact(self._next, most)
            if not ids <= self._known.keys():
                self.read()
            found = [self._known[i] for i in ids if i in self._known and (keys is None or self._known[i].key in keys)]
            if found:
                break
        return found

    def _next(self, connection, most):
        waiting = _TRIALS.c.study_id == self._study_id, _TRIALS.c.state == WAITING
        order = _TRIALS.c.datetime_start.isnot(None), _TRIALS.c.datetime_start, _TRIALS.c.trial_id
        ids = connection.execute(select(_TRIALS.c.trial_id).where(*waiting).order_by(*order).limit(most)).scalars()
        return dict.fromkeys(ids).keys()

    def claim(self, trial_id, worker):
        """Whether this waiting trial is now running, in this worker's name alone."""
        return self.transact(self._claim, trial_id, worker)

    def _claim(self, connection, trial_id, worker):
        if not self._turn(connection, trial_id, WAITING, RUNNING, datetime_start=_now()):
            return self._turn(
                connection, trial_id, RUNNING, RUNNING, worker
            )  # done, but the storage went away before it said so
        _note(connection, trial_id, {WORKER: worker})
        connection.execute(delete_from(_BEATS).where(_BEATS.c.trial_id == trial_id))
        connection.execute(insert_into(_BEATS).values(trial_id=trial_id, heartbeat=func.current_timestamp()))
        return True

    def _turn(self, connection, trial_id, before, after, worker=None, **values):
        """Whether the trial's state, which was `before`, is `after` now; with `worker`, only if it is that one's."""
        where = [_TRIALS.c.trial_id == trial_id, _TRIALS.c.state == before]
        if worker is not None:
            note = _NOTES.c.trial_id == trial_id, _NOTES.c.key == WORKER, _NOTES.c.value_json == json.dumps(worker)
            where.append(exists().where(*note))
        return connection.execute(_TRIALS.update().where(*where).values(state=after, **values)).rowcount == 1

    def finish(self, trial_id, worker, value, result):
        """Store a trial's result, unless another worker has taken the trial over."""
        self.transact(self._finish, trial_id, worker, value, json.dumps(result))

    def _finish(self, connection, trial_id, worker, value, result):
        if self._turn(connection, trial_id, RUNNING, COMPLETE, worker, datetime_complete=_now()):
            connection.execute(insert_into(_NOTES).values(trial_id=trial_id, key=RESULT, value_json=result))
            row = {"trial_id": trial_id, "objective": 0, "value": value, "value_type": "FINITE"}
            connection.execute(insert_into(_VALUES).values(row))

    def retry(self, trial_id, worker, error, max_retries):
        """Have a running trial of a worker's wait again; with its last attempt it has failed."""
        return self.transact(self._retry, trial_id, worker, error, max_retries)

    def retry_silent(self, trial_id, beat, by, error, max_retries):
        """:meth:`retry` whosever trial it is, if its heartbeat still is `beat` and the storage is free before `by`."""
        return self.transact(self._retry_silent, trial_id, beat, by, error, max_retries)

    def _retry_silent(self, connection, trial_id, beat, by, error, max_retries):
        if not self._turn(connection, trial_id, RUNNING, RUNNING):  # from here on nobody else changes it
            return False
        if self._beats(connection).get(trial_id) != beat or time.monotonic() > by:
            return False
        return self._retry(connection, trial_id, None, error, max_retries)

    def _retry(self, connection, trial_id, worker, error, max_retries):
        attempt = self.notes(ATTEMPT, [trial_id], connection)[trial_id]
        after = WAITING if attempt <= max_retries else FAIL
        if not self._turn(connection, trial_id, RUNNING, after, worker):
            return False
        _note(connection, trial_id, {ATTEMPT: attempt + 1, ERROR: error})
        return True

    def give_back(self, trial_id, worker):
        """Have a running trial of a worker's wait as if it had never begun."""
        return self.transact(lambda c: self._turn(c, trial_id, RUNNING, WAITING, worker, datetime_start=None))

    def beat(self, trial_id):
        """Note that a running trial's worker is alive."""
        with self._engine.begin() as connection:
            mine = _BEATS.c.trial_id == trial_id
            connection.execute(_BEATS.update().where(mine).values(heartbeat=func.current_timestamp()))

    def beats(self):
        """Last heartbeat of each running trial, by id: a value to compare, as clocks differ."""
        return self.transact(self._beats)

    def _beats(self, connection):
        rows = connection.execute(
            select(_TRIALS.c.trial_id, _TRIALS.c.datetime_start, _BEATS.c.heartbeat)
            .join(_BEATS, _BEATS.c.trial_id == _TRIALS.c.trial_id, isouter=True)
            .where(_TRIALS.c.study_id == self._study_id, _TRIALS.c.state == RUNNING)
        )
        return {trial_id: beat for trial_id, *beat in rows}

    def ages(self):
        """Seconds since the last heartbeat of each running trial, by id and by the storage's clock."""
        return self.transact(self._ages)

    def _ages(self, connection):
        now = connection.execute(select(func.current_timestamp())).scalar().replace(tzinfo=None)
        beats = self._beats(connection)
        return {trial_id: (now - beat).total_seconds() if beat else math.inf for trial_id, (_, beat) in beats.items()}

    def notes(self, name, ids, connection=None):
        """Values of the trials' notes of one name, by id."""
        if connection is None:
            return self.transact(lambda connection: self.notes(name, ids, connection))
        found, ids = {}, list(ids)
        for start in range(0, len(ids), _CHUNK):
            some = _NOTES.c.key == name, _NOTES.c.trial_id.in_(ids[start : start + _CHUNK])
            for row in connection.execute(select(_NOTES.c.trial_id, _NOTES.c.value_json).where(*some)):
                found[row.trial_id] = json.loads(row.value_json)
        return found

    def note(self, trial_id, name, value):
        """Set a note of a trial's, whatever its state; None removes it."""
        self.transact(_note, trial_id, {name: value})

    def noted(self, name):
        """Ids of the trials that have a note of this name."""
        return self.transact(self._noted, name)

    def _noted(self, connection, name):
        mine = _TRIALS.c.study_id == self._study_id, _NOTES.c.key == name
        ids = select(_TRIALS.c.trial_id).join(_NOTES, _NOTES.c.trial_id == _TRIALS.c.trial_id).where(*mine)
        return list(connection.execute(ids).scalars())

    def study_notes(self, prefix):
        """The study's own notes whose names begin so."""
        return self.transact(self._study_notes, prefix)

    def _study_notes(self, connection, prefix):
        mine = _STUDY_NOTES.c.study_id == self._study_id, _STUDY_NOTES.c.key.startswith(prefix, autoescape=True)
        rows = connection.execute(select(_STUDY_NOTES.c.key, _STUDY_NOTES.c.value_json).where(*mine))
        return {row.key: json.loads(row.value_json) for row in rows}

    def note_study(self, name, value):
        """Set a note of the study's."""
        self.transact(self._note_study, name, json.dumps(value))

    def _note_study(self, connection, name, value):
        connection.execute(
            delete_from(_STUDY_NOTES).where(_STUDY_NOTES.c.study_id == self._study_id, _STUDY_NOTES.c.key == name)
        )
        connection.execute(insert_into(_STUDY_NOTES).values(study_id=self._study_id, key=name, value_json=value))


def _note(connection, trial_id, notes):
    connection.execute(delete_from(_NOTES).where(_NOTES.c.trial_id == trial_id, _NOTES.c.key.in_(list(notes))))
    for name, value in notes.items():
        if value is not None:
            row = {"trial_id": trial_id, "key": name, "value_json": json.dumps(value)}
            connection.execute(insert_into(_NOTES).values(row))


def _now():
    return datetime.now(UTC).replace(tzinfo=None)  # as Optuna stores times
