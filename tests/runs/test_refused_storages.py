"""Storages that cannot be opened are told in one line: which, why, and what to do."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lineclf.runs._store import TrialStore


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("folder").mkdir()
    Path("text").write_text("no database, but a text\n")


def refused(storage, create=True):
    with pytest.raises(ValueError, match="cannot be opened: ") as caught:
        TrialStore(storage, "naps", create=create)
    message = str(caught.value)
    assert message.startswith(f"storage={storage!r} cannot be opened: ")
    assert len(message.splitlines()) == 1
    return message


@pytest.mark.parametrize(
    ("storage", "words"),
    [
        ("sqlite:///folder", "it is a folder, where a file is needed"),
        ("sqlite:///text", "the file is not a SQLite database; name another one, or move this one away"),
        ("sqlite:///text/optuna.db", "its folder 'text' cannot be made: File exists"),
        ("mlruns/optuna.db", "legal is a URL such as sqlite:///mlruns/optuna.db or postgresql+psycopg://me@host/db"),
        ("nonsense://x", "legal is a URL such as sqlite:///mlruns/optuna.db or postgresql+psycopg://me@host/db"),
    ],
)
def test_what_is_no_storage_is_refused_with_what_is_one(storage, words):
    assert words in refused(storage)


@pytest.mark.parametrize(
    ("version", "words"),
    [("v2.6.0.a", "`$ optuna storage upgrade --storage"), ("v99.0.0.a", "`$ pip install -U optuna`")],
)
def test_tables_of_another_optuna_are_told_with_the_command_that_mends_them(version, words):
    storage = "sqlite:///optuna.db"
    TrialStore(storage, "naps")
    with closing(sqlite3.connect("optuna.db")) as database, database:
        database.execute("UPDATE alembic_version SET version_num = ?", [version])
    for create in (True, False):
        message = refused(storage, create)
        assert words in message
        assert message.endswith("Or take another storage.")


def test_another_programs_database_is_left_as_it_is():
    with closing(sqlite3.connect("mlflow.db")) as database, database:
        database.execute("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    before = Path("mlflow.db").read_bytes()
    assert "its tables are another program's, such as MLflow's; take another storage" in refused("sqlite:///mlflow.db")
    assert Path("mlflow.db").read_bytes() == before


def test_nothing_is_made_where_nothing_is_to_be():
    with pytest.raises(KeyError):
        TrialStore("sqlite:///new/optuna.db", "naps", create=False)
    assert not Path("new").exists()
