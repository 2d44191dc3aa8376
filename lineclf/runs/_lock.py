"""One process runs a study at a time."""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

__all__ = ["StudyLock"]


class StudyLock:
    """Lock of a study: on a file beside a SQLite database, or in a session of PostgreSQL.

    It ends with the process, however the process ends. Other databases, Windows and some network folders have no lock:
    there two runs at once do work twice, but only the first of two results of a trial counts.

    Parameters
    ----------
    storage : str
        URL.
    engine : sqlalchemy.Engine
        Engine of the storage.
    study : str
        Identity of the study.
    """

    def __init__(self, storage, engine, study):
        url = make_url(storage)
        self._engine, self._study = engine, study
        self._digest = hashlib.sha256(study.encode()).digest()
        self._path = None
        if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
            database = Path(url.database).resolve()  # a link is the same database
            self._path = database.with_name(f"{database.name}.{self._digest[:5].hex()}.lock")
        self._in_session = url.get_backend_name() == "postgresql"
        self._held = False
        self._file: int | None = None
        self._session: Any = None

    def take(self):
        """Take the lock; ValueError if another process has it."""
        if not self._take(create=True):
            raise ValueError(
                f"another run of the study {self._study!r} is at work, and its trials count for this one: wait for it, "
                "or stop it and go on with more --workers"
            )
        self._held = True

    def keep(self):
        """Take the lock again if it was lost: after a database was away, the session that held the lock is over."""
        if not self._held or not self._in_session:
            return
        try:
            self._session.execute(text("SELECT 1"))
        except (SQLAlchemyError, AttributeError):
            deadline = time.monotonic() + 60  # the server may need a while to see that the session is over
            while not self._take():
                if time.monotonic() > deadline:
                    raise ValueError(f"another run of the study {self._study!r} has begun meanwhile") from None
                time.sleep(0.5)

    def is_taken(self):
        """Whether another process has the lock, or this process has it by another object."""
        if self._held:
            return True
        free = self._take()
        self.release()
        return not free

    def _take(self, create=False):
        self._let_go()
        if self._in_session:
            self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            return self._ask("pg_try_advisory_lock") or self._let_go()
        if self._path is None:
            return True
        try:
            import fcntl
        except ImportError:
            return True
        try:
            self._file = os.open(self._path, os.O_RDWR | (os.O_CREAT if create else 0), 0o666)
        except FileNotFoundError:
            return True
        except OSError as error:
            raise ValueError(f"the lock {str(self._path)!r} cannot be opened: {error.strerror}") from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return self._let_go()
        except OSError:  # a file system without locks
            pass
        return True

    def _ask(self, function):
        number = int.from_bytes(self._digest[:8], signed=True)
        return self._session.execute(text(f"SELECT {function}(:number)"), {"number": number}).scalar()

    def release(self):
        """Give the lock back."""
        if self._session is not None:
            with suppress(SQLAlchemyError):  # the session may be over
                self._ask("pg_advisory_unlock")
        self._held = False
        self._let_go()

    def _let_go(self):
        if self._file is not None:
            os.close(self._file)
        if self._session is not None:
            with suppress(SQLAlchemyError):
                self._session.invalidate()
                self._session.close()
        self._file, self._session = None, None
        return False
