"""Open an Optuna storage; errors are told in one line, without passwords."""

import logging
import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import optuna
from optuna.exceptions import StorageInternalError
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

__all__ = ["open_storage", "patiently", "told"]

_PAUSE = 1  # seconds between two tries of a storage that is away


def open_storage(storage, name, create):
    """Open an Optuna storage.

    Parameters
    ----------
    storage : str or None
        SQLAlchemy URL; None for this process's memory.
    name : str
        Name of a study to look for.
    create : bool
        Whether to create what does not exist yet.

    Returns
    -------
    optuna.storages.RDBStorage or optuna.storages.InMemoryStorage

    Raises
    ------
    ValueError
        If it cannot be opened.
    KeyError
        Without `create`, if there is no study at all.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    if storage is None:
        return optuna.storages.InMemoryStorage()
    with told(storage):
        _find_file(storage, create)
        return _open(storage, name, create)


@contextmanager
def told(storage):
    """Turn errors of opening a storage into ValueErrors that name it."""
    begin = f"storage={mask_url(storage or '')!r} cannot be opened:"
    try:
        yield
    except (ArgumentError, NoSuchModuleError) as error:
        legal = "legal is a URL such as sqlite:///mlruns/optuna.db or postgresql+psycopg://me@host/db"
        raise ValueError(f"{begin} {reason_of(error)}; {legal}") from None
    except StorageInternalError as error:
        raise ValueError(f"{begin} {reason_of(error.__cause__ or error)}") from None
    except RuntimeError as error:  # Optuna's, of tables of another version, with the command that mends them
        raise ValueError(f"{begin} {reason_of(error)} Or take another storage.") from None
    except (SQLAlchemyError, ImportError, OSError, ValueError) as error:
        raise ValueError(f"{begin} {reason_of(error)}") from None


def patiently(action: Callable[[bool], Any], before: Callable[[], Any], patience: float):
    """Run an action that needs a storage as soon as the storage can be reached.

    Parameters
    ----------
    action : callable
        Called with whether it was tried before.
    before : callable
        Called before each try.
    patience : float
        Seconds to wait for a storage that cannot be reached.
    """
    began, tried = None, False
    while True:
        try:
            before()
            was_tried, tried = tried, True
            return action(was_tried)
        except (StorageInternalError, OperationalError, InterfaceError) as error:
            cause = error.__cause__ if isinstance(error, StorageInternalError) else error
            if not isinstance(cause, OperationalError | InterfaceError):
                raise
            if began is None:
                began = time.monotonic()
                print(f"Waiting for the storage: {reason_of(cause)}", file=sys.stderr)
            elif time.monotonic() - began > patience:
                raise
        time.sleep(_PAUSE)


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
