"""URLs without credentials, and messages about stores that cannot be opened."""

import os
import re
from pathlib import Path

__all__ = ["mask_url", "prepare_database_file", "reason_of"]

# User and password as SQLAlchemy splits them: a password may hold a slash. To the last @, lest one in it end it early.
_USER = re.compile(r"(?<=://)(?:[^:/\s]*:\S*|[^/\s]*)@")
# The same of a URL that lacks its scheme, which is what an error would show.
_BARE_USER = re.compile(r"(?<![\w/.:%+~-])[\w.%+~-]+:(?!/)\S*@(?=\S)")
_PLAIN = re.compile(r"(\bpass(?:word|wd)?[\"']?\s*[=:]\s*[\"']?)[^\s\"',;&}]+", re.IGNORECASE)
_SECRET = re.compile(r"(?<=[?&])([^=&\s]*(?:passw|secret|token|key)[^=&\s]*)=[^&\s'\"]*", re.IGNORECASE)


def mask_url(text):
    """Hide the credentials in a text: user and password of every URL, and values of ``password=`` or ``password:``.

    Parameters
    ----------
    text : str

    Returns
    -------
    str

    Examples
    --------
    >>> from lineclf._urls import mask_url
    >>> mask_url("postgresql+psycopg://me:secret@host/db?sslmode=require&sslpassword=secret")
    'postgresql+psycopg://***@host/db?sslmode=require&sslpassword=***'
    """
    return _PLAIN.sub(r"\1***", _SECRET.sub(r"\1=***", _BARE_USER.sub("***@", _USER.sub("***@", text))))


def prepare_database_file(path: Path) -> None:
    """Create the folder of a SQLite file; ValueError if it cannot be used, which a library may try for minutes."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ValueError(f"its folder {str(path.parent)!r} cannot be made: {error.strerror}") from None
    if path.is_dir():
        raise ValueError("it is a folder, where a file is needed")
    place = path if path.exists() else path.parent
    if not os.access(place, os.R_OK | os.W_OK):
        raise ValueError(f"{str(place)!r} must be readable and writable")
    if path.is_file() and _beginning(path) not in (b"", b"SQLite format 3\0"):
        raise ValueError("the file is not a SQLite database; name another one, or move this one away")


def reason_of(error: BaseException) -> str:
    """The error of a store's library: its first line, without credentials."""
    if isinstance(error, ModuleNotFoundError) and error.name == "psycopg":
        return "PostgreSQL needs psycopg, which is not installed: pip install 'lineclf[postgresql]'"
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return mask_url(lines[0] if lines else repr(error))


def _beginning(path: Path) -> bytes:
    with open(path, "rb") as file:
        return file.read(16)
