"""One process runs a study at a time."""

import hashlib
import os
import time
from contextlib import suppress

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError


class StudyLock:
    """Lock of a study: on a file beside a SQLite database, or of a session of PostgreSQL.

    It ends with the process, however that ends. Other databases, Windows and some network folders have none; there two
    runs at once cost double work, but of two results of one trial the first counts.

    Parameters
    ----------
    storage : str
        URL.
    engine : sqlalchemy.Engine
        Of the storage.
    study : str
        Name.
    """

    def __init__(self, storage, engine, study):
        self._url, self._engine, self._study = make_url(storage), engine, study
        self._digest = hashlib.sha256(study.encode()).digest()
        self._file = self._session = None

    def take(self, patience=0):
        """Take it, within some seconds; ValueError if another process has it."""
        deadline = time.monotonic() + patience
        while not self._take():
            if time.monotonic() > deadline:
                raise ValueError(
                    f"another run of the study {self._study!r} is at work, and its trials count for this one: wait for "
                    "it, or stop it and go on with more --workers"
                )
            time.sleep(0.5)

    def _take(self):
        kind = self._url.get_backend_name()
        if kind == "sqlite" and self._url.database not in (None, "", ":memory:"):
            return self._take_file(f"{self._url.database}.{self._digest[:5].hex()}.lock")
        elif kind == "postgresql":
            return self._take_session()
        return True

    def _take_file(self, path):
        try:
            import fcntl
        except ImportError:
            return True
        self._file = os.open(path, os.O_CREAT | os.O_RDWR, 0o666)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            return False
        except OSError:  # a file system without locks
            pass
        return True

    def _take_session(self):
        self._session = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if self._ask("pg_try_advisory_lock"):
            return True
        self.release()
        return False

    def _ask(self, function):
        number = int.from_bytes(self._digest[:8], signed=True)
        return self._session.execute(text(f"SELECT {function}(:number)"), {"number": number}).scalar()

    def retake(self):
        """Take it again, after the storage was away; the server may need a while to see that the session is over."""
        if self._session is not None:
            self.release()
            self.take(patience=60)

    def release(self):
        """Give it back."""
        if self._file is not None:
            os.close(self._file)
        if self._session is not None:
            with suppress(SQLAlchemyError):  # the session may be over
                self._ask("pg_advisory_unlock")
            with suppress(SQLAlchemyError):
                self._session.invalidate()
                self._session.close()
        self._file = self._session = None
