"""Opens an Optuna storage: the one file that knows Optuna."""

import logging
import sys
import time
from contextlib import suppress
from pathlib import Path

import optuna
from sqlalchemy import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from lineclf._urls import mask_url


def open_storage(storage, name, create):
    """Engine of a storage, and the id of a study in it.

    Parameters
    ----------
    storage : str
        SQLAlchemy URL.
    name : str
        Name of the study.
    create : bool
        Whether to create what is not there yet.

    Raises
    ------
    ValueError
        If the storage cannot be opened.
    KeyError
        Without `create`, if there is no such study.
    """
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        _find_file(storage, create)
        return _open(storage, name, create)
    except (SQLAlchemyError, ImportError, OSError) as error:
        raise ValueError(f"storage={mask_url(storage)!r} cannot be opened: {_reason(error)}") from None


def tell_trouble(error):
    """Say on the terminal that a storage is away."""
    print(f"Waiting for the storage: {_reason(error)}", file=sys.stderr)


def _find_file(storage, create):
    """Make the folder of a SQLite file; without `create` raise KeyError if there is none."""
    url = make_url(storage)
    if url.get_backend_name() == "sqlite" and url.database not in (None, "", ":memory:"):
        if create:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        elif not Path(url.database).exists():
            raise KeyError(storage)


def _open(storage, name, create):
    """Engine of a storage and the id of a study in it."""
    options: dict = {"pool_pre_ping": True}
    if make_url(storage).get_backend_name() == "sqlite":
        options["connect_args"] = {"timeout": 60}  # for its turn to write
    for patience in (3, 2, 1, 0):
        try:
            rdb = optuna.storages.RDBStorage(storage, options)
            if create:
                with suppress(optuna.exceptions.DuplicatedStudyError):
                    rdb.create_new_study([optuna.study.StudyDirection.MAXIMIZE], name)
            return rdb.engine, rdb.get_study_id_from_name(name)
        except (SQLAlchemyError, AssertionError) as error:
            # Another process makes the same tables at this moment.
            if not patience or not (isinstance(error, IntegrityError | AssertionError) or "exists" in str(error)):
                raise
            time.sleep(1)
    raise AssertionError


def _reason(error):
    return mask_url(str(getattr(error, "orig", None) or error).splitlines()[0])
